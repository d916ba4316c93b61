"""A wording is known word by word, with a slip of the finger or two, and not with another word in it."""

from __future__ import annotations

import pytest

from bot.matching.normalise import normalise
from bot.matching.verbatim import verbatim
from bot.matching.words import words

WORDING = "NATO was founded in 1955 as a reaction to the Warsaw Pact."


def same(text: str, wording: str = WORDING) -> bool:
    """Whether a text is the wording."""
    return verbatim(words(normalise(text)), words(normalise(wording)))


@pytest.mark.parametrize(
    "text",
    [
        WORDING,
        WORDING.upper(),
        "nato was founded in 1955, as a reaction, to the warsaw pact!!!",
        "NATO was fuonded in 1955 as a reaction to the Warsaw Pact",
        "NATO was foundeed in 1955 as a reacton to the Warsaw Pact",
        "NATO was founded in 1955 as a reaction to the Wqrsaw Pact",
    ],
)
def test_slips_of_the_finger_change_nothing(text: str) -> None:
    """Letters exchanged, doubled, left out or beside the right key, in two words at most."""
    assert same(text)


@pytest.mark.parametrize(
    "text",
    [
        "NATO was funded in 1955 as a reaction to the Warsaw Pact.",
        "NATO was founded in 1945 as a reaction to the Warsaw Pact.",
        "NATO was not founded in 1955 as a reaction to the Warsaw Pact.",
        "NATO wasn't founded in 1955 as a reaction to the Warsaw Pact.",
        "The Warsaw Pact was founded in 1955 as a reaction to NATO.",
        "NATO was fuonded in 1955 as a raection to the Wasraw Pact.",
        "SATO was founded in 1955 as a reaction to the Warsaw Fact.",
        "",
    ],
)
def test_another_word_is_no_slip(text: str) -> None:
    """Nor are three of them, another number, another order, or a word more."""
    assert not same(text)


def test_names_that_are_words_are_not_taken_for_each_other() -> None:
    """One letter apart, both real."""
    assert not same("Iran invaded Kuwait", "Iraq invaded Kuwait")
    assert not same("Slovakia joined in 2004", "Slovenia joined in 2004")


@pytest.mark.parametrize("text", ["Thanks for Sharing", "Black Lives Matter", "Bird shot"])
def test_a_title_that_everybody_says_proves_nothing(text: str) -> None:
    """Being the same tells as little as the words do."""
    assert not same(text, text)
