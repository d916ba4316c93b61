"""Rate a note: one rating a member, which can be changed until the note's status is locked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.member import Pseudonyms
from bot.domain.note import STANDING, Note, NoteKind
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.rating import Helpfulness, NoteStanding, NoteStatus, Rating, Reason, reasons_for
from bot.notes.compose import long_date
from bot.notes.ratings.status import LOCK
from bot.services.wakeup import Bell

ALLOWED = 60
"""Ratings of one member in one server within ``WINDOW``: nobody reads more notes in an hour."""

WINDOW = timedelta(hours=1)

_NO_NOTE = "There is no such note in this server any more."
_KEPT_BACK = "Counts are shown once the note has a status, so that nobody votes with the crowd."


@dataclass(frozen=True, slots=True)
class Rater:
    """Who rates, as Discord tells: since when they are in the server, and whether the post is theirs."""

    member_id: int
    joined_at: datetime | None
    wrote_post: bool
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """What came of rating, in words to show to the member, and what is stored of them now."""

    done: bool
    message: str
    rating: Rating | None = None


class RateNotes:
    """Takes ratings. What is stored names nobody: a keyed pseudonym stands for the member."""

    def __init__(self, *, store: Store, clock: Clock, pseudonyms: Pseudonyms, bell: Bell) -> None:
        self._store = store
        self._clock = clock
        self._pseudonyms = pseudonyms
        self._bell = bell

    async def rate(self, note_id: int, *, guild_id: int, rater: Rater, said: Helpfulness) -> Rated:
        """Store what a member says of a note; another word than before drops the reasons that went with that."""
        now, name = self._clock(), self._pseudonyms.of(rater.member_id)
        async with self._store.transaction() as tx:
            note = await tx.notes.get(note_id)
            why = await self._refusal(tx, note, guild_id, rater, now)
            if why is not None:
                return Rated(done=False, message=why)
            before = await tx.ratings.get(note_id, name)
            if before is not None and before.said is said:
                return Rated(done=True, message=f"Noted already as {said.value}.", rating=before)
            if await tx.ratings.count_since(guild_id, name, since=now - WINDOW) >= ALLOWED:
                return Rated(done=False, message=f"That was {ALLOWED} ratings within an hour. Please try again later.")
            rating = Rating(note_id, guild_id, name, said, frozenset(), now)
            await tx.ratings.put(rating)
            standing = await tx.ratings.standing(note_id)
        self._bell.ring_for(guild_id)
        return Rated(done=True, message=_thanks(said, standing, changed=before is not None), rating=rating)

    async def give_reasons(
        self, note_id: int, *, guild_id: int, member_id: int, said: Helpfulness, reasons: Collection[Reason]
    ) -> Rated:
        """Store why a member says so, in place of earlier reasons; only with the rating that they belong to."""
        now = self._clock()
        async with self._store.transaction() as tx:
            rating = await tx.ratings.get(note_id, self._pseudonyms.of(member_id))
            note = await tx.notes.get(note_id)
            if rating is None or rating.guild_id != guild_id or rating.said is not said:
                return Rated(done=False, message="You rate this note otherwise by now, so these reasons were not kept.")
            if why := _closed(note, await tx.ratings.standing(note_id), now):
                return Rated(done=False, message=why, rating=rating)
            kept = frozenset(reasons) & reasons_for(said).keys()
            rating = Rating(note_id, guild_id, rating.rater, said, kept, rating.at)
            await tx.ratings.put(rating)
        self._bell.ring_for(guild_id)
        return Rated(done=True, message="Noted, thank you.", rating=rating)

    async def take_back(self, note_id: int, *, guild_id: int, member_id: int) -> Rated:
        """Delete a member's rating of a note."""
        now = self._clock()
        async with self._store.transaction() as tx:
            note = await tx.notes.get(note_id)
            if note is None or note.new.guild_id != guild_id:
                return Rated(done=False, message=_NO_NOTE)
            if why := _closed(note, await tx.ratings.standing(note_id), now):
                return Rated(done=False, message=why)
            removed = await tx.ratings.remove(note_id, self._pseudonyms.of(member_id))
        self._bell.ring_for(guild_id)
        return Rated(done=removed, message="Taken back." if removed else "There is no rating of yours on this note.")

    async def _refusal(
        self, tx: Transaction, note: Note | None, guild_id: int, rater: Rater, now: datetime
    ) -> str | None:
        if note is None or note.new.guild_id != guild_id or note.new.kind is not NoteKind.NOTE:
            return _NO_NOTE
        if rater.bot:
            return "Ratings are for people; a bot has none."
        if rater.wrote_post:
            return "This note answers your own post, so you can't rate it. “Not what I said” puts it aside."
        if why := _closed(note, await tx.ratings.standing(note.id), now):
            return why
        if any(version.by == rater.member_id for version in await tx.facts.history(note.new.slug)):
            return "You worked on the fact behind this note, so you can't rate it."
        policy = await tx.policies.get(guild_id)
        return _too_new(rater, policy.rater_age_days, now)


def _closed(note: Note | None, standing: NoteStanding | None, now: datetime) -> str | None:
    """Return why a note's ratings don't change any more, or None where they do."""
    if note is None or note.state not in STANDING:
        return "This note doesn't stand any more, so it can't be rated."
    if now >= note.new.created_at + LOCK or (standing is not None and standing.locked_at is not None):
        return f"This note is older than {LOCK.days} days, so its status is locked."
    return None


def _too_new(rater: Rater, days: int, now: datetime) -> str | None:
    if not days:
        return None
    if rater.joined_at is None:
        return "Discord doesn't say since when you are a member here, so your rating can't be counted."
    since = rater.joined_at + timedelta(days=days)
    if now >= since:
        return None
    return (
        f"You can rate notes once you have been a member here for {days} day{'' if days == 1 else 's'}: "
        f"from {long_date(since.date())} on."
    )


def _thanks(said: Helpfulness, standing: NoteStanding | None, *, changed: bool) -> str:
    told = f"{'Changed' if changed else 'Noted'}: {said.value}. Nobody sees who said what."
    open_still = standing is None or standing.shown is NoteStatus.NEEDS_MORE
    return f"{told} {_KEPT_BACK}" if open_still else told
