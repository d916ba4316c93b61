"""No text steers a terminal or forges a line of a pipe, whoever wrote it."""

from __future__ import annotations

import io
import re

import pytest

from bot.console.screen import Screen
from bot.domain.fact import Citation
from bot.domain.note import Provenance
from bot.notes.compose import compose
from bot.notes.why import Section
from tests.builders import A_SOURCE, a_fact
from tests.console.conftest import Terminal
from tests.hostile import HOSTILE, SURROGATES, hidden

OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
"""Colours and links that the screen writes itself."""


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
@pytest.mark.parametrize("text", [*HOSTILE.values(), SURROGATES], ids=[*HOSTILE, "surrogates"])
def test_a_text_is_shown_and_nothing_else(text: str, kind: type[io.StringIO]) -> None:
    """As a line, in a list, in a table, in a note and its reasons."""
    stream = kind()
    screen = Screen(stream)
    screen.line(text)
    screen.items([text])
    screen.table(("fact", "claim"), [(text, text)])
    screen.sections([Section(text, (text,))])
    fact = a_fact(correction=text, citations=(Citation(A_SOURCE, text),), verdict_label=text)
    screen.note(compose(fact, Provenance.AUTO), title=text)
    screen.quiet(text)
    shown = OURS.sub("", stream.getvalue()) if kind is Terminal else stream.getvalue()
    assert [one for one in hidden(shown) if one != "0x9"] == []
    assert "evil.example/a\x1b" not in shown
