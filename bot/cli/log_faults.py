"""How an exception reads in a log: kinds, places and codes, and never a value, which may be a member's words.

The text of an exception of our own is safe to show, by the rule of ``bot.domain.errors``. That of any other may hold
whatever it failed on, so only its kind is told, with the numbers that some of them carry.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.errors import FootnoteError

_CODES = {"status": int, "code": int, "sqlite_errorname": str}
"""What Discord's and SQLite's exceptions carry: numbers, and fixed names."""
_MOST_CAUSES = 8
_MOST_FRAMES = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """One exception of a chain: what it is, and where it came by, outermost first, as ``file:line function``."""

    said: str
    places: tuple[str, ...]


def faults(error: BaseException) -> list[Fault]:
    """Return an exception and what it came from, the latest first."""
    return [Fault(_said(one), tuple(_places(one))) for one in _chain(error)]


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    waiting = [error]
    while waiting and len(chain) < _MOST_CAUSES:
        one = waiting.pop(0)
        if one in chain:
            continue
        chain.append(one)
        before = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        parts = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        waiting += [*parts, *([before] if before is not None else [])]
    return chain


def _said(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, FootnoteError):
        return f"{name}: {error}"
    given = {code: getattr(error, code, None) for code in _CODES}
    codes = [f"{code}={value}" for code, value in given.items() if isinstance(value, _CODES[code])]
    if isinstance(error, OSError) and error.errno is not None:
        codes.append(f"errno={error.errno} {os.strerror(error.errno) if error.errno > 0 else ''}".rstrip())
    return f"{name} ({', '.join(codes)})" if codes else name


def _places(error: BaseException) -> Iterator[str]:
    frames = traceback.extract_tb(error.__traceback__)
    for frame in frames[-_MOST_FRAMES:]:
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
