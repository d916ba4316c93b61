from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.domain.fact import Citation, SourceCheck, SourceState
from bot.domain.pack import Pack
from bot.store.database import open_database
from bot.store.seed import build_seed, describe, describe_facts
from tests.builders import A_SOURCE, NOW, a_fact, a_note, a_review
from tests.store.test_facts import FULL
from tests.store.test_subscriptions import PACK, subscribed

FACTS = [a_fact(slug=slug, near_misses=()) for slug in ("c", "a", "b")]
VECTORS = {"m": {"bb": b"2", "aa": b"1"}, "k": {"aa": b"3"}}


async def test_a_seed_holds_what_it_was_given(tmp_path: Path) -> None:
    """Facts and vectors come back; the one file is all there is, and no log is needed to read it."""
    seed = tmp_path / "facts.db.seed"
    build_seed(FACTS, VECTORS, seed)
    assert seed.read_bytes()[18:20] == b"\x01\x01"
    async with await open_database(seed, readonly=True) as database, database.transaction() as tx:
        assert await tx.facts.all() == sorted(FACTS, key=lambda fact: fact.slug)
        assert {model: await tx.facts.vectors(model) for model in VECTORS} == VECTORS


def test_the_same_facts_make_the_same_seed(tmp_path: Path) -> None:
    """The order in which facts are given doesn't matter: the file is the same to the byte."""
    one, two = tmp_path / "one", tmp_path / "two"
    build_seed(FACTS, VECTORS, one)
    build_seed(reversed(FACTS), dict(reversed(VECTORS.items())), two)
    assert one.read_bytes() == two.read_bytes()


def test_a_seed_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """What was there before is gone, and only then."""
    seed = tmp_path / "facts.db.seed"
    build_seed(FACTS, {}, seed)
    with pytest.raises(StoreError):
        build_seed([a_fact(), a_fact()], {}, seed)
    assert describe(seed) == describe_facts(FACTS)
    build_seed([a_fact()], {}, seed)
    assert describe(seed) == describe_facts([a_fact()])
    assert [file.name for file in tmp_path.iterdir()] == [seed.name]


async def test_a_description_tells_all_but_vectors(tmp_path: Path, empty_seed: Path) -> None:
    """Seeds that differ in a fact, or hold what no seed should, differ in their description."""
    with_vectors, without, changed = (tmp_path / name for name in ("with", "without", "changed"))
    build_seed(FACTS, VECTORS, with_vectors)
    build_seed(FACTS, {}, without)
    build_seed([*FACTS[1:], a_fact(slug="c", near_misses=(), retired=True)], {}, changed)
    assert describe(with_vectors) == describe(without) == describe_facts(FACTS)
    assert describe(changed) != describe(without)
    used = tmp_path / "used.db"
    async with await open_database(used, seed=empty_seed) as database, database.transaction() as tx:
        await tx.notes.add(a_note())
    assert describe(used) != describe_facts([])
    assert '"notes": 1' in describe(used)


def test_a_description_tells_of_reviews(tmp_path: Path) -> None:
    """They are the facts' own, not rows that no seed should hold."""
    seed = tmp_path / "facts.db.seed"
    build_seed([FULL], {}, seed)
    assert describe(seed) == describe_facts([FULL])
    assert describe(seed) != describe_facts([replace(FULL, reviews=FULL.reviews[1:])])
    assert "Fact Office" in describe(seed)


def test_a_seed_holds_nothing_of_how_its_sources_are(tmp_path: Path) -> None:
    """It describes its facts alike, whether somebody has looked at their sources since or not."""
    looked_at = replace(A_SOURCE, check=SourceCheck(SourceState.GONE, NOW, NOW))
    facts = [a_fact(citations=(Citation(looked_at, "Q."),), reviews=(a_review(source=looked_at),))]
    build_seed(facts, {}, tmp_path / "facts.db.seed")
    assert describe(tmp_path / "facts.db.seed") == describe_facts(facts)


async def test_what_came_later_is_told_by_the_table(tmp_path: Path, empty_seed: Path) -> None:
    """Packs, their facts and checks of sources are in no seed; keys of claims are worked out anew."""
    path = tmp_path / "used.db"
    async with await open_database(path, seed=empty_seed) as database:
        async with database.transaction() as tx:
            await tx.imports.add([(a_fact(), "key of the claim")])
        assert describe(path) == describe_facts([a_fact()])
        async with database.transaction() as tx:
            await tx.imports.put_subscription(subscribed("moon", a_fact(), FULL))
            await tx.sources.record({A_SOURCE.key: SourceCheck(SourceState.FINE, NOW, NOW)})
    told = json.loads(describe_facts([a_fact()]))
    held = {"packs": [["moon", PACK.version]], "other_rows": {"pack_facts": 2, "packs": 1, "source_checks": 1}}
    assert json.loads(describe(path)) == {**told, **held}


def test_a_seed_can_be_of_a_pack(tmp_path: Path) -> None:
    """It says so, and of which version, so that a later one can update it."""
    pack = Pack("moon", "The moon", "2", "CC0-1.0", "Made up.")
    build_seed(FACTS, {}, tmp_path / "facts.db.seed", pack=pack)
    described = describe(tmp_path / "facts.db.seed")
    assert described == describe_facts(FACTS, pack=pack)
    assert described != describe_facts(FACTS)
    assert described != describe_facts(FACTS, pack=replace(pack, version="3"))
