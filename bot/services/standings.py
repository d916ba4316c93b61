"""How facts stand in a place, as a decision must know it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.audit import AuditEvent
from bot.domain.fact import Fact
from bot.domain.note import NewNote
from bot.domain.policy import FactLimit, Mode, Policy
from bot.domain.ports import Transaction
from bot.domain.post import Place
from bot.domain.standing import Standing
from bot.review.autonomy import COUNTED, approvals, limit_here

_ENOUGH = 100
"""Acts on a fact that are looked at; more than 50 approvals are never asked for."""


async def standings_of(tx: Transaction, facts: Mapping[str, Fact], place: Place) -> dict[str, Standing]:
    """Return how facts stand in a place, by slug."""
    standings = {}
    for slug, fact in facts.items():
        limits = await _limits(tx, fact, place.guild_id)
        count = approvals(await acts_on(tx, fact, guild_id=place.guild_id))
        standings[slug] = Standing(count, limit_here(limits, place.channel_id, place.parent_id))
    return standings


async def limit_on(tx: Transaction, fact: Fact, note: NewNote) -> Mode:
    """Return how far a fact may go where a note of it is to be; of a thread, its channel isn't known any more."""
    return limit_here(await _limits(tx, fact, note.guild_id), note.channel_id, None)


async def _limits(tx: Transaction, fact: Fact, guild_id: int) -> list[FactLimit]:
    return [one for name in _names(fact) for one in await tx.policies.limits(guild_id, name)]


async def acts_on(tx: Transaction, fact: Fact, *, guild_id: int) -> list[AuditEvent]:
    """Return the acts that a fact's autonomy in a server hangs on, newest first.

    What was ruled on the global fact before the server had its own version of it counts for that, too, and what the
    operator changed in it.
    """
    found = [
        event
        for slug in _names(fact)
        for whose in (guild_id, None)
        for event in await tx.audit.find(whose, acts=COUNTED, slug=slug, standing=True, copies=False, limit=_ENOUGH)
    ]
    return sorted(found, key=lambda event: event.id, reverse=True)


def held(policy: Policy, now: datetime) -> str | None:
    """Return why nothing is posted by itself in a server now, or None where it may be."""
    if policy.stop is not None:
        return f"automatic replies are stopped: {policy.stop.because}"
    if policy.quiet_hours is not None and policy.quiet_hours.holds(now):
        return "these are the server's quiet hours"
    return None


def _names(fact: Fact) -> tuple[str, ...]:
    return (fact.slug,) if fact.overrides is None else (fact.slug, fact.overrides)
