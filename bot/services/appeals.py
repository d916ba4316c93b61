"""Appeals: the author of a post puts its note aside with one tap, moderators decide, and the author is told there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.appeal import APPEAL_LIMIT, Appeal, AppealKind, NewAppeal, Outcome
from bot.domain.audit import Act, NewAuditEvent
from bot.domain.member import Pseudonyms
from bot.domain.note import STANDING, Note, NoteKind, NoteState
from bot.domain.ports import Clock, Store, Transaction
from bot.notes.compose import long_date
from bot.notes.sanitise import plain
from bot.services.life import collapse
from bot.services.wakeup import Bell, Wakeup

ALLOWED = 3
"""Appeals in words of one member in one server within ``WINDOW``."""

WINDOW = timedelta(days=1)

_NO_NOTE = "This note doesn't stand any more."
_ONCE = "This note was put aside at its author's word before, and came back; that can be done once."
_PUT_ASIDE = "the author says that this isn't what they said. Moderators look at it."
_OUTCOMES = {
    Outcome.RESTORED: "Moderators looked at it and restored the note",
    Outcome.UPHELD: "Moderators looked at it, and the note stays aside",
    Outcome.TAKEN_DOWN: "Moderators looked at it and took the note down",
    Outcome.MOOT: "It was settled otherwise: the note was taken down or changed",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the author of a post is told. ``may_appeal``: they can still say more, in words."""

    done: bool
    message: str
    may_appeal: bool = False


class Appeals:
    """Hears the authors of posts. Whether somebody is the author is for the caller to know: it is stored nowhere."""

    def __init__(self, *, store: Store, clock: Clock, pseudonyms: Pseudonyms, wakeup: Wakeup, board: Bell) -> None:
        self._store = store
        self._clock = clock
        self._pseudonyms = pseudonyms
        self._wakeup = wakeup
        self._board = board

    async def not_said(self, note_id: int, *, guild_id: int, author_id: int) -> Heard:
        """Put a note aside at its author's word; once said, tell what came of it instead."""
        now, name = self._clock(), self._pseudonyms.of(author_id)
        async with self._store.transaction() as tx:
            note = await _standing(tx, note_id, guild_id)
            if note is None:
                return Heard(done=False, message=_NO_NOTE)
            earlier = await tx.appeals.for_note(note_id)
            said = [one for one in earlier if one.new.kind is AppealKind.NOT_SAID]
            if said:
                mine = [one for one in earlier if one.new.by == name]
                return _told(mine or said)
            if note.state is NoteState.POSTED and await _was_said(tx, note):
                return Heard(done=False, message=_ONCE)
            await collapse(tx, note, cause=AppealKind.NOT_SAID.value, line=_PUT_ASIDE, now=now)
            appeal = await tx.appeals.add(NewAppeal(guild_id, note_id, AppealKind.NOT_SAID, name, now))
            await tx.audit.add(_event(Act.APPEALED, note, appeal, now=now))
        self._ring(guild_id)
        return Heard(
            done=True,
            message=f"The note is put aside. Moderators look at it; press the button again to see what they decide. "
            f"Receipt {appeal.id}.",
        )

    async def write(self, note_id: int, *, guild_id: int, author_id: int, text: str, heard: bool) -> Heard:
        """Store an appeal in words, after moderators restored a note.

        Args:
            note_id: The note.
            guild_id: The server.
            author_id: The member who wrote the post that the note answers.
            text: 1 to ``APPEAL_LIMIT`` characters.
            heard: Whether moderators have a channel in which they see it.
        """
        words, now, name = plain(text).strip(), self._clock(), self._pseudonyms.of(author_id)
        if not 0 < len(words) <= APPEAL_LIMIT:
            return Heard(done=False, message=f"An appeal holds 1 to {APPEAL_LIMIT} characters; nothing was sent.")
        if not heard:
            return Heard(done=False, message="Nobody would see an appeal in this server now, so nothing was sent.")
        async with self._store.transaction() as tx:
            note = await _standing(tx, note_id, guild_id)
            if note is None:
                return Heard(done=False, message=_NO_NOTE)
            mine = [one for one in await tx.appeals.for_note(note_id) if one.new.by == name]
            if not _may_appeal(mine):
                return Heard(done=False, message="There is nothing to appeal against now, so nothing was sent.")
            lately = await tx.appeals.of_member(guild_id, name, since=now - WINDOW)
            if sum(one.new.kind is AppealKind.WRITTEN for one in lately) >= ALLOWED:
                return Heard(done=False, message=f"That was {ALLOWED} appeals within a day. Please try again tomorrow.")
            appeal = await tx.appeals.add(NewAppeal(guild_id, note_id, AppealKind.WRITTEN, name, now, text=words))
            await tx.audit.add(_event(Act.APPEALED, note, appeal, now=now))
        self._ring(guild_id)
        return Heard(
            done=True,
            message="Your appeal is with the moderators; press “Not what I said” again to see their answer. "
            f"Receipt {appeal.id}.",
        )

    def _ring(self, guild_id: int) -> None:
        self._wakeup.ring()
        self._board.ring_for(guild_id)


async def _standing(tx: Transaction, note_id: int, guild_id: int) -> Note | None:
    note = await tx.notes.get(note_id)
    if note is None or note.new.guild_id != guild_id or note.new.kind is not NoteKind.NOTE:
        return None
    return note if note.state in STANDING else None


async def _was_said(tx: Transaction, note: Note) -> bool:
    """Tell whether the author put a note aside before; the note knows that also where they had their appeal erased."""
    return any(event.cause == AppealKind.NOT_SAID.value for event in await tx.notes.events(note.id))


def _may_appeal(mine: list[Appeal]) -> bool:
    """Tell whether an author has something to appeal against, and hasn't done so yet."""
    restored = any(one.new.kind is AppealKind.NOT_SAID and one.outcome is Outcome.RESTORED for one in mine)
    return restored and all(one.new.kind is not AppealKind.WRITTEN for one in mine)


def _told(appeals: list[Appeal]) -> Heard:
    latest = appeals[-1]
    receipt = f"Receipt {latest.id}."
    if latest.outcome is None or latest.ruled_at is None:
        since = long_date(latest.new.at.date())
        return Heard(done=False, message=f"This is with the moderators since {since}. {receipt}")
    answer = f" They say: “{latest.answer}”" if latest.answer else ""
    day = long_date(latest.ruled_at.date())
    told = f"{_OUTCOMES[latest.outcome]} on {day}.{answer} {receipt}"
    return Heard(done=False, message=told, may_appeal=_may_appeal(appeals))


def _event(act: Act, note: Note, appeal: Appeal, *, now: datetime, by: int | None = None) -> NewAuditEvent:
    return NewAuditEvent(
        *(now, act, note.new.guild_id),
        by=by,
        note_id=note.id,
        slug=note.new.slug,
        fact_version=note.new.fact_version,
        detail={"kind": appeal.new.kind.value, "receipt": str(appeal.id)},
    )
