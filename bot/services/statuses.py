"""Keep the notes' status in step with their ratings, and let it act. Statuses follow by time alone, too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.note import STANDING, Note
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.rating import NoteScore, NoteStanding, NoteStatus, Rating
from bot.notes.compose import long_date
from bot.notes.ratings.score import Scores, score
from bot.notes.ratings.sides import LEAST_COUNTED
from bot.notes.ratings.status import HOLD, LOCK, next_change, next_standing
from bot.services.raters import counting
from bot.services.status_acts import act_on
from bot.services.wakeup import Bell, Wakeup, stopping

log = logging.getLogger(__name__)

_IDLE = timedelta(minutes=5)
_AFTER_FAULT = timedelta(seconds=5)
_SHORTEST = 0.05

_OPEN = (
    "Counts are shown once there is a status, so that nobody votes with the crowd.",
    f"A status needs at least {LEAST_COUNTED} ratings, and two reasons of its kind that two members each gave.",
    f"It has to hold for {int(HOLD.total_seconds() // 60)} minutes before it shows.",
    f"It is locked {LOCK.days} days after the note was posted.",
)


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Why a note has its status, in plain words."""

    headline: str
    lines: tuple[str, ...]
    rule: str


class KeepStatuses:
    """The statuses of the notes of all servers. Whoever changes what counts rings ``bell``."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup, board: Bell, bell: Bell) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = wakeup
        self._board = board
        self._bell = bell
        self._next: dict[int, datetime] = {}

    async def report(self, note: Note) -> StatusReport:
        """Return the arithmetic behind a note's status; before there is one, no count is told."""
        async with self._store.reading() as tx:
            standing = await tx.ratings.standing(note.id)
        if standing is None or (standing.shown is NoteStatus.NEEDS_MORE and standing.locked_at is None):
            return StatusReport(NoteStatus.NEEDS_MORE.value, _OPEN, "")
        rule = f"Rule {standing.score.rule}. “footnote ratings score” recomputes it from “/ratings export”."
        provisional = ", provisional" if standing.score.provisional else ""
        lines = (*standing.score.why, *_in_time(standing, _posted(note) + LOCK))
        return StatusReport(f"{standing.shown.value}{provisional}", lines, rule)

    async def run(self) -> None:
        """Look at every server, then at those that change, for ever. Cancel the task to stop."""
        begun = False
        while not stopping():
            now = self._clock()
            servers = self._bell.take() | {guild_id for guild_id, at in self._next.items() if at <= now}
            try:
                await self.refresh(servers if begun else await self._all())
                begun = True
            except Exception:
                log.exception("statuses.failed")
                self._next |= dict.fromkeys(servers, now + _AFTER_FAULT)
            if not stopping():
                await self._bell.wait(self._pause() if begun else _AFTER_FAULT.total_seconds())

    async def refresh(self, servers: Iterable[int]) -> None:
        """Score the notes of some servers anew, and act on what changes; a fault in one keeps none of the others."""
        for guild_id in sorted(servers):
            try:
                await self._refresh(guild_id)
            except Exception:
                log.exception("statuses.server_failed", extra={"guild_id": guild_id})
                self._next[guild_id] = self._clock() + _IDLE

    async def _all(self) -> list[int]:
        async with self._store.reading() as tx:
            return await tx.ratings.servers()

    async def _refresh(self, guild_id: int) -> None:
        async with self._store.reading() as tx:
            ratings = await counting(tx, guild_id)
            standings = await tx.ratings.standings(guild_id)
        shown = {one.note_id: one.shown for one in standings}
        locked = {one.note_id for one in standings if one.locked_at is not None}
        # The model is fitted to all of a server's ratings: not on the event loop.
        scores = await asyncio.to_thread(_score, ratings, shown)
        async with self._store.transaction() as tx:
            found = [one for one in _with_unrated(scores, shown) if one.note_id not in locked]
            changes = [await self._settle(tx, one, guild_id) for one in found]
        self._next.pop(guild_id, None)
        upcoming = [at for _, at in changes if at is not None]
        if upcoming:
            self._next[guild_id] = min(upcoming)
        if any(changed for changed, _ in changes):
            # What a note keeps its status by is less than what gains it one: what is shown now is scored as such, so
            # that no count from before the change is left to undo it.
            self._next[guild_id] = self._clock()
            self._wakeup.ring()
            self._board.ring_for(guild_id)

    async def _settle(self, tx: Transaction, found: NoteScore, guild_id: int) -> tuple[bool, datetime | None]:
        """Store how a note stands now, act where that changes, and say when to look again."""
        note, now = await tx.notes.get(found.note_id), self._clock()
        if note is None or note.state not in STANDING:
            return False, None
        before = await tx.ratings.standing(note.id)
        after = next_standing(before, found, guild_id=guild_id, posted_at=_posted(note), now=now)
        if after != before:
            await tx.ratings.put_standing(after)
        changed = after.shown is not (before.shown if before else NoteStatus.NEEDS_MORE)
        if changed:
            await act_on(tx, note, before.shown if before else NoteStatus.NEEDS_MORE, after, now=now)
        return changed, next_change(after, _posted(note))

    def _pause(self) -> float:
        now = self._clock()
        until = min(self._next.values(), default=now + _IDLE)
        return min(max((until - now).total_seconds(), _SHORTEST), _IDLE.total_seconds())


def _score(ratings: list[Rating], shown: dict[int, NoteStatus]) -> Scores:
    return score(ratings, shown, reasons_known=True)


def _with_unrated(scores: Scores, shown: dict[int, NoteStatus]) -> list[NoteScore]:
    """Return the scores, and one of nothing for each note that had ratings and has none that count any more."""
    nothing = "No rating counts."
    left = [
        NoteScore(note_id, NoteStatus.NEEDS_MORE, "no-ratings-1", provisional=False, count=0, why=(nothing,))
        for note_id in shown.keys() - scores.notes.keys()
    ]
    return sorted([*scores.notes.values(), *left], key=lambda one: one.note_id)


def _in_time(standing: NoteStanding, lock: datetime) -> list[str]:
    """Return since when a status stands, what is about to change it, and when it is locked."""
    lines = [f"“{standing.shown.value}” is shown since {long_date(standing.since.date())}."]
    if standing.changing_since is not None:
        due = standing.changing_since + HOLD
        lines.append(f"The count above says “{standing.score.status.value}”: shown from {due:%H:%M} UTC if it holds.")
    word = "Locked since" if standing.locked_at else "Locked from"
    return [*lines, f"{word} {long_date(lock.date())}{'' if standing.locked_at else ' on'}."]


def _posted(note: Note) -> datetime:
    return note.new.created_at
