"""Facts, read and written, and the drafts of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.fact import Draft, Fact, FactVersion, Fingerprint


class FactRepository(Protocol):
    """The facts, each with its wordings and citations."""

    async def all(self, *, retired: bool = False) -> list[Fact]:
        """Return the facts ordered by slug, retired ones only where asked for."""
        ...

    async def finished(self) -> list[Fact]:
        """Return the facts in use that are no drafts, ordered by slug."""
        ...

    async def count(self) -> tuple[int, int]:
        """Return how many facts are in use: finished ones, and drafts."""
        ...

    async def get(self, slug: str) -> Fact | None:
        """Return a fact, also a retired one, or None where there is none."""
        ...

    async def own(self, guild_id: int) -> list[Fact]:
        """Return a server's own facts ordered by slug, retired ones too."""
        ...

    async def failing(self, failures: Sequence[str]) -> list[str]:
        """Return the slugs of the facts, not retired, of which just these tests failed."""
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

    async def replace(self, fact: Fact, *, expected: int, rename: bool = False) -> bool:
        """Put a fact in the place of the one with its slug, or return False where that isn't at version ``expected``.

        Args:
            fact: The fact as it is to be.
            expected: The version that it replaces.
            rename: Whether a source whose key stands for another document already gets another key.

        Raises:
            StoreError: A source's key stands for another document already, and isn't to be renamed.
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

    def mark(self) -> tuple[int, int]:
        """Return two numbers that differ once facts were added, or got another version. It costs next to nothing."""
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
