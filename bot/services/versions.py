"""Store a fact's next version: with its history, and with an entry in the audit log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import Fact, FactVersion
from bot.domain.ports import Transaction
from bot.review.autonomy import REWORDED
from bot.review.difference import difference, reworded
from bot.services.own_facts import new_slug

UNTESTED = ("its tests did not run yet",)
"""What holds a new version back from replying by itself until its tests ran."""
KEPT = "as it was before"
"""How the version before the first change is called: nobody recorded when it came or from whom."""
_CHANGED = "changed"


async def put_version(
    tx: Transaction,
    fact: Fact,
    *,
    before: Fact | None,
    act: Act,
    by: int | None,
    now: datetime,
    told: str | None = None,
    rename: bool = False,
) -> Fact | None:
    """Store a fact in the place of the version before it, or as a new one, and return it as stored.

    Args:
        tx: A transaction that writes.
        fact: The fact as it is to be.
        before: What it takes the place of, if anything.
        act: What was done.
        by: The moderator; None for the operator and the program.
        now: The time.
        told: How the version is called in the fact's history, if not by the act.
        rename: Whether a source whose key stands for another document already gets another key, where a version takes
            another's place.

    Returns:
        None, and changes nothing, where the fact is no longer as it was before.
    """
    version = 1 if before is None else before.version + 1
    fact = replace(fact, version=version, failed_tests=() if fact.retired or fact.draft else UNTESTED)
    if before is None:
        if await _overridden(tx, fact):
            return None
        fact = await with_free_slug(tx, fact)
        await tx.facts.add(fact)
    elif not await tx.facts.replace(fact, expected=before.version, rename=rename):
        return None
    else:
        if rename:
            # As it is stored: under the keys that its sources have there.
            fact = await tx.facts.get(fact.slug) or fact
        if not await tx.facts.history(fact.slug):
            await tx.facts.record(FactVersion(before, now, None, KEPT))
    await tx.facts.record(FactVersion(fact, now, by, told or act.value))
    detail = await _detail(tx, fact, before)
    event = NewAuditEvent(now, act, fact.guild_id, by=by, slug=fact.slug, fact_version=version, detail=detail)
    await tx.audit.add(event)
    return fact


async def _overridden(tx: Transaction, fact: Fact) -> bool:
    """Tell whether the server has a version of its own already of what a new fact overrides."""
    if fact.guild_id is None or fact.overrides is None:
        return False
    return any(one.overrides == fact.overrides for one in await tx.facts.own(fact.guild_id))


async def with_free_slug(tx: Transaction, fact: Fact) -> Fact:
    """Return a new fact under a slug that no fact has yet."""
    salt = 0
    while await tx.facts.get(fact.slug) is not None:
        salt += 1
        fact = replace(fact, slug=new_slug(fact.guild_id or 0, fact.claim, salt))
    return fact


async def _detail(tx: Transaction, fact: Fact, before: Fact | None) -> dict[str, str]:
    """Say what changed, and whether what the fact says did.

    A server's own version inherits the approvals of the fact that it overrides, so it is compared with that, too, where
    it takes its place.
    """
    detail = {}
    told = [] if before is None else [before]
    if fact.overrides is not None and (before is None or before.retired):
        base = await tx.facts.get(fact.overrides)
        told += [] if base is None else [base]
        detail["overrides"] = fact.overrides
    if before is not None:
        detail[_CHANGED] = ", ".join(change.field for change in difference(before, fact))
    if any(reworded(old, fact) for old in told):
        detail[REWORDED] = "yes"
    return detail
