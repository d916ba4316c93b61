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
    assert measures["labels"]["none"] == {"n": 1, "replied": 0, "queued": 0, "wrong": 0}
    assert measures["wrong_replies"] == []


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
