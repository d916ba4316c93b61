from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.fact import Citation
from bot.domain.note import Provenance
from bot.notes.compose import as_markdown, as_text, compose
from bot.notes.sanitise import markdown_safe, plain, safe_url, shorten
from tests.builders import A_SOURCE, a_fact

PIECES = st.sampled_from(
    [
        *("@everyone", "@here", "<@123>", "<@&5>", "<#7>", "<:a:1>", "</x:1>", "<t:1:R>", "@", "@\u200b", "＠everyone"),
        *("**", "__", "~~", "*", "_", "`", "```", "||", "|", "> ", ">>> ", "# ", "-# ", "- ", "+ ", "1. ", "#", "\\"),
        *(
            "[x](https://evil.example)",
            "](<",
            ">)",
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
            "https://evil.example",
            "www.evil.example",
        ),
        *(
            "HTTP://x",
            "discord://x",
            "\n",
            "\r\n",
            "\t",
            "\x00",
            "\x1b[31m",
            "\u202e",
            "\u2066",
            "\u200b",
            "\ud800",
            "\u2028",
        ),
        *("a", "1", " ", "é", "ש", "👩‍👩‍👧"),
    ]
)
NASTY = st.lists(PIECES | st.characters(), max_size=15).map("".join)

_UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[*_~`|\[\]()<>#]")
_LIVE_MENTION = re.compile(r"@[\w!&#]")
_LIVE_LINE_START = re.compile(r"^\s*(?:[-+]|\d+\.)\s", re.MULTILINE)
_LIVE_LINK = re.compile(r"(?i)(?:https?|discord|steam)://|www\.")


def _harmless(text: str) -> bool:
    """Tell whether Discord shows a text letter by letter."""
    live = (_UNESCAPED, _LIVE_MENTION, _LIVE_LINE_START, _LIVE_LINK)
    return not any(pattern.search(text) for pattern in live)


@given(NASTY)
@example("\\*not bold\\*")
@example("@everyone")
@example("@\u200beveryone")
@example("-\t# heading")
@example("1.\n- a\n- b")
@example("@\u202e@here")
def test_nothing_is_left_alive(text: str) -> None:
    """No markup is unescaped, no mention or link is whole."""
    assert _harmless(markdown_safe(text))


@given(NASTY)
def test_nothing_is_lost(text: str) -> None:
    """Without backslashes and zero-width spaces, the words are what they were."""
    shown = markdown_safe(text).replace("\u200b", "")
    assert shown.replace("\\", "") == plain(text).replace("\\", "")


@given(NASTY)
def test_plain_text_holds_nothing_hidden(text: str) -> None:
    """No control sequence reaches a terminal, no override turns a line around."""
    assert all(char == "\n" or unicodedata.category(char)[0] != "C" for char in plain(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\r\nc", "a b \nc"),
        ("\x1b[31mred", "[31mred"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("  much   space ", "much space"),
        ("a\u2028b\u00a0c", "a b c"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    """Invisible characters go; every kind of space is one space."""
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
        ("@everyone <@1>", "@\u200beveryone \\<@\u200b1\\>"),
        ("- item\n2. two\n# h", "\\- item\n2\\. two\n\\# h"),
        ("https://a.example www.b.example", "https\u200b://a.example www\u200b.b.example"),
        ("3.5 - 4 and a-b", "3.5 - 4 and a-b"),
    ],
)
def test_markdown_safe(text: str, expected: str) -> None:
    """Only what Discord would act on is touched."""
    assert markdown_safe(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?y=1&z=%20#part", "https://a.example/x?y=1&z=%20#part"),
        ("https://a.example/wiki/X_(Y)", "https://a.example/wiki/X_%28Y%29"),
        ("https://a.example/>)[x](<https://b.example", "https://a.example/%3E%29%5Bx%5D%28%3Chttps://b.example"),
        ("https://a.example/@everyone", "https://a.example/%40everyone"),
        ("https://a.example/a b\nc", "https://a.example/a%20bc"),
        ("https://a.example/\u202ex", "https://a.example/x"),
        ("HTTPS://A.example/ä", "https://A.example/%C3%A4"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example", None),
        ("a.example", None),
        ("https://", None),
        ("https://[", None),
        ("https://bank.example@evil.example/", None),
        ("https://@everyone/", None),
        ("", None),
    ],
)
def test_safe_url(url: str, expected: str | None) -> None:
    """Only http(s), without a user name, with everything escaped that could end the link or mention anyone."""
    assert safe_url(url) == expected


@given(st.sampled_from(["https://a.example/", "http://", "https://a.example?", ""]), NASTY)
def test_no_address_breaks_out_of_its_link(start: str, rest: str) -> None:
    """Inside ``[title](<url>)`` it can neither end the link nor mention anyone."""
    url = safe_url(start + rest)
    assert url is None or re.fullmatch(r"https?://[^\s<>()\[\]@\\`|\"]+", url)


_SOURCE_LINE = re.compile(r"(?P<publisher>.*): \[(?P<title>.*)\]\(<(?P<url>[^<>\s]*)>\) \(17 May 2020\)", re.DOTALL)


@given(correction=NASTY, publisher=NASTY, title=NASTY, address=NASTY)
def test_no_field_of_a_fact_breaks_out_of_its_place(correction: str, publisher: str, title: str, address: str) -> None:
    """A pack by a stranger can't mention, format or link anything by what it says."""
    source = replace(A_SOURCE, publisher=publisher, title=title, url=f"https://a.example/{address}")
    fact = a_fact(correction=correction, citations=(Citation(source, "quote"),))
    view = compose(fact, Provenance.AUTO)
    body, sources, label = as_markdown(view)
    heading, _, words = body.partition("\n")
    assert heading == "**Context**"
    assert _harmless(words)
    found = _SOURCE_LINE.fullmatch(sources)
    assert found is not None
    assert _harmless(found["publisher"])
    assert _harmless(found["title"])
    assert not _LIVE_MENTION.search(found["url"])
    assert label == "-# Matched automatically · as of 1 January 2026"
    assert "\x1b" not in as_text(view)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("onetwothree", 5, "onet…"),
        ("a bcdefghijk", 8, "a bcdef…"),
        ("", 3, ""),
    ],
)
def test_shorten(text: str, limit: int, expected: str) -> None:
    """At a word where one ends in the second half, else wherever it must."""
    assert shorten(text, limit) == expected


@given(st.text(max_size=100), st.integers(1, 60))
def test_shortened_text_fits(text: str, limit: int) -> None:
    """Always."""
    assert len(shorten(text, limit)) <= limit
