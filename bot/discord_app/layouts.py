"""What members see, in Discord's components (version 2, which shows no link previews). Pure.

Every word from a fact or a post passes through ``notes.sanitise``; buttons are handed in by those who answer them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.discord_app.files import shown_files
from bot.discord_app.text import MESSAGE_LIMIT, safe, whole_lines
from bot.domain.decision import Action
from bot.domain.fact import Fact
from bot.domain.note import Provenance
from bot.notes.compose import NoteView, as_markdown, compose
from bot.notes.sanitise import markdown_safe
from bot.notes.why import Section
from bot.services.check import Checked

Button = ui.Item[Any]

_NEUTRAL = 0x80848E
"""Grey: the colour says nothing, the words do."""

_ROW_WIDTH = 5
"""What fits into a row: a button is one wide, a select five."""

_SOURCES_LIMIT = 2000
_FEWER_SOURCES = 800
_REASONS_LIMIT = 800
_WHY_LIMIT = MESSAGE_LIMIT - 100


def text_layout(*texts: str, buttons: Sequence[Button] = (), files: Sequence[discord.File] = ()) -> ui.LayoutView:
    """Return a framed message of texts with space between them.

    Args:
        texts: In markdown; empty ones are left out.
        buttons: What members may use under the texts: a select gets a row of its own, buttons share rows of five.
        files: What is shown between texts and buttons; hand the same files to ``access.finish``.
    """
    frame = _frame((text, ()) for text in texts)
    for item in (*shown_files(files), *_rows(buttons)):
        frame.add_item(item)
    return _view(frame)


def steps_layout(*steps: tuple[str, Sequence[Button]]) -> ui.LayoutView:
    """Return a framed message of texts, each with what members may use right under it."""
    return _view(_frame(steps))


def note_layout(view: NoteView, *, why: Button, buttons: Sequence[Button] = ()) -> ui.LayoutView:
    """Return a note: the correction, its sources, who stands behind it, the way to its reasons, and to rating it."""
    body, sources, label = _note_texts(view, _SOURCES_LIMIT)
    frame: ui.Container[Any] = ui.Container(ui.TextDisplay(body), accent_colour=_NEUTRAL)
    if sources:
        frame.add_item(ui.Separator(visible=False)).add_item(ui.TextDisplay(sources))
    frame.add_item(ui.Section(ui.TextDisplay(label), accessory=why))
    for row in _rows(buttons):
        frame.add_item(row)
    return _view(frame)


def collapsed_layout(line: str, *, why: Button, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return what stands in the place of a note that was put aside: why, in a line, and the way to the note."""
    frame: ui.Container[Any] = ui.Container(accent_colour=_NEUTRAL)
    frame.add_item(ui.Section(ui.TextDisplay(f"-# {markdown_safe(line)}"), accessory=why))
    for row in _rows(buttons):
        frame.add_item(row)
    return _view(frame)


def link_layout(url: str, *, why: Button) -> ui.LayoutView:
    """Return the quiet link to a note that already speaks for its fact in the channel."""
    return _view(ui.Section(ui.TextDisplay(f"-# Context on this was given [above]({url})."), accessory=why))


def note_texts(fact: Fact, provenance: Provenance, *, sources_limit: int = _SOURCES_LIMIT) -> tuple[str, str, str]:
    """Return the body, sources and label of a note; of the sources, as many as fit."""
    return _note_texts(compose(fact, provenance), sources_limit)


def _note_texts(view: NoteView, sources_limit: int) -> tuple[str, str, str]:
    body, sources, label = as_markdown(view)
    return body, whole_lines(sources.splitlines(), sources_limit), label


def why_layout(sections: Sequence[Section]) -> ui.LayoutView:
    """Return the reasons of a note."""
    return text_layout(*section_texts(sections))


def section_texts(sections: Sequence[Section]) -> list[str]:
    """Return sections in markdown; where they are too long for a message, each is shortened to its share."""
    texts: list[str] = []
    left = _WHY_LIMIT
    told = [section for section in sections if section.lines]
    for index, section in enumerate(told):
        share = left // (len(told) - index)
        texts.append(_section(section, share))
        left -= len(texts[-1])
    return texts


def check_layout(checked: Checked, *, words: str = "", ask: Button | None = None) -> ui.LayoutView:
    """Return the answer to a member who asked for a check; only they see it.

    Args:
        checked: What came of it.
        words: What ``ask`` would pass on, escaped already.
        ask: The way to the moderators.
    """
    decision, fact = checked.decision, checked.fact
    reasons = safe("; ".join(decision.reasons), _REASONS_LIMIT)
    if fact is None and ask is not None:
        told = ("**No note for this**", f"Reason: {reasons}.", words, f"-# {_ONLY_YOU} {_PASSES_ON}")
        return text_layout(*told, buttons=[ask])
    if fact is None:
        return text_layout("**No note for this**", f"Reason: {reasons}.", f"-# {_ONLY_YOU}")
    limit = _SOURCES_LIMIT if ask is None else _FEWER_SOURCES
    texts = [*note_texts(fact, Provenance.REQUESTED, sources_limit=limit)]
    if decision.action is Action.QUEUE:
        doubt = "**A possible match, not certain enough to be posted by itself**"
        texts = [doubt, f"Reason: {reasons}.", *texts]
    if ask is not None:
        return text_layout(*texts, words, f"-# {_ONLY_YOU} {_PASSES_ON}", buttons=[ask])
    return text_layout(*texts, f"-# {_ONLY_YOU}")


REQUEST_STORED = (
    "What is stored, for 90 days: the words, which moderators see, and members who ask for the same; and in place of "
    "your name a keyed pseudonym, so that you can see the answer and take it back in `/request mine`."
)
"""What a member is told before and after a request is stored."""

_ONLY_YOU = "Only you see this; nothing was posted or stored."
_PASSES_ON = "Pressing the button passes these words on to the moderators, without your name. " + REQUEST_STORED


def _section(section: Section, limit: int) -> str:
    heading = f"**{safe(section.heading, 80)}**"
    left = limit - len(heading)
    lines = [heading]
    for index, line in enumerate(section.lines):
        shown = f"\n- {safe(line, max(20, left // (len(section.lines) - index) - 3))}"
        if len(shown) > left:
            break
        lines.append(shown)
        left -= len(shown)
    return "".join(lines)


def _frame(steps: Iterable[tuple[str, Sequence[Button]]]) -> ui.Container[Any]:
    frame: ui.Container[Any] = ui.Container(accent_colour=_NEUTRAL)
    for text, buttons in steps:
        if not text:
            continue
        if frame.children:
            frame.add_item(ui.Separator(visible=False))
        for item in (ui.TextDisplay(text), *_rows(buttons)):
            frame.add_item(item)
    return frame


def _rows(buttons: Sequence[Button]) -> Iterator[Button]:
    row: list[Button] = []
    for button in buttons:
        if row and sum(item.width for item in row) + button.width > _ROW_WIDTH:
            yield ui.ActionRow(*row)
            row = []
        row.append(button)
    if row:
        yield ui.ActionRow(*row)


def _view(item: Button) -> ui.LayoutView:
    # All buttons are controls, which are found by their custom id: the library need not keep the view, and keeps none
    # that is stopped.
    view = ui.LayoutView(timeout=None)
    view.add_item(item)
    view.stop()
    return view
