"""The canonical form of a web address, so that one page is one address however it was shared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from bot.matching.link_tables import AMP, CARRIERS, HOST_PREFIX, SITES, TRACKERS, WIKI_MOBILE, WRAPPERS, Site

_STEPS = 4
"""One for each of three links or copies inside each other, and one to see that what came out stays."""
_LONGEST_HOST = 253
"""Characters, as in the domain name system."""

_ENDS = ".,;:!?)]}'\""
"""What stands behind an address in a sentence."""
_SAFE = "/%:@!$&'()*+,;=~"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!'()*")
"""Characters that need no escape; some programs write the last ones with one, and no site tells that apart."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_DEVIATING = frozenset("ßς\u200c\u200d")
"""Letters that the older rules of the standard library make into others: "faß.de" is not "fass.de"."""
_ON_BLUESKY = re.compile(r"\Aat://(?P<who>[^/\s]+)/app\.bsky\.feed\.post/(?P<post>\w+)")
_ESCAPED_START = re.compile(r"https?%3A%2F", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    """An address taken apart: ``where`` is the host, with the port where that isn't the usual one."""

    where: str
    path: str
    query: str
    site: Site | None


def canonical_url(url: str) -> str | None:
    """Return the canonical form of an http(s) address, or of a Bluesky post's at:// one; None where it isn't one.

    Forms of a site (``www.``, mobile, AMP), default ports, fragments, trackers and a trailing slash go. Links that only
    lead on and archives' copies become the page itself, up to three inside each other; beyond that there is no form.
    Posts of the sites in ``link_tables`` are known by their number alone, also where another host shows them. The
    form of a form is itself.
    """
    address = _ON_BLUESKY.sub(r"https://bsky.app/profile/\g<who>/post/\g<post>", url.strip(), count=1)
    for _ in range(_STEPS):
        page = _page(address)
        if page is None:
            return None
        form = _form(_target(page) or page)
        if address == f"https://{form}":
            return form
        address = f"https://{form}"
    return None


def _page(url: str) -> _Page | None:
    try:
        parts = urlsplit(_ESCAPE.sub(_in_order, url.strip()).rstrip(_ENDS))
        host = _host(parts.hostname or "")
        port = parts.port
        path = re.sub(r"/+", "/", quote(parts.path, safe=_SAFE, errors="surrogateescape"))
        query = quote(parts.query, safe=_SAFE + "?", errors="surrogateescape")
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or host is None:
        return None
    if port not in {None, 80, 443}:
        return _Page(f"{host}:{port}", path, query, None)
    site = next((site for site in SITES if site.hosts.fullmatch(host)), None)
    return _Page(site.name if site and site.whole else host, path, query, site)


def _in_order(escape: re.Match[str]) -> str:
    """Return an escape in its one form, and a stray per cent sign as an escape."""
    if escape[1] is None:
        return "%25"
    character = chr(int(escape[1], 16))
    return character if character in _PLAIN else escape[0].upper()


def _host(name: str) -> str | None:
    """Return a host without what only names a form of its site, in ASCII where the standard library can; else None."""
    host = name.lower().rstrip(".")
    if not host.isascii() and len(host) <= _LONGEST_HOST and _DEVIATING.isdisjoint(host):
        with suppress(UnicodeError):  # a name that the older rules don't allow stays as written
            host = host.encode("idna").decode("ascii").lower()
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        return None
    while prefix := HOST_PREFIX.match(host):
        host = host[prefix.end() :]
    return WIKI_MOBILE.sub(".", host)


def _target(page: _Page) -> _Page | None:
    """Return the page that a link which only leads on, or a copy, names; None where it is the page itself."""
    address = page.where + page.path.rstrip("/")
    for pattern, names in WRAPPERS:
        if pattern.fullmatch(address):
            values = dict(_pairs(page))
            return next((found for name in names if (found := _page(values.get(name, "")))), None)
    for pattern in CARRIERS:
        if match := pattern.fullmatch(address):
            return _page(_carried(match) + (f"?{page.query}" if page.query else ""))
    return None


def _carried(match: re.Match[str]) -> str:
    rest = match["rest"]
    if _ESCAPED_START.match(rest):
        rest = unquote(rest, errors="surrogateescape")
    # Its two slashes were one by now.
    scheme, found, address = rest.partition(":/")
    return f"{scheme}://{address.lstrip('/')}" if found and scheme.lower() in {"http", "https"} else f"https://{rest}"


def _form(page: _Page) -> str:
    query = urlencode(sorted(_kept(page)), errors="surrogateescape")
    page = replace(page, path=_path(page.path, ends="/" if query else "/" + _ENDS), query=query)
    return _known_by(page) or f"{page.where}{page.path}{'?' if query else ''}{query}".rstrip(_ENDS)


def _known_by(page: _Page) -> str | None:
    """Return what a page is known by where that is less than its address."""
    site = page.site
    if site is None or any(name in site.inner for name, _ in _pairs(page)):
        return None
    address = f"{page.path}?{page.query}" if page.query else page.path
    address = address.replace("%3A", ":")
    for pattern, form in site.pages:
        if match := pattern.fullmatch(address.lower() if site.any_case else address):
            return site.name + form.format_map(match.groupdict())
    return None


def _path(path: str, *, ends: str) -> str:
    """Return a path without what asks for its AMP form, and without what ends it."""
    while True:
        before = path
        path = path.rstrip(ends).removesuffix("/amp")
        if path.startswith("/amp/"):
            path = path.removeprefix("/amp")
        if path.endswith(".amp.html"):
            path = path.removesuffix(".amp.html") + ".html"
        if path == before:
            return path


def _kept(page: _Page) -> Iterator[tuple[str, str]]:
    """Yield the parameters that tell one page from another."""
    own = page.site.trackers if page.site else frozenset()
    for name, value in _pairs(page):
        asks_for_amp = value.lower() in AMP.get(name.lower(), ())
        if not asks_for_amp and name not in own and not TRACKERS.fullmatch(name):
            yield name, value


def _pairs(page: _Page) -> list[tuple[str, str]]:
    """Return the parameters byte by byte: old sites' aren't UTF-8, and "?123" is the whole identity of many a page."""
    return parse_qsl(page.query, keep_blank_values=True, errors="surrogateescape")
