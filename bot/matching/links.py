"""The canonical form of a web address, so that one page is one address however it was shared."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKERS = re.compile(r"(?i)^(utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|ref|ref_src|ref_url|si|cmpid|smid)$")
_TRACKERS_OF = {"x.com": {"s", "t"}, "youtube.com": {"t"}}
"""Elsewhere such a short name is a forum's thread or a search, and tells one page from another."""
_HOST_PREFIX = re.compile(r"^(www|m|mobile|amp|old)\.")
_SAME_HOST = {
    "twitter.com": "x.com",
    "fxtwitter.com": "x.com",
    "vxtwitter.com": "x.com",
    "fixupx.com": "x.com",
    "nitter.net": "x.com",
}
_STATUS = re.compile(r"^/(?:\w+|i(?:/web)?)/status(?:es)?/(\d+)")


def canonical_url(url: str) -> str | None:
    """Return the canonical form of an http(s) address, or None where it isn't one.

    Scheme, ``www.``/``m.``/``amp.``, default ports, fragments, trackers and a trailing slash go; mirrors of X fold
    into x.com and a status is known by its number alone.
    """
    try:
        parts = urlsplit(url.strip().rstrip(".,;:!?)]}'\""))
        host = (parts.hostname or "").lower().rstrip(".")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or "." not in host:
        return None
    host = _HOST_PREFIX.sub("", host)
    host = _SAME_HOST.get(host, host)
    if host == "youtu.be":
        return f"youtube.com/watch?v={parts.path.strip('/')}"
    if host == "x.com" and (status := _STATUS.match(parts.path)):
        return f"x.com/i/status/{status[1]}"
    path = re.sub(r"/+", "/", parts.path).removesuffix("/amp").rstrip("/")
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    query = _query(host, parts.query)
    return f"{where}{path}" + (f"?{query}" if query else "")


def _query(host: str, query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)  # "?123" is the whole identity of many a page
    kept = [pair for pair in pairs if not _TRACKERS.match(pair[0]) and pair[0] not in _TRACKERS_OF.get(host, ())]
    return urlencode(sorted(kept), errors="replace")
