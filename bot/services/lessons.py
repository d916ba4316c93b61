"""What follows from a ruling: the server's confidence is recalibrated, and its circuit breaker may open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.policy import Policy, Stop
from bot.domain.ports import Transaction
from bot.review.breaker import JUDGED, reason_to_stop
from bot.review.recalibrate import rulings_of, shift_of

_LOOKED_AT = 1000
"""Rulings that are read: enough for what either rule looks at, copies aside."""


async def learn(tx: Transaction, guild_id: int, *, now: datetime) -> Policy:
    """Learn from a server's rulings after one was given or undone, and return its policy.

    A stop is never lifted here: that takes a moderator (see ``Policies.resume``).
    """
    events = await tx.audit.find(guild_id, acts={*JUDGED, Act.RESUMED}, standing=True, limit=_LOOKED_AT)
    policy = await tx.policies.get(guild_id)
    rulings = rulings_of(events)
    learned = replace(policy, shift=shift_of(rulings), shift_rulings=len(rulings))
    since = next((place for place, event in enumerate(events) if event.new.act is Act.RESUMED), len(events))
    because = reason_to_stop(events[:since], now=now, floor=policy.precision_floor)
    if because is not None and policy.stop is None:
        learned = replace(learned, stop=Stop(now, because))
        await tx.audit.add(NewAuditEvent(now, Act.STOPPED, guild_id, detail={"because": because}))
    if learned != policy:
        await tx.policies.save(learned, at=now)
    return learned
