"""What the services need from the rooms that touch the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Protocol

from bot.domain.audit import Act, AuditEvent, NewAuditEvent
from bot.domain.card import CardKey, PostedCard
from bot.domain.fact import Draft, Fact, FactVersion, Fingerprint
from bot.domain.match import MatchResult
from bot.domain.note import NewNote, Note, NoteEvent, NoteState, Provenance
from bot.domain.policy import FactLimit, Policy
from bot.domain.post import Post
from bot.domain.question import Question
from bot.domain.review import ItemGroup, NewReviewItem, ReviewItem, Ruling, Wanted

Clock = Callable[[], datetime]


class FactRepository(Protocol):
    """The facts, each with its wordings and citations."""

    async def all(self, *, retired: bool = False) -> list[Fact]:
        """Return the facts ordered by slug, retired ones only where asked for."""
        ...

    async def get(self, slug: str) -> Fact | None:
        """Return a fact, also a retired one, or None where there is none."""
        ...

    async def own(self, guild_id: int) -> list[Fact]:
        """Return a server's own facts ordered by slug, retired ones too."""
        ...

    async def seen(self, guild_id: int, *, limit: int) -> list[Fact]:
        """Return facts that aren't retired and that a server sees: its own, then global ones, each ordered by slug."""
        ...

    async def add(self, fact: Fact) -> None:
        """Store a new fact with its wordings, citations, sources and appearances.

        Raises:
            StoreError: The slug is taken, or a source's key stands for another document already.
        """
        ...

    async def replace(self, fact: Fact, *, expected: int) -> bool:
        """Put a fact in the place of the one with its slug, or return False where that isn't at version ``expected``.

        Raises:
            StoreError: A source's key stands for another document already.
        """
        ...

    async def record(self, version: FactVersion) -> None:
        """Keep a version of a fact for its history; one that is kept already stays as it was."""
        ...

    async def history(self, slug: str) -> list[FactVersion]:
        """Return the kept versions of a fact, newest first; none where it was never changed."""
        ...

    async def expired(self, guild_id: int, *, today: date) -> list[Fact]:
        """Return the facts whose shelf life is over and that concern a server, the longest over first.

        Those are its own, and the global ones of which it has a note or an item.
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

    async def renew(self, note: NewNote, *, cause: str) -> bool:
        """Put a pending note in the place of the one of its source message and slug, and write the event.

        False where that one is seen, or will be: only one that was taken back, or recorded in shadow, is replaced.
        Its id, its tries and its message id stay, so that it is looked for before it is sent; what was said of it goes.
        """
        ...

    async def get(self, note_id: int) -> Note | None:
        """Return a note with the time it is due now, or None where there is none."""
        ...

    async def shown_by(self, message_id: int) -> Note | None:
        """Return the note that a message shows, or None where it shows none."""
        ...

    async def for_source(self, source_message_id: int) -> list[Note]:
        """Return every note of a source message, in any state, oldest first."""
        ...

    async def for_channel(self, channel_id: int) -> list[Note]:
        """Return every note of a channel, in any state, oldest first."""
        ...

    async def find(
        self,
        guild_id: int,
        *,
        since: datetime | None = None,
        states: Iterable[NoteState] | None = None,
        provenance: Provenance | None = None,
        unruled: bool = False,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Note]:
        """Return a server's notes, newest first: those that were decided since a time, and so on, where given.

        ``before``: only those older than a note's id.
        """
        ...

    async def judge(self, note_id: int, ruling: Ruling | None) -> bool:
        """Set what a moderator said of a note, or take it back (None); return False where that changes nothing.

        One that is set can't be set again, only taken back.
        """
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

    async def find(
        self, guild_id: int, wanted: Wanted | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[ReviewItem]:
        """Return a server's items, those at hand unless others are wanted: escalated ones first, then the oldest."""
        ...

    async def count(self, guild_id: int, wanted: Wanted | None = None) -> int:
        """Return how many items ``find`` would return without a limit."""
        ...

    async def groups(self, guild_id: int | None = None) -> list[ItemGroup]:
        """Return what is at hand by fact, of one server or of all: escalated ones first, then the oldest."""
        ...

    async def ruled(self, guild_id: int, *, since: datetime) -> list[ReviewItem]:
        """Return a server's items that were closed since a time, oldest first."""
        ...

    async def for_message(self, message_id: int) -> list[ReviewItem]:
        """Return every item of a message, open or closed, oldest first."""
        ...

    async def for_channel(self, channel_id: int) -> list[ReviewItem]:
        """Return every item of a channel, open or closed, oldest first."""
        ...

    async def reword(self, item_id: int, post_text: str) -> None:
        """Put a post's new words in place of the old ones, where the item isn't closed."""
        ...

    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool:
        """Close an item and set the ruling, or return False and change nothing where it is closed already.

        The post's words go: ``post_text`` and the evidence's ``matched_words`` are emptied.
        """
        ...

    async def reopen(self, item_id: int, *, post_text: str) -> bool:
        """Open a closed item again, with the post's words as they are now; False where it isn't closed."""
        ...

    async def assign(self, item_ids: Sequence[int], *, to: int | None, until: datetime | None) -> None:
        """Say whose some items are, and how long; those that are closed stay as they are."""
        ...

    async def escalate(self, item_id: int) -> bool:
        """Escalate an item, or return False where it is escalated or closed already."""
        ...

    async def snooze(self, item_ids: Sequence[int], *, until: datetime) -> int:
        """Put items that aren't closed away until a time, and return how many that were."""
        ...

    async def wake(self, now: datetime) -> int:
        """Open the items whose time to sleep is over, and return how many there were."""
        ...


class AuditRepository(Protocol):
    """What was done by whom. Events are added and read, never changed."""

    async def add(self, event: NewAuditEvent) -> AuditEvent | None:
        """Store an event, or return None where it undoes one that is undone already."""
        ...

    async def get(self, event_id: int) -> AuditEvent | None:
        """Return an event, or None where there is none."""
        ...

    async def find(
        self,
        guild_id: int,
        *,
        acts: Iterable[Act] | None = None,
        slug: str | None = None,
        item_id: int | None = None,
        note_id: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
        standing: bool = False,
        limit: int | None = None,
    ) -> list[AuditEvent]:
        """Return a server's events, newest first, narrowed by what is given.

        ``before``: only those older than an event's id. ``standing``: without undone ones and without undos.
        """
        ...


class CardRepository(Protocol):
    """The messages that are kept up to date in moderators' channels."""

    async def all(self, guild_id: int) -> list[PostedCard]:
        """Return a server's cards."""
        ...

    async def of_messages(self, message_ids: Collection[int]) -> list[PostedCard]:
        """Return the cards that some messages show."""
        ...

    async def put(self, card: PostedCard) -> None:
        """Store a card in the place of the one with its key."""
        ...

    async def remove(self, key: CardKey) -> None:
        """Forget a card; the message is not touched."""
        ...


class DraftRepository(Protocol):
    """Facts that moderators are writing."""

    async def add(self, *, guild_id: int, by: int, at: datetime, fact: Fact, base_version: int | None) -> Draft:
        """Store a draft."""
        ...

    async def get(self, draft_id: int) -> Draft | None:
        """Return a draft, or None where there is none."""
        ...

    async def put(self, draft_id: int, fact: Fact) -> bool:
        """Replace what is written so far, or return False where the draft is gone."""
        ...

    async def remove(self, draft_id: int) -> bool:
        """Delete a draft, or return False where it is gone."""
        ...

    async def purge(self, *, before: datetime) -> None:
        """Delete the drafts that were begun before a time."""
        ...


class QuestionRepository(Protocol):
    """What members asked that no fact answers."""

    async def ask(self, guild_id: int, text: str, *, at: datetime) -> Question:
        """Store a question, or count it once more where the same was asked, letter case and spaces aside."""
        ...

    async def top(self, guild_id: int, *, limit: int) -> list[Question]:
        """Return the questions that were asked most, the latest first among equals."""
        ...

    async def remove(self, guild_id: int, question_id: int) -> bool:
        """Delete a question of a server, or return False where it is gone."""
        ...

    async def purge(self, *, before: datetime) -> None:
        """Delete the questions that were last asked before a time."""
        ...


class PolicyRepository(Protocol):
    """One policy a server."""

    async def get(self, guild_id: int) -> Policy:
        """Return a server's policy; ``default_policy`` where none was saved."""
        ...

    async def save(self, policy: Policy, *, at: datetime) -> None:
        """Store a server's policy in place of the earlier one."""
        ...

    async def servers(self) -> list[int]:
        """Return the ids of the servers that have saved a policy."""
        ...

    async def limits(self, guild_id: int, slug: str | None = None) -> list[FactLimit]:
        """Return how far facts may go in a server, of one fact where it is named."""
        ...

    async def limit(self, limit: FactLimit) -> None:
        """Store how far a fact may go in a place, in place of what was said before; ``auto`` lifts the limit."""
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

    @property
    def audit(self) -> AuditRepository:
        """What was done by whom."""
        ...

    @property
    def cards(self) -> CardRepository:
        """The moderators' cards."""
        ...

    @property
    def drafts(self) -> DraftRepository:
        """The facts that are being written."""
        ...

    @property
    def questions(self) -> QuestionRepository:
        """What was asked and not answered."""
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
