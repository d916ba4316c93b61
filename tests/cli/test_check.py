from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.cli.check import parse_line
from bot.domain.fact import Fact
from bot.notes.compose import CORRECTION_LIMIT
from bot.store import paths
from tests.cli.conftest import Footnote
from tests.hostile import HOSTILE, SURROGATES, hidden

KEYS = ["id", "action", "fact", "relation", "confidence", "reasons", "note", "candidates"]
CHAT = "who's on for ranked tonight? need one more"

ODD = {
    "empty": "",
    "blank": " \t ",
    "long": "word " * 800,
    "one long word": "a" * 4000,
    "emoji": "🎂🎉" * 20,
    "right to left": "נאט״ו נוסדה בשנת 1955 \u202e desrever",
    "zero width": "N\u200bA\u200cT\u200dO\u2060 \ufeffwas founded",
    "nested quotes": "> " * 10_000 + "NATO",
    "quote lines": "> quoted\n" * 10_000,
    "nested marks": "“" * 5000 + "NATO" + "”" * 5000,
    "control": "a\x00b\x07\x1b[31mred\x1b[0m",
    "markdown": "**" * 2000 + "||" * 2000 + "`" * 2000,
    "links": "https://a.example/ " * 500,
    "lone surrogate": "a \ud800 b",
    "combining": "e" + "\u0301" * 3000,
}


def test_a_claim_gets_the_promised_keys(footnote: Footnote, sure: Fact) -> None:
    """The answer has exactly the keys that scripts rely on, in order, and a short sourced note."""
    ran = footnote("check", "--json", sure.claim)
    assert (ran.status, ran.err) == (0, "")
    [answer] = ran.answers
    assert list(answer) == KEYS
    assert (answer["id"], answer["action"], answer["fact"]) == (None, "reply", sure.slug)
    assert answer["relation"] == "repeats"
    assert 0 < answer["confidence"] <= 1
    assert answer["reasons"]
    assert sure.sources()[0].publisher in answer["note"]
    assert len(sure.correction) <= CORRECTION_LIMIT
    assert 1 <= len(answer["candidates"]) <= 5
    assert all(list(candidate) == ["fact", "confidence", "relation"] for candidate in answer["candidates"])
    assert answer["candidates"][0] == {name: answer[name] for name in ("fact", "confidence", "relation")}


def test_chat_is_ignored_with_a_reason(footnote: Footnote) -> None:
    """Nothing would be posted, and the answer says why."""
    [answer] = footnote("check", "--json", CHAT).answers
    assert (answer["action"], answer["fact"], answer["note"]) == ("ignore", None, None)
    assert answer["reasons"]


def test_a_stream_is_answered_in_order(footnote: Footnote, sure: Fact) -> None:
    """JSON objects and plain lines mix; blank lines don't count; broken ones get an error and the rest an answer."""
    lines = [
        json.dumps({"id": "a", "text": sure.claim, "lang": "en"}),
        "",
        CHAT,
        json.dumps({"id": 3, "text": 5}),
        json.dumps({"id": 4, "text": CHAT, "lang": 5}),
        json.dumps({"id": 5}),
        '{"id": 6, "text": "broken',
        '["text"]',
        json.dumps({"id": {"any": ["thing", None]}, "text": ""}),
    ]
    ran = footnote("check", "-", "--json", stdin="\n".join(lines))
    assert ran.status == 1
    assert ran.err == ""
    ids = [answer["id"] for answer in ran.answers]
    assert ids == ["a", None, 3, 4, 5, None, None, {"any": ["thing", None]}]
    assert ["error" in answer for answer in ran.answers] == [False, False, True, True, True, False, False, False]
    assert ran.answers[0]["fact"] == sure.slug
    assert ran.answers[2] == {"id": 3, "error": 'line 4: "text" must be a string'}


def test_a_stream_without_a_fault_ends_well(footnote: Footnote) -> None:
    """Windows line ends and a missing last line end are fine."""
    ran = footnote("check", "-", "--json", stdin=f"{CHAT}\r\n{CHAT}")
    assert (ran.status, len(ran.answers)) == (0, 2)


def test_odd_posts_get_an_answer(footnote: Footnote) -> None:
    """Whatever is pasted, there is an answer to it, in order."""
    lines = [json.dumps({"id": name, "text": text}) for name, text in ODD.items()]
    ran = footnote("check", "-", "--json", stdin="\n".join(lines))
    assert (ran.status, ran.err) == (0, "")
    assert [answer["id"] for answer in ran.answers] == list(ODD)
    assert {answer["action"] for answer in ran.answers} <= {"ignore", "queue"}


def test_odd_posts_print_cleanly(footnote: Footnote) -> None:
    """For people, too: no control character gets to the terminal."""
    ran = footnote("check", "--why", ODD["control"] + ODD["right to left"])
    assert (ran.status, ran.err) == (0, "")
    assert not set(ran.out) & {"\x1b", "\x07", "\x00", "\u202e"}


def test_bytes_that_are_not_utf8_are_answered(footnote: Footnote) -> None:
    """A line in another encoding is a post like any other; the lines after it, too."""
    ran = footnote("check", "-", "--json", stdin=b"\xef\xbb\xbfhello\n\xff\xfe\x80caf\xe9\nbye\n")
    assert (ran.status, len(ran.answers)) == (0, 3)


def test_standard_input_without_text_is_one_post(footnote: Footnote, sure: Fact) -> None:
    """A pipe into ``footnote check`` is one post, line breaks and all."""
    [answer] = footnote("check", "--json", stdin=sure.claim.replace(", ", ",\n") + "\n").answers
    assert answer["fact"] == sure.slug


def test_people_get_the_note_and_the_reasons(footnote: Footnote, sure: Fact) -> None:
    """Without --json the answer can be read: the note, confidence against threshold, and with --why everything."""
    short = footnote("check", sure.claim)
    assert short.status == 0
    assert sure.sources()[0].publisher in short.out
    assert "confidence" in short.out
    assert "needed" in short.out
    assert "Gates" not in short.out
    full = footnote("check", "--why", sure.claim)
    assert "Gates" in full.out
    assert sure.slug in full.out


def test_checking_leaves_no_trace(footnote: Footnote, tmp_path: Path) -> None:
    """No file is made: without a database the shipped facts are read."""
    footnote("check", CHAT)
    footnote("facts", "list")
    assert list(tmp_path.iterdir()) == []


def test_checking_changes_no_database(footnote: Footnote, tmp_path: Path) -> None:
    """An existing database stays as it is, byte for byte, and gets no files beside it."""
    database = tmp_path / "facts.db"
    database.write_bytes(paths.seed().read_bytes())
    before = database.read_bytes()
    assert footnote("check", CHAT).status == 0
    assert database.read_bytes() == before
    assert list(tmp_path.iterdir()) == [database]


def test_a_read_only_disk_is_enough(footnote: Footnote, shut: Callable[[], Path], sure: Fact) -> None:
    """Checking works where nothing can be written."""
    footnote("check", CHAT)  # loads the program while this process may still read all of it
    shut()
    [answer] = footnote("check", "--json", sure.claim).answers
    assert answer["fact"] == sure.slug


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be looked at" * 100])
def test_a_corrupt_database_is_one_sentence(footnote: Footnote, tmp_path: Path, content: bytes) -> None:
    """It says which file and what to do."""
    (tmp_path / "facts.db").write_bytes(content)
    ran = footnote("check", CHAT)
    assert (ran.status, ran.out) == (1, "")
    assert "facts.db" in ran.err
    assert ran.err.count("\n") == 1


def test_somebody_elses_database_is_one_sentence(footnote: Footnote, tmp_path: Path) -> None:
    """A sound database of another program is refused."""
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    ran = footnote("check", CHAT, "--facts", "other.db")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)


def test_a_missing_seed_is_one_sentence(footnote: Footnote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a database nor the shipped one: the sentence names the place."""
    monkeypatch.setattr(paths, "seed", lambda: tmp_path / "facts.db.seed")
    for command in (["check", CHAT], ["facts", "list"], ["run"]):
        ran = footnote(*command)
        assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert "facts.db.seed" in ran.err


def test_a_missing_model_is_one_sentence(footnote: Footnote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without a model is named."""
    monkeypatch.setenv("FOOTNOTE_ENCODER", str(tmp_path))
    ran = footnote("check", CHAT)
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "model.onnx" in ran.err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_a_terminal_without_text_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is left waiting before an empty terminal."""
    master, slave = os.openpty()
    with os.fdopen(slave) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        assert main(["check"]) == 2
    os.close(master)
    assert capsys.readouterr().err.startswith("footnote: Say what to check")


@pytest.mark.parametrize("line", ["[" * 100_000, "9" * 5000, "NaN", '{"text": NaN}', '{"text"', "nul", '"text"'])
def test_lines_that_are_no_json_object_are_plain_text(line: str) -> None:
    """Only an object is read as one."""
    parsed = parse_line(line, 1)
    assert (parsed.id, parsed.post.text, parsed.error) == (None, line, None)


def test_hostile_posts_are_answered_like_any(footnote: Footnote) -> None:
    """One answer a line, whatever stands in a post; in words nothing that steers a terminal."""
    posts = [*HOSTILE.values(), SURROGATES]
    lines = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(posts))
    ran = footnote("check", "-", "--json", stdin=lines)
    assert [answer["id"] for answer in ran.answers] == list(range(len(posts)))
    assert not ran.err
    ran = footnote("check", "-", stdin=lines)
    assert hidden(ran.out) == []
