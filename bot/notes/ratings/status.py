"""How a note's status follows its scores in time: a fold without a clock of its own. Imports the domain only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.rating import NoteScore, NoteStanding, NoteStatus

HOLD = timedelta(minutes=30)
"""How long the ratings must say the same before it is shown, so that a few quick votes don't make a status flicker."""
LOCK = timedelta(days=14)
"""How long after its posting a note's status may change (X's scorer): the last word on what nobody sees any more
shouldn't belong to whoever comes latest."""


def next_standing(
    standing: NoteStanding | None, score: NoteScore, *, guild_id: int, posted_at: datetime, now: datetime
) -> NoteStanding:
    """Return how a note stands after a new score.

    A change that was due before now is shown first, and once the note is locked the latest score of before stays.

    Args:
        standing: How it stood, None before its first score.
        score: What the ratings make of it now.
        guild_id: The server.
        posted_at: When the note was posted.
        now: The time, not before that of the last call.
    """
    if standing is None:
        standing = NoteStanding(score.note_id, guild_id, NoteStatus.NEEDS_MORE, since=posted_at, score=score)
        if now >= posted_at + LOCK:
            return replace(standing, locked_at=posted_at + LOCK)
    standing = settle(standing, posted_at=posted_at, now=now)
    if standing.locked_at is not None:
        return standing
    if score.status is standing.shown:
        return replace(standing, score=score, changing_since=None)
    goes_on = standing.changing_since is not None and standing.score.status is score.status
    return replace(standing, score=score, changing_since=standing.changing_since if goes_on else now)


def settle(standing: NoteStanding, *, posted_at: datetime, now: datetime) -> NoteStanding:
    """Return how a note stands by now without a new score: changes that have held are shown, and old notes locked."""
    if standing.locked_at is not None:
        return standing
    lock = posted_at + LOCK
    if standing.changing_since is not None and standing.changing_since + HOLD <= min(now, lock):
        held = standing.changing_since + HOLD
        standing = replace(standing, shown=standing.score.status, since=held, changing_since=None)
    return replace(standing, changing_since=None, locked_at=lock) if now >= lock else standing


def next_change(standing: NoteStanding, posted_at: datetime) -> datetime | None:
    """Return when to look at a note again though nobody rates it: a change is due, or the lock; None once locked."""
    if standing.locked_at is not None:
        return None
    lock = posted_at + LOCK
    return lock if standing.changing_since is None else min(standing.changing_since + HOLD, lock)
