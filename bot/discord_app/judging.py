"""The buttons with which moderators say whether a note that was decided automatically was right."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, say, services_of
from bot.discord_app.controls import Control
from bot.discord_app.places import sees
from bot.domain.review import Ruling

_RULINGS = {
    "right": (Ruling.APPROVE, "Right", discord.ButtonStyle.success),
    "wrong": (Ruling.WRONG_MATCH, "Wrong match", discord.ButtonStyle.danger),
    "noclaim": (Ruling.NOT_A_CLAIM, "Not a claim", discord.ButtonStyle.secondary),
}


class JudgeButton(
    Control[ui.Button[Any]], template=rf"footnote:judge:(?P<note>[0-9]{{1,18}}):(?P<ruling>{'|'.join(_RULINGS)})"
):
    """Rules on one automatic note."""

    needs = "moderator"

    def __init__(self, note_id: int, ruling: str) -> None:
        _, label, style = _RULINGS[ruling]
        super().__init__(ui.Button(label=label, style=style, custom_id=f"footnote:judge:{note_id}:{ruling}"))
        self.note_id = note_id
        self.ruling = ruling

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the note and the ruling."""
        return cls(int(match["note"]), match["ruling"])

    async def answer(self, interaction: Interaction) -> None:
        """Rule, and say what came of it."""
        await interaction.response.defer()
        services, guild_id = services_of(interaction), interaction.guild_id or 0
        note = await services.notes.get(self.note_id, guild_id=guild_id)
        if note is None or not sees(interaction, note.new.channel_id):
            await say(interaction, "That note is not in a channel that you can see.")
            return
        ruling = _RULINGS[self.ruling][0]
        ruled = await services.notes.judge(self.note_id, guild_id=guild_id, ruling=ruling, by=interaction.user.id)
        await say(interaction, ruled.message)


def judge_buttons(note_id: int) -> list[JudgeButton]:
    """Return the buttons of one note."""
    return [JudgeButton(note_id, ruling) for ruling in _RULINGS]
