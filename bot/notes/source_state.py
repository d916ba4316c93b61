"""How it stands with a source, in words."""

from __future__ import annotations

from bot.domain.fact import Source, SourceState
from bot.notes.compose import long_date
from bot.notes.sanitise import plain


def in_trouble(source: Source) -> str | None:
    """Return in a sentence what is wrong with a source's address, or None where nothing is known to be."""
    check = source.check
    if check is None or check.state in {SourceState.FINE, SourceState.UNCLEAR}:
        return None
    since = long_date(check.since.date())
    if check.state is SourceState.MOVED:
        return f"{plain(source.publisher)} moved {source.url} to {check.moved_to} (seen {since})."
    copy = f"; a copy is at {source.copy_url}" if source.copy_url else ", and no copy of it is known"
    return f"{plain(source.publisher)}: {source.url} is gone (seen {since}){copy}."
