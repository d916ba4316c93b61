"""The services on a real database, with a clock that stands still and a desk on which notes are laid."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.fact import Fact
from bot.domain.note import NewNote, Note, NoteState
from bot.domain.policy import Mode
from bot.domain.ports import Store
from bot.domain.post import Place, Post
from bot.domain.rating import NoteStanding
from bot.domain.review import ReviewItem
from bot.services.compute import MatchingWorker
from bot.services.meter import NoMeter
from bot.services.outbox import Outbox
from bot.services.wakeup import Bell, Wakeup
from bot.services.watch import Watched
from bot.store.database import Database, open_database
from bot.store.seed import build_seed
from bot.wiring import services_on
from tests.builders import NOW, a_fact
from tests.fakes import FakeMatcher

GUILD, CHANNEL = 1, 2
SETTLE = timedelta(seconds=5)
CLAIM = "They say the moon is made of cheese."
SUN = "The sun is cold."
HARMLESS = "They say the moon is far away."
FACTS = [a_fact(), a_fact(slug="sun-cold", claim=SUN, phrasings=("The sun is freezing.",))]

Step = Callable[[], Awaitable[None]]


@dataclass
class Clock:
    """A clock that only a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass
class Posted:
    """A note as it lies on the desk."""

    note_id: int
    channel_id: int
    replies_to: int
    new: NewNote
    links_to_message: int | None
    correction: str


@dataclass
class Desk:
    """A sender that lays notes on a desk.

    ``faults`` are raised one by one instead of sending; ``late_faults`` after it, as a timeout does.
    ``before`` and ``after`` run in the middle of sending.
    """

    console: bool = False
    lying: dict[int, Posted] = field(default_factory=dict)
    faults: list[BaseException] = field(default_factory=list)
    late_faults: list[BaseException] = field(default_factory=list)
    retract_faults: list[BaseException] = field(default_factory=list)
    update_faults: list[BaseException] = field(default_factory=list)
    updates: list[tuple[Note, Fact, NoteStanding | None]] = field(default_factory=list)
    before: Step | None = None
    after: Step | None = None
    sent: int = 0
    looked: int = 0

    async def send(self, note: Note, fact: Fact, original: Note | None) -> int:
        if self.before:
            await self.before()
        if self.faults:
            raise self.faults.pop(0)
        self.sent += 1
        message_id = 9000 + self.sent
        link = original.message_id if original else None
        self.lying[message_id] = Posted(
            note.id, note.new.channel_id, note.new.source_message_id, note.new, link, fact.correction
        )
        if self.after:
            await self.after()
        if self.late_faults:
            raise self.late_faults.pop(0)
        return message_id

    async def update(self, note: Note, fact: Fact, standing: NoteStanding | None) -> None:
        if self.update_faults:
            raise self.update_faults.pop(0)
        assert note.message_id is not None
        self.updates.append((note, fact, standing))

    async def find(self, note: Note) -> int | None:
        self.looked += 1
        return next((number for number, posted in self.lying.items() if posted.note_id == note.id), None)

    async def retract(self, note: Note) -> None:
        if self.retract_faults:
            raise self.retract_faults.pop(0)
        assert note.message_id is not None
        self.lying.pop(note.message_id, None)


class House:
    """Everything that stands between a post and the desk."""

    def __init__(
        self, store: Store, worker: MatchingWorker, *, clock: Clock | None = None, desk: Desk | None = None
    ) -> None:
        self.store = store
        self.worker = worker
        self.clock = clock or Clock()
        self.desk = desk or Desk()
        self.wakeup = Wakeup()
        self.board = Bell()
        services = services_on(store, worker, settle=SETTLE, clock=self.clock, wakeup=self.wakeup, board=self.board)
        self.watch = services.watch
        self.outbox = self.new_outbox(store)
        self.services = services
        self.reviews = services.reviews
        self.rulings = services.rulings
        self.policies = services.policies
        self.checks = services.checks

    def new_outbox(self, store: Store) -> Outbox:
        """Return an outbox as a new process would have it."""
        return Outbox(
            store=store, sender=self.desk, clock=self.clock, wakeup=self.wakeup, board=self.board, meter=NoMeter()
        )

    async def mode(self, mode: Mode, **over: Any) -> None:
        """Set the server's policy."""
        await self.policies.change(GUILD, lambda policy: replace(policy, mode=mode, **{"approvals_needed": 0, **over}))

    async def post(self, text: str, message_id: int = 100, **over: Any) -> Watched | None:
        """Post something."""
        return await self.watch.posted(Post(text), a_place(message_id, **over))

    async def edit(self, text: str, message_id: int = 100, **over: Any) -> Watched | None:
        """Edit a post."""
        return await self.watch.edited(Post(text), a_place(message_id, **over))

    async def deliver(self) -> None:
        """Let the short wait pass, and everything due be delivered."""
        self.clock.forward(seconds=SETTLE.total_seconds())
        await self.outbox.flush()

    async def notes(self, message_id: int = 100) -> list[Note]:
        """Return a post's notes."""
        async with self.store.transaction() as tx:
            return await tx.notes.for_source(message_id)

    async def state(self, message_id: int = 100) -> NoteState:
        """Return the state of a post's one note."""
        [note] = await self.notes(message_id)
        return note.state

    async def items(self, message_id: int = 100) -> list[ReviewItem]:
        """Return a post's review items."""
        async with self.store.transaction() as tx:
            return await tx.reviews.for_message(message_id)

    def texts(self) -> list[tuple[int, str]]:
        """Return what lies on the desk: the post it replies to, and the kind of note."""
        return [(posted.replies_to, posted.new.kind.value) for posted in self.desk.lying.values()]


def a_place(message_id: int = 100, **over: Any) -> Place:
    """Return a place in the watched channel."""
    return replace(Place(guild_id=GUILD, channel_id=CHANNEL, message_id=message_id, author_id=77), **over)


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seed with the two facts."""
    target = tmp_path_factory.mktemp("services") / "facts.db.seed"
    build_seed(FACTS, {}, target)
    return target


@pytest.fixture
def matcher() -> FakeMatcher:
    """A matcher that knows their wordings."""
    return FakeMatcher(FACTS)


@pytest.fixture
async def database(tmp_path: Path, seed: Path) -> AsyncIterator[Database]:
    """A real database."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        yield database


@pytest.fixture
async def house(database: Database, worker: MatchingWorker) -> House:
    """A server that answers by itself."""
    house = House(database, worker)
    await house.mode(Mode.AUTO)
    return house
