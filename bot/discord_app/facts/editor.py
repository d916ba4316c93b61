"""The editor of a fact: a card with the draft as it would be saved, and a button for everything that can be done to it.

All that the buttons and forms need is the number of the draft, which the store keeps.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import Control
from bot.discord_app.facts.cards import editor_card, fact_card
from bot.discord_app.facts.parts import PARTS, joined
from bot.discord_app.facts.repairs import repair_buttons
from bot.discord_app.layouts import text_layout
from bot.discord_app.modals import Submitted, form
from bot.discord_app.places import sees
from bot.domain.fact import Draft, Fact
from bot.services.edit_facts import GONE
from bot.services.examine import Findings
from bot.services.own_facts import blank_fact

_DRAFT = r"(?P<draft>[0-9]{1,18})"
_ACTS = {
    "examine": ("Examine again", discord.ButtonStyle.secondary),
    "save": ("Save", discord.ButtonStyle.success),
    "anyway": ("Save anyway", discord.ButtonStyle.danger),
    "renew": ("Put mine in its place", discord.ButtonStyle.danger),
    "discard": ("Discard", discord.ButtonStyle.secondary),
}
_LOOKS = {**{name: (part.title, discord.ButtonStyle.primary) for name, part in PARTS.items()}, **_ACTS}
_TOO_LONG = "That is too long for a form, so it can't be changed here."
_DOUBTFUL = "Not saved yet: see the examination. Saved anyway, it is held back from replying by itself."
_MEANWHILE = "“Put mine in its place” lets your draft stand for the next version; “/facts history” shows theirs."


class DraftButton(Control[ui.Button[Any]], template=rf"footnote:draft:{_DRAFT}:(?P<act>{'|'.join(_LOOKS)})"):
    """Does one thing to one draft."""

    needs = "moderator"

    def __init__(self, draft_id: int, act: str) -> None:
        label, style = _LOOKS[act]
        super().__init__(ui.Button(label=label, style=style, custom_id=f"footnote:draft:{draft_id}:{act}"))
        self.draft_id = draft_id
        self.act = act

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the draft and the act."""
        return cls(int(match["draft"]), match["act"])

    async def answer(self, interaction: Interaction) -> None:
        """Do it and show the draft, or open the form of a part."""
        drafts, guild_id = services_of(interaction).drafts, interaction.guild_id or 0
        if self.act not in PARTS:
            await interaction.response.defer()
        draft = await drafts.get(self.draft_id, guild_id)
        if draft is None:
            await say(interaction, GONE.message)
        elif self.act in PARTS:
            await open_part(interaction, draft, self.act)
        elif self.act == "discard":
            await drafts.discard(draft.id, guild_id)
            await finish(interaction, text_layout("Discarded; nothing was saved."))
        elif self.act == "renew":
            await show_draft(interaction, await drafts.renew(draft.id, guild_id), "Save puts yours in its place now.")
        elif self.act == "examine":
            await show_draft(interaction, draft)
        else:
            await _save(interaction, draft, anyway=self.act == "anyway")


@form("draft", argument=rf"[0-9]{{1,18}}:(?:{'|'.join(PARTS)})", needs="moderator")
async def drafted(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Write what was sent in into a draft, and show it."""
    await _begin(interaction)
    draft_id, _, name = argument.partition(":")
    remarks: list[str] = []
    change = partial(_read, name=name, sent=sent, remarks=remarks)
    draft = await services_of(interaction).drafts.change(int(draft_id), interaction.guild_id or 0, change)
    await show_draft(interaction, draft, joined(remarks))


@form("fact", needs="moderator")
async def begun(interaction: Interaction, argument: str, sent: Submitted) -> None:  # noqa: ARG001 - a form's signature
    """Begin the draft of a new fact with what was sent in."""
    await _begin(interaction)
    drafts, guild_id = services_of(interaction).drafts, interaction.guild_id or 0
    claim = " ".join(sent.text("claim").split())
    draft = await drafts.begin(guild_id, interaction.user.id, claim=claim)
    assert draft is not None
    change = partial(_read, name="text", sent=sent, remarks=[])
    await show_draft(interaction, await drafts.change(draft.id, guild_id, change))


async def open_new(interaction: Interaction, *, claim: str = "") -> None:
    """Open the form of a new fact, with a claim to begin with."""
    today = services_of(interaction).clock().date()
    fields = PARTS["text"].fields(blank_fact(interaction.guild_id or 0, claim, today=today))
    await begun.open(interaction, title="New fact", fields=fields or [])


async def open_part(interaction: Interaction, draft: Draft, name: str) -> None:
    """Open the form of one part of a draft."""
    fields = PARTS[name].fields(draft.fact)
    if fields is None:
        await say(interaction, _TOO_LONG)
    else:
        await drafted.open(interaction, f"{draft.id}:{name}", title=PARTS[name].title, fields=fields)


async def show_draft(interaction: Interaction, draft: Draft | None, outcome: str = "") -> None:
    """Examine a draft and show it in place of the answer that was begun."""
    if draft is None:
        await say(interaction, GONE.message)
        return
    await _show(interaction, draft, await _examined(interaction, draft.fact), outcome, ("save",))


async def _save(interaction: Interaction, draft: Draft, *, anyway: bool) -> None:
    findings = await _examined(interaction, draft.fact)
    if findings.refused is None and findings.warnings() and not anyway:
        await _show(interaction, draft, findings, _DOUBTFUL, ("save", "anyway"))
        return
    saved = await services_of(interaction).edits.save(draft.id, draft.guild_id, by=interaction.user.id)
    if saved.fact is not None:
        buttons = await repair_buttons(interaction, saved.fact)
        await finish(interaction, fact_card(saved.fact, outcome=saved.message, buttons=buttons))
    elif saved.conflict:
        await _show(interaction, draft, findings, joined([saved.message, _MEANWHILE]), ("renew",))
    elif saved is GONE:
        # The card shows what another click has saved.
        await say(interaction, saved.message)
    else:
        await _show(interaction, draft, findings, saved.message, ("save",))


async def _show(
    interaction: Interaction, draft: Draft, findings: Findings, outcome: str, ways_on: tuple[str, ...]
) -> None:
    acts = (*PARTS, "examine", *ways_on, "discard")
    buttons = [DraftButton(draft.id, act) for act in acts]
    await finish(interaction, editor_card(draft, findings, outcome=outcome, buttons=buttons))


async def _examined(interaction: Interaction, fact: Fact) -> Findings:
    return await services_of(interaction).examine.examine(fact, sees=partial(sees, interaction))


async def _begin(interaction: Interaction) -> None:
    """Begin the answer to a form: in the card that it was opened from, else in one of its own."""
    if interaction.message is None:
        await interaction.response.defer(ephemeral=True, thinking=True)
    else:
        await interaction.response.defer()


def _read(fact: Fact, *, name: str, sent: Submitted, remarks: list[str]) -> Fact:
    changed, remark = PARTS[name].read(fact, sent)
    remarks.append(remark)
    return changed
