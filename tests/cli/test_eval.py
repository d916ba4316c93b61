from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.fact import Fact
from tests.cli.conftest import Footnote

CHAT = {"text": "who's on for ranked tonight?", "label": "none", "fact": None}


def write(path: Path, *rows: Any) -> str:
    """Write rows as JSON lines, strings as they are."""
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return str(path)


def test_posts_become_measures(footnote: Footnote, tmp_path: Path, sure: Fact) -> None:
    """A right reply and a right silence give full precision and recall."""
    file = write(tmp_path / "p.jsonl", {"text": sure.claim, "label": "repeat", "fact": sure.slug}, "", CHAT)
    ran = footnote("eval", file, "--json")
    assert (ran.status, ran.err) == (0, "")
    [measures] = ran.answers
    assert measures["posts"] == 2
    for name in ("precision", "recall", "recall_with_queue"):
        assert (measures[name]["value"], measures[name]["hits"], measures[name]["of"]) == (1.0, 1, 1)
        assert measures[name]["low"] < 1
    assert measures["labels"]["none"].items() >= {"n": 1, "replied": 0, "queued": 0, "wrong": 0}.items()
    assert measures["wrong_replies"] == []


def test_styles_are_counted_apart(footnote: Footnote, tmp_path: Path, sure: Fact) -> None:
    """By the key ``style``, or else ``kind``; a post without either counts for its label alone."""
    file = write(
        tmp_path / "p.jsonl",
        {"text": sure.claim, "label": "repeat", "fact": sure.slug, "style": "verbatim", "kind": "not this"},
        {"text": sure.claim, "label": "repeat", "fact": sure.slug},
        {"text": CHAT["text"], "label": "repeat", "fact": sure.slug, "style": "oblique"},
        CHAT | {"kind": "small talk", "style": None},
    )
    [measures] = footnote("eval", file, "--json").answers
    assert list(measures["styles"]["repeat"]) == ["oblique", "verbatim"]
    verbatim = measures["styles"]["repeat"]["verbatim"]
    assert (verbatim["n"], verbatim["replied"], verbatim["reply_rate"]["value"]) == (1, 1, 1.0)
    assert measures["labels"]["repeat"]["reply_rate"]["of"] == 3
    assert measures["labels"]["repeat"]["reply_or_queue_rate"]["hits"] == 2
    assert list(measures["styles"]["none"]) == ["small talk"]
    assert measures["styles"]["none"]["small talk"]["wrong_rate"]["value"] == 0.0
    rows = [line.split("\t") for line in footnote("eval", file).out.splitlines()]
    assert ["repeat / verbatim", "1", "1", "0", "0"] in [row[:5] for row in rows]
    assert ["none / small talk", "1", "0", "0", "0"] in [row[:5] for row in rows]


def test_misses_say_whether_the_fact_was_found(footnote: Footnote, tmp_path: Path, sure: Fact) -> None:
    """A repeat that nothing came near is told from one whose fact was a candidate; each list is cut as asked."""
    lost = {"text": CHAT["text"], "label": "repeat", "fact": sure.slug}
    file = write(tmp_path / "p.jsonl", lost, lost, {"text": sure.claim, "label": "repeat", "fact": sure.slug})
    [measures] = footnote("eval", file, "--json", "--worst", "1").answers
    assert measures["missed"]["fact_among_candidates"] == []
    missed = measures["missed"]["fact_not_found"]
    assert [each["line"] for each in missed] == [1, 2]
    assert (missed[0]["fact"], missed[0]["candidate"], missed[0]["confidence"]) == (sure.slug, None, 0.0)
    assert missed[0]["reason"]
    text = footnote("eval", file, "--worst", "1").out
    assert "line 1" in text
    assert "line 2" not in text
    assert "... and 1 more" in text


def test_confidence_is_held_against_what_is_right(footnote: Footnote, tmp_path: Path, sure: Fact) -> None:
    """Posts without a match stay out; the same match is right for a repeat and wrong for any other label."""
    file = write(
        tmp_path / "p.jsonl",
        {"text": sure.claim, "label": "repeat", "fact": sure.slug},
        {"text": sure.claim, "label": "near_miss", "fact": sure.slug},
        CHAT,
    )
    [measures] = footnote("eval", file, "--json").answers
    calibration = measures["calibration"]
    assert calibration["posts"] == 2
    [used] = [each for each in calibration["bins"] if each["right"]["of"]]
    assert (used["right"]["hits"], used["right"]["of"]) == (1, 2)
    assert calibration["error"] == pytest.approx(used["confidence"] - 0.5, abs=1e-3)
    assert "Expected calibration error" in footnote("eval", file).out


def test_the_plot_is_a_drawing_that_can_be_read_out(footnote: Footnote, tmp_path: Path, sure: Fact) -> None:
    """It is written where it was asked for, and the measures are printed as without it."""
    file = write(tmp_path / "p.jsonl", {"text": sure.claim, "label": "repeat", "fact": sure.slug})
    assert footnote("eval", file, "--plot", "plot.svg", "--json").out == footnote("eval", file, "--json").out
    assert "1 of 1 were right" in (tmp_path / "plot.svg").read_text(encoding="utf-8")


def test_a_plot_that_can_not_be_written_is_one_sentence(footnote: Footnote, tmp_path: Path) -> None:
    """A folder that isn't there is bad usage, found before anything is measured; a folder in the way is a failure."""
    file = write(tmp_path / "p.jsonl", CHAT)
    for target, status in (("no/such/plot.svg", 2), (str(tmp_path), 1)):
        ran = footnote("eval", file, "--plot", target)
        assert (ran.status, ran.out, ran.err.count("\n")) == (status, "", 1)


def test_a_wrong_reply_is_shown_with_its_line(footnote: Footnote, tmp_path: Path, sure: Fact) -> None:
    """What went wrong can be found in the file."""
    file = write(tmp_path / "p.jsonl", CHAT, {"text": sure.claim, "label": "near_miss", "fact": sure.slug})
    [measures] = footnote("eval", file, "--json").answers
    [wrong] = measures["wrong_replies"]
    assert (wrong["line"], wrong["label"], wrong["reply"]) == (2, "near_miss", sure.slug)
    text = footnote("eval", file).out
    assert "line 2" in text
    assert "precision" in text


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("not json", "JSON object"),
        ("[]", "JSON object"),
        ({"label": "none"}, '"text"'),
        ({"text": "x", "label": "lie", "fact": "y"}, '"label"'),
        ({"text": "x", "label": ["none"], "fact": "y"}, '"label"'),
        ({"text": "x", "label": "repeat", "fact": None}, '"fact"'),
        ({"text": "x", "label": "ask", "fact": 5}, '"fact"'),
        ({"text": "x", "label": "ask", "fact": "y", "style": 5}, '"style"'),
        ({"text": "x", "label": "ask", "fact": "y", "kind": ["plain"]}, '"kind"'),
    ],
)
def test_a_bad_line_is_one_sentence_with_its_number(footnote: Footnote, tmp_path: Path, line: Any, what: str) -> None:
    """Nothing is measured on half a file."""
    ran = footnote("eval", write(tmp_path / "p.jsonl", CHAT, line), "--json")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "line 2" in ran.err
    assert what in ran.err


def test_an_empty_file_measures_nothing(footnote: Footnote, tmp_path: Path) -> None:
    """No posts, no shares, no fault."""
    [measures] = footnote("eval", write(tmp_path / "p.jsonl"), "--json").answers
    assert measures["precision"]["value"] is None
    assert measures["calibration"]["error"] is None
    assert footnote("eval", str(tmp_path / "p.jsonl"), "--plot", "plot.svg").status == 0
    assert "No post got a match." in (tmp_path / "plot.svg").read_text(encoding="utf-8")
