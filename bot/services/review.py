"""Rule on the review queue. Of two moderators who act at once, one wins and the other is told."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.fact import Fact
from bot.domain.note import NewNote, NoteState, Provenance
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import ReviewItem, ReviewState, Ruling
from bot.services.outbox import Wakeup
from bot.services.plan import Cause, plan_note

_TAKEN_BACK = frozenset({NoteState.RETRACTING, NoteState.RETRACTED, NoteState.DROPPED})


@dataclass(frozen=True, slots=True)
class Ruled:
    """What came of a ruling, in one sentence. ``done`` is false where somebody else was first."""

    done: bool
    message: str


class ReviewQueue:
    """The queue of a server, for every place that shows it."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = wakeup

    async def open(self, guild_id: int, *, limit: int = 25, offset: int = 0) -> list[tuple[ReviewItem, Fact | None]]:
        """Return open items, oldest first, each with its fact as it is now."""
        async with self._store.transaction() as tx:
            items = await tx.reviews.open(guild_id, limit=limit, offset=offset)
            return [(item, await tx.facts.get(item.new.slug)) for item in items]

    async def count(self, guild_id: int) -> int:
        """Return how many items are open."""
        async with self._store.transaction() as tx:
            return await tx.reviews.count_open(guild_id)

    async def get(self, item_id: int, *, guild_id: int) -> ReviewItem | None:
        """Return an item of this server, or None: a server never sees another's."""
        async with self._store.transaction() as tx:
            item = await tx.reviews.get(item_id)
        return item if item is not None and item.new.guild_id == guild_id else None

    async def rule(self, item_id: int, *, guild_id: int, ruling: Ruling, by: int) -> Ruled:
        """Close an item with a ruling; approving posts the note.

        Args:
            item_id: The item.
            guild_id: The server in which the moderator acts.
            ruling: approve, wrong match or dismiss.
            by: The moderator's id.

        Returns:
            What happened, in a sentence to show to the moderator.
        """
        item = await self.get(item_id, guild_id=guild_id)
        if item is None:
            return Ruled(done=False, message="There is no such item in this server's queue.")
        now = self._clock()
        async with self._store.transaction() as tx:
            if not await tx.reviews.close(item_id, ruling=ruling, by=by, at=now):
                return Ruled(done=False, message=_already(await tx.reviews.get(item_id)))
            if ruling is not Ruling.APPROVE:
                return Ruled(done=True, message=f"Closed as {ruling.value}; nothing was posted.")
            new = item.new
            policy = await tx.policies.get(guild_id)
            cause = Cause(
                guild_id=new.guild_id,
                channel_id=new.channel_id,
                source_message_id=new.message_id,
                slug=new.slug,
                fact_version=new.fact_version,
                relation=new.relation,
                confidence=new.confidence,
                threshold=new.threshold,
                rule_version=new.rule_version,
                evidence=new.evidence,
            )
            note = await plan_note(
                tx,
                cause,
                policy=policy,
                provenance=Provenance.MODERATOR,
                state=NoteState.PENDING,
                now=now,
                due_at=now,
            )
            if note is None or not await _store(tx, note):
                return Ruled(done=True, message="Approved; the channel has this note already.")
        self._wakeup.ring()
        return Ruled(done=True, message="Approved; the note is on its way.")


async def _store(tx: Transaction, note: NewNote) -> bool:
    """Store an approved note, or send again the one that was taken back when the post was edited in between."""
    if await tx.notes.add(note) is not None:
        return True
    notes = await tx.notes.for_source(note.source_message_id)
    earlier = next(one for one in notes if one.new.slug == note.slug)
    return await tx.notes.move(
        earlier.id,
        to=NoteState.PENDING,
        at=note.created_at,
        cause="approved by a moderator",
        only_from=_TAKEN_BACK,
        due_at=note.due_at,
    )


def _already(item: ReviewItem | None) -> str:
    if item is None or item.state is ReviewState.OPEN or item.ruling is None:
        return "This item is gone."
    who = "the program" if item.ruled_by is None else "another moderator"
    return f"Already closed as {item.ruling.value} by {who}."
