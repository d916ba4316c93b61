from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.matching.links import canonical_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Example.com/Path/", "example.com/Path"),
        ("HTTP://m.example.com", "example.com"),
        ("https://amp.example.com/story/amp", "example.com/story"),
        ("https://example.com:443/a", "example.com/a"),
        ("http://example.com:80/a", "example.com/a"),
        ("https://example.com:8443/a", "example.com:8443/a"),
        ("https://example.com./a#part", "example.com/a"),
        ("https://example.com//a///b", "example.com/a/b"),
        ("https://user:word@example.com/a", "example.com/a"),
        (" https://example.com/a). ", "example.com/a"),
        ("https://example.com/a?utm_source=x&fbclid=1&id=7", "example.com/a?id=7"),
        ("https://example.com/a?b=2&a=1", "example.com/a?a=1&b=2"),
        ("https://twitter.com/Some_One/status/123?s=20&t=abc", "x.com/i/status/123"),
        ("https://mobile.twitter.com/i/web/status/123", "x.com/i/status/123"),
        ("https://nitter.net/a/statuses/123#m", "x.com/i/status/123"),
        ("https://fxtwitter.com/a/status/123/photo/1", "x.com/i/status/123"),
        ("https://x.com/elonmusk", "x.com/elonmusk"),
        ("https://youtu.be/dQw4w9WgXcQ?t=42", "youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=42s&si=x", "youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://müller.example/ä", "müller.example/ä"),
    ],
)
def test_one_page_is_one_address(url: str, expected: str) -> None:
    """However it was shared."""
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://forum.example/thread?t=1", "https://forum.example/thread?t=2"),
        ("https://forum.example/?s=nato", "https://forum.example/?s=putin"),
        ("https://forum.example/thread?1955", "https://forum.example/thread?1949"),
        ("https://x.com/a/status/1", "https://x.com/a/status/2"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example:8080/x", "https://a.example/x"),
        ("https://a.example/Story", "https://a.example/story"),
    ],
)
def test_two_pages_are_two_addresses(one: str, other: str) -> None:
    """A link to the one must never be taken for the other."""
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "words",
        "ftp://example.com/a",
        "javascript:alert(1)",
        "https://",
        "https://localhost/a",
        "https://[::1/a",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://exam\u2100ple.com/",
        "mailto:a@example.com",
    ],
)
def test_what_is_no_web_address_has_no_form(url: str) -> None:
    """Broken addresses are an answer, not an error."""
    assert canonical_url(url) is None


@given(st.text(max_size=100), st.sampled_from(["", "https://", "https://a.example/", "http://a.example?", "//"]))
@example("\ud800=\udfff", "http://a.example?")
@example("%ff%00&&==", "http://a.example?")
def test_no_address_is_an_error(text: str, start: str) -> None:
    """Whatever somebody posts behind http."""
    result = canonical_url(start + text)
    assert result is None or result


_PART = st.text(alphabet="abcxyz0189-_", min_size=1, max_size=8)


@given(_PART, st.lists(_PART, max_size=3), st.dictionaries(_PART, _PART, max_size=3))
def test_the_canonical_form_is_its_own(host: str, path: list[str], query: dict[str, str]) -> None:
    """An address that was written down in its canonical form is found again."""
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    form = canonical_url(f"https://h{host}.example/{'/'.join(path)}?{pairs}")
    assert form is not None
    assert canonical_url(f"https://{form}") == form
