"""What computes, what sends, and what asks other machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.fact import Fact, Source, SourceCheck
from bot.domain.match import MatchResult
from bot.domain.note import Note
from bot.domain.post import Post
from bot.domain.rating import NoteStanding

Clock = Callable[[], datetime]


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

    def behind(self) -> bool:
        """Tell whether the last ``sync`` couldn't take up everything, so that another one is needed."""
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

    async def update(self, note: Note, fact: Fact, standing: NoteStanding | None) -> None:
        """Edit a standing note's message so that it shows the note as it is now, in full or collapsed.

        Args:
            note: The note, with its state, its wording and its amendment.
            fact: The fact in the version that the note shows.
            standing: What its raters made of it, where anything was counted.

        Raises:
            SourceGone: The message is gone.
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


class LinkExpander(Protocol):
    """Finds out where short links lead."""

    async def expand(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return where links lead, by link; one that is no short link, or leads nowhere, is not in the answer."""
        ...


class SourceLooker(Protocol):
    """Looks whether sources are still at their addresses."""

    async def look(self, source: Source, now: datetime) -> SourceCheck:
        """Return what came of looking at a source's address; an address that doesn't answer is an outcome, too."""
        ...


class Meter(Protocol):
    """Counts what happens, for whoever runs the program. Nothing that is counted is about a person or holds a text."""

    def decided(self, outcome: Literal["reply", "queue", "ignore", "unseen"], seconds: float) -> None:
        """Count a post, and how long it took from its arrival to its decision; ``unseen`` is one nobody may look at."""
        ...

    def dropped(self, why: Literal["full", "failed"]) -> None:
        """Count a post that was given up without a decision: too many were waiting, or it failed too often."""
        ...

    def delivered(self, outcome: Literal["posted", "edited", "retracted", "postponed", "given_up"]) -> None:
        """Count what became of one try to bring a note to where people read it."""
        ...

    def failed(self, where: str) -> None:
        """Count a fault that a loop or an event outlived; ``where`` is one of few fixed words."""
        ...
