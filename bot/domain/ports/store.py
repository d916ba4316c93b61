"""The database as a whole."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.ports.facts import DraftRepository, FactRepository
from bot.domain.ports.imports import ImportRepository, SourceRepository
from bot.domain.ports.members import AppealRepository, MemberRepository, RatingRepository, RequestRepository
from bot.domain.ports.notes import NoteRepository
from bot.domain.ports.reviews import ReviewRepository
from bot.domain.ports.servers import AuditRepository, CardRepository, PolicyRepository, WatermarkRepository


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
    def watermarks(self) -> WatermarkRepository:
        """Until when the servers' posts were looked at."""
        ...

    @property
    def drafts(self) -> DraftRepository:
        """The facts that are being written."""
        ...

    @property
    def ratings(self) -> RatingRepository:
        """What members say of notes."""
        ...

    @property
    def appeals(self) -> AppealRepository:
        """The appeals against notes."""
        ...

    @property
    def requests(self) -> RequestRepository:
        """What members asked to have checked."""
        ...

    @property
    def members(self) -> MemberRepository:
        """What is kept about members and servers, and how it is forgotten."""
        ...

    @property
    def imports(self) -> ImportRepository:
        """What importing and exporting facts needs."""
        ...

    @property
    def sources(self) -> SourceRepository:
        """The sources of facts, and whether they are still there."""
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

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that only reads: it sees what was committed before it, and no writer waits for it.

        Raises:
            StoreError: The database can't be read, or something in the block tried to change it.
        """
        ...
