from __future__ import annotations

import json

import pytest
from hypothesis import given

from bot.exchange.sound_json import canonical, parse
from tests.exchange.sound_facts import JSON, one_sentence


@given(JSON)
def test_the_canonical_form_is_read_as_what_was_written(data: object) -> None:
    """Written again it is the same text, numbers included."""
    text = canonical(data)
    assert canonical(parse(text)) == text
    assert parse(text) == data


def test_the_canonical_form_is_known() -> None:
    """Others can sign what we check: names in order, no spaces, characters as they are."""
    assert canonical({"b": [1, 1.0, 1e5, -0.0], "a": "é\n"}) == '{"a":"é\\n","b":[1,1.0,100000.0,-0.0]}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("NaN", "NaN is no number"),
        ("[-Infinity]", "-Infinity is no number"),
        ("1e999", "a number is too large"),
        ("1" * 5000, "a number is too large"),
        ('{"a": 1, "b": 2, "a": 3}', 'the name "a" stands twice in one object'),
        ('{"a": "\\ud83d"}', "a text holds half a character"),
        ('{"\\uDC00": 1}', "a text holds half a character"),
        ("[" * 101 + "]" * 101, "it is nested too deeply"),
        ("[" * 100_000 + "]" * 100_000, "it is nested too deeply"),
        ("[" * 1_000_001, "it holds too many entries"),
        ("[" + "0," * 4_000_001 + "0]", "it holds too many entries"),
        ("\ufeff1", "Unexpected UTF-8 BOM"),
        ("[1] 2", "Extra data"),
    ],
    ids=range(13),
)
def test_what_is_no_sound_json_is_refused(text: str, why: str) -> None:
    """The message says how."""
    with pytest.raises(ValueError, match=r".") as caught:
        parse(text)
    assert str(caught.value).startswith(why)
    assert one_sentence(f"{caught.value}.")


def test_what_is_sound_is_no_less_for_its_size() -> None:
    """Whole pairs, deep lists and long texts are fine."""
    assert parse('"\\ud83d\\ude00 \\\\ud83d"') == "😀 \\ud83d"
    assert parse("[" * 99 + "]" * 99)
    assert parse(json.dumps("x" * 10_000_000)) == "x" * 10_000_000
