"""Plan the note for a decision: a full note, or a quiet link to the one that already speaks in the channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.domain.appeal import Outcome
from bot.domain.match import Evidence, Relation
from bot.domain.note import STANDING, NewNote, Note, NoteKind, NoteState, Provenance
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Transaction
from bot.domain.review import NewReviewItem, Ruling
from bot.services.standings import held

_SOURCE_LEFT = frozenset({Ruling.SOURCE_GONE.value, Ruling.SOURCE_EDITED.value})
"""The causes that say nothing against a note but that its own post left it."""

MAX_LINKS = 3
"""Quiet links per fact, channel and window; after that, silence."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What a note answers and on what grounds."""

    guild_id: int
    channel_id: int
    source_message_id: int
    slug: str
    fact_version: int
    relation: Relation
    confidence: float
    threshold: float
    rule_version: str
    evidence: Evidence

    @classmethod
    def of(cls, item: NewReviewItem) -> Self:
        """Return what a review item was decided on."""
        return cls(
            guild_id=item.guild_id,
            channel_id=item.channel_id,
            source_message_id=item.message_id,
            slug=item.slug,
            fact_version=item.fact_version,
            relation=item.relation,
            confidence=item.confidence,
            threshold=item.threshold,
            rule_version=item.rule_version,
            evidence=item.evidence,
        )


async def plan_note(
    tx: Transaction,
    cause: Cause,
    *,
    policy: Policy,
    provenance: Provenance,
    state: NoteState,
    now: datetime,
    due_at: datetime,
    wording: str | None = None,
) -> NewNote | None:
    """Return the note to store, or None where the channel has heard enough of this fact for now.

    A quiet link says nothing itself, so that a ``wording`` makes it a note.
    """
    since = now - timedelta(minutes=policy.window_minutes)
    latest = await tx.notes.latest(guild_id=cause.guild_id, channel_id=cause.channel_id, slug=cause.slug, since=since)
    # A note that nobody saw, from the days of shadow mode, speaks for nothing: a link to it would lead nowhere.
    recent = [note for note in latest if (note.state is NoteState.SHADOW) is (state is NoteState.SHADOW)]
    first = next((note for note in recent if note.new.kind is NoteKind.NOTE), None)
    if first is not None and wording is None and sum(note.new.kind is NoteKind.LINK for note in recent) >= MAX_LINKS:
        return None
    return NewNote(
        guild_id=cause.guild_id,
        channel_id=cause.channel_id,
        source_message_id=cause.source_message_id,
        slug=cause.slug,
        fact_version=cause.fact_version,
        kind=NoteKind.NOTE if first is None or wording else NoteKind.LINK,
        state=state,
        provenance=provenance,
        relation=cause.relation,
        confidence=cause.confidence,
        threshold=cause.threshold,
        rule_version=cause.rule_version,
        evidence=cause.evidence,
        created_at=now,
        due_at=due_at,
        links_to=None if first is None or wording else first.id,
        wording=wording,
    )


async def withdraw_note(tx: Transaction, note: Note, *, cause: str, now: datetime) -> None:
    """Take a note back, wherever it is: unsent ones are dropped, sent ones are retracted by the outbox.

    One that was tried and waits to be tried again may stand there: a timeout says nothing of what was done.
    """
    unsent, sent = {NoteState.PENDING, NoteState.SHADOW}, STANDING | {NoteState.SENDING}
    if note.attempts or note.message_id is not None:
        unsent, sent = {NoteState.SHADOW}, sent | {NoteState.PENDING}
    if await tx.notes.move(note.id, to=NoteState.DROPPED, at=now, cause=cause, only_from=unsent):
        return
    retracting = NoteState.RETRACTING
    if await tx.notes.move(note.id, to=retracting, at=now, cause=cause, only_from=sent, due_at=now):
        await settle_gone(tx, note, cause=cause, now=now)
        return
    if note.ruling is not None:
        # It is down for a ruling; that there is another reason now keeps an undo from posting it again.
        await tx.notes.move(note.id, to=note.state, at=now, cause=cause, only_from={note.state})


async def settle_gone(tx: Transaction, note: Note, *, cause: str, now: datetime) -> None:
    """Settle what hangs on a note that stands no longer: appeals that wait, and quiet links to it."""
    for appeal in await tx.appeals.for_note(note.id):
        # What an answer settled stays so; what still waits has nothing to be decided any more.
        await tx.appeals.rule(appeal.id, Outcome.MOOT, by=None, at=now, answer=None)
    await _hand_over(tx, note, cause=cause, now=now)


async def _hand_over(tx: Transaction, note: Note, *, cause: str, now: datetime) -> None:
    """Let no quiet link point to a note that goes: the first one takes its place, the others go, too.

    Where a moderator took the note down, or nothing is posted by itself now, all of them go.
    """
    links = [link for link in await tx.notes.links_to(note.id) if link.state in STANDING]
    if links and cause in _SOURCE_LEFT and await _may_stand(tx, links[0], now):
        heir, took = links.pop(0), "takes the place of a note that was taken down"
        await tx.notes.as_note(heir.id)
        await tx.notes.amend(heir.id, to=NoteState.POSTED, at=now, cause=took, due_at=now, only_from=STANDING)
    for link in links:
        await retract_link(tx, link, now=now)


async def retract_link(tx: Transaction, link: Note, *, now: datetime) -> None:
    """Take a quiet link down whose note stands no longer."""
    why, gone = "the note that it links to was taken down", NoteState.RETRACTING
    await tx.notes.move(link.id, to=gone, at=now, cause=why, only_from=STANDING, due_at=now)


async def _may_stand(tx: Transaction, link: Note, now: datetime) -> bool:
    policy = await tx.policies.get(link.new.guild_id)
    if link.new.provenance is not Provenance.AUTO:
        return policy.mode is not Mode.OFF
    return policy.mode is Mode.AUTO and held(policy, now) is None
