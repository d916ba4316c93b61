"""Undo a ruling while it is fresh: on items of the queue, or on a note that was decided automatically."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import COPY, RULINGS, Act, AuditEvent, NewAuditEvent
from bot.domain.member import EVERYWHERE, Mark, Pseudonyms
from bot.domain.note import NoteState, Provenance
from bot.domain.policy import Mode
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import ReviewItem, ReviewState, Ruling
from bot.services.lessons import learn
from bot.services.plan import withdraw_note
from bot.services.ruled import Ruled
from bot.services.standings import held
from bot.services.wakeup import Bell, Wakeup

UNDO_FOR = timedelta(minutes=15)
"""How long a ruling can be taken back with one click; after that, the next ruling on the fact corrects it."""

_UNDONE = "the ruling was undone"
_REASONS = frozenset(ruling.value for ruling in Ruling) | {_UNDONE}
"""Why notes are taken down or come back, as their events say it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Posts whose items are to wait again: their words now, and by message who wrote each, where that is known."""

    post_text: str
    authors: Mapping[int, str] | None


class UndoRulings:
    """Takes rulings back."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup, board: Bell, pseudonyms: Pseudonyms) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = wakeup
        self._board = board
        self._pseudonyms = pseudonyms

    async def event(self, event_id: int, *, guild_id: int) -> AuditEvent | None:
        """Return the entry of a server's ruling in the audit log, or None where there is none."""
        async with self._store.reading() as tx:
            event = await tx.audit.get(event_id)
        return event if event is not None and event.new.guild_id == guild_id else None

    async def items(self, event_id: int, *, guild_id: int) -> list[ReviewItem]:
        """Return the items that the undoing of a ruling would open again, its own first, then those with its words."""
        async with self._store.reading() as tx:
            event = await tx.audit.get(event_id)
            if event is None or event.new.guild_id != guild_id or event.new.item_id is None:
                return []
            ids = [one.new.item_id for one in (event, *await _followed(tx, event))]
            found = [await tx.reviews.get(item_id) for item_id in ids if item_id is not None]
        return [item for item in found if item is not None]

    async def undo(
        self, event_id: int, *, guild_id: int, by: int, post_text: str, authors: Mapping[int, int] | None = None
    ) -> Ruled:
        """Take a ruling back: items wait again with the post's words as they are now, and notes are as before.

        Args:
            event_id: The ruling's entry in the audit log.
            guild_id: The server in which the moderator acts.
            by: The moderator's id.
            post_text: The words of the post, which were forgotten when its item was closed.
            authors: Who wrote the posts, by message, which was forgotten, too; a post that isn't among them is gone,
                and its item stays closed. Without it nobody knows.
        """
        now = self._clock()
        named = None if authors is None else {one: self._pseudonyms.of(author) for one, author in authors.items()}
        again = Again(post_text, named)
        async with self._store.transaction() as tx:
            event = await tx.audit.get(event_id)
            if event is None or event.new.guild_id != guild_id:
                return Ruled(done=False, message="There is no such ruling in this server.")
            if event.new.act not in RULINGS or event.new.by is None:
                return Ruled(done=False, message="This can't be undone.")
            if now - event.new.at >= UNDO_FOR:
                minutes = int(UNDO_FOR.total_seconds() // 60)
                return Ruled(done=False, message=f"Too late: a ruling can be undone for {minutes} minutes.")
            if await _take_back(tx, event, by=by, now=now) is None:
                return Ruled(done=False, message="This was undone already.")
            if event.new.note_id is None:
                message = await _undo_items(tx, event, by=by, again=again, now=now)
            else:
                message = await _undo_judgement(tx, event, event.new.note_id, now=now)
            await learn(tx, guild_id, now=now)
        self._wakeup.ring()
        self._board.ring_for(guild_id)
        return Ruled(done=True, message=message)


async def _undo_items(tx: Transaction, event: AuditEvent, *, by: int, again: Again, now: datetime) -> str:
    open_again = await _reopen(tx, event, again, now=now)
    for copy in await _followed(tx, event):
        await _take_back(tx, copy, by=by, now=now)
        await _reopen(tx, copy, again, now=now)
    if not open_again:
        return "Undone; the post's author has opted out since, so it doesn't wait again."
    return "Undone: it waits again, and a note that was posted is taken down."


async def _undo_judgement(tx: Transaction, event: AuditEvent, note_id: int, *, now: datetime) -> str:
    """Forget what was said of a note; one that was taken down for it, and for nothing else since, is posted again."""
    await tx.notes.judge(note_id, None)
    reasons = [step.cause for step in await tx.notes.events(note_id) if step.cause in _REASONS]
    if not reasons or reasons[-1] != event.new.act.value:
        return "Undone."
    policy = await tx.policies.get(event.new.guild_id or 0)
    if policy.mode is not Mode.AUTO or held(policy, now) is not None:
        return "Undone; the note stays down, for nothing is posted by itself in this server now."
    down = {NoteState.RETRACTING, NoteState.RETRACTED, NoteState.DROPPED}
    back = await tx.notes.move(note_id, to=NoteState.PENDING, at=now, cause=_UNDONE, only_from=down, due_at=now)
    return "Undone: the note is posted again." if back else "Undone."


async def _take_back(tx: Transaction, event: AuditEvent, *, by: int, now: datetime) -> AuditEvent | None:
    new = event.new
    return await tx.audit.add(
        NewAuditEvent(
            *(now, Act.UNDO, new.guild_id),
            by=by,
            item_id=new.item_id,
            note_id=new.note_id,
            slug=new.slug,
            undoes=event.id,
        )
    )


async def _followed(tx: Transaction, event: AuditEvent) -> list[AuditEvent]:
    """Return the rulings on copies that followed from a ruling and still stand."""
    new = event.new
    assert new.guild_id is not None
    found = await tx.audit.find(new.guild_id, acts=[new.act], slug=new.slug, since=new.at, standing=True)
    return [one for one in found if one.new.detail.get(COPY) == str(event.id)]


async def _reopen(tx: Transaction, event: AuditEvent, again: Again, *, now: datetime) -> bool:
    """Undo what a ruling did to its item; return whether the item could wait again."""
    item = await tx.reviews.get(event.new.item_id or 0)
    if item is None or item.state is not ReviewState.CLOSED:
        return True
    for note in await tx.notes.for_source(item.new.message_id):
        # Only what an approval posted: a note that was decided automatically is not the ruling's.
        if note.new.slug == item.new.slug and note.new.provenance is Provenance.MODERATOR:
            await withdraw_note(tx, note, cause=_UNDONE, now=now)
    if again.authors is None:
        await tx.reviews.reopen(item.id, post_text=again.post_text)
        return True
    author = again.authors.get(item.new.message_id)
    if author is None or await tx.members.is_marked(Mark.OPTED_OUT, author, guild_id=EVERYWHERE):
        return False
    await tx.reviews.reopen(item.id, post_text=again.post_text, author=author)
    return True
