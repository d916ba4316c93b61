"""What members do: they rate, appeal, ask, and say what may be kept of them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.domain.appeal import Appeal, NewAppeal, Outcome
from bot.domain.member import Held, Mark
from bot.domain.rating import NoteStanding, Rating
from bot.domain.request import Answer, Request


class RatingRepository(Protocol):
    """What members say of notes, and how notes stand with them."""

    async def put(self, rating: Rating) -> None:
        """Store a member's rating of a note in the place of an earlier one."""
        ...

    async def get(self, note_id: int, rater: str) -> Rating | None:
        """Return a member's rating of a note, or None."""
        ...

    async def remove(self, note_id: int, rater: str) -> bool:
        """Delete a member's rating of a note, or return False where there is none."""
        ...

    async def of_note(self, note_id: int) -> list[Rating]:
        """Return a note's ratings, by rater."""
        ...

    async def of_server(self, guild_id: int) -> list[Rating]:
        """Return a server's ratings, by note and rater; those of discounted raters, too."""
        ...

    async def count_since(self, guild_id: int, rater: str, *, since: datetime) -> int:
        """Return how many notes a member rated, or rated anew, since a time."""
        ...

    async def standing(self, note_id: int) -> NoteStanding | None:
        """Return how a note stands, or None where nothing was counted yet."""
        ...

    async def standings(self, guild_id: int) -> list[NoteStanding]:
        """Return how a server's notes stand, by note."""
        ...

    async def put_standing(self, standing: NoteStanding) -> None:
        """Store how a note stands in the place of what was stored before."""
        ...

    async def servers(self) -> list[int]:
        """Return the servers in which notes were rated."""
        ...


class AppealRepository(Protocol):
    """Appeals against posted notes."""

    async def add(self, appeal: NewAppeal) -> Appeal:
        """Store an appeal."""
        ...

    async def get(self, appeal_id: int) -> Appeal | None:
        """Return an appeal, or None where there is none."""
        ...

    async def for_note(self, note_id: int) -> list[Appeal]:
        """Return a note's appeals, oldest first."""
        ...

    async def waiting(self, guild_id: int) -> list[Appeal]:
        """Return a server's appeals without an outcome, oldest first."""
        ...

    async def of_member(self, guild_id: int, by: str, *, since: datetime) -> list[Appeal]:
        """Return a member's appeals in a server since a time, oldest first."""
        ...

    async def rule(self, appeal_id: int, outcome: Outcome, *, by: int | None, at: datetime, answer: str | None) -> bool:
        """Set the outcome and empty the text, or return False where there is an outcome already."""
        ...


class RequestRepository(Protocol):
    """What members asked to have checked."""

    async def ask(self, guild_id: int, text: str, *, member: str, at: datetime) -> tuple[Request, bool]:
        """Store a request, or count a member to the one that says the same, letter case and spaces aside.

        Returns:
            The request, and whether the member is new to it. One that is answered already is returned as it is.
        """
        ...

    async def join(self, request_id: int, *, member: str, at: datetime) -> bool:
        """Count a member to a request, or return False where they are counted, or where it is gone or answered."""
        ...

    async def get(self, request_id: int) -> Request | None:
        """Return a request, or None where there is none."""
        ...

    async def waiting(self, guild_id: int, *, limit: int | None = None) -> list[Request]:
        """Return a server's unanswered requests, those of most members first, then the latest."""
        ...

    async def answered(self, guild_id: int, *, limit: int) -> list[Request]:
        """Return a server's answered requests, the latest answer first."""
        ...

    async def of_member(self, guild_id: int, member: str) -> list[Request]:
        """Return the requests in a server to which a member is counted, the latest first."""
        ...

    async def count_since(self, guild_id: int, member: str, *, since: datetime) -> int:
        """Return how many requests a member was counted to since a time."""
        ...

    async def answer(self, request_id: int, answer: Answer, *, by: int, at: datetime, slug: str | None = None) -> bool:
        """Answer a request, or return False where it is gone or answered already."""
        ...

    async def reopen(self, request_id: int) -> bool:
        """Take the answer of a request back, or return False where it has none."""
        ...

    async def leave(self, request_id: int, *, member: str) -> bool:
        """Count a member to a request no more, or return False where they aren't counted.

        A request that nobody is left to ask is deleted.
        """
        ...

    async def remove(self, guild_id: int, request_id: int) -> bool:
        """Delete a request of a server, or return False where it is gone."""
        ...

    async def purge(self, *, before: datetime) -> None:
        """Delete the requests that were last asked, and where they are answered answered, before a time."""
        ...


class MemberRepository(Protocol):
    """What is kept about members and servers, and how it is forgotten.

    A member is named twice: by ``member``, the pseudonym, and by ``member_id``, under which the acts of moderators
    are stored.
    """

    async def mark(self, mark: Mark, member: str, *, guild_id: int, at: datetime) -> bool:
        """Remember something of a member, or return False where it is remembered already."""
        ...

    async def unmark(self, mark: Mark, member: str, *, guild_id: int) -> bool:
        """Forget it, or return False where it isn't remembered."""
        ...

    async def marked(self, mark: Mark, *, guild_id: int) -> set[str]:
        """Return of whom something is remembered in a server."""
        ...

    async def is_marked(self, mark: Mark, member: str, *, guild_id: int) -> bool:
        """Tell whether something is remembered of a member."""
        ...

    async def held(self, member: str, member_id: int) -> Held:
        """Return everything that is stored about a member."""
        ...

    async def items_of(self, author: str) -> list[int]:
        """Return the ids of the review items that wait on a member's posts."""
        ...

    async def erase(self, member: str, member_id: int) -> int:
        """Forget a member, and return how many rows were deleted or changed.

        Ratings, appeals and the member's part in requests are deleted, the id is taken from moderators' acts, drafts
        are deleted; review items on the member's posts must have been closed before. What was remembered by ``mark``
        stays: an opt-out holds, and so does what moderators decided.
        """
        ...

    async def known(self) -> bool:
        """Tell whether anything is stored under a pseudonym, of anybody."""
        ...

    async def forget_everybody(self) -> None:
        """Delete what is stored under pseudonyms: for a key that is lost, under which nobody is found again.

        Requests stay, with the number of members who asked.
        """
        ...

    async def departed(self, guild_id: int, *, at: datetime) -> None:
        """Remember since when Footnote is no longer in a server; an earlier time stays."""
        ...

    async def returned(self, guild_id: int) -> None:
        """Forget that Footnote was away from a server."""
        ...

    async def departures(self, *, before: datetime) -> list[int]:
        """Return the servers from which Footnote is away since before a time."""
        ...

    async def servers(self) -> set[int]:
        """Return every server of which anything is stored, the console aside."""
        ...

    async def forget_server(self, guild_id: int) -> int:
        """Delete everything that belongs to a server, and return how many rows that were.

        Rows without a server of their own go with those that they hang on, and aren't counted.
        """
        ...

    async def expire(self, guild_id: int, *, before: datetime) -> int:
        """Delete or blank what was over before a time, and return how many rows that were, without what hung on them.

        Notes that were never seen or are taken down go with all that hangs on them; of others the ratings that are
        older and the words that matched. Closed items go, answered appeals, finished repairs; from audit events the id
        of who did it, and so from versions of the server's facts.
        """
        ...
