"""JSON from others: parsed with care, and written in the one form that is signed and compared."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

MOST_CONTAINERS = 1_000_000
"""Objects and lists, by their opening brackets: each takes far more memory than the two characters that it is."""
MOST_COMMAS = 4_000_000
DEEPEST = 100

_MOST_DIGITS = 1000
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text: str) -> Any:
    """Return what a JSON text says.

    Raises:
        ValueError: It is malformed, ambiguous or can't be written again as it is; the message says how, without a full
            stop.
    """
    if text.count("{") + text.count("[") > MOST_CONTAINERS or text.count(",") > MOST_COMMAS:
        raise ValueError("it holds too many entries for one file")
    try:
        data = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_whole
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if _too_deep(data):
        raise ValueError("it is nested too deeply")
    if _HALF.search(text):
        _check_halves(data)
    return data


def canonical(data: object) -> str:
    """Return the one text of sound JSON: names in the order of their code points, no spaces, no needless escapes.

    Parsed again it is the same, numbers included: whole ones are exact, others are as short as their double allows.
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f'the name "{twice}" stands twice in one object')
    return found


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:  # Python turns away more than 4300, in words of its own
        raise ValueError("a number is too large")
    return int(digits)


def _too_deep(data: object) -> bool:
    level = [data]
    for _ in range(DEEPEST):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return False
    return True


def _parts(whole: object) -> list[Any]:
    if isinstance(whole, dict):
        return list(whole.values())
    return whole if isinstance(whole, list) else []


def _check_halves(data: object) -> None:
    """Refuse half a surrogate pair, which an escape can say and no encoding can."""
    try:
        canonical(data).encode()
    except UnicodeEncodeError:
        raise ValueError("a text holds half a character") from None
