"""Texts that members, publishers and files may bring, made to be more than text wherever they come out.

One corpus for every exit: messages, files, terminals. ``benchmarks.hostile`` has those that are made to take long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

MARK = "evil"
"""What every text holds where it would come alive, so that it can be told from what Footnote writes itself."""

LONG = f"{MARK} " * 800
"""4,000 characters."""

HOSTILE: dict[str, str] = {
    "everyone": "@everyone @here evil",
    "mentions": "<@1> <@!1> <@&1> <#1> <@evil> <id:evil> </evil:1> <a:evil:1> <t:1:R>",
    "masked link": "[a kind word](http://evil.example) [x](<https://evil.example/a>) ![y](http://evil.example/z.png)",
    "links": "http://evil.example <http://evil.example> https://evil.example discord://evil steam://evil www.evil",
    "broken out link": "a](http://evil.example) [b](<http://evil.example>",
    "code": "```evil\ncode``` `evil` ``evil``",
    "markup": "**evil** __evil__ ~~evil~~ ||evil|| *evil* _evil_ \\*evil\\*",
    "headings": "# evil\n## evil\n-# evil\n### evil",
    "quotes": "> evil\n>>> evil\n- evil\n1. evil\n+ evil",
    "zero width": "e\u200bv\u200ci\u200dl @\u200beveryone \ufeffevil\u2060",
    "bidirectional": "\u202eevil\u202c \u2066evil\u2069 \u200fevil \u061cevil",
    "escapes": "\x1b[31mevil\x1b[0m \x1b]8;;http://evil.example\x07evil\x1b]8;;\x07 \x9b2Jevil",
    "line breaks": "evil\r\nevil\rforged=evil\u2028evil\u2029evil\x0bevil\x0cevil\x85evil",
    "nothing": "evil\x00evil\x00",
    "custom ids": "footnote:rule:1:approve footnote:modal:edit:1 evil",
    "sql": "evil'; DROP TABLE facts; --",
    "template": "{evil} {0.__class__} %s %(evil)s ${evil} {{evil}}",
    "formula =": '=HYPERLINK("http://evil.example")',
    "formula +": "+evil!A1",
    "formula -": "-evil|' /C calc'!A0",
    "formula @": "@SUM(evil)",
    "formula tab": "\t=evil()",
    "formula return": "\r=evil()",
    "formula newline": "\n=evil()",
    "formula wide =": "\uff1devil()",
    "formula wide +": "\uff0bevil()",
    "formula wide -": "\uff0devil()",
    "formula wide @": "\uff20evil()",
    "formula quoted": "'=evil() \"=evil()",
    "long": LONG,
}

SURROGATES = "\ud800evil\udfff"
"""Half characters: a file or an argument may hold them, Discord doesn't."""

_ALIVE = re.compile(
    r"""(?ix)
    @(?:everyone|here)                                  # a ping
    | (?<!\\)<(?:@[!&]?|\#|a?:|/|id:|t:)[^>\\\u200b]*evil # a mention, an emoji, a command
    | (?<!\\)\]\(<?[^)]*evil                            # a masked link
    | (?:https?|discord|steam)://[^\s)>]*evil           # a link
    | www\.evil
    | (?m:^(?:\#{1,3}|-\#|>{3}|\+|\d+\.)\s+evil)        # a heading, small print, a quotation, a list
    | (?<!\\)(?:\*\*|__|~~|\|\||`)evil                  # markup
    | (?<![\\*_])[*_]evil
    """
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def alive(text: str) -> list[str]:
    """Return what of a text Discord would do more with than show it, if it is the corpus's."""
    return [found[0] for found in _ALIVE.finditer(text)]


def hidden(text: str) -> list[str]:
    """Return the characters of a text that steer a terminal or a reader's eye and aren't seen.

    The zero-width space is Footnote's own: it breaks mentions and links.
    """
    return [hex(ord(one)) for one in text if one not in "\n\u200b" and unicodedata.category(one)[0] == "C"]


def texts_of(body: Any, *names: str) -> Iterator[str]:
    """Yield the texts of a message's or a form's components as they went to Discord, those under some names."""
    if isinstance(body, dict):
        yield from (value for name, value in body.items() if name in names and isinstance(value, str))
        body = list(body.values())
    if isinstance(body, list):
        for value in body:
            yield from texts_of(value, *names)
