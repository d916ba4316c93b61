"""Whether a source is still at its address, and which copy of it an archive holds where it isn't."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from bot.domain.errors import FetchError, HostUnknown
from bot.domain.fact import Source, SourceCheck, SourceState
from bot.web.addresses import named
from bot.web.fetch import Answer, Fetcher

log = logging.getLogger(__name__)

_ARCHIVE = "https://archive.org/wayback/available"
"""The Wayback Machine's availability API: https://archive.org/help/wayback_api.php."""
_ARCHIVE_HOST = "web.archive.org"
_LONGEST_ANSWER = 100_000
_GIVEN_UP_AFTER = timedelta(days=3)
"""How long a host that has no address is waited for: a domain that wasn't paid for in time often comes back."""
_THERE = range(200, 300)
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class WebLooker:
    """Looks at sources' addresses (see ``bot.domain.ports.SourceLooker``)."""

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        canonical: Callable[[str], str | None],
        archive: bool = False,
        archive_api: str = _ARCHIVE,
    ) -> None:
        """Look through a fetcher.

        Args:
            fetcher: Who asks.
            canonical: Returns the form of an address by which one page is told from another.
            archive: Whether the Wayback Machine is asked for copies of what is gone.
            archive_api: Where.
        """
        self._fetcher = fetcher
        self._canonical = canonical
        self._archive = archive
        self._archive_api = archive_api

    async def look(self, source: Source, now: datetime) -> SourceCheck:
        """Return what came of looking at a source's address."""
        state, status, moved_to = await self._state(source, now)
        before = source.check
        since = before.since if before is not None and before.state is state else now
        copy = None
        if state in {SourceState.GONE, SourceState.UNCLEAR}:
            copy = before.archive_url if before is not None else None
        if state is SourceState.GONE and self._archive and copy is None and source.archive_url is None:
            copy = await self._copy(source)
        return SourceCheck(state, at=now, since=since, status=status, moved_to=moved_to, archive_url=copy)

    async def _state(self, source: Source, now: datetime) -> tuple[SourceState, int | None, str | None]:
        """Return the state, the status, and where the source has moved to."""
        try:
            answer = await self._fetcher.look(source.url)
        except HostUnknown:
            return (SourceState.GONE if _given_up(source.check, now) else SourceState.UNCLEAR), None, None
        except FetchError:
            return SourceState.UNCLEAR, None, None
        if answer.status in _GONE or _sent_home(source.url, answer):
            return SourceState.GONE, answer.status, None
        if answer.status not in _THERE:
            return SourceState.UNCLEAR, answer.status, None
        moved_to = answer.moved[-1] if answer.moved else None
        if moved_to is None or self._canonical(moved_to) in {None, self._canonical(source.url)}:
            return SourceState.FINE, answer.status, None
        return SourceState.MOVED, answer.status, moved_to

    async def _copy(self, source: Source) -> str | None:
        """Return the https address of the archive's copy, the nearest to when the source was read; None without one."""
        asked = {"url": source.url}
        if source.retrieved is not None:
            asked["timestamp"] = f"{source.retrieved:%Y%m%d}"
        file = io.BytesIO()
        try:
            await self._fetcher.save(f"{self._archive_api}?{urlencode(asked)}", file, limit=_LONGEST_ANSWER, seconds=30)
            return _copy_in(json.loads(file.getvalue()))
        except (FetchError, ValueError, RecursionError):
            log.info("source.archive_unread", extra={"host": named(source.url)})
            return None


def _given_up(before: SourceCheck | None, now: datetime) -> bool:
    """Tell whether a host without an address is gone for good, by what the look before this one found."""
    if before is None or before.status is not None:
        return False
    waited = before.state is SourceState.UNCLEAR and now - before.since >= _GIVEN_UP_AFTER
    return waited or before.state is SourceState.GONE


def _sent_home(url: str, answer: Answer) -> bool:
    """Tell whether a page leads to the front of a site, which is how many sites say that it is gone."""
    was, now = urlsplit(url), urlsplit(answer.url)
    deep = was.path.strip("/") != "" or was.query != ""
    return deep and answer.url != url and now.path.strip("/") == "" and now.query == ""


def _copy_in(found: object) -> str | None:
    """Return the copy that the archive's answer names."""
    for key in ("archived_snapshots", "closest"):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict) or not found.get("available") or found.get("status") != "200":
        return None
    parts = urlsplit(str(found.get("url")))
    if parts.scheme not in {"http", "https"} or parts.netloc != _ARCHIVE_HOST or not parts.path.startswith("/web/"):
        return None
    return parts._replace(scheme="https").geturl()
