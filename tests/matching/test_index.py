"""The index of facts: how it follows its store, and what it holds of it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.domain.errors import StoreError
from bot.domain.fact import Fact
from bot.matching import follow
from bot.matching import index as index_module
from bot.matching.encoder import Vectors
from bot.matching.index import FactIndex
from bot.matching.lexical import LexicalIndex
from bot.matching.listed import ListedFacts
from bot.matching.normalise import normalise
from bot.matching.vectors import key, missing, texts_of
from bot.matching.words import words
from tests.builders import a_fact

MOON = a_fact()
MARS = a_fact(slug="mars", claim="Mars is a potato.", true_statement="It is no plant.", phrasings=(), near_misses=())
SUN = a_fact(slug="sun", claim="The sun is cold.", phrasings=(), near_misses=(), appearances=("https://s.example/1",))
FACTS = [MOON, MARS, SUN]


class DigestEncoder:
    """Gives each text a vector of its own, and keeps count."""

    name = "digest"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return digests as vectors."""
        self.batches.append(list(texts))
        rows = [np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint8) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


class Shelf(ListedFacts):
    """Facts on a list that keeps track of which were asked for, and may fail."""

    def __init__(self, facts: Sequence[Fact], vectors: dict[str, bytes] | None = None) -> None:
        super().__init__(facts, vectors or {})
        self.asked: list[list[str]] = []
        self.broken = False

    def facts(self, slugs: Sequence[str]) -> list[Fact]:
        """Return the facts, or fail half way."""
        self.asked.append(list(slugs))
        if self.broken:
            raise StoreError("The disk is gone.")
        return super().facts(slugs)


def opened(
    reader: ListedFacts, folder: Path | None = None, *, writable: bool = True, encoder: DigestEncoder | None = None
) -> FactIndex:
    """An index that was opened and not synced."""
    return FactIndex(reader, encoder or DigestEncoder(), folder=folder, writable=writable)


def synced(
    reader: ListedFacts, folder: Path | None = None, *, writable: bool = True, encoder: DigestEncoder | None = None
) -> FactIndex:
    """An index that is up to date."""
    index = opened(reader, folder, writable=writable, encoder=encoder)
    index.sync()
    return index


def slugs(index: FactIndex, text: str) -> set[str]:
    """What a text finds."""
    return {hit.slug for hit in index.lexical.view().search(words(normalise(text)).content, limit=9)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an index of the three facts lies."""
    synced(ListedFacts(FACTS, {}), tmp_path / "index")
    return tmp_path / "index"


def test_a_warm_start_reads_no_fact(folder: Path) -> None:
    """It compares two numbers, and is ready."""
    shelf = Shelf(FACTS)
    index = opened(shelf, folder)
    assert index.sync() == []
    assert shelf.asked == []
    assert slugs(index, "cold potato") == {"mars", "sun"}
    assert index.lexical.view().appearance("s.example/1") == "sun"


def test_an_added_fact_is_all_that_is_read(folder: Path) -> None:
    """The usual change costs what it adds."""
    new = a_fact(slug="venus", claim="Venus is a turnip.", phrasings=())
    shelf = Shelf([*FACTS, new])
    index = opened(shelf, folder)
    assert index.sync() == ["venus"]
    assert shelf.asked == [["venus"]]
    assert slugs(index, "turnip") == {"venus"}
    assert index.sync() == []


@pytest.mark.parametrize(
    ("facts", "changed", "found"),
    [
        ([MOON, a_fact(slug="mars", claim="A royal turnip.", phrasings=(), version=2), SUN], ["mars"], {"mars"}),
        ([MOON, a_fact(slug="mars", retired=True), SUN], ["mars"], set()),
        ([MOON, MARS], ["sun"], set()),
        ([MOON, a_fact(slug="new", claim="A royal turnip.", phrasings=())], ["mars", "new", "sun"], {"new"}),
    ],
    ids=["edited", "retired", "gone", "one for another"],
)
def test_other_changes_are_found_by_version(
    folder: Path, facts: list[Fact], changed: list[str], found: set[str]
) -> None:
    """Only what differs is indexed anew, and the result is that of a fresh index."""
    shelf = Shelf(facts)
    index = opened(shelf, folder)
    assert sorted(index.sync()) == changed
    assert {slug for asked in shelf.asked for slug in asked} <= set(changed)
    assert slugs(index, "turnip") == found
    fresh = synced(ListedFacts(facts, {}))
    assert index.lexical.versions() == fresh.lexical.versions()
    for text in ("the moon is cheese", "potato", "cold sun"):
        assert slugs(index, text) == slugs(fresh, text)


def test_another_database_in_the_same_place_is_noticed(folder: Path) -> None:
    """Also where its facts have the same names and versions."""
    other = [a_fact(slug=fact.slug, claim="It is all turnips nowadays.", phrasings=()) for fact in FACTS]
    index = opened(ListedFacts(other, {}), folder)
    assert len(index.sync()) == 3
    assert slugs(index, "turnips") == {"moon-cheese", "mars", "sun"}
    assert slugs(index, "potato") == set()


def test_other_rules_make_it_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as another way of stemming."""
    monkeypatch.setattr(follow, "_rules", lambda: "others")
    shelf = Shelf(FACTS)
    index = opened(shelf, folder)
    assert sorted(index.sync()) == ["mars", "moon-cheese", "sun"]
    assert slugs(index, "cold potato") == {"mars", "sun"}
    assert index.lexical.versions() == {"moon-cheese": 1, "mars": 1, "sun": 1}
    assert opened(shelf, folder).sync() == []


def test_a_fault_on_the_way_is_made_up_for(folder: Path) -> None:
    """The index stays what it was, the next time goes all the way."""
    shelf = Shelf([MOON, a_fact(slug="mars", claim="A royal turnip.", version=2)])
    index = opened(shelf, folder)
    shelf.broken = True
    with pytest.raises(StoreError):
        index.sync()
    assert LexicalIndex(folder).versions() == {"moon-cheese": 1, "mars": 1, "sun": 1}
    shelf.broken = False
    assert sorted(index.sync()) == ["mars", "sun"]
    assert slugs(index, "turnip") == {"mars"}


def test_a_lost_folder_or_a_damaged_one_is_made_again(folder: Path) -> None:
    """From the store."""
    (folder / "meta.json").write_text("{")
    assert len(synced(ListedFacts(FACTS, {}), folder).lexical.versions()) == 3
    (folder / "meta.json").unlink()
    assert len(synced(ListedFacts(FACTS, {}), folder).lexical.versions()) == 3


@pytest.mark.parametrize("how", ["deleted", "damaged"])
def test_a_running_index_outlives_its_folder(folder: Path, how: str) -> None:
    """It goes on matching, and the next sync makes the folder again."""
    index = synced(ListedFacts(FACTS, {}), folder)
    if how == "deleted":
        shutil.rmtree(folder)
    else:
        (folder / "meta.json").write_text("{")
    assert slugs(index, "potato") == {"mars"}
    index.sync()
    assert slugs(index, "potato") == {"mars"}
    assert len(LexicalIndex(folder).versions()) == 3


def test_reading_leaves_an_outdated_folder_alone(folder: Path) -> None:
    """What is in memory serves, and follows the store from there."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    index = synced(ListedFacts([MOON], {}), folder, writable=False)
    assert (slugs(index, "potato"), slugs(index, "moon")) == (set(), {"moon-cheese"})
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    fitting = synced(ListedFacts(FACTS, {}), folder, writable=False)
    assert fitting.lexical.folder == folder
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_while_another_process_writes(folder: Path) -> None:
    """A start makes do with memory; later the index stays as it was until the next time."""
    more = Shelf([*FACTS, a_fact(slug="new", claim="A royal turnip.")])
    running = synced(ListedFacts(FACTS, {}), folder)
    running._reader = more
    held = LexicalIndex(folder)._index.writer(heap_size=15_000_000, num_threads=1)
    starting = synced(more, folder)
    assert (starting.lexical.folder, slugs(starting, "turnip")) == (None, {"new"})
    assert (running.sync(), slugs(running, "turnip")) == ([], set())
    held.wait_merging_threads()
    assert (running.sync(), slugs(running, "turnip")) == (["new"], {"new"})


def test_facts_come_in_one_go_and_stay() -> None:
    """One read and one run of the encoder for all that a post needs; none the next time."""
    shelf, encoder = Shelf(FACTS), DigestEncoder()
    index = synced(shelf, encoder=encoder)
    shelf.asked.clear()
    found = index.get_many(["sun", "nothing", "moon-cheese", "sun"])
    assert [(slug, indexed.fact) for slug, indexed in found.items()] == [("sun", SUN), ("moon-cheese", MOON)]
    assert (shelf.asked, len(encoder.batches)) == ([["sun", "nothing", "moon-cheese"]], 1)
    again = index.get("sun")
    assert again is found["sun"]
    assert (len(shelf.asked), len(encoder.batches)) == (1, 1)


def test_only_vectors_that_the_store_lacks_are_computed() -> None:
    """A store without any can be searched at once."""
    encoder = DigestEncoder()
    stored = missing([MARS], {}, encoder)
    encoder.batches.clear()
    index = synced(ListedFacts(FACTS, stored), encoder=encoder)
    assert index.get("mars") is not None
    assert encoder.batches == []
    moon = index.get("moon-cheese")
    assert moon is not None
    assert encoder.batches == [[normalise(text) for text in dict.fromkeys(texts_of(MOON))]]
    expected = encoder.encode([MOON.claim])[0]
    assert np.allclose(moon.wording_vectors[0], expected, atol=1e-3)
    assert set(index.missing(["mars", "sun"])) == {key(text) for text in texts_of(SUN)} - set(stored)
    encoder.batches.clear()
    new = a_fact(slug="new", claim=MARS.claim, true_statement="It is a planet.", phrasings=(), near_misses=())
    assert index.vectors([MARS, new]).keys() >= stored.keys()
    assert encoder.batches == [["It is a planet."]]


def test_retired_and_unknown_facts_are_not_there() -> None:
    """Not even where a fact was retired after the last sync."""
    index = synced(ListedFacts(FACTS, {}))
    index._reader = ListedFacts([a_fact(retired=True), MARS], {})
    assert index.get("moon-cheese") is None
    assert index.get("nothing") is None
    assert list(index.get_many(["moon-cheese", "mars"])) == ["mars"]


def test_an_edit_reaches_what_was_prepared() -> None:
    """With the sync."""
    index = synced(ListedFacts(FACTS, {}))
    assert index.get("mars") is not None
    edited = a_fact(slug="mars", claim="Mars is a turnip.", version=2)
    index._reader = ListedFacts([MOON, edited, SUN], {})
    assert index.sync() == ["mars"]
    again = index.get("mars")
    assert again is not None
    assert again.fact == edited


def test_prepared_facts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were used longest ago go first."""
    monkeypatch.setattr(index_module, "MAX_PREPARED", 2)
    shelf = Shelf(FACTS)
    index = synced(shelf)
    for slug in ("mars", "sun", "mars", "moon-cheese"):
        index.get(slug)
    shelf.asked.clear()
    assert set(index.get_many(["mars", "moon-cheese"])) == {"mars", "moon-cheese"}
    assert shelf.asked == []
    index.get("sun")
    assert shelf.asked == [["sun"]]
