from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from bot.domain.fact import Verdict
from bot.exchange.verdicts import folded_label, ratings, verdict_of

TABLE = tomllib.loads(resources.files("bot.exchange").joinpath("data", "ratings.toml").read_text(encoding="utf-8"))
HEADS = TABLE["heads"]
PARTS = {name: part for name, part in TABLE.items() if name != "heads"}


@pytest.mark.parametrize("name", PARTS)
def test_labels_are_folded_and_unique(name: str) -> None:
    """Every label of the table can be met, and means one thing."""
    labels = [label for verdict in Verdict for label in PARTS[name].get(verdict, ())]
    assert labels
    assert [label for label in labels if folded_label(label) != label] == []
    assert sorted(labels) == sorted(set(labels))
    assert set(PARTS[name]) <= {*Verdict, "names"}


def test_names_of_publishers_are_folded_and_unique() -> None:
    """A publisher stands in the table once."""
    names = [name for part in PARTS.values() for name in part.get("names", ())]
    assert [name for name in names if folded_label(name) != name] == []
    assert sorted(names) == sorted(set(names))


def test_heads_contradict() -> None:
    """What more may follow a label for never ends in true."""
    assert all(ratings().common[head].contradicts for head in HEADS)
    assert len(HEADS) == len(set(HEADS))


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        ("FALSE.", Verdict.FALSE),
        ("  Pants   on Fire! ", Verdict.FALSE),
        ("❌ Fake-News", Verdict.FALSE),
        ("False - the picture is from 2015", Verdict.FALSE),
        ("Misleading: it is old", Verdict.MISLEADING),
        ("YANLIŞ", Verdict.FALSE),
        ("Fałsz", Verdict.FALSE),
        ("ΨΕΥΔΉΣ", Verdict.FALSE),
        ("錯誤", Verdict.FALSE),
        ("誤導", Verdict.MISLEADING),
        ("Half True", Verdict.MISSING_CONTEXT),
        ("half-true", Verdict.MISSING_CONTEXT),
        ("Unproven", Verdict.UNPROVEN),
        ("Disputed", Verdict.DISPUTED),
        ("Mostly True", Verdict.TRUE),
        ("Satire", Verdict.UNRATED),
        ("Mixture", Verdict.UNRATED),
    ],
)
def test_labels_mean_verdicts(label: str, verdict: Verdict) -> None:
    """A label is known in any letter case, with signs around it, and with an explanation behind it."""
    assert verdict_of(label) is verdict


@pytest.mark.parametrize(
    "label",
    [
        *(
            f"{no} {label}"
            for no in ("Not", "No", "Isn't", "Nicht", "Non")
            for label in ("false", "misleading", "fake")
        ),
        *(
            "No es falso",
            "Pas faux",
            "not-false",
            "True: but not as told",
            "False or true?",
            "Falsehood index",
            "",
            "?!",
            "x" * 500,
        ),
    ],
)
def test_anything_else_is_unrated(label: str) -> None:
    """Negations, near words and unknown labels mean nothing."""
    assert verdict_of(label) is Verdict.UNRATED


@pytest.mark.parametrize(
    ("label", "publisher", "host", "verdict"),
    [
        ("Mostly False", "", "", Verdict.MISLEADING),
        ("Mostly False", "Snopes", "", Verdict.FALSE),
        ("Mostly False", "", "www.snopes.com", Verdict.FALSE),
        ("Mostly False", "", "notsnopes.com", Verdict.MISLEADING),
        ("Three Pinocchios", "The Washington Post", "", Verdict.MISLEADING),
        ("Full Flop", "PolitiFact", "", Verdict.UNRATED),
        ("Nì", "Pagella Politica", "", Verdict.MISSING_CONTEXT),
    ],
)
def test_publishers_have_their_own_words(label: str, publisher: str, host: str, verdict: Verdict) -> None:
    """A publisher, known by name or host, goes before what the label means elsewhere."""
    assert verdict_of(label, publisher=publisher, host=host) is verdict


@pytest.mark.parametrize(
    ("label", "value", "best", "worst", "verdict"),
    [
        (None, 1, 5, 1, Verdict.FALSE),
        (None, 5, 5, 1, Verdict.TRUE),
        (None, 3, 5, 1, Verdict.UNRATED),
        (None, -1, 5, 1, Verdict.UNRATED),
        (None, 1, None, 1, Verdict.UNRATED),
        (None, 1, 1, 1, Verdict.UNRATED),
        (None, 1, 1, 5, Verdict.UNRATED),
        ("Who knows", 1, 5, 1, Verdict.UNRATED),
        ("True", 1, 5, 1, Verdict.UNRATED),
        ("False", 5, 5, 1, Verdict.UNRATED),
        ("False", 1, 5, 1, Verdict.FALSE),
    ],
)
def test_numbers_count_at_their_ends_alone(
    label: str | None, value: float | None, best: float | None, worst: float | None, verdict: Verdict
) -> None:
    """A number speaks where there is no label, and silences a label that it contradicts."""
    assert verdict_of(label, value=value, best=best, worst=worst) is verdict
