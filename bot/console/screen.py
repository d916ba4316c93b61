"""What is printed: coloured and framed on a terminal, plain lines anywhere else.

Words of posts and facts are stripped of control characters and never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.notes.compose import NoteView, SourceLine, as_text, long_date
from bot.notes.sanitise import plain
from bot.notes.why import Section

_WIDEST = 100
"""Columns. Longer lines are hard to read, however wide the window is."""


class Screen:
    """Prints to a stream. ``pretty`` is whether that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.pretty = stream.isatty()
        self._stream = stream
        console = Console(file=stream, markup=False, highlight=False, emoji=False, force_terminal=self.pretty)
        console.width = min(console.width, _WIDEST)
        self._console = console

    def line(self, text: str = "", style: str = "") -> None:
        """Print one line."""
        if self.pretty:
            self._print(Text(plain(text), style=style))
        else:
            self._write(plain(text))

    def gap(self) -> None:
        """Leave room, where there is an eye to need it."""
        if self.pretty:
            self._print(Text())

    def quiet(self, text: str) -> None:
        """Print a line that need not be noticed."""
        self.line(text, "dim")

    def note(self, view: NoteView, *, title: str) -> None:
        """Print a note as its readers see it."""
        if not self.pretty:
            self._write(as_text(view))
            return
        body: list[RenderableType] = [Text(view.heading, style="bold"), Text(view.correction), Text()]
        for source in view.sources:
            body += _source(source)
        body += [Text(view.amendment, style="dim")] if view.amendment else []
        body.append(Text(view.label, style="dim"))
        self._print(
            Panel(Group(*body), title=Text(plain(title), style="cyan"), title_align="left", border_style="cyan")
        )

    def sections(self, sections: Iterable[Section]) -> None:
        """Print an explanation."""
        for section in sections:
            if not section.lines:
                continue
            self.line(section.heading, "bold")
            for line in section.lines:
                self._item(line)

    def items(self, lines: Iterable[str]) -> None:
        """Print lines under a heading."""
        for line in lines:
            self._item(line)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], *, always_head: bool = False) -> None:
        """Print a table: on a terminal with its header, anywhere else one row a line with tabs between the cells."""
        if not self.pretty:
            for row in [header, *rows] if always_head else rows:
                self._write("\t".join(" ".join(plain(cell).split()) for cell in row))
            return
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
        for name in header:
            table.add_column(name, overflow="fold", justify="right" if name in {"n", "#"} else "left")
        for row in rows:
            table.add_row(*(Text(plain(cell)) for cell in row))
        self._print(table)

    def _item(self, line: str) -> None:
        if self.pretty:
            self._print(Padding(Text(plain(line)), (0, 0, 0, 2)))
        else:
            self._write(f"  {plain(line)}")

    def _print(self, what: RenderableType) -> None:
        self._console.print(what)
        self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


def _source(source: SourceLine) -> list[RenderableType]:
    date = f" ({long_date(source.published)})" if source.published else ""
    # As a link, an address stays whole where the frame breaks it.
    link = Style(link=source.url)
    lines: list[RenderableType] = [Text(f"{source.publisher}: {source.title}{date}", style=link)]
    if source.url:
        lines.append(Text(source.url, style=Style(dim=True) + link, overflow="fold"))
    return lines
