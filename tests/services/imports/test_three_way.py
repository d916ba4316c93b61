from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fact import Citation, Fact, NearMiss, Verdict
from bot.services.imports.three_way import FIELDS, merge, untouched, with_names
from tests.builders import A_SOURCE, a_fact, a_review

BASE = a_fact(reviews=(a_review(),))
OTHER: dict[str, Any] = {
    "claim": "The moon is cheese.",
    "verdict": Verdict.MISLEADING,
    "verdict_label": "Nope",
    "correction": "It is basalt.",
    "true_statement": "It is basalt, mostly.",
    "citations": (Citation(A_SOURCE, "Basalt."),),
    "phrasings": (),
    "near_misses": (NearMiss("Mars is cheese.", "planet"),),
    "as_of": date(2026, 2, 2),
    "review_by": date(2028, 1, 1),
    "speaker": "Ada",
    "claim_date": "2024",
    "context": "Said at night.",
    "language": "de",
    "topics": ("sky",),
    "overlaps": ("sun-cold",),
    "appearances": ("https://x.example/1",),
    "reviews": (),
}
SOME = st.sets(st.sampled_from(FIELDS))


def _changed(names: set[str]) -> Fact:
    return replace(BASE, **{name: OTHER[name] for name in names})


def test_every_field_is_merged_but_those_of_the_store() -> None:
    """A new field of a fact must be thought of here."""
    own = {"slug", "version", "retired", "failed_tests", "guild_id", "overrides"}
    assert set(FIELDS) == OTHER.keys() == {field.name for field in fields(Fact)} - own


@given(SOME, SOME)
def test_each_field_is_merged_by_itself(mine: set[str], theirs: set[str]) -> None:
    """What only the pack changed is taken; what was changed here stays, also where both did so alike."""
    merged = merge(_changed(mine), BASE, _changed(theirs))
    assert merged.fact == _changed(mine | theirs)
    assert (set(merged.taken), merged.kept) == (theirs - mine, ())


@pytest.mark.parametrize("name", FIELDS)
def test_where_both_changed_something_what_is_here_stays(name: str) -> None:
    """Unless the pack is to win."""
    here = replace(BASE, **{name: OTHER[name]})
    third: dict[str, Any] = {name: _third(name)}
    coming = replace(BASE, **third)
    kept = merge(here, BASE, coming)
    assert (kept.fact, kept.taken, kept.kept) == (here, (), (name,))
    won = merge(here, BASE, coming, theirs=True)
    assert (won.fact, won.taken, won.kept) == (coming, (name,), ())


def _third(name: str) -> object:
    """Return a value that is neither the base's nor the other one."""
    match OTHER[name]:
        case Verdict():
            return Verdict.DISPUTED
        case str():
            return "Something else."
        case date():
            return date(2029, 1, 1)
        case _:
            return (a_review(label="Third"),) if name == "reviews" else (*OTHER[name], "third")


@given(SOME)
def test_without_a_base_what_differs_was_changed_here(names: set[str]) -> None:
    """As where somebody wrote a fact of the same name; it yields only to a pack that is to win."""
    here = replace(_changed(names), version=4, guild_id=9)
    kept = merge(here, None, BASE)
    assert (kept.fact, kept.taken, set(kept.kept)) == (here, (), names)
    won = merge(here, None, BASE, theirs=True)
    assert won.fact == replace(BASE, version=4, guild_id=9)


def test_what_differs_from_store_to_store_is_no_change() -> None:
    """The keys of sources and the identities of reviews."""
    source = replace(A_SOURCE, key="moon-atlas-1")
    here = replace(
        BASE,
        citations=(Citation(source, "The moon consists of rock."),),
        reviews=(replace(a_review(key="another"), identity="3" * 24),),
    )
    assert merge(here, BASE, replace(BASE, claim="New.")).fact == replace(here, claim="New.")
    assert untouched(here, BASE)


def test_a_fact_is_untouched_while_it_says_what_its_pack_said() -> None:
    """And is in use; whichever version it is, and whatever became of its tests."""
    assert untouched(replace(BASE, version=3, failed_tests=("a",), guild_id=1), BASE)
    assert not untouched(replace(BASE, retired=True), BASE)
    assert not any(untouched(_changed({name}), BASE) for name in FIELDS)


def test_facts_call_each_other_by_their_names_here() -> None:
    """Those that aren't renamed keep theirs."""
    assert with_names(a_fact(overlaps=("a", "b")), {"a": "x"}).overlaps == ("x", "b")
