"""Packs go in and are updated: by field, with what was changed here kept, on every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import ImportRefused
from bot.domain.fact import Citation, Fact, Verdict
from bot.domain.pack import Signature
from bot.exchange.incoming import Rejected
from bot.services.imports import packs
from tests.builders import A_SOURCE, a_fact, a_review
from tests.services.imports.incoming import (
    GUILD,
    WHALES,
    ZEPPELIN,
    Importer,
    a_pack_fact,
    a_read_pack,
    counted,
    slugs,
)

AIR, SEA = a_pack_fact(overlaps=("whales",)), a_pack_fact("whales", WHALES)
SERVERS = pytest.mark.parametrize("guild", [None, GUILD])


async def _by_claim(importer: Importer) -> dict[str, Fact]:
    return {fact.claim: fact for fact in await importer.facts()}


@SERVERS
async def test_a_pack_goes_in(importer: Importer, guild: int | None) -> None:
    """For all servers under its own names, for one under others, by which its facts call each other."""
    assert counted(await importer.pack(AIR, SEA, guild_id=guild)) == {"new": 2}
    found = await _by_claim(importer)
    air, sea = found[ZEPPELIN], found[WHALES]
    assert (slugs([air, sea]) == ["zeppelins", "whales"]) is (guild is None)
    assert (air.overlaps, air.guild_id, air.version) == ((sea.slug,), guild, 1)
    assert replace(air, slug="zeppelins", overlaps=("whales",), guild_id=None, failed_tests=()) == AIR


@SERVERS
async def test_a_pack_twice_changes_nothing(importer: Importer, guild: int | None) -> None:
    """Nor does a dry run, which foretells both."""
    for expected in ({"new": 2}, {"same": 2}):
        before = await importer.facts()
        assert counted(await importer.pack(AIR, SEA, guild_id=guild, dry=True)) == expected
        assert await importer.facts() == before
        assert counted(await importer.pack(AIR, SEA, guild_id=guild)) == expected
    assert await importer.facts() == before


@SERVERS
async def test_an_update_keeps_what_was_changed_here(importer: Importer, guild: int | None) -> None:
    """Field by field; where both changed the same one it is told, and the pack wins only where it is asked to."""
    await importer.pack(AIR, SEA, guild_id=guild)
    before = await _by_claim(importer)
    await importer.edit(before[ZEPPELIN].slug, topics=("sky",), correction="Ours.")
    newer = [replace(AIR, verdict=Verdict.MISLEADING, correction="Theirs."), replace(SEA, correction="Never.")]
    for dry in (True, False):
        report = await importer.pack(*newer, guild_id=guild, dry=dry)
        assert counted(report) == {"conflicting": 1, "changed": 1}
        assert [line.text for line in report.lines] == [
            "correction changed here, and stays; the pack has something else.",
            "correction changed.",
        ]
    after = await _by_claim(importer)
    air = after[ZEPPELIN]
    assert (air.topics, air.correction, air.verdict, air.version) == (("sky",), "Ours.", Verdict.MISLEADING, 3)
    assert (after[WHALES].correction, after[WHALES].version) == ("Never.", 2)
    assert counted(await importer.pack(*newer, guild_id=guild)) == {"same": 2}
    newest = replace(newer[0], correction="Theirs again.")
    await importer.pack(newest, newer[1], guild_id=guild, theirs=True)
    assert (await _by_claim(importer))[ZEPPELIN].correction == "Theirs again."


@SERVERS
async def test_what_a_pack_drops_is_retired_unless_it_was_changed(importer: Importer, guild: int | None) -> None:
    """Once; and a part of a pack drops nothing."""
    third = a_pack_fact("submarines", "Submarines crossed Bolivia every week.")
    await importer.pack(AIR, SEA, third, guild_id=guild)
    await importer.edit((await _by_claim(importer))[WHALES].slug, topics=("sea",))
    assert counted(await importer.pack(third, guild_id=guild, whole=False)) == {"same": 1}
    for dry in (True, False):
        assert counted(await importer.pack(third, guild_id=guild, dry=dry)) == {"same": 1, "gone": 1, "conflicting": 1}
    found = await _by_claim(importer)
    assert [found[claim].retired for claim in (ZEPPELIN, WHALES, third.claim)] == [True, False, False]
    assert counted(await importer.pack(third, guild_id=guild)) == {"same": 1}


async def test_what_can_t_be_read_is_not_dropped(importer: Importer) -> None:
    """It stays as it was, and is updated as before once it can be read again."""
    await importer.pack(AIR, SEA)
    unread = a_read_pack(AIR, rejected=(Rejected("facts[1] (whales)", "claim is blank."),))
    assert counted(await importer.pack(read=unread)) == {"same": 1, "rejected": 1}
    assert counted(await importer.pack(AIR, replace(SEA, true_statement=" "))) == {"same": 1, "rejected": 1}
    assert counted(await importer.pack(AIR, replace(SEA, correction="Never."))) == {"same": 1, "changed": 1}


async def test_what_was_retired_here_stays_retired(importer: Importer) -> None:
    """Whatever the pack says of it."""
    await importer.pack(AIR)
    await importer.edit("zeppelins", retired=True)
    assert counted(await importer.pack(replace(AIR, correction="New."))) == {"same": 1}
    assert (await importer.fact()).retired


async def test_the_house_s_rules_hold_for_packs(importer: Importer) -> None:
    """What a moderator could not save doesn't go in, with the reason."""
    bad = [replace(AIR, correction="x" * 281), a_pack_fact("common", "I am here", reviews=(a_review(),), correction="")]
    report = await importer.pack(*bad, SEA)
    assert counted(report) == {"rejected": 2, "new": 1}
    assert [(line.place, line.text) for line in report.lines] == [
        ("facts (zeppelins)", "correction is 281 characters; 280 at most."),
        ("facts (common)", "its claim can't be matched, since it holds fewer than 2 words that say something."),
    ]


async def test_a_tampered_pack_is_refused(importer: Importer) -> None:
    """Whatever was accepted."""
    with pytest.raises(ImportRefused, match="changed after it was signed"):
        await importer.pack(read=a_read_pack(AIR, signature=Signature.BROKEN, key="a"), accept_key=True)
    assert await importer.facts() == []


@pytest.mark.parametrize(
    ("signature", "key", "why"),
    [
        (Signature.VALID, "b", "is signed by another key"),
        (Signature.NONE, None, "isn't signed"),
        (Signature.NONE, "a", "isn't signed"),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
async def test_a_pack_keeps_its_signer(
    importer: Importer, signature: Signature, key: str | None, why: str, *, dry: bool
) -> None:
    """Another key is refused unless it is accepted, and so is a key that nobody signed with."""
    await importer.pack(read=a_read_pack(AIR, signature=Signature.VALID, key="a"))
    before = await importer.facts()
    other = a_read_pack(SEA, signature=signature, key=key)
    with pytest.raises(ImportRefused, match=why):
        await importer.pack(read=other, dry=dry)
    assert await importer.facts() == before
    assert counted(await importer.pack(read=other, dry=dry, accept_key=True)) == {"new": 1, "gone": 1}


async def test_a_pack_may_begin_to_be_signed(importer: Importer) -> None:
    """From then on it is."""
    signed = a_read_pack(AIR, signature=Signature.VALID, key="a")
    await importer.pack(AIR)
    assert counted(await importer.pack(read=signed)) == {"same": 1}
    with pytest.raises(ImportRefused):
        await importer.pack(AIR)


async def test_a_pack_that_is_too_large_is_refused(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes in whole or not at all."""
    monkeypatch.setattr(packs, "MOST_FACTS", 1)
    with pytest.raises(ImportRefused, match="holds 2 facts; 1 at most"):
        await importer.pack(AIR, SEA)


async def test_a_corrected_source_comes_in_under_its_old_key(importer: Importer) -> None:
    """A pack's keys stand for its own documents, whatever they stand for here."""
    await importer.pack(AIR)
    corrected = Citation(replace(A_SOURCE, title="An Atlas, corrected"), "The moon consists of rock.")
    assert counted(await importer.pack(replace(AIR, citations=(corrected,)))) == {"changed": 1}
    assert (await importer.fact()).citations[0].source.title == "An Atlas, corrected"
    assert counted(await importer.pack(replace(AIR, citations=(corrected,)))) == {"same": 1}
    assert counted(await importer.pack(AIR)) == {"changed": 1}


async def test_drafts_come_in_packs_too(importer: Importer) -> None:
    """Their reviews are known when they come from the publishers."""
    draft = a_fact(slug="draft", claim=ZEPPELIN, correction="", true_statement="", citations=(), reviews=(a_review(),))
    assert counted(await importer.pack(draft)) == {"new": 1}
    fact = await importer.fact()
    assert (fact.draft, fact.failed_tests, len(fact.reviews[0].identity)) == (True, (), 24)
    assert fact.reviews[0].identity != a_review().identity
