from __future__ import annotations

import io
import re

import pytest

from bot.console.screen import Screen
from bot.domain.fact import Fact
from bot.domain.note import Provenance
from bot.notes.compose import compose
from bot.notes.why import Section
from tests.builders import a_fact
from tests.console.conftest import Terminal

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")


def show(screen: Screen, fact: Fact) -> None:
    """Print some of everything."""
    screen.line("A line of words. " * 20)
    screen.note(compose(fact, Provenance.AUTO), title="Footnote · note 1")
    screen.sections([Section("Heading", ("one " * 40, "two")), Section("Empty", ())])
    screen.table(("fact", "claim"), [("slug", "a claim " * 30), ("s" * 90, "x")])
    screen.quiet("bye")


def test_a_terminal_of_80_columns_is_never_overrun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames, tables and addresses fit."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    show(Screen(stream), a_fact(correction="word " * 50))
    lines = _ESCAPES.sub("", stream.getvalue()).splitlines()
    assert any("╭" in line for line in lines)
    assert max(map(len, lines)) <= 80
    assert not any("Empty" in line for line in lines)


def test_a_pipe_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colour, no frame, no wrapping: one row or sentence a line, even where colour is asked for."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    show(Screen(stream), a_fact())
    text = stream.getvalue()
    assert "\x1b" not in text
    assert "╭" not in text
    assert "slug\ta claim" in text
    assert "Context: The moon is made of rock." in text


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_words_can_not_steer_the_terminal(stream: io.StringIO) -> None:
    """Escape sequences, overrides and markup in a post or a fact are shown as words or not at all."""
    nasty = "\x1b]0;title\x07\x1b[2J\u202e[bold red]x[/] :smile:"
    screen = Screen(stream)
    screen.line(nasty)
    screen.items([nasty])
    screen.table(("fact",), [(nasty,)])
    screen.note(compose(a_fact(correction=nasty), Provenance.AUTO), title="t")
    text = _ESCAPES.sub("", stream.getvalue())
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert "[bold red]x[/] :smile:" in text
