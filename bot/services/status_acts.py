"""What follows when the status of a note changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.domain.appeal import AppealKind, NewAppeal, Outcome
from bot.domain.audit import Act, NewAuditEvent
from bot.domain.note import Note, NoteState, Provenance
from bot.domain.policy import FactLimit, Mode, least
from bot.domain.ports import Transaction
from bot.domain.rating import NoteStanding, NoteStatus
from bot.services.life import collapse, restore, show_again

_COLLAPSED = "members rated this note not helpful. Moderators look at it."
_BACK = "members no longer rate this note not helpful."


async def act_on(tx: Transaction, note: Note, before: NoteStatus, after: NoteStanding, *, now: datetime) -> None:
    """Let a note show its new status, and let that count.

    Helpful is evidence for the fact's autonomy, which is taken back with the status. Not helpful puts the note aside,
    holds the fact to the queue in this server, and asks moderators; where they restored the note before, their word
    stands. Every change is an event of the note's history that names the rule.
    """
    said = f"{after.shown.value} by {after.score.rule}{', provisional' if after.score.provisional else ''}"
    if before is not NoteStatus.NEEDS_MORE:
        await take_back(tx, note, {Act.RATED_HELPFUL, Act.RATED_NOT_HELPFUL}, now=now)
    if before is NoteStatus.NOT_HELPFUL:
        await _lift(tx, note, now=now)
    if after.shown is NoteStatus.NOT_HELPFUL:
        await _put_aside(tx, note, cause=f"rated {said}", now=now)
    else:
        fresh = await tx.notes.get(note.id) or note
        cause = f"status: {said}" if after.shown is NoteStatus.NEEDS_MORE else f"rated {said}"
        await show_again(tx, fresh, cause=cause, now=now)
        # A note that its author or moderators put aside proves nothing for its fact.
        automatic = fresh.state is NoteState.POSTED and note.new.provenance is Provenance.AUTO
        if after.shown is NoteStatus.HELPFUL and automatic:
            await tx.audit.add(_event(note, Act.RATED_HELPFUL, rule=after.score.rule, now=now))


async def _put_aside(tx: Transaction, note: Note, *, cause: str, now: datetime) -> None:
    appeals = await tx.appeals.for_note(note.id)
    if any(one.outcome is Outcome.RESTORED for one in appeals):
        # Moderators looked at it and let it stand; the same again would only flicker.
        await show_again(tx, note, cause=f"{cause}; moderators restored it before", now=now)
        return
    if note.state is NoteState.POSTED:
        await collapse(tx, note, cause=cause, line=_COLLAPSED, now=now)
    await hold_back(tx, note)
    await tx.audit.add(_event(note, Act.RATED_NOT_HELPFUL, rule=cause, now=now))
    if not any(one.outcome is None for one in appeals):
        await tx.appeals.add(NewAppeal(note.new.guild_id, note.id, AppealKind.COMMUNITY, None, now))


async def hold_back(tx: Transaction, note: Note) -> None:
    """Hold a note's fact to the queue in its server; a stricter limit stays."""
    guild_id, slug = note.new.guild_id, note.new.slug
    limits = await tx.policies.limits(guild_id, slug)
    here = least(Mode.QUEUE, *(limit.mode for limit in limits if limit.channel_id is None))
    await tx.policies.limit(FactLimit(guild_id, slug, here))


async def _lift(tx: Transaction, note: Note, *, now: datetime) -> None:
    """Show a note again that was put aside for its ratings alone, unless moderators ruled on that."""
    waiting = [one for one in await tx.appeals.for_note(note.id) if one.outcome is None]
    ours = [one for one in waiting if one.new.kind is AppealKind.COMMUNITY]
    for appeal in ours:
        await tx.appeals.rule(appeal.id, Outcome.MOOT, by=None, at=now, answer=None)
    if ours and ours == waiting:
        await restore(tx, note, cause="rated otherwise by now", line=_BACK, now=now)


async def take_back(tx: Transaction, note: Note, acts: Collection[Act], *, now: datetime) -> None:
    """Let a status of a note count no longer."""
    for event in await tx.audit.find(note.new.guild_id, acts=acts, note_id=note.id, standing=True):
        await tx.audit.add(_event(note, Act.STATUS_LOST, rule=None, now=now, undoes=event.id))


def _event(note: Note, act: Act, *, rule: str | None, now: datetime, undoes: int | None = None) -> NewAuditEvent:
    new = note.new
    return NewAuditEvent(
        *(now, act, new.guild_id),
        note_id=note.id,
        slug=new.slug,
        fact_version=new.fact_version,
        undoes=undoes,
        detail={"rule": rule} if rule else {},
    )
