"""Take in packs: facts that are shared as one file. Each pack is one transaction, whole or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain.audit import Act
from bot.domain.errors import ImportRefused
from bot.domain.fact import Fact
from bot.domain.pack import Pack, Signature, Subscription
from bot.domain.ports import Clock, Store, Transaction
from bot.exchange.incoming import ReadPack, Rejected
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.services.imports.claims import identity, key_of
from bot.services.imports.compare import IMPORTED
from bot.services.imports.pack_plan import PackPlan, compare_pack, look_for_gone
from bot.services.imports.report import Outcome, Report
from bot.services.own_facts import refused
from bot.services.versions import UNTESTED, put_version

MOST_FACTS = 20_000


class ImportPacks:
    """Takes in packs, for all servers or for one, and updates them."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def take_in(
        self,
        read: ReadPack,
        report: Report,
        *,
        guild_id: int | None,
        by: int | None,
        theirs: bool = False,
        accept_key: bool = False,
        whole: bool = True,
    ) -> None:
        """Take in a pack, or update it; what was changed here since the last time stays.

        Args:
            read: The pack.
            report: Gets what becomes of each fact; where it says so, nothing is changed.
            guild_id: The server whose own facts they become; None for all servers' facts.
            by: The moderator; None for the operator.
            theirs: Whether the pack wins where a fact was changed here, too.
            accept_key: Whether the pack may be signed by another key than before, or by none.
            whole: Whether facts that it doesn't hold were dropped from it.

        Raises:
            ImportRefused: The pack was tampered with, or isn't signed as before, or is too large.
            StoreError: The database can't be read or written.
        """
        if len(read.facts) > MOST_FACTS:
            raise ImportRefused(f"The pack holds {len(read.facts):,} facts; {MOST_FACTS:,} at most.")
        sound, refused_here = await asyncio.to_thread(_sorted_out, read)
        async with self._store.reading() if report.dry else self._store.transaction() as tx:
            held = await tx.imports.subscription(guild_id, read.pack.name)
            _check_signer(read, held, accept_key=accept_key)
            plan = await compare_pack(tx, sound, held, report, guild_id=guild_id, theirs=theirs)
            for rejected in refused_here:
                report.add(Outcome.REJECTED, rejected.place, rejected.why)
            if whole:
                await look_for_gone(tx, plan, {fact.slug for fact in read.facts}, refused_here, report)
            elif held is not None:
                plan.base |= {key: fact for key, fact in held.base.items() if key not in plan.base}
            if not report.dry:
                await self._apply(tx, plan, read.pack, report, by=by)

    async def _apply(self, tx: Transaction, plan: PackPlan, pack: Pack, report: Report, *, by: int | None) -> None:
        now, told = self._clock(), f"{IMPORTED} with {pack.name}"
        new = [replace(fact, failed_tests=() if fact.draft else UNTESTED) for fact in plan.new]
        await tx.imports.add([(fact, key_of(fact)) for fact in new])
        report.untested += [fact.slug for fact in new if not fact.draft]
        for fact, before in plan.changed:
            act = Act.FACT_EDITED
            stored = await put_version(tx, fact, before=before, act=act, by=by, now=now, told=told, rename=True)
            if stored is not None and not stored.draft:
                report.untested.append(stored.slug)
        for fact in plan.retired:
            act, over = Act.FACT_RETIRED, replace(fact, retired=True)
            await put_version(tx, over, before=fact, act=act, by=by, now=now, told=told)
        slugs = {key: plan.slugs[key] for key in plan.base}
        await tx.imports.put_subscription(Subscription(pack, plan.guild_id, now, plan.base, slugs))


def _sorted_out(read: ReadPack) -> tuple[list[Fact], list[Rejected]]:
    """Return the facts that can go in, their reviews named, and the others. It computes."""
    sound, rejected = [], list(read.rejected)
    for fact in read.facts:
        why = _refused_draft(fact) if fact.draft else refused(fact)
        if why is None:
            reviews = tuple(replace(one, identity=identity(one.source.url, one.claim)) for one in fact.reviews)
            sound.append(replace(fact, reviews=reviews))
        else:
            rejected.append(Rejected(f"facts ({fact.slug})", why[:1].lower() + why[1:]))
    return sound, rejected


def _refused_draft(fact: Fact) -> str | None:
    why = refusal(words(normalise(fact.claim)))
    return f"Its claim can't be matched, since {why}." if why and not fact.appearances else None


def _check_signer(read: ReadPack, held: Subscription | None, *, accept_key: bool) -> None:
    if read.signature is Signature.BROKEN:
        raise ImportRefused("The pack was changed after it was signed, so nothing of it is taken in.")
    key = read.pack.key if read.signature is Signature.VALID else None
    if held is not None and held.pack.key not in (None, key) and not accept_key:
        how = "isn't signed" if key is None else "is signed by another key"
        raise ImportRefused(
            f"The pack {read.pack.name} {how}, and the one that is here was signed. Ask its makers, and where it is "
            "right, take it in with --accept-key."
        )
