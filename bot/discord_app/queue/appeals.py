"""Appeals against notes, as moderators see and answer them: cards in the queue channel, and ``/appeals``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator, say, services_of
from bot.discord_app.controls import Control
from bot.discord_app.fields import text_field
from bot.discord_app.layouts import Button, steps_layout, text_layout
from bot.discord_app.modals import Submitted, form
from bot.discord_app.places import jump_url, sees
from bot.discord_app.text import MESSAGE_LIMIT, quoted, safe, small, stamp, whole_lines
from bot.domain.appeal import APPEAL_LIMIT, Appeal, AppealKind, Outcome
from bot.domain.fact import Fact
from bot.domain.note import Note
from bot.services.answer_appeals import Waiting
from bot.services.cards import AppealCard

_ID = r"[0-9]{1,18}"
_LISTED = 5
_LIST_LIMIT = MESSAGE_LIMIT - 200
_CLAIM_LIMIT = 300
_COUNTED_LIMIT = 1200
_NOT_HERE = "That appeal is not about a note in a channel that you can see."
_OUTCOMES = {
    "restore": (Outcome.RESTORED, "Restore", discord.ButtonStyle.success),
    "keep": (Outcome.UPHELD, "Keep aside", discord.ButtonStyle.secondary),
    "down": (Outcome.TAKEN_DOWN, "Take down", discord.ButtonStyle.danger),
}
_KINDS = {
    AppealKind.NOT_SAID: "The post's author says: not what I said",
    AppealKind.WRITTEN: "The post's author appeals",
    AppealKind.COMMUNITY: "Members rate this note not helpful",
}


class AnswerButton(
    Control[ui.Button[Any]], template=rf"footnote:answer:(?P<appeal>{_ID}):(?P<outcome>{'|'.join(_OUTCOMES)})"
):
    """Decides on one appeal."""

    needs = "moderator"

    def __init__(self, appeal_id: int, outcome: str) -> None:
        _, label, style = _OUTCOMES[outcome]
        super().__init__(ui.Button(label=label, style=style, custom_id=f"footnote:answer:{appeal_id}:{outcome}"))
        self.appeal_id = appeal_id
        self.outcome = outcome

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the appeal and the outcome."""
        return cls(int(match["appeal"]), match["outcome"])

    async def answer(self, interaction: Interaction) -> None:
        """Ask for a sentence to the author, where there is one who reads it, and decide."""
        services, guild_id = services_of(interaction), interaction.guild_id or 0
        found = await services.appeal_answers.get(self.appeal_id, guild_id=guild_id)
        if found is None or not sees(interaction, found.note.new.channel_id):
            await say(interaction, _NOT_HERE)
            return
        if found.appeal.new.kind is AppealKind.COMMUNITY:
            await interaction.response.defer(ephemeral=True, thinking=True)
            await _decide(interaction, found, self.outcome, None)
            return
        words = text_field(
            "answer",
            "A sentence to the author (optional)",
            limit=APPEAL_LIMIT,
            long=True,
            required=False,
            description="They see it where they pressed the button, and nobody else does.",
        )
        argument = f"{self.appeal_id}:{self.outcome}"
        await answered.open(interaction, argument, title=_OUTCOMES[self.outcome][1], fields=[words])


@form("answer", argument=rf"{_ID}:(?:{'|'.join(_OUTCOMES)})", needs="moderator")
async def answered(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Decide on an appeal, with what is said to the author."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    appeal_id, _, outcome = argument.partition(":")
    found = await services_of(interaction).appeal_answers.get(int(appeal_id), guild_id=interaction.guild_id or 0)
    if found is None or not sees(interaction, found.note.new.channel_id):
        await say(interaction, _NOT_HERE)
        return
    await _decide(interaction, found, outcome, sent.text("answer"))


async def _decide(interaction: Interaction, found: Waiting, outcome: str, answer: str | None) -> None:
    ruled = await services_of(interaction).appeal_answers.rule(
        found.appeal.id,
        guild_id=found.appeal.new.guild_id,
        outcome=_OUTCOMES[outcome][0],
        by=interaction.user.id,
        answer=answer,
    )
    await say(interaction, ruled.message)


@in_servers
@app_commands.command(name="appeals", description="Appeals against notes that wait for an answer")
@app_commands.default_permissions(manage_messages=True)
async def appeals(interaction: Interaction) -> None:
    """List the appeals, oldest first."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await services_of(interaction).appeal_answers.waiting(interaction.guild_id or 0)
    seen = [one for one in found if sees(interaction, one.note.new.channel_id)]
    if not seen:
        await finish(interaction, text_layout("**No appeal waits**"))
        return
    await finish(interaction, _list_view(seen))


def _list_view(waiting: Sequence[Waiting]) -> ui.LayoutView:
    """Return the oldest appeals, as many as fit into a message."""
    steps: list[tuple[str, Sequence[Button]]] = []
    for one in waiting[:_LISTED]:
        text = _text(one.appeal, one.note, one.fact)
        if sum(len(earlier) for earlier, _ in steps) + len(text) > _LIST_LIMIT:
            break
        steps.append((text, answer_buttons(one.appeal)))
    more = len(waiting) - len(steps)
    head = f"**{len(waiting)} appeal{'s' if len(waiting) > 1 else ''} to answer**"
    head += f"\n-# The oldest {len(steps)} are shown; {more} more follow." if more > 0 else ""
    return steps_layout((head, ()), *steps)


def appeal_view(card: AppealCard, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return the card of an appeal: what it is against, since when, and once it is answered, by whom."""
    counted = whole_lines([f"- {safe(line, _COUNTED_LIMIT // 2)}" for line in card.counted], _COUNTED_LIMIT)
    return text_layout(_text(card.appeal, card.note, card.fact), counted, _outcome(card.appeal), buttons=buttons)


def appeal_buttons(card: AppealCard) -> list[Button]:
    """Return the buttons of a card; an appeal that is answered has none."""
    return [*answer_buttons(card.appeal)] if card.appeal.outcome is None else []


def answer_buttons(appeal: Appeal) -> list[AnswerButton]:
    """Return the ways to answer an appeal."""
    return [AnswerButton(appeal.id, outcome) for outcome in _OUTCOMES]


def _text(appeal: Appeal, note: Note, fact: Fact | None) -> str:
    new = note.new
    link = jump_url(new.guild_id, new.channel_id, note.message_id or new.source_message_id)
    head = f"**{_KINDS[appeal.new.kind]}** · appeal {appeal.id}"
    where = small(f"<#{new.channel_id}> · [the note]({link}) · {new.provenance.value} · since {stamp(appeal.new.at)}")
    claim = f"**Claim**\n{safe(fact.claim if fact else new.slug, _CLAIM_LIMIT)}"
    words = quoted(appeal.new.text, APPEAL_LIMIT)
    return "\n".join(filter(None, (head, where, claim, words)))


def _outcome(appeal: Appeal) -> str:
    if appeal.outcome is None or appeal.ruled_at is None:
        return ""
    who = f" by <@{appeal.ruled_by}>" if appeal.ruled_by else ""
    return f"**{appeal.outcome.value.capitalize()}**{who} {stamp(appeal.ruled_at)}"
