"""Put a stream on the running program. What arrives is handled when it arrives, whether or not the former is done."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from bot.cli.soak.stream import Arrival
from bot.cli.soak.tally import Tally, resident
from bot.domain.decision import Action
from bot.domain.fact import Fact
from bot.domain.match import Relation
from bot.domain.note import Note, NoteState
from bot.domain.policy import Mode
from bot.domain.ports import Store
from bot.domain.rating import NoteStanding
from bot.services.bundle import Services
from bot.services.watch import Watched

log = logging.getLogger(__name__)

SAMPLE = 1.0
"""Seconds between two looks at memory, in a short run; a long one has a hundred or so."""
_SAMPLES = 120
_LAST_NOTES = 30.0
"""Seconds that the last notes get to be delivered."""
_UNDER_WAY = (NoteState.PENDING, NoteState.SENDING, NoteState.RETRACTING)


@dataclass
class CountingSender:
    """A sender that only counts. It takes no time, as no network does."""

    services: Services
    tally: Tally
    console: bool = False
    lying: dict[int, int] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(10**15))

    async def send(self, note: Note, _fact: Fact, _original: Note | None) -> int:
        """Count a note as delivered."""
        self.tally.stages["delivered"] += 1
        self.tally.to_delivery.append((self.services.clock() - note.new.created_at).total_seconds())
        self.lying[note.id] = next(self._ids)
        return self.lying[note.id]

    async def update(self, note: Note, fact: Fact, standing: NoteStanding | None) -> None:
        """Take an edit as made."""

    async def find(self, note: Note) -> int | None:
        """Return the message of a note that lies there."""
        return self.lying.get(note.id)

    async def retract(self, note: Note) -> None:
        """Take a note down."""
        self.lying.pop(note.id, None)


async def open_servers(services: Services, guilds: int) -> None:
    """Set the servers up: every other one answers by itself, the others let moderators look first."""
    for guild in range(1, guilds + 1):
        mode = Mode.AUTO if guild % 2 else Mode.QUEUE
        await services.policies.change(guild, partial(replace, mode=mode, approvals_needed=0))


async def soak(services: Services, store: Store, stream: Iterable[Arrival], *, guilds: int, seconds: float) -> Tally:
    """Handle a stream as the Discord bot does, and return what was counted.

    Args:
        services: Of a running program.
        store: Its database.
        stream: What arrives.
        guilds: How many servers it is about.
        seconds: How long the stream goes on.
    """
    tally = Tally()
    outbox = asyncio.create_task(services.outbox(CountingSender(services, tally)).run())
    start, processor = time.perf_counter(), time.process_time()
    sampler = asyncio.create_task(_sample(tally, start, max(SAMPLE, seconds / _SAMPLES)))
    try:
        async with asyncio.TaskGroup() as under_way:
            for arrival in stream:
                if (wait := start + arrival.at - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                under_way.create_task(_handle(services, arrival, tally, start + arrival.at))
        tally.wall, tally.processor = time.perf_counter() - start, time.process_time() - processor
        await _delivered(store, guilds, tally)
    finally:
        for task in (outbox, sampler):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    return tally


async def _handle(services: Services, arrival: Arrival, tally: Tally, since: float) -> None:
    """Do with an arrival what the bot's listener does."""
    watch, place = services.watch, arrival.place
    try:
        if arrival.what == "delete":
            tally.deletions += 1
            await watch.deleted([place.message_id])
            return
        tally.stages["arrived"] += 1
        async with services.intake.turn(place.guild_id) as admitted:
            if not admitted:
                tally.dropped += 1
                return
            tally.stages["admitted"] += 1
            look = watch.posted if arrival.what == "post" else watch.edited
            _count(tally, await look(arrival.post, place))
        tally.to_decision.append(time.perf_counter() - since)
    except Exception:
        if not tally.failed:  # the others are counted
            log.exception("soak.failed")
        tally.failed += 1


def _count(tally: Tally, watched: Watched | None) -> None:
    if watched is None:
        return
    decision, stages = watched.decision, tally.stages
    stages["looked at"] += 1
    stages["near a fact"] += bool(decision.candidates)
    stages["repeats"] += decision.match is not None and decision.match.relation is Relation.REPEATS
    stages["reply"] += decision.action is Action.REPLY
    stages["queue"] += decision.action is Action.QUEUE
    stages["stored"] += watched.stored


async def _sample(tally: Tally, start: float, every: float) -> None:
    while (size := resident()) is not None:
        tally.memory.append((time.perf_counter() - start, size))
        await asyncio.sleep(every)


async def _delivered(store: Store, guilds: int, tally: Tally) -> None:
    """Wait for the last notes, and count all by where they are."""
    until = time.perf_counter() + _LAST_NOTES
    while True:
        tally.notes.clear()
        for guild in range(1, guilds + 1):
            async with store.reading() as tx:
                tally.notes.update(note.state.value for note in await tx.notes.find(guild))
        if not any(tally.notes[state.value] for state in _UNDER_WAY) or time.perf_counter() > until:
            return
        await asyncio.sleep(0.2)
