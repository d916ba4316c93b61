"""Wordings that would attract ordinary chat are known before they do."""

from __future__ import annotations

import json

import pytest

from bot.domain.fact import Fact
from bot.matching.magnet import MAX_ATTRACTION, attraction, informs, refusal
from bot.matching.models import BACKGROUND
from bot.matching.normalise import normalise
from bot.matching.words import words


def content(text: str) -> frozenset[str]:
    """The content stems of a text."""
    return words(normalise(text)).content


@pytest.mark.parametrize("text", ["", "NATO", "he said it", "and then?", "Musk Musk musk's"])
def test_a_wording_that_says_too_little_is_refused(text: str) -> None:
    """One word, however rare, is no claim."""
    assert refusal(words(normalise(text))) == "it holds fewer than 2 words that say something"


@pytest.mark.parametrize("text", ["good day", "big game", "new day"])
def test_a_wording_of_common_words_is_refused(text: str) -> None:
    """Two words that everybody uses can't tell a claim from chat."""
    assert refusal(words(normalise(text))) == "its words are too common to tell it from ordinary chat"


def test_two_words_are_no_sentence() -> None:
    """Fact-checks are imported with such titles."""
    assert refusal(words(normalise("Bird shot"))) == "it holds fewer than 3 words, too few for a claim"


@pytest.mark.parametrize("text", ["The Earth is flat.", "Bats are blind.", "NATO was founded in 1955."])
def test_a_short_claim_is_not_refused(text: str) -> None:
    """What names its subject and says something of it is a claim."""
    assert refusal(words(normalise(text))) is None


def test_no_shipped_wording_is_a_magnet(core: list[Fact]) -> None:
    """Every fact of the pack may reply by itself as far as its words go."""
    wordings = [words(normalise(text)) for fact in core for text in fact.wordings()]
    assert [wording for wording in wordings if refusal(wording)] == []
    assert max(attraction(wording.content) for wording in wordings) < MAX_ATTRACTION


def test_what_everybody_says_is_a_magnet() -> None:
    """Words that stand together in ordinary chat all the time."""
    assert (
        attraction(content("I'm not sure, I don't think he is right, I'm just saying that is what I think"))
        > MAX_ATTRACTION
    )
    assert attraction(content("The Warsaw Pact was dissolved in Prague.")) < 1


def test_the_floor_needs_two_words_that_tell_enough() -> None:
    """The same test decides what a post must share with a wording."""
    assert informs(content("Warsaw Pact"))
    assert not informs(content("Warsaw"))
    assert not informs(content("good day"))


def test_the_background_holds_counts_and_no_text() -> None:
    """Nothing can be read out of it: pairs stand under hashes, and only those that many messages share."""
    table = json.loads(BACKGROUND.read_text(encoding="utf-8"))
    assert set(table) == {"messages", "pairs"}
    assert all(len(key) == 10 and int(key, 16) >= 0 for key in table["pairs"])
    assert min(table["pairs"].values()) >= 10
