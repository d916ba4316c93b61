"""``/privacy``: what is stored, what of it is about the asker, and the ways to have it, erase it or opt out.

Only the asker sees it, and only about themselves: whoever presses a button gets what is theirs.
"""

from __future__ import annotations

import re
from typing import Any, Literal, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, services_of
from bot.discord_app.controls import Control
from bot.discord_app.files import named_file
from bot.discord_app.layouts import text_layout
from bot.domain.told import EXPANDING, LEAVING, NOT_OURS, TOPICS
from bot.services.privacy import Erased, Kept

Act = Literal["show", "export", "erase", "erase-now", "opt-out", "opt-in"]

_LABELS: dict[Act, str] = {
    "show": "Back",
    "export": "Export",
    "erase": "Erase",
    "erase-now": "Erase it all",
    "opt-out": "Opt out",
    "opt-in": "Opt in",
}
_RED = frozenset({"erase", "erase-now"})

_NAMES = {
    "ratings": "ratings of notes",
    "appeals": "appeals",
    "request_members": "requests that you made or joined",
    "requests": "requests that you asked or answered",
    "review_items": "matches that wait on your posts, or that you ruled on",
    "member_marks": "marks (an opt-out, or ratings that moderators discounted)",
    "audit_events": "acts as a moderator",
    "fact_versions": "changes of facts",
    "fact_drafts": "drafts of facts",
    "note_repairs": "updates of posted notes",
}
"""What the rows of each table that can be about a member are, in words for them."""

_SURE = (
    "**Erase what is kept about you?**\nIn all servers, at once, and for good: your ratings, appeals and requests are "
    "deleted (of requests that others made, too, your part), what waits on your posts is closed, and your id is taken "
    "from what you did as a moderator. Export first if you want a copy."
)
_OUT = "You have opted out: your posts are neither checked nor stored, in no server, and what waited on them is closed."
_IN = "You have opted in: your posts are checked as everybody's."


class PrivacyButton(
    Control[ui.Button[Any]], template=r"footnote:privacy:(?P<act>show|export|erase|erase-now|opt-out|opt-in)"
):
    """Does one thing with what is kept about whoever presses it."""

    def __init__(self, act: Act) -> None:
        look = discord.ButtonStyle.danger if act in _RED else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=_LABELS[act], style=look, custom_id=f"footnote:privacy:{act}"))
        self.act = act

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the act."""
        return cls(match["act"])  # type: ignore[arg-type]

    async def answer(self, interaction: Interaction) -> None:
        """Do it, and show what is so now."""
        if self.act == "export":
            await _export(interaction)
            return
        await interaction.response.defer()
        service, me = services_of(interaction).privacy, interaction.user.id
        outcome = ""
        if self.act == "erase":
            await finish(interaction, text_layout(_SURE, buttons=_buttons("erase-now", "show")))
            return
        if self.act == "erase-now":
            await finish(interaction, text_layout(*_erased(await service.erase(me)), buttons=_buttons("show")))
            return
        if self.act == "opt-out":
            outcome = _OUT if await service.opt_out(me) else "You had opted out already."
        elif self.act == "opt-in":
            outcome = _IN if await service.opt_in(me) else "You had not opted out."
        await finish(interaction, privacy_view(await service.held(me), outcome))


@in_servers
@app_commands.command(name="privacy", description="What Footnote stores, what about you, and how to export or erase it")
async def privacy(interaction: Interaction) -> None:
    """Show what is stored."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await finish(interaction, privacy_view(await services_of(interaction).privacy.held(interaction.user.id)))


def privacy_view(kept: Kept, outcome: str = "") -> ui.LayoutView:
    """Return what is stored in plain words, what of it is about the member, and the buttons.

    Args:
        kept: What is stored about the member.
        outcome: What was just done, in a sentence.
    """
    told = "\n".join(f"**{topic.heading}.** {topic.words}" for topic in TOPICS)
    return text_layout(
        outcome,
        f"**What Footnote stores**\n{told}",
        f"-# {LEAVING} {NOT_OURS}{f' {EXPANDING}' if kept.expands else ''}",
        f"**About you, in all servers**\n{_about(kept)}",
        buttons=_buttons("export", "erase", "opt-in" if kept.opted_out else "opt-out"),
    )


def _about(kept: Kept) -> str:
    lines = [f"- {count:,} {_NAMES[table]}" for table, count in kept.counts().items()]
    check = (
        "You have opted out: your posts are neither checked nor stored."
        if kept.opted_out
        else "Your posts are checked; opting out ends that in all servers."
    )
    return "\n".join([*(lines or ["Nothing is stored about you."]), check])


def _erased(erased: Erased) -> tuple[str, str]:
    rows = "1 record was" if erased.rows == 1 else f"{erased.rows:,} records were"
    waiting = f" What waited on your posts is closed ({erased.closed:,})." if erased.closed else ""
    done = f"**Erased.** {rows} deleted, or freed of your id.{waiting}"
    if not erased.rows and not erased.closed:
        done = "**There was nothing to erase.**"
    return done, "\n".join(["**What stays, and why**", *(f"- {one}" for one in erased.stays)])


def _buttons(*acts: Act) -> list[PrivacyButton]:
    return [PrivacyButton(act) for act in acts]


async def _export(interaction: Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    data = await services_of(interaction).privacy.export(interaction.user.id)
    file = named_file("footnote-about-me.json", data, description="Everything that Footnote stores about you")
    text = "**Everything that Footnote stores about you**, with what each field means. Only you see this."
    await finish(interaction, text_layout(text, files=[file]), [file])
