"""The progress of an import on standard error: what is going on, how far it is, how fast, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn


class ImportBar:
    """Shows progress where standard error is a terminal, and nothing where it isn't."""

    def __init__(self, size: int | None, read: Callable[[], int]) -> None:
        """Make a bar.

        Args:
            size: Of the file, in bytes, where it is known: by it the time that is left is told.
            read: Returns how many bytes were read.
        """
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
        )
        self._bar = Progress(
            *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
        )
        self._size = size
        self._read = read
        self._tasks: dict[str, tuple[TaskID, float]] = {}

    def told(self, what: str, done: int, total: int | None) -> None:
        """Show how far it is (see ``bot.services.imports.take_in.Progress``)."""
        if what not in self._tasks:
            self._tasks[what] = (self._bar.add_task(what, total=total or self._size, rate=""), time.monotonic())
        task, since = self._tasks[what]
        seconds = max(time.monotonic() - since, 1e-9)
        rate = f"{done:,} done, {done / seconds:,.0f}/s"
        self._bar.update(task, total=total or self._size, completed=done if total else self._read(), rate=rate)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
