"""Files of labelled posts, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bot.cli.metrics import LABELS, Labelled
from bot.cli.output import whole
from bot.domain.errors import FootnoteError, UsageError


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Read labelled posts; blank lines are skipped.

    Raises:
        UsageError: The file can't be read.
        FootnoteError: A line is not a labelled post.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _labelled(path, number, line)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error


def _labelled(path: Path, number: int, line: bytes) -> Labelled:
    def refuse(what: str) -> FootnoteError:
        return FootnoteError(f"{path}, line {number}: {what}; nothing was measured.")

    try:
        data = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refuse("not a JSON object") from error
    if not isinstance(data, dict):
        raise refuse("not a JSON object")
    text, label, fact = data.get("text"), data.get("label"), data.get("fact")
    name = "kind" if data.get("style") is None else "style"
    style = data.get(name)
    if not isinstance(text, str):
        raise refuse('"text" must be a string')
    if label not in LABELS:
        raise refuse(f'"label" must be one of {", ".join(LABELS)}')
    if not (isinstance(fact, str) or (fact is None and label != "repeat")):
        raise refuse('"fact" must be the slug of a fact')
    if not (style is None or isinstance(style, str)):
        raise refuse(f'"{name}" must be a string')
    return Labelled(number, whole(text), label, fact, style or None)
