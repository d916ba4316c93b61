"""How imports and exports look to moderators. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ui

from bot.discord_app.facts.cards import clipped
from bot.discord_app.layouts import Button, text_layout
from bot.discord_app.text import safe, stamp
from bot.domain.pack import Subscription
from bot.exchange.signing import fingerprint
from bot.services.imports.report import TOLD, Outcome, Report

_NAME = 100
_LINE = 200
_LINES = 700
_LIST = 3000
_DRAFTS = (
    "-# What comes from reviews alone is a draft: its matches wait in the queue. It replies by itself once somebody "
    "wrote its correction with “/facts edit”, and its tests pass."
)


def report_card(name: str, report: Report, *, buttons: Sequence[Button] = ()) -> ui.LayoutView:
    """Return what an import did, or would do."""
    head = f"**{'What would come in' if report.dry else 'Taken in'}** · {safe(name, _NAME)}\n{report.in_words()}"
    told = [_of(report, outcome) for outcome in Outcome if outcome in TOLD]
    failing = f"{report.failing:,} facts are held back, for their own tests fail." if report.failing else ""
    drafts = _DRAFTS if report.counts[Outcome.NEW] else ""
    return text_layout(head, *told, failing, drafts, buttons=buttons)


def exported_card(count: int, *, files: Sequence[discord.File]) -> ui.LayoutView:
    """Return the message that carries facts as a file."""
    return text_layout(f"**This server's own facts** · {count:,}", files=files)


def packs_card(packs: Sequence[Subscription]) -> ui.LayoutView:
    """Return the packs that a server took in."""
    lines = [
        f"**{safe(one.pack.title, _NAME)}** ({safe(one.pack.name, _NAME)}), version {safe(one.pack.version, _NAME)}\n"
        f"-# {_signed(one)} · {safe(one.pack.licence, _NAME)} · taken in {stamp(one.at)}"
        for one in packs
    ]
    empty = "None yet. “/facts import” takes one in; importing a newer version updates it, and keeps what you changed."
    return text_layout("**Packs of facts**", clipped(lines, _LIST) or empty)


def _of(report: Report, outcome: Outcome) -> str:
    lines = [f"- {safe(f'{line.place}: {line.text}', _LINE)}" for line in report.lines if line.outcome is outcome]
    return f"**{outcome.value.capitalize()}** ({report.counts[outcome]:,})\n{clipped(lines, _LINES)}" if lines else ""


def _signed(one: Subscription) -> str:
    return f"signed by {fingerprint(one.pack.key)}" if one.pack.key else "unsigned"
