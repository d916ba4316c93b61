"""A corrected fact repairs the past: the notes that were posted of it are edited in place, with a dated line.

A repair is one transaction that says what each note shall show, and when it may be edited at the earliest; the outbox
does the rest. So it goes on after a kill, and new notes never wait behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import Fact
from bot.domain.note import STANDING, Amendment, Note, NoteKind, NoteState, Progress
from bot.domain.ports import Clock, Store, Transaction
from bot.notes.compose import long_date
from bot.services.wakeup import Bell, Wakeup

PACE = timedelta(seconds=2)
"""Between two edits: Discord allows few edits of messages older than an hour (error code 30046)."""

_CORRECTED = "the fact was corrected."
_WITHDRAWN = "the fact behind this note was withdrawn."


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of asking for a repair, in a sentence; ``repair_id`` where there is something to do."""

    message: str
    repair_id: int | None = None


class RepairNotes:
    """Brings posted notes in step with their fact."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup, board: Bell) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = wakeup
        self._board = board

    async def affected(self, guild_id: int, slug: str) -> int:
        """Return how many notes of a server don't show a fact as it is now."""
        async with self._store.reading() as tx:
            fact = await tx.facts.get(slug)
            return 0 if fact is None else len(await _outdated(tx, fact, guild_id, self._clock()))

    async def repair(self, guild_id: int, slug: str, *, by: int) -> Begun:
        """Say what the posted notes of a fact shall show from now on: each is edited in its turn."""
        now = self._clock()
        async with self._store.transaction() as tx:
            fact = await tx.facts.get(slug)
            if fact is None or fact.guild_id not in (None, guild_id):
                return Begun("There is no such fact in this server.")
            notes = await _outdated(tx, fact, guild_id, now)
            if not notes:
                return Begun("Every posted note on this fact shows it as it is now.")
            cause, line = _change(fact, now)
            repair = await tx.notes.add_repair(
                guild_id=guild_id, slug=slug, at=now, by=by, cause=cause, total=len(notes)
            )
            for place, note in enumerate(notes):
                await _amend(
                    tx, note, fact, cause, Amendment(now, line), due_at=now + place * PACE, repair_id=repair.id
                )
            detail = {"notes": str(len(notes)), "cause": cause}
            event = NewAuditEvent(
                now, Act.NOTES_UPDATED, guild_id, by=by, slug=slug, fact_version=fact.version, detail=detail
            )
            await tx.audit.add(event)
        self._wakeup.ring()
        self._board.ring_for(guild_id)
        count = "1 posted note" if len(notes) == 1 else f"{len(notes)} posted notes"
        return Begun(f"Updating {count}.", repair.id)

    async def progress(self, repair_id: int, *, guild_id: int) -> Progress | None:
        """Return how far a repair of this server is, or None."""
        async with self._store.reading() as tx:
            progress = await tx.notes.progress(repair_id)
        return progress if progress is not None and progress.repair.guild_id == guild_id else None


async def _outdated(tx: Transaction, fact: Fact, guild_id: int, now: datetime) -> list[Note]:
    """Return the notes that stand and show something else than their fact as it is now, the newest first."""
    slugs = {fact.slug, fact.overrides} - {None} if not fact.retired else {fact.slug}
    found = await tx.notes.find(guild_id, states=STANDING, slugs=[slug for slug in slugs if slug])
    outdated = []
    for note in found:
        taken = note.new.slug != fact.slug and await _has(tx, note, fact.slug)
        if note.new.kind is NoteKind.NOTE and not taken and not _shows(note, fact, now):
            outdated.append(note)
    return outdated


async def _has(tx: Transaction, note: Note, slug: str) -> bool:
    return any(one.new.slug == slug for one in await tx.notes.for_source(note.new.source_message_id))


def _shows(note: Note, fact: Fact, now: datetime) -> bool:
    """Tell whether a note says already what it should."""
    if fact.retired:
        return note.state is NoteState.COLLAPSED
    current = (note.new.slug, note.new.fact_version) == (fact.slug, fact.version)
    if not fact.expired(now.date()):
        return current
    return current and note.amendment is not None and note.amendment.text == _expired(fact)


def _change(fact: Fact, now: datetime) -> tuple[str, str]:
    """Return why the notes change, and what their dated line says."""
    if fact.retired:
        return "the fact was retired", _WITHDRAWN
    if fact.expired(now.date()):
        return "the fact is past its shelf life", _expired(fact)
    return f"the fact was edited (version {fact.version})", _CORRECTED


def _expired(fact: Fact) -> str:
    return f"its sources were due for review on {long_date(fact.review_by)}, so it may be out of date."


async def _amend(
    tx: Transaction, note: Note, fact: Fact, cause: str, amendment: Amendment, *, due_at: datetime, repair_id: int
) -> None:
    withdrawn = note.amendment is not None and note.amendment.text == _WITHDRAWN
    aside = fact.retired or (note.state is NoteState.COLLAPSED and not withdrawn)
    await tx.notes.amend(
        note.id,
        to=NoteState.COLLAPSED if aside else NoteState.POSTED,
        at=amendment.at,
        cause=f"updated: {cause}",
        due_at=due_at,
        only_from={note.state},
        # A note that was put aside keeps saying why.
        amendment=None if aside and not fact.retired else amendment,
        fact_version=fact.version,
        slug=fact.slug,
        repair_id=repair_id,
    )
