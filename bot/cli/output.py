"""What goes to standard output, and how."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_SURROGATE = re.compile("[\ud800-\udfff]")


def prepare_streams() -> None:
    r"""Make both streams UTF-8 whatever the locale is; what can't be encoded is escaped, not an error.

    A lone surrogate becomes ``\udXXX``, which inside a JSON string is its right spelling.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def silence_stdout() -> None:
    """Point standard output to nowhere, after its reader has gone: the interpreter's last flush must not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_json(value: Any) -> None:
    """Print one line of JSON and flush it: whoever reads it may be waiting for it."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def error_line(error: BaseException) -> str:
    """Return an error as the one line that is shown of it."""
    return f"footnote: {' '.join(str(error).split())}"


def progress() -> Progress:
    """Return a progress bar on standard error, which shows nothing where that is not a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def loading(what: str) -> AbstractContextManager[object]:
    """Say on standard error that something takes a moment, where that is a terminal; it leaves no trace."""
    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else nullcontext()


def whole(text: str) -> str:
    """Return text without lone surrogates, which arrive in arguments that aren't UTF-8 and in JSON escapes."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
