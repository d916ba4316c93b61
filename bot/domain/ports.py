"""What the services need from the rooms that touch the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.domain.fact import Fact
from bot.domain.match import MatchResult
from bot.domain.note import NewNote, Note, NoteEvent, NoteState
from bot.domain.policy import Policy
from bot.domain.post import Post
from bot.domain.review import NewReviewItem, ReviewItem, Ruling

Clock = Callable[[], datetime]


class FactRepository(Protocol):
    """The facts, each with its wordings and citations."""

    async def all(self, *, retired: bool = False) -> list[Fact]: ...
    async def get(self, slug: str) -> Fact | None: ...
    async def add(self, fact: Fact) -> None: ...
    async def set_failed_tests(self, slug: str, failures: Sequence[str]) -> None: ...
    async def vectors(self, model: str) -> dict[str, bytes]: ...
    async def add_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None: ...


class NoteRepository(Protocol):
    """Notes and the outbox, which is their rows with work left to do."""

    async def add(self, note: NewNote) -> Note | None: ...
    async def get(self, note_id: int) -> Note | None: ...
    async def for_source(self, source_message_id: int) -> list[Note]: ...
    async def for_channel(self, channel_id: int) -> list[Note]: ...
    async def latest(
        self, *, guild_id: int, channel_id: int, slug: str, since: datetime
    ) -> list[Note]: ...
    async def due(self, *, now: datetime, limit: int) -> list[Note]: ...
    async def next_due(self) -> datetime | None: ...
    async def move(
        self,
        note_id: int,
        *,
        to: NoteState,
        at: datetime,
        cause: str,
        only_from: Iterable[NoteState],
        message_id: int | None = None,
        due_at: datetime | None = None,
    ) -> bool: ...
    async def events(self, note_id: int) -> list[NoteEvent]: ...


class ReviewRepository(Protocol):
    """The review queue."""

    async def add(self, item: NewReviewItem) -> ReviewItem | None: ...
    async def get(self, item_id: int) -> ReviewItem | None: ...
    async def open(self, guild_id: int, *, limit: int = 25, offset: int = 0) -> list[ReviewItem]: ...
    async def count_open(self, guild_id: int) -> int: ...
    async def for_message(self, message_id: int) -> list[ReviewItem]: ...
    async def for_channel(self, channel_id: int) -> list[ReviewItem]: ...
    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool: ...


class PolicyRepository(Protocol):
    """One policy a server."""

    async def get(self, guild_id: int) -> Policy: ...
    async def save(self, policy: Policy, *, at: datetime) -> None: ...


class Transaction(Protocol):
    """Repositories that share one transaction; it commits where the block ends well."""

    @property
    def facts(self) -> FactRepository: ...
    @property
    def notes(self) -> NoteRepository: ...
    @property
    def reviews(self) -> ReviewRepository: ...
    @property
    def policies(self) -> PolicyRepository: ...


class Store(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]: ...


class Matcher(Protocol):
    """Finds the facts that a post is about. Called off the event loop: it is pure computation."""

    @property
    def default_threshold(self) -> float: ...
    def match(self, post: Post) -> MatchResult: ...


class Sender(Protocol):
    """Puts notes where people read them."""

    async def send(self, note: Note, fact: Fact, original: Note | None) -> int:
        """Send a note and return its message id.

        Args:
            note: What to send, as a reply to its source message.
            fact: The fact it is about.
            original: For a quiet link, the note that it links to.

        Raises:
            SourceGone: The post is gone.
            DeliveryRefused: Not allowed there.
            DeliveryDelayed: A passing fault.
        """
        ...

    async def find(self, note: Note) -> int | None:
        """Return the message id of a note that may have been sent before the process died, or None."""
        ...

    async def retract(self, note: Note) -> None:
        """Take a posted note down; succeed where it is gone already."""
        ...
