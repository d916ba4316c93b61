"""A house in which facts are changed: its matcher takes up what the store holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.domain.audit import Act, AuditEvent
from bot.domain.fact import Citation, Draft, Fact
from bot.domain.slugs import web_source
from bot.services.edit_facts import Saved
from tests.builders import a_fact
from tests.services.conftest import GUILD, House

MODERATOR, ELSEWHERE = 7, 999
ZEPPELIN = "Zeppelins crossed Patagonia weekly."
WHALES = "Whales breathe sulphur underwater."
CITATION = Citation(web_source("https://a.example/1", "The Gazette", "On zeppelins"), "None ever came.")
GLOBAL = a_fact(
    slug="zeppelins",
    claim=ZEPPELIN,
    phrasings=("Weekly, zeppelins crossed Patagonia.",),
    near_misses=(),
    overlaps=("airships",),
)


def written(fact: Fact) -> Fact:
    """Fill in what a new fact needs, as a moderator does."""
    return replace(
        fact,
        correction="No zeppelin ever crossed Patagonia.",
        true_statement="Patagonia saw no zeppelin.",
        citations=(CITATION,),
        review_by=max(fact.review_by, date(2027, 1, 1)),
    )


async def begun(house: House, claim: str = WHALES, guild_id: int = GUILD) -> Draft:
    """Begin a sound draft of a new fact."""
    drafts = house.services.drafts
    draft = await drafts.begin(guild_id, MODERATOR, claim=claim)
    assert draft is not None
    changed = await drafts.change(draft.id, guild_id, written)
    assert changed is not None
    return changed


async def added(house: House, claim: str = WHALES, guild_id: int = GUILD) -> Fact:
    """Add a fact."""
    saved = await save(house, await begun(house, claim, guild_id))
    assert saved.done, saved.message
    assert saved.fact is not None
    return saved.fact


async def opened(house: House, slug: str, guild_id: int = GUILD) -> Draft:
    """Begin a draft of a change."""
    draft = await house.services.drafts.begin(guild_id, MODERATOR, slug=slug)
    assert draft is not None
    return draft


async def save(house: House, draft: Draft, by: int = MODERATOR) -> Saved:
    """Save a draft."""
    return await house.services.edits.save(draft.id, draft.guild_id, by=by)


async def events(house: House, slug: str, guild_id: int = GUILD) -> list[AuditEvent]:
    """Return what was done to a fact, oldest first."""
    acts = [Act.FACT_ADDED, Act.FACT_EDITED, Act.FACT_RETIRED, Act.FACT_RESTORED]
    async with house.store.transaction() as tx:
        return (await tx.audit.find(guild_id, slug=slug, acts=acts))[::-1]


async def put(house: House, *facts: Fact) -> None:
    """Store facts as an operator does."""
    async with house.store.transaction() as tx:
        for fact in facts:
            await tx.facts.add(fact)
    await house.worker.sync()
