"""Deliver what was decided, exactly once, also across a kill at any point.

A note is stored as pending in the transaction that decided it. Here it is marked as being sent, sent outside any
transaction, and its message id stored after. A note found in the middle (after a crash or a fault) is looked for
where it would stand before it is sent again.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone
from bot.domain.fact import Fact
from bot.domain.note import STANDING, Note, NoteKind, NoteState, Provenance
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Clock, Meter, Sender, Store, Transaction
from bot.services.edits import FIRST_WAIT, MAX_TRIES, PATIENT_TRIES, EditNotes, backoff
from bot.services.plan import retract_link
from bot.services.standings import held, limit_on
from bot.services.wakeup import Bell, Wakeup, stopping

log = logging.getLogger(__name__)

_GOING = frozenset({NoteState.RETRACTING, NoteState.RETRACTED, NoteState.DROPPED})
_BATCH = 20
_IDLE = 60.0
"""Seconds after which the loop looks again even where nothing woke it."""


class Outbox:
    """Moves stored notes to where people read them."""

    def __init__(
        self, *, store: Store, sender: Sender, clock: Clock, wakeup: Wakeup, board: Bell, meter: Meter
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._wakeup = wakeup
        self._board = board
        self._meter = meter
        self._edits = EditNotes(store=store, sender=sender, clock=clock, board=board, meter=meter)

    async def run(self) -> None:
        """Recover, then deliver for ever. Cancel the task to stop."""
        settled = False
        while not stopping():
            try:
                if not settled:
                    await self.recover()
                settled = True
                await self.flush()
                pause = await self._pause()
            except Exception:
                # The loop must outlive a database that is locked or full for a while; nothing is lost by waiting.
                # A note may have been left in the middle, though.
                log.exception("outbox.failed")
                self._meter.failed("outbox")
                settled = False
                pause = FIRST_WAIT.total_seconds()
            if not stopping():
                await self._wakeup.wait(pause)

    async def recover(self) -> None:
        """Settle the notes that a dead process left in the middle of being sent."""
        async with self._store.transaction() as tx:
            interrupted = await tx.notes.interrupted(console=self._sender.console)
        for note in interrupted:
            await self._move(note, NoteState.PENDING, "found unfinished at start", {NoteState.SENDING})

    async def flush(self) -> int:
        """Deliver everything that is due, and return how many notes were handled."""
        handled = 0
        while True:
            async with self._store.transaction() as tx:
                due = await tx.notes.due(console=self._sender.console, now=self._clock(), limit=_BATCH)
            if not due:
                return handled
            for note in due:
                await self._deliver(note)
            handled += len(due)

    async def _deliver(self, note: Note) -> None:
        if note.state in STANDING:
            await self._edits.edit(note)
        elif note.state is NoteState.RETRACTING:
            await self._retract(note)
        else:
            await self._send(note)

    async def _send(self, note: Note) -> None:
        if not await self._move(note, NoteState.SENDING, "sending", {NoteState.PENDING}):
            return
        async with self._store.transaction() as tx:
            fact = await tx.facts.get(note.new.slug)
            original = await tx.notes.get(note.new.links_to) if note.new.links_to else None
            policy = await tx.policies.get(note.new.guild_id)
            limit = await limit_on(tx, fact, note.new) if fact else Mode.AUTO
        try:
            if note.message_id is not None:
                # It was taken back and decided anew: what may still stand there can say other words.
                await self._sender.retract(note)
            # A note that was tried before may stand there already: a timeout says nothing of what was done.
            found = message_id = await self._sender.find(note) if note.attempts else None
            if message_id is None:
                wanted = self._still_wanted(note, fact, policy, limit)
                message_id = await self._sender.send(note, wanted, _standing(original))
        except (SourceGone, DeliveryRefused) as error:
            log.warning("note.dropped", extra={"note_id": note.id, "cause": type(error).__name__})
            self._meter.delivered("given_up")
            await self._move(note, NoteState.DROPPED, str(error), {NoteState.SENDING, NoteState.RETRACTING})
        except Exception as error:  # noqa: BLE001 - whatever it was, the note must not be lost
            await self._postpone(note, error, back_to=NoteState.PENDING, only_from=NoteState.SENDING)
        else:
            await self._sent(note, message_id, fact, original, found=found is not None)

    async def _sent(
        self, note: Note, message_id: int, fact: Fact | None, original: Note | None, *, found: bool
    ) -> None:
        now, alone = self._clock(), note.new.kind is NoteKind.LINK and _standing(original) is None
        async with self._store.transaction() as tx:
            posted = await tx.notes.move(
                note.id,
                to=NoteState.POSTED,
                at=now,
                cause="sent",
                only_from={NoteState.SENDING},
                message_id=message_id,
                fact_version=fact.version if fact else None,
            )
            if posted and alone:
                await tx.notes.as_note(note.id)
            if posted and alone and found:
                # What was found may be the link, sent while the note that it links to stood.
                why, here = "takes the place of the note that it linked to", NoteState.POSTED
                await tx.notes.amend(note.id, to=here, at=now, cause=why, due_at=now, only_from={here})
            elif posted:
                await tx.notes.shown(note.id, note.revision)
                if not alone:
                    await _follow(tx, note, now)
        self._meter.delivered("posted")
        self._board.ring_for(note.new.guild_id)
        if not posted:
            # The post was deleted or edited while its note was on the way: it is taken down in the next round.
            await self._move(note, NoteState.RETRACTING, "sent", {NoteState.RETRACTING}, message_id=message_id)

    async def _retract(self, note: Note) -> None:
        try:
            if note.message_id is not None:
                await self._sender.retract(note)
            # One that was sent anew and not known as sent may stand beside the message that is known.
            unsure = note.message_id is None or note.attempts > 1
            found = await self._sender.find(note) if unsure else None
            if found is not None and found != note.message_id:
                await self._move(note, NoteState.RETRACTING, "found", {NoteState.RETRACTING}, message_id=found)
                return
        except DeliveryRefused as error:
            log.warning("note.not_retracted", extra={"note_id": note.id, "cause": type(error).__name__})
            self._meter.delivered("given_up")
            await self._move(note, NoteState.RETRACTED, f"left in place: {error}", {NoteState.RETRACTING})
        except Exception as error:  # noqa: BLE001 - the same
            await self._postpone(note, error, back_to=NoteState.RETRACTING, only_from=NoteState.RETRACTING)
        else:
            self._meter.delivered("retracted")
            await self._move(note, NoteState.RETRACTED, "taken down", {NoteState.RETRACTING})

    async def _postpone(self, note: Note, error: Exception, *, back_to: NoteState, only_from: NoteState) -> None:
        if not isinstance(error, DeliveryDelayed):
            log.error("note.failed", exc_info=error, extra={"note_id": note.id})
        hurried = back_to is NoteState.PENDING and note.new.provenance is Provenance.AUTO
        most = MAX_TRIES if hurried else PATIENT_TRIES
        if note.attempts + 1 >= most:
            final = NoteState.DROPPED if back_to is NoteState.PENDING else NoteState.RETRACTED
            self._meter.delivered("given_up")
            log.error("note.given_up", extra={"note_id": note.id, "tries": most})
            await self._move(note, final, f"given up after {most} tries", {only_from})
            return
        self._meter.delivered("postponed")
        wait = backoff(note.attempts)
        cause = str(error) if isinstance(error, DeliveryDelayed) else type(error).__name__
        await self._move(note, back_to, cause, {only_from}, wait=wait)

    def _still_wanted(self, note: Note, fact: Fact | None, policy: Policy, limit: Mode) -> Fact:
        """Return the fact of a note that may be sent; since it was decided, much may have changed.

        Raises:
            DeliveryRefused: The fact was retired, or the server turned Footnote down.
        """
        if fact is None or fact.retired:
            raise DeliveryRefused("The fact was retired.")
        mode, automatic = policy.mode, note.new.provenance is Provenance.AUTO
        if mode is Mode.OFF or (mode is not Mode.AUTO and automatic):
            raise DeliveryRefused(f"The server's mode is {mode.value} now.")
        if automatic and limit is not Mode.AUTO:
            raise DeliveryRefused(f"Moderators limited the fact to {limit.value} meanwhile.")
        if automatic and (why := held(policy, self._clock())) is not None:
            raise DeliveryRefused(f"Nothing is posted by itself now: {why}.")
        return fact if note.new.wording is None else replace(fact, correction=note.new.wording)

    async def _move(
        self,
        note: Note,
        to: NoteState,
        cause: str,
        only_from: set[NoteState],
        *,
        message_id: int | None = None,
        wait: timedelta | None = None,
    ) -> bool:
        now = self._clock()
        async with self._store.transaction() as tx:
            return await tx.notes.move(
                note.id,
                to=to,
                at=now,
                cause=cause,
                only_from=only_from,
                message_id=message_id,
                due_at=now + wait if wait is not None else None,
            )

    async def _pause(self) -> float:
        async with self._store.transaction() as tx:
            next_due = await tx.notes.next_due(console=self._sender.console)
        if next_due is None:
            return _IDLE
        return min(max((next_due - self._clock()).total_seconds(), 0.05), _IDLE)


async def _follow(tx: Transaction, link: Note, now: datetime) -> None:
    """Take a quiet link down whose note went while the link was on its way."""
    original = await tx.notes.get(link.new.links_to) if link.new.links_to else None
    if original is not None and original.state in _GOING:
        await retract_link(tx, link, now=now)


def _standing(original: Note | None) -> Note | None:
    """Return the note that a quiet link may point to: one that stands in full, or is on its way to."""
    unseen = {NoteState.COLLAPSED, NoteState.RETRACTING, NoteState.RETRACTED, NoteState.DROPPED, NoteState.SHADOW}
    return None if original is None or original.state in unseen else original
