"""Where short links lead.

Only the services that are listed here are asked, and never the page that a link leads to: its address is all that is
wanted. Nothing is stored; what was found is remembered for a while, in memory.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from bot.domain.errors import FetchError
from bot.web.addresses import named
from bot.web.fetch import Fetcher

log = logging.getLogger(__name__)

SHORTENERS = frozenset(
    {
        *(
            "bit.ly",
            "bitly.com",
            "j.mp",
            "t.co",
            "tinyurl.com",
            "ow.ly",
            "buff.ly",
            "is.gd",
            "v.gd",
            "dlvr.it",
            "ift.tt",
        ),
        *("trib.al", "lnkd.in", "rb.gy", "cutt.ly", "t.ly", "shorturl.at", "s.id", "goo.gl", "share.google", "tiny.cc"),
        *("fb.me", "on.fb.me", "fb.watch", "wp.me", "pca.st", "spr.ly", "mol.im", "dailym.ai", "pin.it", "flip.it"),
        *("reut.rs", "nyti.ms", "wapo.st", "bbc.in", "apne.ws", "cnn.it", "cnb.cx", "n.pr", "politi.co", "on.wsj.com"),
        *("bloom.bg", "econ.st", "ti.me", "gu.com", "abcn.ws", "nbcnews.to", "cbsn.ws", "fxn.ws", "usat.ly", "lat.ms"),
        *("amzn.to", "amzn.eu", "vm.tiktok.com", "vt.tiktok.com", "u.to", "clck.ru", "vk.cc", "w.wiki"),
    }
)
"""Hosts whose every address leads elsewhere. "youtu.be" and "redd.it" name what they lead to: they aren't asked."""

MOST_OF_A_POST = 3
SECONDS = 4.0
"""For one link: a note that is to come while the talk goes on can't wait longer."""
A_SECOND = 5
"""Links that are asked for in a second, in all; what comes on top is left as it is."""
REMEMBERED = 2_000
_FORGIVEN_AFTER = 600.0
"""Seconds after which a link that led nowhere is asked for again."""


class WebExpander:
    """Asks the services (see ``bot.domain.ports.LinkExpander``)."""

    def __init__(self, fetcher: Fetcher, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask through a fetcher; the clock counts seconds."""
        self._fetcher = fetcher
        self._clock = clock
        self._known: OrderedDict[str, tuple[str | None, float]] = OrderedDict()
        self._asked: deque[float] = deque(maxlen=A_SECOND)

    async def expand(self, urls: Sequence[str]) -> dict[str, str]:
        """Return where short links lead, by link, for the first three of them."""
        short = list(dict.fromkeys(filter(is_short, urls)))[:MOST_OF_A_POST]
        found = await asyncio.gather(*map(self._expanded, short))
        return {url: target for url, target in zip(short, found, strict=True) if target is not None}

    async def _expanded(self, url: str) -> str | None:
        now = self._clock()
        if url in self._known:
            target, at = self._known[url]
            if target is not None or now - at < _FORGIVEN_AFTER:
                self._known.move_to_end(url)
                return target
        if len(self._asked) == A_SECOND and now - self._asked[0] < 1:
            log.info("link.skipped", extra={"host": named(url)})
            return None
        self._asked.append(now)
        target = await self._ask(url)
        self._known[url] = target, now
        self._known.move_to_end(url)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return target

    async def _ask(self, url: str) -> str | None:
        try:
            answer = await self._fetcher.look(url, follows=is_short, seconds=SECONDS)
        except FetchError:
            answer = None
        if answer is None or is_short(answer.url):
            log.info("link.unexpanded", extra={"host": named(url)})
            return None
        return answer.url


def is_short(url: str) -> bool:
    """Tell whether an address is one of a service that only leads on."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = (parts.hostname or "").removeprefix("www.")
    return parts.scheme in {"http", "https"} and host in SHORTENERS and parts.path.strip("/") != ""
