"""The buttons with which moderators say whether a note that was decided automatically was right."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import Control, NumberButton
from bot.discord_app.layouts import text_layout
from bot.discord_app.places import fetch_post, sees
from bot.discord_app.posts import post_of
from bot.discord_app.queue.note_views import shadow_head, shadow_view
from bot.discord_app.queue.ruling_buttons import ruling_buttons
from bot.discord_app.text import quoted, small
from bot.domain.audit import AuditEvent
from bot.domain.fact import Fact
from bot.domain.note import Note, NoteState
from bot.domain.review import Ruling
from bot.services.ruled import Ruled

_PAGE = 25
_POST_LIMIT = 800
_ID = r"[0-9]{1,18}"
_RULINGS = {
    "right": (Ruling.APPROVE, "Right", discord.ButtonStyle.success),
    "wrong": (Ruling.WRONG_MATCH, "Wrong match", discord.ButtonStyle.danger),
    "noclaim": (Ruling.NOT_A_CLAIM, "Not a claim", discord.ButtonStyle.secondary),
}
_HOW = "In mode `shadow`, Footnote records what it would have posted; `/settings mode` sets it."
_HIDDEN = "None of them stands in a channel that you can see."
_GONE = "> *The post is gone, or Footnote may not read it.*"
_LATER = "> *Discord doesn't show the post at the moment; open it to read it.*"


class JudgeButton(
    Control[ui.Button[Any]], template=rf"footnote:judge:(?P<note>{_ID}):(?P<ruling>{'|'.join(_RULINGS)})"
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
        """Rule, and say what came of it; a card in the log channel shows it by itself."""
        await interaction.response.defer()
        services, guild_id = services_of(interaction), interaction.guild_id or 0
        note = await services.notes.get(self.note_id, guild_id=guild_id)
        if note is None or not sees(interaction, note.new.channel_id):
            await say(interaction, "That note is not in a channel that you can see.")
            return
        ruling = _RULINGS[self.ruling][0]
        ruled = await services.notes.judge(self.note_id, guild_id=guild_id, ruling=ruling, by=interaction.user.id)
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await finish(interaction, await _after(interaction, note, ruled))
        else:
            await say(interaction, ruled.message)


class NextNoteButton(NumberButton, kind="shadow", label="Next"):
    """Shows the note of shadow mode that comes after one, without a ruling on that."""

    needs = "moderator"

    async def answer(self, interaction: Interaction) -> None:
        """Show the next note."""
        await interaction.response.defer()
        await finish(interaction, await shadow_page(interaction, before=self.number))


def judge_buttons(note_id: int) -> list[JudgeButton]:
    """Return the buttons of one note."""
    return [JudgeButton(note_id, ruling) for ruling in _RULINGS]


async def shadow_page(
    interaction: Interaction, *, before: int | None = None, outcome: str | None = None, ruling: AuditEvent | None = None
) -> ui.LayoutView:
    """Return the newest note of shadow mode that waits for a ruling.

    Args:
        interaction: Who asks: they must see the channel.
        before: Only one older than this note, if there is any; after the last one, the first comes again.
        outcome: What came of what was done just now.
        ruling: What was ruled just now, which can be taken back.
    """
    notes, guild_id = services_of(interaction).notes, interaction.guild_id or 0
    count = await notes.count_shadow(guild_id)
    head = shadow_head(count, *await notes.shadow_record(guild_id))
    undoing = ruling_buttons(ruling)
    found = await _visible_shadow(interaction, before)
    if found is None and before is not None:
        found = await _visible_shadow(interaction, None)
    if found is None:
        return text_layout(head, small(outcome), _HIDDEN if count else small(_HOW), buttons=undoing)
    note, fact = found
    words = await _words(interaction, note)
    buttons = [*judge_buttons(note.id), NextNoteButton(note.id), *undoing]
    return shadow_view(note, fact, words=words, head=head, outcome=outcome, buttons=buttons)


async def _after(interaction: Interaction, note: Note, ruled: Ruled) -> ui.LayoutView:
    """Return what a moderator sees after a ruling: of shadow mode, the next note."""
    outcome = f"Note {note.id}: {ruled.message}"
    undo, guild_id = services_of(interaction).undo, note.new.guild_id
    ruling = None if ruled.event_id is None else await undo.event(ruled.event_id, guild_id=guild_id)
    if note.new.state is NoteState.SHADOW:
        return await shadow_page(interaction, before=note.id, outcome=outcome, ruling=ruling)
    return text_layout(outcome, buttons=ruling_buttons(ruling))


async def _visible_shadow(interaction: Interaction, before: int | None) -> tuple[Note, Fact | None] | None:
    notes, guild_id = services_of(interaction).notes, interaction.guild_id or 0
    while page := await notes.shadow(guild_id, limit=_PAGE, before=before):
        for note, fact in page:
            if sees(interaction, note.new.channel_id):
                return note, fact
        before = page[-1][0].id
    return None


async def _words(interaction: Interaction, note: Note) -> str:
    """Return the words of the post, which are stored nowhere, as it stands now."""
    new = note.new
    try:
        post = await fetch_post(interaction.client, new.guild_id, new.channel_id, new.source_message_id)
    except discord.HTTPException:
        return _LATER
    return _GONE if post is None else quoted(post_of(post).words(), _POST_LIMIT) or "> (no words)"
