"""One server with what happens in it: posts, moderators, members, a sender that fails, a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from bot.domain.audit import AuditEvent
from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone
from bot.domain.fact import Fact
from bot.domain.note import LONGEST_REPAIR, LONGEST_WAIT, Note, NoteEvent
from bot.domain.ports import Store
from bot.domain.rating import NoteStanding
from bot.domain.review import ReviewItem, ReviewState, Wanted
from bot.services.compute import MatchingWorker
from tests.builders import NOW
from tests.services.conftest import GUILD, Clock, Desk, House
from tests.services.dying import DyingStore, Killed

LONGEST_DRAIN = LONGEST_WAIT + timedelta(minutes=5)
"""What no note may wait longer for, once nothing fails any more, to be sent or taken down, wherever the clock was. An
edit may wait as long as the clock was ahead, ``LONGEST_REPAIR`` at most."""

FAULTS: dict[str, Callable[[], BaseException]] = {
    "delayed": lambda: DeliveryDelayed("Discord is busy."),
    "refused": lambda: DeliveryRefused("Not allowed here."),
    "gone": lambda: SourceGone("The post is gone."),
    "broken": lambda: RuntimeError("A bug."),
    "killed": Killed,
}

_T = TypeVar("_T")


@dataclass
class LossyDesk(Desk):
    """A desk that remembers which notes it refused to take down, and from which messages vanish."""

    refused: set[int] = field(default_factory=set)

    async def retract(self, note: Note) -> None:
        if self.retract_faults and isinstance(self.retract_faults[0], DeliveryRefused):
            self.refused.add(note.id)
        await super().retract(note)

    async def update(self, note: Note, fact: Fact, standing: NoteStanding | None) -> None:
        if self.update_faults and isinstance(self.update_faults[0], SourceGone):
            assert note.message_id is not None
            self.lying.pop(note.message_id, None)
        if note.message_id not in self.lying:
            self.update_faults[:1] = [SourceGone("The message is gone.")]
        await super().update(note, fact, standing)

    def heal(self) -> None:
        """Let nothing fail any more."""
        for faults in (self.faults, self.late_faults, self.retract_faults, self.update_faults):
            faults.clear()
        self.before = self.after = None


@dataclass
class Written:
    """A post as its channel knows it."""

    message_id: int
    channel_id: int
    author_id: int
    text: str
    gone: bool = False


@dataclass(frozen=True)
class Seen:
    """Everything that is stored of the server at one moment."""

    notes: list[Note]
    items: list[ReviewItem]
    events: dict[int, list[NoteEvent]]
    audit: list[AuditEvent]


class World:
    """The server, on an event loop of its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store, worker: MatchingWorker) -> None:
        self.loop = loop
        self.store = store
        self.desk = LossyDesk()
        self.house = House(store, worker, clock=Clock(NOW), desk=self.desk)
        self.posts: dict[int, Written] = {}
        self.opted_out: set[int] = set()

    def do(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run something to its end."""
        return self.loop.run_until_complete(work)

    def seen(self) -> Seen:
        """Read everything."""
        return self.do(self._seen())

    async def _seen(self) -> Seen:
        async with self.store.reading() as tx:
            notes = await tx.notes.find(GUILD)
            items = await tx.reviews.find(GUILD, Wanted(states=frozenset(ReviewState)))
            events = {note.id: await tx.notes.events(note.id) for note in notes}
            return Seen(notes, items, events, await tx.audit.find(GUILD))

    def flush(self) -> None:
        """Deliver what is due; where the process dies of it, a new one takes over."""
        try:
            self.do(self.house.outbox.flush())
        except Killed:
            self.restart()

    def die(self, at: int, phase: str) -> None:
        """Deliver on a store that dies at its n-th transaction, and let a new process take over."""
        outbox = self.house.new_outbox(DyingStore(self.store, at, phase))
        try:
            self.do(outbox.flush())
        except Killed:
            self.restart()

    def restart(self) -> None:
        """Start a new outbox, which first settles what the last one left in the middle; it may die of that, too."""
        self.house.outbox = self.house.new_outbox(self.store)
        self.do(self.house.outbox.recover())

    def meanwhile(self, step: Callable[[], Awaitable[Any]]) -> None:
        """Do something once, in the middle of the next sending."""

        async def once() -> None:
            self.desk.before = None
            await step()

        self.desk.before = once

    def drain(self) -> None:
        """Let nothing fail any more, and all be delivered that was decided, in the time that this may take."""
        self.desk.heal()
        self.restart()
        until = self.house.clock.now + LONGEST_DRAIN
        while self.house.clock.now <= until:
            self.flush()
            self.house.clock.forward(minutes=1)

    def edit_all(self) -> None:
        """Let the time pass in which the last edits are made."""
        self.house.clock.now += LONGEST_REPAIR
        self.flush()
