"""The information floor: what a post must share with a wording before any model runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.post import Post
from bot.matching import retrieve
from bot.matching.encoder import Encoder, Vectors
from bot.matching.listed import index_of
from bot.matching.retrieve import MAX_CANDIDATES, Retriever
from bot.matching.spans import read
from bot.matching.vectors import missing
from bot.matching.windows import MAX_WINDOWS
from tests.builders import a_fact

FACT = a_fact(
    claim="The world had more time when zeppelins crossed Patagonia.",
    phrasings=("The zeppelins over Patagonia gave the world time.",),
    true_statement="No zeppelin ever crossed Patagonia.",
)


@pytest.fixture(scope="module")
def retriever(encoder: Encoder) -> Retriever:
    """Over one fact with two telling words and two common ones."""
    return Retriever(index_of([FACT], missing([FACT], {}, encoder), encoder), encoder)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my uncle saw zeppelins above Patagonia in summer", True),
        ("zeppelins gave my uncle time to talk", True),
        ("my uncle built a zeppelin from matches", False),
        ("zeppelin zeppelins ZEPPELIN! my uncle loves balloons", False),
        ("cooks of the world need time and butter", False),
        ("zeppelins Patagonia", False),
        ("my uncle bakes rye bread", False),
        ("", False),
    ],
    ids=[
        "two telling",
        "telling and common",
        "one telling",
        "one telling thrice",
        "two common",
        "too short",
        "none",
        "empty",
    ],
)
def test_the_floor(retriever: Retriever, text: str, found: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Two shared words at least that tell something together, in a post of three words at least."""
    assert bool(retriever.candidates(read(Post(text)))) is found
    assert bool(retriever.scored(read(Post(text)))) is found


def test_a_large_store_asks_for_more(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What half of its facts speak of is no news there; what few do is."""
    facts = [a_fact(slug=f"z-{n}", claim=f"Zeppelin {n} crossed Patagonia.", phrasings=()) for n in range(100)]
    facts.append(a_fact(slug="fern", claim="Ferns gave Patagonia its zeppelin hangars.", phrasings=()))
    retriever = Retriever(index_of(facts, {}, encoder), encoder)
    vague, plain = "my uncle saw zeppelins above Patagonia in summer", "ferns gave Patagonia zeppelin hangars"
    assert retriever.candidates(read(Post(vague)))
    monkeypatch.setattr(retrieve, "MANY_WORDINGS", 50)
    assert retriever.candidates(read(Post(vague))) == []
    assert retriever.candidates(read(Post(plain))) == ["fern"]


class CountingEncoder:
    """The real encoder, counting."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.batches: list[int] = []
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Count, and encode."""
        self.batches.append(len(texts))
        return self._encoder.encode(texts)


def test_work_is_bounded(encoder: Encoder) -> None:
    """The longest post costs one run over a few windows, and ordinary chat none."""
    facts = [replace(FACT, slug=f"zeppelin-{number}") for number in range(20)]
    vectors = missing(facts, {}, encoder)
    counting = CountingEncoder(encoder)
    retriever = Retriever(index_of(facts, vectors, counting), counting)
    assert retriever.scored(read(Post("my uncle bakes rye bread"))) == []
    assert counting.batches == []
    long = " ".join(f"Zeppelin number {number} crossed Patagonia." for number in range(100))
    assert len(retriever.scored(read(Post(long)))) == MAX_CANDIDATES
    assert counting.batches == [MAX_WINDOWS]
