"""Answer appeals. One decision settles everything that waits on a note; of two moderators one wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.appeal import APPEAL_LIMIT, Appeal, Outcome
from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import Fact
from bot.domain.note import STANDING, Note, Provenance
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import Ruling
from bot.notes.sanitise import plain
from bot.services.judge import give_ruling
from bot.services.lessons import learn
from bot.services.life import collapse, restore, withdrawn
from bot.services.plan import withdraw_note
from bot.services.ruled import Ruled
from bot.services.status_acts import take_back
from bot.services.wakeup import Bell, Wakeup

_NO_APPEAL = Ruled(done=False, message="There is no such appeal in this server.")
_WITHDRAWN = "The fact behind this note was withdrawn: restore the fact first, keep the note aside or take it down."
_RESTORED = "moderators looked at this note and restored it."
_ASIDE = "moderators looked at this note and put it aside."
_SAID = {
    Outcome.RESTORED: "The note is restored.",
    Outcome.UPHELD: "The note stays aside.",
    Outcome.TAKEN_DOWN: "The note is taken down, and its fact asks for approval again.",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """An appeal with the note that it is against, and the note's fact."""

    appeal: Appeal
    note: Note
    fact: Fact | None


class AnswerAppeals:
    """What moderators do with appeals."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup, board: Bell, ratings: Bell) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = wakeup
        self._board = board
        self._ratings = ratings

    async def waiting(self, guild_id: int) -> list[Waiting]:
        """Return a server's appeals without an answer, oldest first."""
        async with self._store.reading() as tx:
            found = [await _with_note(tx, one) for one in await tx.appeals.waiting(guild_id)]
        return [one for one in found if one is not None]

    async def get(self, appeal_id: int, *, guild_id: int) -> Waiting | None:
        """Return an appeal of this server, answered or not, or None."""
        async with self._store.reading() as tx:
            appeal = await tx.appeals.get(appeal_id)
            return None if appeal is None or appeal.new.guild_id != guild_id else await _with_note(tx, appeal)

    async def rule(
        self, appeal_id: int, *, guild_id: int, outcome: Outcome, by: int, answer: str | None = None
    ) -> Ruled:
        """Decide on an appeal and on all others that wait on its note.

        Args:
            appeal_id: The appeal.
            guild_id: The server in which the moderator acts.
            outcome: What becomes of the note; not ``MOOT``.
            by: The moderator's id.
            answer: A sentence to the author, ``APPEAL_LIMIT`` characters at most.
        """
        words, now = plain(answer or "").strip() or None, self._clock()
        if words is not None and len(words) > APPEAL_LIMIT:
            return Ruled(done=False, message=f"An answer holds {APPEAL_LIMIT} characters at most; nothing was done.")
        async with self._store.transaction() as tx:
            appeal = await tx.appeals.get(appeal_id)
            if appeal is None or appeal.new.guild_id != guild_id:
                return _NO_APPEAL
            note = await tx.notes.get(appeal.new.note_id)
            if note is None or note.state not in STANDING:
                await tx.appeals.rule(appeal_id, Outcome.MOOT, by=None, at=now, answer=None)
                return Ruled(done=False, message="The note is gone by now, so there is nothing to decide.")
            if outcome is Outcome.RESTORED and await withdrawn(tx, note):
                return Ruled(done=False, message=_WITHDRAWN)
            if not await tx.appeals.rule(appeal_id, outcome, by=by, at=now, answer=words):
                settled = appeal.outcome.value if appeal.outcome else "settled"
                return Ruled(done=False, message=f"Another moderator was first: {settled}.")
            for other in await tx.appeals.for_note(note.id):
                await tx.appeals.rule(other.id, outcome, by=by, at=now, answer=words)
            await _carry_out(tx, note, outcome, by=by, now=now)
            await tx.audit.add(_event(note, appeal, outcome, by=by, now=now))
        self._wakeup.ring()
        self._board.ring_for(guild_id)
        self._ratings.ring_for(guild_id)
        return Ruled(done=True, message=_SAID[outcome])


async def _with_note(tx: Transaction, appeal: Appeal) -> Waiting | None:
    note = await tx.notes.get(appeal.new.note_id)
    return None if note is None else Waiting(appeal, note, await tx.facts.get(note.new.slug))


async def _carry_out(tx: Transaction, note: Note, outcome: Outcome, *, by: int, now: datetime) -> None:
    if outcome is Outcome.RESTORED:
        await restore(tx, note, cause="restored by moderators", line=_RESTORED, now=now)
    elif outcome is Outcome.UPHELD:
        # What members found helpful about it is no evidence for the fact any more.
        await take_back(tx, note, {Act.RATED_HELPFUL}, now=now)
        await collapse(tx, note, cause="put aside by moderators", line=_ASIDE, now=now)
    elif outcome is Outcome.TAKEN_DOWN:
        await _take_down(tx, note, by=by, now=now)


async def _take_down(tx: Transaction, note: Note, *, by: int, now: datetime) -> None:
    """Take a wrong note down: its fact loses its autonomy here, and an automatic note counts for the breaker."""
    if note.new.provenance is Provenance.AUTO:
        ruled = await give_ruling(tx, note, Ruling.WRONG_MATCH, by=by, now=now)
        if ruled.done:
            return
    else:
        new = note.new
        await tx.audit.add(
            NewAuditEvent(
                *(now, Act.WRONG_MATCH, new.guild_id),
                by=by,
                note_id=note.id,
                slug=new.slug,
                fact_version=new.fact_version,
                rule_version=new.rule_version,
            )
        )
        await learn(tx, new.guild_id, now=now)
    await withdraw_note(tx, note, cause=Ruling.WRONG_MATCH.value, now=now)


def _event(note: Note, appeal: Appeal, outcome: Outcome, *, by: int, now: datetime) -> NewAuditEvent:
    return NewAuditEvent(
        *(now, Act.APPEAL_ANSWERED, note.new.guild_id),
        by=by,
        note_id=note.id,
        slug=note.new.slug,
        fact_version=note.new.fact_version,
        detail={"kind": appeal.new.kind.value, "receipt": str(appeal.id), "outcome": outcome.value},
    )
