"""Judge notes that were decided automatically: posted ones, and those that shadow mode only recorded."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import Fact
from bot.domain.match import MODEL_CONFIDENCE
from bot.domain.note import STANDING, Note, NoteState, Provenance
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import Ruling
from bot.review.breaker import JUDGED, right
from bot.services.lessons import learn
from bot.services.plan import withdraw_note
from bot.services.ruled import Ruled
from bot.services.wakeup import Bell, Wakeup

_ON_DISPLAY = STANDING | {NoteState.PENDING, NoteState.SENDING}


class JudgeNotes:
    """Takes moderators' word on what Footnote did, or would have done, by itself."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup, board: Bell) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = wakeup
        self._board = board

    async def shadow(self, guild_id: int, *, limit: int, before: int | None = None) -> list[tuple[Note, Fact | None]]:
        """Return the notes that shadow mode would have posted and nobody has ruled on, newest first.

        ``before``: only those older than a note's id.
        """
        async with self._store.reading() as tx:
            notes = await tx.notes.find(guild_id, states={NoteState.SHADOW}, unruled=True, before=before, limit=limit)
            return [(note, await tx.facts.get(note.new.slug)) for note in notes]

    async def count_shadow(self, guild_id: int) -> int:
        """Return how many notes of shadow mode nobody has ruled on."""
        async with self._store.reading() as tx:
            return len(await tx.notes.find(guild_id, states={NoteState.SHADOW}, unruled=True))

    async def shadow_record(self, guild_id: int) -> tuple[int, int]:
        """Return how many notes of shadow mode were ruled right, and how many were ruled on."""
        async with self._store.reading() as tx:
            events = await tx.audit.find(guild_id, acts=JUDGED, standing=True)
        judged = [event for event in events if event.new.note_id is not None and not event.new.automatic]
        return right(judged), len(judged)

    async def get(self, note_id: int, *, guild_id: int) -> Note | None:
        """Return a note of this server, or None."""
        async with self._store.reading() as tx:
            note = await tx.notes.get(note_id)
        return note if note is not None and note.new.guild_id == guild_id else None

    async def by_message(self, message_id: int, *, guild_id: int) -> Note | None:
        """Return the note that a message of Footnote's shows in this server, or None where it shows none."""
        async with self._store.reading() as tx:
            note = await tx.notes.shown_by(message_id)
        return note if note is not None and note.new.guild_id == guild_id else None

    async def judge(self, note_id: int, *, guild_id: int, ruling: Ruling, by: int) -> Ruled:
        """Say that an automatic note was right (``APPROVE``), a wrong match, or no answer to a claim at all.

        A wrong one that is posted is taken down. Only the first ruling counts, until it is undone.
        """
        now = self._clock()
        async with self._store.transaction() as tx:
            note = await tx.notes.get(note_id)
            if note is None or note.new.guild_id != guild_id or note.new.provenance is not Provenance.AUTO:
                return Ruled(done=False, message="There is no such automatic note in this server.")
            ruled = await give_ruling(tx, note, ruling, by=by, now=now)
        if ruled.done:
            self._wakeup.ring()
            self._board.ring_for(guild_id)
        return ruled


async def give_ruling(tx: Transaction, note: Note, ruling: Ruling, *, by: int, now: datetime) -> Ruled:
    """Say that an automatic note was right or wrong; a wrong one that stands is taken down."""
    if not await tx.notes.judge(note.id, ruling):
        said = note.ruling.value if note.ruling else "gone"
        return Ruled(done=False, message=f"Another moderator was first: {said}.")
    event = await tx.audit.add(_event(note, ruling, by=by, at=now))
    up = note.state in _ON_DISPLAY
    if ruling is not Ruling.APPROVE and up:
        await withdraw_note(tx, note, cause=ruling.value, now=now)
    await learn(tx, note.new.guild_id, now=now)
    return Ruled(done=True, message=_outcome(ruling, up=up), event_id=event.id if event else None)


def _outcome(ruling: Ruling, *, up: bool) -> str:
    if ruling is Ruling.APPROVE:
        return "Noted as right."
    return f"Noted as {ruling.value}{'; the note is taken down' if up else ''}."


def _event(note: Note, ruling: Ruling, *, by: int, at: datetime) -> NewAuditEvent:
    new = note.new
    return NewAuditEvent(
        at,
        Act.of(ruling),
        new.guild_id,
        by=by,
        note_id=note.id,
        slug=new.slug,
        fact_version=new.fact_version,
        rule_version=new.rule_version,
        confidence=new.evidence.scores.get(MODEL_CONFIDENCE, new.confidence),
        automatic=new.state is not NoteState.SHADOW,
    )
