"""Plan the note for a decision: a full note, or a quiet link to the one that already speaks in the channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.match import Evidence, Relation
from bot.domain.note import NewNote, NoteKind, NoteState, Provenance
from bot.domain.policy import Policy
from bot.domain.ports import Transaction

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


async def plan_note(
    tx: Transaction,
    cause: Cause,
    *,
    policy: Policy,
    provenance: Provenance,
    state: NoteState,
    now: datetime,
    due_at: datetime,
) -> NewNote | None:
    """Return the note to store, or None where the channel has heard enough of this fact for now."""
    since = now - timedelta(minutes=policy.window_minutes)
    latest = await tx.notes.latest(guild_id=cause.guild_id, channel_id=cause.channel_id, slug=cause.slug, since=since)
    # A note that nobody saw, from the days of shadow mode, speaks for nothing: a link to it would lead nowhere.
    recent = [note for note in latest if (note.state is NoteState.SHADOW) is (state is NoteState.SHADOW)]
    first = next((note for note in recent if note.new.kind is NoteKind.NOTE), None)
    if first is not None and sum(note.new.kind is NoteKind.LINK for note in recent) >= MAX_LINKS:
        return None
    return NewNote(
        guild_id=cause.guild_id,
        channel_id=cause.channel_id,
        source_message_id=cause.source_message_id,
        slug=cause.slug,
        fact_version=cause.fact_version,
        kind=NoteKind.NOTE if first is None else NoteKind.LINK,
        state=state,
        provenance=provenance,
        relation=cause.relation,
        confidence=cause.confidence,
        threshold=cause.threshold,
        rule_version=cause.rule_version,
        evidence=cause.evidence,
        created_at=now,
        due_at=due_at,
        links_to=None if first is None else first.id,
    )
