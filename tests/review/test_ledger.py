from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from bot.domain.audit import COPY, Act, AuditEvent, NewAuditEvent
from bot.review.ledger import FORMS, did, particulars
from tests.builders import NOW


def _event(act: Act = Act.APPROVE, **over: Any) -> AuditEvent:
    return AuditEvent(7, NewAuditEvent(NOW, act, 1, **over))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (_event(item_id=12, slug="moon"), "approved item 12 (moon)"),
        (_event(Act.EDIT, item_id=12), "edited and approved item 12"),
        (_event(Act.WRONG_MATCH, note_id=3, automatic=True), "ruled automatic note 3 a wrong match"),
        (_event(Act.NOT_A_CLAIM, note_id=3), "ruled note 3 not a claim"),
        (_event(Act.SOURCE_GONE, item_id=1), "closed item 1: the post is gone"),
        (_event(Act.FACT_EDITED, slug="moon"), "edited the fact moon"),
        (_event(Act.SETTING, detail={"mode": "queue -> auto"}), "changed the settings"),
        (_event(item_id=2, detail={COPY: "6"}), "approved item 2, as it says the same as another"),
    ],
)
def test_an_act_in_words(event: AuditEvent, words: str) -> None:
    """What was done to what."""
    assert did(event) == words


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_words(act: Act) -> None:
    """One that was forgotten would break the log."""
    assert "{" not in did(_event(act, item_id=1))


def test_particulars_are_named_and_their_times_written_out() -> None:
    """Discord's way of writing a time is read nowhere else."""
    event = _event(Act.SNOOZE, item_id=1, detail={"until": "<t:1772366400:f>", "log_channel": "none -> 5", COPY: "2"})
    assert particulars(event) == [("until", "2026-03-01 12:00 UTC"), ("log channel", "none -> 5")]


def _csv(event: AuditEvent) -> dict[str, str]:
    [row] = csv.DictReader(io.StringIO(FORMS["csv"].whole([FORMS["csv"].line(event).encode()]).decode(), newline=""))
    return row


def test_a_row_of_csv_holds_everything() -> None:
    """Times in ISO, ids in full, details by name."""
    event = _event(by=2**63, item_id=3, slug="käse", confidence=0.97, detail={"a": "b, “c”", "d": "e\nf"})
    assert _csv(event) == {
        "id": "7",
        "at": "2026-03-01T12:00:00+00:00",
        "act": "approve",
        "by": str(2**63),
        "item": "3",
        "note": "",
        "fact": "käse",
        "fact_version": "",
        "rule_version": "",
        "confidence": "0.97",
        "automatic": "False",
        "undoes": "",
        "detail": "a: b, “c”; d: e\nf",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
@pytest.mark.parametrize("cell", ["slug", "rule_version"])
def test_no_cell_is_a_formula(start: str, cell: str) -> None:
    """What a spreadsheet would run gets an apostrophe before it."""
    row = _csv(_event(Act.APPROVE, **{cell: f"{start}HYPERLINK(1)"}))
    assert row["fact" if cell == "slug" else cell] == f"'{start}HYPERLINK(1)"


def test_a_detail_is_no_formula_either() -> None:
    """Its name comes first."""
    assert _csv(_event(detail={"=cmd": "x"}))["detail"] == "'=cmd: x"


def test_json_keeps_the_parts_apart() -> None:
    """Ids of members are text, since many readers round numbers of that length; words need no apostrophe there."""
    event = _event(by=2**60 + 1, slug="=moon", detail={"until": "<t:1772366400:f>"})
    [row] = json.loads(FORMS["json"].whole([FORMS["json"].line(event).encode()]))
    assert (row["by"], row["fact"], row["automatic"], row["detail"]) == (
        str(2**60 + 1),
        "=moon",
        False,
        {"until": "2026-03-01 12:00 UTC"},
    )
