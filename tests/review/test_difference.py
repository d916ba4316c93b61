from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from bot.domain.fact import Citation, Fact, NearMiss, Verdict
from bot.review.difference import Change, difference, reworded
from tests.builders import A_SOURCE, a_fact, a_review

ATLAS = "The Lunar Society, An Atlas of the Moon, https://moon.example/atlas, by Ada Selene, of 2020-05-17"

CHANGED: dict[str, tuple[Any, Change]] = {
    "claim": ("New.", Change("claim", ("The moon is made of cheese.",), ("New.",))),
    "verdict": (Verdict.MISSING_CONTEXT, Change("verdict", ("false",), ("missing_context",))),
    "correction": ("New.", Change("correction", ("The moon is made of rock.",), ("New.",))),
    "true_statement": ("New.", Change("true statement", ("The moon is rock.",), ("New.",))),
    "citations": (
        (Citation(A_SOURCE, "New."),),
        Change(
            "citations",
            (f"{ATLAS}: “The moon consists of rock.”",),
            (f"{ATLAS}: “New.”",),
        ),
    ),
    "phrasings": (
        ("Cheese is what the moon is made of.", "New."),
        Change("phrasings", ("The moon is a big cheese.",), ("New.",)),
    ),
    "near_misses": (
        (NearMiss("Mars is made of cheese.", "role swap"),),
        Change("near misses", ("Mars is made of cheese. (other object)",), ("Mars is made of cheese. (role swap)",)),
    ),
    "as_of": (date(2026, 2, 1), Change("as of", ("2026-01-01",), ("2026-02-01",))),
    "review_by": (date(2028, 1, 1), Change("review by", ("2027-01-01",), ("2028-01-01",))),
    "verdict_label": ("Half true", Change("verdict label", (), ("Half true",))),
    "speaker": ("A Speaker", Change("speaker", (), ("A Speaker",))),
    "claim_date": ("2024-08", Change("claim date", (), ("2024-08",))),
    "context": ("At a fair.", Change("context", (), ("At a fair.",))),
    "language": ("de", Change("language", ("en",), ("de",))),
    "topics": ((), Change("topics", ("moon",), ())),
    "overlaps": (("other",), Change("overlaps", (), ("other",))),
    "appearances": (("https://a.example",), Change("appearances", (), ("https://a.example",))),
    "retired": (True, Change("retired", ("no",), ("yes",))),
    "overrides": ("global", Change("overrides", (), ("global",))),
    "reviews": (
        (a_review(),),
        Change(
            "reviews",
            (),
            ("Fact Office, Cheese?, https://office.example/1, of 2025-02-03: “The moon is cheese.” rated Wrong; {}",),
        ),
    ),
}
SILENT: dict[str, Any] = {"slug": "other", "version": 2, "failed_tests": ("one",), "guild_id": 7}


@pytest.mark.parametrize("name", [field.name for field in fields(Fact)])
def test_every_field_is_told_or_left_out_on_purpose(name: str) -> None:
    """What changed is said in words, both what went and what came; the way back says the reverse."""
    fact = a_fact()
    if name in SILENT:
        assert difference(fact, replace(fact, **{name: SILENT[name]})) == ()
        return
    value, change = CHANGED[name]
    new = replace(fact, **{name: value})
    assert difference(fact, new) == (change,)
    assert difference(new, fact) == (Change(change.field, change.added, change.removed),)


def test_nothing_changed() -> None:
    """Then there is nothing to tell; several changes come in the order of the fields."""
    assert difference(a_fact(), a_fact()) == ()
    found = difference(a_fact(), a_fact(retired=True, claim="New.", speaker="S"))
    assert [change.field for change in found] == ["claim", "speaker", "retired"]


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_reader_is_told_makes_it_another_fact(name: str) -> None:
    """Trust begins anew with a new claim, verdict or correction, and with nothing else."""
    assert reworded(a_fact(), a_fact(**{name: CHANGED[name][0]})) is (name in {"claim", "verdict", "correction"})


@pytest.mark.parametrize(
    "over",
    [
        {"publisher": "P"},
        {"title": "T"},
        {"url": "https://x.example"},
        {"author": None},
        {"published": date(2021, 1, 1)},
        {"retrieved": date(2026, 1, 1)},
        {"archive_url": "https://x.example"},
        {"note": "A copy."},
    ],
)
def test_a_source_that_is_described_otherwise_is_a_change(over: dict[str, Any]) -> None:
    """Nothing that a fact cites changes in silence."""
    new = a_fact(citations=(replace(a_fact().citations[0], source=replace(A_SOURCE, **over)),))
    [change] = difference(a_fact(), new)
    assert (change.field, len(change.removed), len(change.added)) == ("citations", 1, 1)
