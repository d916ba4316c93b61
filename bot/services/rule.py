"""Rule on items of the queue. Of two moderators who act at once, one wins and the other is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.domain.audit import COPY, Act, AuditEvent, NewAuditEvent
from bot.domain.match import MODEL_CONFIDENCE
from bot.domain.note import NewNote, NoteState, Provenance
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import APPROVALS, JUDGEMENTS, WAITING, ReviewItem, ReviewState, Ruling, Wanted
from bot.domain.rules import folded
from bot.notes.compose import CORRECTION_LIMIT
from bot.services.lessons import learn
from bot.services.plan import Cause, plan_note
from bot.services.ruled import NO_ITEM, Ruled
from bot.services.wakeup import Bell, Wakeup


def _everything(_channel_id: int) -> bool:
    return True


class RuleOnItems:
    """Gives rulings."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup, board: Bell) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = wakeup
        self._board = board

    async def rule(
        self,
        item_id: int,
        *,
        guild_id: int,
        ruling: Ruling,
        by: int,
        wording: str | None = None,
        sees: Callable[[int], bool] = _everything,
    ) -> Ruled:
        """Close an item, and every other with the same words on the same fact; approving posts the notes.

        Args:
            item_id: The item.
            guild_id: The server in which the moderator acts.
            ruling: A moderator's ruling.
            by: The moderator's id.
            wording: With ``EDIT``, what the notes say in place of the fact's correction.
            sees: Tells of a channel whether the moderator sees it; items of others stay as they are.

        Returns:
            What happened, in a sentence to show to the moderator.
        """
        wording = (wording or "").strip() or None
        if ruling is Ruling.EDIT and (wording is None or len(wording) > CORRECTION_LIMIT):
            return Ruled(done=False, message=f"A note holds 1 to {CORRECTION_LIMIT} characters; nothing was posted.")
        now = self._clock()
        async with self._store.transaction() as tx:
            item = await tx.reviews.get(item_id)
            if item is None or item.new.guild_id != guild_id:
                return NO_ITEM
            copies = [copy for copy in await _copies(tx, item) if sees(copy.new.channel_id)]
            event = await self._close(tx, item, ruling=ruling, by=by, now=now)
            if event is None:
                return Ruled(done=False, message=_already(await tx.reviews.get(item_id)))
            for copy in copies:
                await self._close(tx, copy, ruling=ruling, by=by, now=now, copy_of=event.id)
            if ruling in JUDGEMENTS:
                await learn(tx, guild_id, now=now)
            posted = []
            if ruling in APPROVALS:
                # A wording of its own is for the post that it was written for; copies get the quiet link to it.
                posted = [await _post(tx, item, now=now, wording=wording)]
                posted += [await _post(tx, copy, now=now, wording=None) for copy in copies]
        self._wakeup.ring()
        self._board.ring_for(guild_id)
        return Ruled(done=True, message=_outcome(ruling, posted, len(copies)), event_id=event.id)

    async def dismiss_all(
        self, guild_id: int, wanted: Wanted, *, by: int, sees: Callable[[int], bool] = _everything
    ) -> int:
        """Dismiss every item that is wanted and in a channel that the moderator sees; return how many there were."""
        now = self._clock()
        async with self._store.transaction() as tx:
            items = [item for item in await tx.reviews.find(guild_id, wanted) if sees(item.new.channel_id)]
            done = [await self._close(tx, item, ruling=Ruling.DISMISS, by=by, now=now) for item in items]
        self._board.ring_for(guild_id)
        return sum(event is not None for event in done)

    async def _close(
        self, tx: Transaction, item: ReviewItem, *, ruling: Ruling, by: int, now: datetime, copy_of: int | None = None
    ) -> AuditEvent | None:
        if not await tx.reviews.close(item.id, ruling=ruling, by=by, at=now):
            return None
        detail = {} if copy_of is None else {COPY: str(copy_of)}
        return await tx.audit.add(ruling_event(item, ruling, by=by, at=now, detail=detail))


def ruling_event(
    item: ReviewItem, ruling: Ruling, *, by: int | None, at: datetime, detail: dict[str, str] | None = None
) -> NewAuditEvent:
    """Return the audit event of a ruling on an item."""
    new = item.new
    return NewAuditEvent(
        at,
        Act.of(ruling),
        new.guild_id,
        by=by,
        item_id=item.id,
        slug=new.slug,
        fact_version=new.fact_version,
        rule_version=new.rule_version,
        confidence=new.evidence.scores.get(MODEL_CONFIDENCE, new.confidence),
        detail=detail or {},
    )


async def _copies(tx: Transaction, item: ReviewItem) -> list[ReviewItem]:
    """Return the other items on the same fact whose posts say the same, letter case and spaces aside."""
    words = folded(item.new.post_text)
    group = await tx.reviews.find(item.new.guild_id, Wanted(states=WAITING, slug=item.new.slug))
    return [one for one in group if one.id != item.id and words and folded(one.new.post_text) == words]


async def _post(tx: Transaction, item: ReviewItem, *, now: datetime, wording: str | None) -> bool:
    """Store an approved note; return False where the channel has heard enough of the fact."""
    policy = await tx.policies.get(item.new.guild_id)
    note = await plan_note(
        tx,
        Cause.of(item.new),
        policy=policy,
        provenance=Provenance.MODERATOR,
        state=NoteState.PENDING,
        now=now,
        due_at=now,
        wording=wording,
    )
    return note is not None and await _store(tx, note)


async def _store(tx: Transaction, note: NewNote) -> bool:
    """Store an approved note, in the place of one that was taken back or that shadow mode only recorded."""
    return await tx.notes.add(note) is not None or await tx.notes.renew(note, cause="approved by a moderator")


def _outcome(ruling: Ruling, posted: Iterable[bool], copies: int) -> str:
    also = f" {copies} more with the same words went the same way." if copies else ""
    if ruling not in APPROVALS:
        return f"Closed as {ruling.value}; nothing was posted.{also}"
    if any(posted):
        return f"Approved; the note is on its way.{also}"
    return f"Approved; the channel has this note already.{also}"


def _already(item: ReviewItem | None) -> str:
    if item is None or item.state is not ReviewState.CLOSED or item.ruling is None:
        return "This item is gone."
    who = "the program" if item.ruled_by is None else "another moderator"
    return f"Already closed as {item.ruling.value} by {who}."
