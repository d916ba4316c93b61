"""Compare a pack with what is stored, and say what would change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    namesakes = {fact.slug: fact for fact in await tx.imports.load([fact.slug for fact in sound])}
    names = {fact.slug: known.get(fact.slug) or _slug_here(fact, guild_id, namesakes.get(fact.slug)) for fact in sound}
    plan = PackPlan(guild_id, held, known | names)
    here = {fact.slug: fact for fact in await tx.imports.load(list(names.values()))}
    shared = _shared(namesakes, guild_id)
    own = set() if guild_id is None else {fact.overrides for fact in await tx.facts.own(guild_id)}
    same = {
        fact.slug
        for fact in sound
        if names[fact.slug] not in here and fact.slug in shared and not merge(shared[fact.slug], None, fact).kept
    }
    told = {key: slug for key, slug in plan.slugs.items() if key not in same}
    for fact in sound:
        stored = here.get(names[fact.slug])
        coming = replace(with_names(fact, told), slug=names[fact.slug], guild_id=guild_id)
        if stored is not None:
            coming = coming if stored.overrides is None else _own_version(coming, stored.overrides)
            base = held.base.get(fact.slug) if held else None
            plan.base[fact.slug] = coming
            _meet(plan, stored, merge(stored, base, coming, theirs=theirs), fact.slug, report)
        elif fact.slug in same:
            report.add(Outcome.KNOWN, fact.slug, slug=fact.slug)
        elif fact.slug in shared and fact.slug in own:
            report.add(Outcome.CONFLICTING, fact.slug, "this server has its own version of it, which stays.")
        else:
            coming = _own_version(coming, fact.slug) if fact.slug in shared else coming
            plan.base[fact.slug] = coming
            plan.new.append(coming)
            report.add(Outcome.NEW, fact.slug, slug=coming.slug)
    return plan


def _shared(namesakes: Mapping[str, Fact], guild_id: int | None) -> dict[str, Fact]:
    """Return the facts for all servers in whose place a server's would stand."""
    if guild_id is None:
        return {}
    return {slug: fact for slug, fact in namesakes.items() if fact.guild_id is None and not fact.retired}


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
    for key, base in plan.held.base.items():
        fact = here.get(plan.held.slugs[key])
        if key in plan.base:
            continue
        if key in coming or f"({key})" in unread:
            plan.base[key] = base
        elif fact is not None and untouched(fact, base):
            plan.retired.append(fact)
            report.add(Outcome.GONE, key, "the pack no longer holds it, so it is retired.", slug=fact.slug)
        elif fact is not None and not fact.retired:
            report.add(Outcome.CONFLICTING, key, "the pack dropped it; it was changed here, and stays.", slug=fact.slug)


def _slug_here(fact: Fact, guild_id: int | None, namesake: Fact | None) -> str:
    """Return a fact's slug: its own where it is free or comes home, for a server and beside a server's another one."""
    home = guild_id is None if namesake is None else namesake.guild_id == guild_id
    return fact.slug if home else slug_of(fact.claim, f"{guild_id} {fact.slug}")


def _own_version(fact: Fact, overridden: str) -> Fact:
    return replace(fact, overrides=overridden, overlaps=tuple(dict.fromkeys((overridden, *fact.overlaps))))


def _names(fields: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in fields)
