"""Language is told where a text is long enough, and left open where it isn't."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.matching.language import language_of

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "posts_dev.jsonl"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Der Warschauer Pakt war eine Reaktion auf die NATO, nicht umgekehrt", "de"),
        ("El Pacto de Varsovia fue una reacción a la OTAN y no al revés", "es"),
        ("Musk n'a jamais aidé l'Ukraine avec ses satellites Starlink", "fr"),
        ("НАТО была создана в ответ на Варшавский договор", "ru"),
        ("NATO was founded as a reaction to the Warsaw Pact", "en"),
    ],
)
def test_a_sentence_tells_its_language(text: str, code: str) -> None:
    """In the common languages of Discord."""
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["", "lol", "🎉🎉🎉", "musk smh", "1949 1955 1991 2024"])
def test_what_is_too_short_or_no_language_is_left_open(text: str) -> None:
    """A guess would hold back what is plain English."""
    assert language_of(text) in {None, "en"}


def test_english_slang_is_not_taken_for_another_language() -> None:
    """None of the labelled posts, full of slang, is called foreign."""
    posts = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    foreign = [text for text in posts if language_of(text) not in {None, "en"}]
    assert len(foreign) <= len(posts) / 200, foreign
