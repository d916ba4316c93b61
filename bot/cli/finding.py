"""A line of the doctor's."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

from bot.domain.errors import FootnoteError


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: what was looked at, whether it is well, what was seen, and what to do if it isn't."""

    name: str
    ok: bool
    detail: str
    advice: str | None = None


async def guarded(name: str, look: Awaitable[Finding]) -> Finding:
    """Return what was found, or the error that looking ended with."""
    try:
        return await look
    except FootnoteError as error:
        return Finding(name, ok=False, detail=str(error), advice="Do what it says, then run the doctor again.")
