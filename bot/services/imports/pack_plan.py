"""Compare a pack with what is stored, and say what would change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.fact import Fact
from bot.domain.pack import Subscription
from bot.domain.ports import Transaction
from bot.domain.slugs import slug_of
from bot.exchange.incoming import Rejected
from bot.services.imports.report import Outcome, Report
from bot.services.imports.three_way import Merged, merge, untouched, with_names


@dataclass(slots=True)
class PackPlan:
    """What a pack would do: facts to add, to change (with what they are now) and to retire."""

    guild_id: int | None
    held: Subscription | None
    slugs: dict[str, str]
    new: list[Fact] = field(default_factory=list)
    changed: list[tuple[Fact, Fact]] = field(default_factory=list)
    retired: list[Fact] = field(default_factory=list)
    base: dict[str, Fact] = field(default_factory=dict)


async def compare_pack(
    tx: Transaction,
    sound: Sequence[Fact],
    held: Subscription | None,
    report: Report,
    *,
    guild_id: int | None,
    theirs: bool,
) -> PackPlan:
    """Compare a pack's facts with what is stored, and tell the report what becomes of each."""
    known = dict(held.slugs) if held else {}
    slugs = {**known, **{fact.slug: known.get(fact.slug) or _slug_here(fact, guild_id) for fact in sound}}
    plan = PackPlan(guild_id, held, slugs)
    here = {fact.slug: fact for fact in await tx.imports.load(list(slugs.values()))}
    shared, own = await _shared(tx, sound, guild_id)
    for fact in sound:
        coming = replace(with_names(fact, slugs), slug=slugs[fact.slug], guild_id=guild_id)
        stored, everybody = here.get(coming.slug), shared.get(fact.slug)
        if stored is not None:
            base = held.base.get(fact.slug) if held else None
            plan.base[fact.slug] = coming
            _meet(plan, stored, merge(stored, base, coming, theirs=theirs), fact.slug, report)
        elif everybody is not None and not merge(everybody, None, fact).kept:
            report.add(Outcome.KNOWN, fact.slug, slug=fact.slug)
        elif everybody is not None and fact.slug in own:
            report.add(Outcome.CONFLICTING, fact.slug, "this server has its own version of it, which stays.")
        else:
            plan.base[fact.slug] = coming
            plan.new.append(coming if everybody is None else _own_version(coming, fact.slug))
            report.add(Outcome.NEW, fact.slug, slug=coming.slug)
    return plan


async def _shared(tx: Transaction, sound: Sequence[Fact], guild_id: int | None) -> tuple[dict[str, Fact], set[str]]:
    """Return the facts for all servers that have the names of a pack's facts, and of which a server has its own."""
    if guild_id is None:
        return {}, set()
    found = await tx.imports.load([fact.slug for fact in sound])
    own = {fact.overrides for fact in await tx.facts.own(guild_id) if fact.overrides is not None}
    return {fact.slug: fact for fact in found if fact.guild_id is None and not fact.retired}, own


def _meet(plan: PackPlan, stored: Fact, merged: Merged, key: str, report: Report) -> None:
    if stored.retired or (not merged.taken and not merged.kept):
        report.add(Outcome.SAME, key, slug=stored.slug)
        return
    if merged.taken:
        plan.changed.append((merged.fact, stored))
    if merged.kept:
        told = f"{_names(merged.kept)} changed here, and stays; the pack has something else."
        report.add(Outcome.CONFLICTING, key, told, slug=stored.slug)
    else:
        report.add(Outcome.CHANGED, key, f"{_names(merged.taken)} changed.", slug=stored.slug)


async def look_for_gone(
    tx: Transaction, plan: PackPlan, coming: Collection[str], rejected: Iterable[Rejected], report: Report
) -> None:
    """Retire what the pack dropped, unless it was changed here; what can't be read now stays as it was.

    Args:
        tx: A transaction.
        plan: Of the facts that can go in.
        coming: The slugs of all facts that the pack holds.
        rejected: What can't go in.
        report: Gets what becomes of each.
    """
    if plan.held is None:
        return
    here = {fact.slug: fact for fact in await tx.imports.load(list(plan.held.slugs.values()))}
    unread = " ".join(one.place for one in rejected)
    for key in plan.held.base.keys() - set(coming):
        base, fact = plan.held.base[key], here.get(plan.held.slugs[key])
        if f"({key})" in unread:
            plan.base[key] = base
        elif fact is not None and untouched(fact, base):
            plan.retired.append(fact)
            report.add(Outcome.GONE, key, "the pack no longer holds it, so it is retired.", slug=fact.slug)
        elif fact is not None and not fact.retired:
            report.add(Outcome.CONFLICTING, key, "the pack dropped it; it was changed here, and stays.", slug=fact.slug)


def _slug_here(fact: Fact, guild_id: int | None) -> str:
    """Return a new fact's slug: for all servers as in the pack, for one server one of its own."""
    return fact.slug if guild_id is None else slug_of(fact.claim, f"{guild_id} {fact.slug}")


def _own_version(fact: Fact, overridden: str) -> Fact:
    return replace(fact, overrides=overridden, overlaps=tuple(dict.fromkeys((overridden, *fact.overlaps))))


def _names(fields: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in fields)
