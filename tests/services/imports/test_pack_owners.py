"""Whose the facts of a pack become, and whom they leave alone, on every store."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.fact import NearMiss
from tests.services.imports.incoming import ELSEWHERE, GUILD, WHALES, ZEPPELIN, Importer, a_pack_fact, counted

AIR, SEA = a_pack_fact(overlaps=("whales",)), a_pack_fact("whales", WHALES)


async def test_facts_that_people_wrote_are_not_the_pack_s(importer: Importer) -> None:
    """One of the same name stays as it is, and where they differ it is told, once."""
    await importer.put(replace(AIR, correction="Ours."), SEA)
    assert counted(await importer.pack(AIR, SEA)) == {"conflicting": 1, "same": 1}
    assert [fact.version for fact in await importer.facts()] == [1, 1]
    assert counted(await importer.pack(AIR, SEA)) == {"same": 2}


async def test_a_server_needs_no_copies_of_what_all_have(importer: Importer) -> None:
    """And facts that come in beside call those by their own names."""
    await importer.pack(SEA)
    assert counted(await importer.pack(AIR, SEA, guild_id=GUILD)) == {"new": 1, "known": 1}
    assert [fact.overlaps for fact in await importer.facts() if fact.claim == ZEPPELIN] == [("whales",)]
    assert counted(await importer.pack(AIR, SEA, guild_id=GUILD)) == {"same": 1, "known": 1}


async def test_a_server_s_differing_fact_becomes_its_own_version(importer: Importer) -> None:
    """The global one stays for the others; the own version is updated, and retired when it is dropped."""
    await importer.pack(SEA)
    shared = await importer.fact()
    ours = replace(SEA, correction="Ours.")
    assert counted(await importer.pack(AIR, ours, guild_id=GUILD)) == {"new": 2}
    [own] = [fact for fact in await importer.facts() if fact.overrides]
    assert (own.overrides, own.guild_id, own.correction, own.overlaps) == ("whales", GUILD, "Ours.", ("whales",))
    assert counted(await importer.pack(AIR, ours, guild_id=GUILD)) == {"same": 2}
    newer = replace(ours, topics=("sea",))
    assert counted(await importer.pack(AIR, newer, guild_id=GUILD)) == {"same": 1, "changed": 1}
    assert counted(await importer.pack(AIR, guild_id=GUILD)) == {"same": 1, "gone": 1}
    assert shared in await importer.facts()


async def test_a_server_s_own_version_stays(importer: Importer) -> None:
    """The one that its moderators wrote."""
    await importer.put(SEA, replace(SEA, slug="ours", guild_id=GUILD, overrides="whales", topics=("sea",)))
    before = await importer.facts()
    assert counted(await importer.pack(replace(SEA, correction="New."), guild_id=GUILD)) == {"conflicting": 1}
    assert await importer.facts() == before


async def test_other_servers_facts_are_never_touched(importer: Importer) -> None:
    """Not even where a pack holds what one of them gave out, under the same name; its own come home."""
    theirs = replace(SEA, guild_id=ELSEWHERE, near_misses=(NearMiss("Whales breathe air.", "truth"),))
    await importer.put(theirs)
    changed = replace(SEA, correction="New.")
    for guild in (None, GUILD):
        assert counted(await importer.pack(changed, guild_id=guild, theirs=True)) == {"new": 1}
        assert counted(await importer.pack(changed, guild_id=guild, theirs=True)) == {"same": 1}
    found = await importer.facts()
    assert [(fact.guild_id, fact.slug == "whales") for fact in found] == [
        (None, False),
        (GUILD, False),
        (ELSEWHERE, True),
    ]
    assert found[2] == theirs
    assert counted(await importer.pack(replace(theirs, guild_id=None), guild_id=ELSEWHERE)) == {"same": 1}
