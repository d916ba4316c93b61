from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from bot import __version__
from bot.cli.parser import Parser
from bot.cli.program import build_parser
from tests.cli.conftest import Footnote


def every_command(parser: argparse.ArgumentParser) -> Iterator[list[str]]:
    """Give the words of each command and group."""
    yield parser.prog.split()[1:]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from every_command(child)


COMMANDS = list(every_command(build_parser()))


def test_every_promised_command_is_there() -> None:
    """The command line has what its contract names."""
    names = {" ".join(words) for words in COMMANDS}
    assert names >= {
        *("run", "check", "eval", "doctor", "facts list", "facts search", "facts show", "facts test", "facts seed"),
        *("queue list", "queue show", "queue approve", "queue dismiss", "bench speed"),
    }


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--help says what the command does, ends well and fits on 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as done:
        build_parser().parse_args([*words, "--help"])
    assert done.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith("usage: footnote")
    assert len(text.splitlines()) > 3
    assert max(map(len, text.splitlines())) <= 80


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version names the program and its version."""
    with pytest.raises(SystemExit) as done:
        build_parser().parse_args(["--version"])
    assert done.value.code == 0
    assert capsys.readouterr().out == f"footnote {__version__}\n"


def test_no_command_is_run() -> None:
    """``footnote`` alone is ``footnote run``."""
    parser: Parser = build_parser()
    assert parser.parse_args([]).run is parser.parse_args(["run"]).run


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["check", "--frobnicate"],
        ["check", "one", "two"],
        ["check", "--facts", "no/such.db", "text"],
        ["eval"],
        ["eval", "no/such.jsonl"],
        ["eval", "no/such.jsonl", "--worst", "-1"],
        ["eval", "no/such.jsonl", "--worst", "all"],
        ["facts"],
        ["facts", "search"],
        ["queue", "approve"],
        ["queue", "approve", "first"],
        ["queue", "show", "99999999999999999999"],
        ["queue", "list", "--server", "-1"],
        ["bench"],
        ["bench", "speed", "--rounds", "0"],
        ["bench", "speed", "--posts", "no/such.txt"],
    ],
    ids=" ".join,
)
def test_bad_usage_is_one_line_and_exit_2(footnote: Footnote, arguments: list[str]) -> None:
    """Nothing on standard output, one line on standard error."""
    ran = footnote(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("footnote: ")
    assert ran.err.count("\n") == 1


def test_a_malformed_setting_is_one_line_and_exit_2(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named."""
    monkeypatch.setenv("FOOTNOTE_SETTLE_SECONDS", "soon")
    ran = footnote("check", "text")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("footnote: FOOTNOTE_SETTLE_SECONDS must be")
    assert ran.err.count("\n") == 1


def test_a_fault_of_ours_is_a_sentence_too(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what nobody foresaw shows no traceback."""
    monkeypatch.setattr("bot.wiring.open_store", lambda *_, **__: 1 / 0)
    ran = footnote("facts", "list")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("footnote: unexpected ZeroDivisionError")
    assert ran.err.count("\n") == 1
