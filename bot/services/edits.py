"""Edit the messages of notes that stand, so that each shows its latest revision; resumed after a kill at any point."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone
from bot.domain.fact import Fact
from bot.domain.note import LONGEST_WAIT, STANDING, Note, NoteState
from bot.domain.ports import Clock, Meter, Sender, Store, Transaction
from bot.services.plan import settle_gone
from bot.services.wakeup import Bell

log = logging.getLogger(__name__)

MAX_TRIES = 10
"""Tries to send an automatic note, some twenty minutes in all: a later one answers a conversation that has moved on."""
PATIENT_TRIES = 100
"""Tries of what must not be lost where Discord is away for long: what a moderator decided, the taking down and the
editing of notes. With the longest pause between them they take a day."""
FIRST_WAIT = timedelta(seconds=2)


def backoff(failures: int) -> timedelta:
    """Return how long to wait after so many failures, 0 or more."""
    return min(FIRST_WAIT * (1 << min(failures, MAX_TRIES)), LONGEST_WAIT)


class EditNotes:
    """The part of the outbox that changes what stands already."""

    def __init__(self, *, store: Store, sender: Sender, clock: Clock, board: Bell, meter: Meter) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._board = board
        self._meter = meter

    async def edit(self, note: Note) -> None:
        """Show a note's latest revision; an edit that is cut off is made again, which changes nothing."""
        async with self._store.reading() as tx:
            fact = await fact_as_shown(tx, note)
            standing = await tx.ratings.standing(note.id)
        if fact is None:
            await self._refused(note, "the fact is no longer stored")
            return
        try:
            await self._sender.update(note, fact, standing)
        except SourceGone:
            await self._gone(note)
        except DeliveryRefused as refusal:
            await self._refused(note, str(refusal))
        except Exception as error:  # noqa: BLE001 - whatever it was, the other notes must not wait for it
            await self._put_off(note, error)
        else:
            self._meter.delivered("edited")
            async with self._store.transaction() as tx:
                await tx.notes.shown(note.id, note.revision)
        self._board.ring_for(note.new.guild_id)

    async def _gone(self, note: Note) -> None:
        cause, now = "its message was deleted", self._clock()
        async with self._store.transaction() as tx:
            if await tx.notes.move(note.id, to=NoteState.RETRACTED, at=now, cause=cause, only_from=STANDING):
                await settle_gone(tx, note, cause=cause, now=now)

    async def _refused(self, note: Note, why: str) -> None:
        self._meter.delivered("given_up")
        log.warning("note.not_edited", extra={"note_id": note.id})
        cause, now = f"could not be edited: {why}", self._clock()
        async with self._store.transaction() as tx:
            await tx.notes.shown(note.id, note.revision, refused=True)
            await tx.notes.move(note.id, to=note.state, at=now, cause=cause, only_from={note.state})

    async def _put_off(self, note: Note, error: Exception) -> None:
        passing = isinstance(error, DeliveryDelayed)
        if not passing:
            log.error("note.edit_failed", exc_info=error, extra={"note_id": note.id})
        if note.failed_edits + 1 >= PATIENT_TRIES:
            await self._refused(note, f"given up after {PATIENT_TRIES} tries")
            return
        self._meter.delivered("postponed")
        until = self._clock() + backoff(note.failed_edits)
        async with self._store.transaction() as tx:
            await tx.notes.put_off(note.id, until=until, cause=str(error) if passing else type(error).__name__)


async def fact_as_shown(tx: Transaction, note: Note) -> Fact | None:
    """Return the fact in the version that a note shows, in the note's own wording where it has one.

    A version that was not kept (an operator's change of a global fact) is the current one; None where there is none.
    """
    fact = await tx.facts.get(note.new.slug)
    if fact is None:
        return None
    if fact.version != note.new.fact_version:
        kept = await tx.facts.history(fact.slug)
        fact = next((one.fact for one in kept if one.fact.version == note.new.fact_version), fact)
    return fact if note.new.wording is None else replace(fact, correction=note.new.wording)
