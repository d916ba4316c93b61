"""Sentences about what others wrote: one line each, and short, whatever stands in a file."""

from __future__ import annotations

_LONGEST = 300


def shown(text: str, most: int = 60) -> str:
    """Return the beginning of a text on one line, without characters that don't show."""
    flat = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: most * 4]).split())
    return flat if len(flat) <= most and len(text) <= most * 4 else f"{flat[: most - 1].rstrip()}…"


def sentence(problem: str) -> str:
    """Return a problem as one sentence with its full stop."""
    return f"{shown(problem.removesuffix('.'), _LONGEST)}."
