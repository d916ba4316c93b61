"""How the audit log is shown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import discord
from discord import ui

from bot.discord_app.layouts import Button, text_layout
from bot.discord_app.text import safe, stamp
from bot.domain.audit import AuditEvent
from bot.review.ledger import did, particulars
from bot.services.audit import Export, WantedEvents

_DID_LIMIT = 150
_REST_LIMIT = 200
_NAME_LIMIT = 40
_VALUE_LIMIT = 120
"""Characters: a page of entries fits into a message, each with its name and time."""
_SLUG_LIMIT = 150
_SMALLEST_ID = 1 << 22
"""Discord's ids are never so small; whoever rules on the command line has such a one."""
_ID = re.compile(r"\b[0-9]{15,20}\b")


def audit_view(events: Sequence[AuditEvent], wanted: WantedEvents, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return a page of the log, newest first."""
    only = [wanted.act.value] if wanted.act else []
    only += [safe(wanted.slug, _SLUG_LIMIT)] if wanted.slug else []
    only += ["the last day" if wanted.days == 1 else f"the last {wanted.days:,} days"] if wanted.days else []
    head = " · ".join(["**Audit log**", *only])
    lines = [_line(event) for event in events] or [
        "Nothing here that is asked for." if only else "Nothing was done yet."
    ]
    return text_layout(head, "\n".join(lines), buttons=buttons)


def export_view(export: Export, *, files: Sequence[discord.File]) -> ui.LayoutView:
    """Return the message that carries the log as a file."""
    entries = "1 entry" if export.count == 1 else f"{export.count:,} entries"
    cut = (
        "\nOlder ones are left out: a file may have 10 MB. Name fewer days, or back up the database."
        if export.cut
        else ""
    )
    return text_layout(f"**Audit log** · {entries}, newest first; times are UTC{cut}", files=files)


def _line(event: AuditEvent) -> str:
    rest = "; ".join(_rest(event))
    said = f"{stamp(event.new.at, 'f')} {_who(event.new.by)} {safe(did(event), _DID_LIMIT)}"
    return f"- {said}{f' ({rest})' if rest else ''}"


def _rest(event: AuditEvent) -> Iterator[str]:
    """Yield as many details as fit."""
    left = _REST_LIMIT
    for name, value in particulars(event):
        told = f"{safe(name, _NAME_LIMIT)}: {_mentioned(name, safe(value, _VALUE_LIMIT))}"
        left -= len(told)
        if left < 0:
            yield "…"
            return
        yield told


def _who(by: int | None) -> str:
    if by is None:
        return "Footnote"
    return f"<@{by}>" if by >= _SMALLEST_ID else "the operator"


def _mentioned(name: str, value: str) -> str:
    """Return a value with its ids as Discord shows them by name; nobody is pinged."""
    if "channel" in name:
        return _ID.sub(r"<#\g<0>>", value)
    return _ID.sub(r"<@&\g<0>>", value) if "role" in name else value
