"""One object of a long JSON text: what it is, or what is wrong with it and where the next one begins."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from bot.exchange.json_window import Braces, Window

LIMIT = 1_000_000
"""Characters of one entry."""
ENDS = "the file ends in the middle of it."
UNSOUND = "is not sound JSON."
_NESTED = "is nested too deeply."
_OVER = f"is over {LIMIT:,} characters."
_BYTES = "is not UTF-8."

_DIGITS = 40
_NEAR_END = 6
"""An error that a text's end makes is as far from it as an escape is long."""
_BEHIND = 20
_INDENT = 200
_LINES_AHEAD = 1 << 16
_ALIKE_AHEAD = 1 << 14
"""How far the next entry is looked for behind damage that hides an entry's end."""

_FIRST_KEY = re.compile(r'\{\s*"[^"\\]{1,100}"\s*:')
_FOLLOWS = re.compile(r"\s*(,\s*[{\[<\]]|[\]{<])")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of decoding what stands at a place: a value and its length, or an error."""

    value: Any = None
    length: int = 0
    error: Exception | None = None

    def cut(self, held: int) -> bool:
        """Tell whether the error may come of the text's end alone, of which so many characters were held."""
        error = self.error
        if not isinstance(error, json.JSONDecodeError):
            return isinstance(error, RecursionError)
        return error.msg.startswith("Unterminated") or self.length >= held - _NEAR_END


@dataclass(frozen=True, slots=True)
class Measured:
    """An object that begins at a place.

    ``length`` is the way to the next entry, None where it isn't in the window: then ``braces`` look on. ``reach`` says
    how far the object may go; for a damaged one, that is a guess. ``guessed`` says that its end wasn't found.
    """

    value: dict[str, Any] | None
    length: int | None
    reach: int
    fault: str | None = None
    braces: Braces | None = None
    guessed: bool = False


def tried(text: str, at: int) -> Tried:
    """Decode the JSON value that begins at a place."""
    try:
        value, end = _decode(text, at)
    except json.JSONDecodeError as error:
        return Tried(length=error.pos - at, error=error)
    except (ValueError, RecursionError) as error:
        return Tried(error=error)
    return Tried(value, end - at)


def measured(window: Window) -> Measured:
    """Decode the object that begins at the window's place, or find out where the next entry begins."""
    outcome = tried(window.text, window.at)
    if outcome.error is None:
        return _sound(window, outcome)
    braces, length = _measure(window)
    outcome = tried(window.text, window.at)
    if outcome.error is None:
        return _sound(window, outcome)
    held = window.length
    if length is None and outcome.cut(held):
        return Measured(None, None, held, _OVER if held > LIMIT else ENDS, braces)
    if length is not None and isinstance(outcome.error, RecursionError):
        return Measured(None, length, length, _NESTED if length <= LIMIT else _OVER)
    laid_out = _next_line(window)
    guess = None
    if length is None or not _followed(window, length):
        guess = laid_out or _next_alike(window)
    reach = laid_out or length or held
    return Measured(None, guess or length, reach, UNSOUND, braces, guessed=guess is not None)


def pass_over(window: Window, found: Measured) -> bool:
    """Go on behind an object; return whether it ended before the text did."""
    if found.length is not None:
        window.move(found.length)
        return True
    window.move(window.length)
    return close(window, found.braces or Braces())


def close(window: Window, braces: Braces) -> bool:
    """Go on to where the braces close, holding nothing; return whether they did before the text ended."""
    while True:
        end = braces.end(window.text, window.at)
        if end is not None:
            window.move(end - window.at)
            return True
        window.move(window.length)
        if not window.more():
            return False


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError("a number is too long")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


# Not strict: line breaks inside of strings are common in pages, and harmless.
_decode = json.JSONDecoder(strict=False, parse_int=_integer, parse_float=_float, parse_constant=_constant).raw_decode


def _sound(window: Window, outcome: Tried) -> Measured:
    length = outcome.length
    fault = None
    if length > LIMIT:
        fault = _OVER
    elif _NOT_UTF8.search(window.text, window.at, window.at + length):
        fault = _BYTES
    return Measured(outcome.value, length, length, fault)


def _measure(window: Window) -> tuple[Braces, int | None]:
    """Look for the end of an object, and hold what was looked at as long as it isn't over the limit."""
    braces, seen = Braces(), 0
    while True:
        end = braces.end(window.text, window.at + seen)
        if end is not None:
            return braces, end - window.at
        seen = window.length
        if seen > LIMIT or not window.more():
            return braces, None


def _followed(window: Window, length: int) -> bool:
    """Tell whether what stands behind an object is what may stand there."""
    if window.length < length + _BEHIND:
        window.more()
    end = window.at + length
    return bool(_FOLLOWS.match(window.text, end)) or not window.text[end : end + _BEHIND].strip()


def _next_line(window: Window) -> int | None:
    """Return the way to the next line that begins with an object, indented as this one is, if it begins a line."""
    behind = max(0, window.at - _INDENT)
    indent = window.text[window.text.rfind("\n", behind, window.at) + 1 or behind : window.at]
    if indent.strip():
        return None
    found = window.text.find(f"\n{indent}{{", window.at + 1, window.at + _LINES_AHEAD)
    return None if found < 0 else found - window.at


def _next_alike(window: Window) -> int | None:
    """Return the way to the next object that stands behind another one and begins with the same key."""
    key = _FIRST_KEY.match(window.text, window.at)
    if key is None:
        return None
    alike = re.compile(r"\}\s*,?\s*(?=" + re.escape(key.group()) + ")")
    found = alike.search(window.text, window.at + 1, window.at + _ALIKE_AHEAD)
    return None if found is None else found.end() - window.at
