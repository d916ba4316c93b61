from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.normalise import MAX_CHARACTERS, latin_share, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＮＡＴＯ　ｗａｓ　ｆｏｕｎｄｅｄ", "NATO was founded"),
        ("ﬁrst ½ ²", "first 1⁄2 2"),
        ("“two” ‘three’ «four» „five“ `six`", '"two" \'three\' "four" "five" \'six\''),
        ("N\u200bA\u200cT\u200dO\ufeff and\u2060", "NATO and"),
        ("\u202eNATO\u202c \u2066was\u2069", "NATO was"),
        ("soft\u00adware", "software"),
        ("nul\x00 bell\x07", "nul bell"),
        ("half a pair \ud800 here", "half a pair here"),
        ("a\u00a0b\u2003c\u3000d", "a b c d"),
        ("a\tb\vc\u2028d", "a b c d"),
        ("a  \u200b  b", "a b"),
        ("one\ntwo", "one\ntwo"),
        ("  edges\n\n", "edges"),
        ("<@123> <@!123> <@&5> <#77> hello", "hello"),
        ("hi <:pepe:123> <a:dance:456> <t:1700000000:R> </check:99> there", "hi there"),
        ("<https://a.example> stays", "<https://a.example> stays"),
        ("a < b > c", "a < b > c"),
        ("", ""),
        ("\u200b\u202e\x00", ""),
        ("🎉🎉 👩‍👩‍👧", "🎉🎉 👩👩👧"),
        ("שלום עולם", "שלום עולם"),
    ],
)
def test_text_is_brought_into_one_form(text: str, expected: str) -> None:
    """Look-alike spellings become one, invisible characters and mention codes go, line breaks stay."""
    assert normalise(text) == expected


def test_a_long_text_is_cut() -> None:
    """Nothing later sees more than Discord's longest message."""
    assert normalise("a" * MAX_CHARACTERS + "b") == "a" * MAX_CHARACTERS


def test_a_character_that_unfolds_into_many_does_not_outgrow_the_limit() -> None:
    """One ligature becomes eighteen letters in NFKC; the limit holds after that, too."""
    assert len(normalise("\ufdfa" * MAX_CHARACTERS)) <= MAX_CHARACTERS


@given(st.text(max_size=300))
def test_what_is_normalised_holds_nothing_invisible(text: str) -> None:
    """No control, format, surrogate, private or unassigned character is left, and no run of spaces."""
    result = normalise(text)
    assert all(char == "\n" or unicodedata.category(char)[0] != "C" for char in result)
    assert "  " not in result
    assert result == result.strip()


@pytest.mark.parametrize(
    ("text", "share"),
    [("NATO", 1.0), ("é ß ø ł", 1.0), ("НАТО", 0.0), ("abНА", 0.5), ("北约", 0.0), ("123 🎉 ...", 1.0), ("", 1.0)],
)
def test_the_share_of_latin_letters(text: str, share: float) -> None:
    """Accents are Latin; digits, signs and emoji don't count either way."""
    assert latin_share(text) == share
