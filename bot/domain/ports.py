"""What the services need from the rooms that touch the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.domain.fact import Fact, Fingerprint
from bot.domain.match import MatchResult
from bot.domain.note import NewNote, Note, NoteEvent, NoteState
from bot.domain.policy import Policy
from bot.domain.post import Post
from bot.domain.review import NewReviewItem, ReviewItem, Ruling

Clock = Callable[[], datetime]


class FactRepository(Protocol):
    """The facts, each with its wordings and citations."""

    async def all(self, *, retired: bool = False) -> list[Fact]:
        """Return the facts ordered by slug, retired ones only where asked for."""
        ...

    async def get(self, slug: str) -> Fact | None:
        """Return a fact, also a retired one, or None where there is none."""
        ...

    async def add(self, fact: Fact) -> None:
        """Store a new fact with its wordings, citations, sources and appearances.

        Raises:
            StoreError: The slug is taken, or a source's key stands for another document already.
        """
        ...

    async def set_failed_tests(self, slug: str, failures: Sequence[str]) -> None:
        """Replace the list of what of a fact's own tests failed; empty means all passed."""
        ...

    async def vectors(self, model: str) -> dict[str, bytes]:
        """Return a model's stored vectors by the SHA-256 (lower-case hex) of their text."""
        ...

    async def add_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Store vectors by the SHA-256 (lower-case hex) of their text, in place of earlier ones."""
        ...


class FactReader(Protocol):
    """Reads facts where there is no event loop: matching runs on a thread of its own.

    Every call is a short read that sees what was committed before it; none waits for a writer.

    Raises:
        StoreError: The database can't be read.
    """

    def fingerprint(self, *, until: int | None = None) -> Fingerprint:
        """Return what the unretired facts add up to; those up to a row (see ``newest``), where given."""
        ...

    def versions(self, *, after: int = 0) -> dict[str, int]:
        """Return the version of every unretired fact by slug; of those after a row, where given."""
        ...

    def facts(self, slugs: Sequence[str]) -> list[Fact]:
        """Return the named facts in any order, retired ones too; an unknown one is simply not in the answer."""
        ...

    def vectors(self, model: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Return those of a model's vectors that are stored, by the SHA-256 (lower-case hex) of their text."""
        ...


class NoteRepository(Protocol):
    """Notes and the outbox, which is their rows with work left to do."""

    async def add(self, note: NewNote) -> Note | None:
        """Store a note and its first event, or return None where the source message and slug have one, in any state."""
        ...

    async def get(self, note_id: int) -> Note | None:
        """Return a note with the time it is due now, or None where there is none."""
        ...

    async def for_source(self, source_message_id: int) -> list[Note]:
        """Return every note of a source message, in any state, oldest first."""
        ...

    async def for_channel(self, channel_id: int) -> list[Note]:
        """Return every note of a channel, in any state, oldest first."""
        ...

    async def latest(self, *, guild_id: int, channel_id: int, slug: str, since: datetime) -> list[Note]:
        """Return the shadow, pending, sending and posted notes and links created from ``since`` on, newest first."""
        ...

    async def due(self, *, console: bool, now: datetime, limit: int) -> list[Note]:
        """Return pending and retracting notes whose ``due_at`` has come, longest due first.

        ``console``: the console's notes, or those of all Discord servers; each has a sender of its own.
        """
        ...

    async def next_due(self, *, console: bool) -> datetime | None:
        """Return the earliest ``due_at`` of the pending and retracting notes, or None where there are none."""
        ...

    async def interrupted(self, *, console: bool) -> list[Note]:
        """Return the notes in SENDING, oldest first: at start, those that a dead process left in the middle."""
        ...

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
    ) -> bool:
        """Move a note and write the event, or return False and change nothing where it is in no state of ``only_from``.

        ``message_id`` and ``due_at`` are set where given. Moving to SENDING counts as an attempt. Moving to PENDING
        keeps ``cause`` as ``last_error``. Moving from RETRACTING to RETRACTING with a new ``due_at`` is a failed
        attempt: it counts, and keeps its cause. Moving to RETRACTED or DROPPED empties ``evidence.matched_words``.
        """
        ...

    async def events(self, note_id: int) -> list[NoteEvent]:
        """Return the steps of a note's life, oldest first."""
        ...


class ReviewRepository(Protocol):
    """The review queue."""

    async def add(self, item: NewReviewItem) -> ReviewItem | None:
        """Store an open item, or return None where this message and slug have one, open or closed."""
        ...

    async def get(self, item_id: int) -> ReviewItem | None:
        """Return an item, or None where there is none."""
        ...

    async def open(self, guild_id: int, *, limit: int = 25, offset: int = 0) -> list[ReviewItem]:
        """Return a page of a server's open items, oldest first."""
        ...

    async def count_open(self, guild_id: int) -> int:
        """Return how many of a server's items are open."""
        ...

    async def for_message(self, message_id: int) -> list[ReviewItem]:
        """Return every item of a message, open or closed, oldest first."""
        ...

    async def for_channel(self, channel_id: int) -> list[ReviewItem]:
        """Return every item of a channel, open or closed, oldest first."""
        ...

    async def reword(self, item_id: int, post_text: str) -> None:
        """Put a post's new words in place of the old ones, where the item is open."""
        ...

    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool:
        """Close an item and record the ruling, or return False and change nothing where it isn't open.

        The post's words go: ``post_text`` and the evidence's ``matched_words`` are emptied.
        """
        ...


class PolicyRepository(Protocol):
    """One policy a server."""

    async def get(self, guild_id: int) -> Policy:
        """Return a server's policy; ``default_policy`` where none was saved."""
        ...

    async def save(self, policy: Policy, *, at: datetime) -> None:
        """Store a server's policy in place of the earlier one."""
        ...


class Transaction(Protocol):
    """Repositories that share one transaction; it commits where the block ends well."""

    @property
    def facts(self) -> FactRepository:
        """The facts."""
        ...

    @property
    def notes(self) -> NoteRepository:
        """The notes and the outbox."""
        ...

    @property
    def reviews(self) -> ReviewRepository:
        """The review queue."""
        ...

    @property
    def policies(self) -> PolicyRepository:
        """The servers' policies."""
        ...


class Store(Protocol):
    """The database. Times go in and come out aware; they come out in UTC."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction: committed where the block ends well, undone where it raises.

        Keep it short, wait for no network in it, and open none inside another: it holds the only write lock.

        Raises:
            StoreError: The database can't be read or written, or a change contradicts what it holds.
        """
        ...


class Matcher(Protocol):
    """Finds the facts that a post is about. Called off the event loop: it computes, and reads facts that it needs.

    ``guild_id`` names the server that asks: it sees the global facts, less those that facts of its own override, and
    its own. Without one, there are the global facts alone.

    Raises:
        StoreError: The facts can't be read.
    """

    @property
    def default_threshold(self) -> float:
        """The confidence (0..1) from which a reply is allowed where the policy names none."""
        ...

    def match(self, post: Post, *, guild_id: int | None = None) -> MatchResult:
        """Return up to five matches of a post, best first, and why there are none where there are none."""
        ...

    def search(self, words: str, *, limit: int, guild_id: int | None = None) -> list[str]:
        """Return the slugs of the facts nearest to some words, best first."""
        ...

    def sync(self) -> list[str]:
        """Take up what changed in the store, and return the slugs of the facts that were added, edited or retired."""
        ...

    def trial(self, facts: Sequence[Fact]) -> Matcher:
        """Return a matcher over these facts alone, with the same models: for trying a fact before it is saved."""
        ...


class Sender(Protocol):
    """Puts notes where people read them."""

    @property
    def console(self) -> bool:
        """Whether it delivers the console's notes, rather than those of Discord servers."""
        ...

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
