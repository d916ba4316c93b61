"""A search finds facts by meaning, too, where the store is small enough to hold its vectors."""

from __future__ import annotations

import pytest

from bot.matching import index
from bot.matching.encoder import Encoder
from bot.matching.listed import index_of
from bot.matching.retrieve import Retriever
from bot.matching.vectors import missing
from tests.builders import a_fact

MOON = a_fact(phrasings=())
ARMY = a_fact(slug="army", claim="The soldiers were sent home in autumn.", phrasings=(), near_misses=())
SOUP = a_fact(slug="soup", claim="The cook burned the lentil soup.", phrasings=(), near_misses=())
FACTS = [MOON, ARMY, SOUP]
ASKED = "the troops got back to their families before the soup"
"""It shares a word with the soup alone, and means the army."""


def test_what_shares_no_word_is_found_by_meaning(encoder: Encoder) -> None:
    """Beside what shares one."""
    found = Retriever(index_of(FACTS, missing(FACTS, {}, encoder), encoder), encoder).search(ASKED, limit=2)
    assert set(found) == {"army", "soup"}


def test_only_stored_vectors_are_compared(encoder: Encoder) -> None:
    """A search must not compute a store's worth of them."""
    known = missing([ARMY], {}, encoder)
    facts = index_of(FACTS, known, encoder)
    assert facts.nearest(encoder.encode([ASKED])[0], facts.lexical.view(), limit=5) == ["army"]


def test_a_large_store_is_searched_by_words_alone(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its vectors would fill the memory."""
    monkeypatch.setattr(index, "MAX_HELD", 2)
    facts = index_of(FACTS, missing(FACTS, {}, encoder), encoder)
    assert facts.nearest(encoder.encode([ASKED])[0], facts.lexical.view(), limit=5) == []
    assert Retriever(facts, encoder).search(ASKED, limit=2) == ["soup"]


def test_an_empty_store_has_nothing_near(encoder: Encoder) -> None:
    """And fails at nothing."""
    facts = index_of([], {}, encoder)
    assert facts.nearest(encoder.encode([ASKED])[0], facts.lexical.view(), limit=5) == []
