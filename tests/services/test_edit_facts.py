"""Facts are changed in a server: on the real database, with a matcher that knows wordings."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import Citation, Fact, NearMiss
from bot.domain.post import Place, Post
from bot.domain.slugs import web_source
from bot.review.autonomy import REWORDED
from bot.services.compute import MatchingWorker
from bot.services.standings import standings_of
from bot.services.versions import UNTESTED
from bot.store.database import Database
from tests.fakes import FakeMatcher
from tests.services.conftest import CHANNEL, GUILD, House
from tests.services.editing import (
    CITATION,
    ELSEWHERE,
    GLOBAL,
    MODERATOR,
    WHALES,
    ZEPPELIN,
    added,
    begun,
    events,
    opened,
    put,
    save,
)


@pytest.fixture
async def house(database: Database, worker: MatchingWorker, matcher: FakeMatcher) -> House:
    """A server with a global fact, whose matcher follows the store."""
    matcher.read = lambda: database.reader.facts(list(database.reader.versions()))
    house = House(database, worker)
    await put(house, GLOBAL)
    return house


class TestANewFact:
    async def test_is_stored_tested_and_taken_up(self, house: House) -> None:
        """It is the server's own, at version 1, audited, with its history; and posts match at once."""
        fact = await added(house)

        assert fact.slug.startswith("whales-breathe-sulphur-underwater-")
        assert (fact.guild_id, fact.version, fact.failed_tests, fact.overrides) == (GUILD, 1, (), None)
        assert fact.review_by > fact.as_of
        [event] = await events(house, fact.slug)
        assert (event.new.act, event.new.by, event.new.fact_version) == (Act.FACT_ADDED, MODERATOR, 1)
        assert REWORDED not in event.new.detail
        [version] = await house.services.edits.history(fact.slug, GUILD)
        assert (version.fact.version, version.by, version.act) == (1, MODERATOR, "fact added")
        assert [m.slug for m in (await house.worker.match(Post(WHALES), guild_id=GUILD)).matches] == [fact.slug]
        assert (await house.worker.match(Post(WHALES), guild_id=ELSEWHERE)).matches == ()

    async def test_its_draft_is_gone_once_it_is_saved(self, house: House) -> None:
        """A second click on Save finds nothing to save, even at the same time."""
        draft = await begun(house)
        outcomes = await asyncio.gather(save(house, draft), save(house, draft))

        assert sorted(saved.done for saved in outcomes) == [False, True]
        assert (await save(house, draft)).message.startswith("This draft is gone")
        assert len(await house.services.facts.own(GUILD)) == 1

    async def test_two_with_one_claim_get_two_names(self, house: House) -> None:
        """A slug that is taken is not taken again, whether at the beginning or meanwhile."""
        first, second = await begun(house), await begun(house)
        names = {(await save(house, draft)).fact for draft in (first, second)}
        third = await begun(house)

        assert len({fact.slug for fact in names if fact} | {third.fact.slug}) == 3

    async def test_a_claim_without_a_letter_gets_a_name(self, house: House) -> None:
        """One in another script, too; and the name has a bounded length."""
        drafts = [
            await begun(house, claim) for claim in ("月はチーズでできている", "Supercalifragilistic " * 9, "x" * 99)
        ]

        assert [draft.fact.slug.rpartition("-")[0] for draft in drafts] == [
            "fact",
            "supercalifragilistic-supercalifragilistic",
            "x" * 60,
        ]

    async def test_it_may_not_reply_before_its_tests_ran(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the process ends in between, it stays held back."""

        async def broken() -> list[str]:
            raise OSError("power cut")

        monkeypatch.setattr(house.worker, "sync", broken)
        draft = await begun(house)
        with pytest.raises(OSError, match="power cut"):
            await save(house, draft)

        [fact] = await house.services.facts.own(GUILD)
        assert fact.failed_tests == UNTESTED

    async def test_that_fails_its_tests_is_held_back(self, house: House) -> None:
        """It is saved, and says why it won't reply by itself."""
        draft = await begun(house)
        await house.services.drafts.change(
            draft.id, GUILD, lambda fact: replace(fact, near_misses=(NearMiss(f"Once more: {WHALES}", "report"),))
        )
        saved = await save(house, draft)

        assert saved.done
        assert "held back from replying by itself, for 1 of its tests fails" in saved.message
        assert saved.fact is not None
        assert [failure[:24] for failure in saved.fact.failed_tests] == ["gets a reply, but must n"]

    async def test_that_repeats_another_is_held_back(self, house: House) -> None:
        """A near-duplicate, and wordings of others that it would answer; also when its tests run again later."""
        draft = await begun(house, f"They all say: {ZEPPELIN}")
        await house.services.drafts.change(
            draft.id, GUILD, lambda fact: replace(fact, phrasings=("Zeppelins crossed Patagonia",))
        )
        fact = (await save(house, draft)).fact

        assert fact is not None
        kinds = [text.partition(" zeppelins: ")[0] for text in fact.failed_tests]
        assert kinds == ["says nearly the same as", "answers a wording of", "answers a wording of"][: len(kinds)]
        assert len(kinds) >= 2
        [report] = await house.services.facts.test([fact.slug])
        assert report.failures == fact.failed_tests


BAD = [
    ({"claim": " "}, "Not saved: Claim is blank."),
    ({"claim": "Zeppelins " * 40}, "Not saved: Claim is 400 characters; 300 at most."),
    ({"correction": ""}, "Not saved: Correction is blank."),
    ({"correction": "x" * 281}, "Not saved: Correction is 281 characters; 280 at most."),
    ({"true_statement": ""}, "Not saved: True statement is blank."),
    ({"citations": ()}, "Not saved: A fact needs a citation."),
    ({"review_by": date(2020, 1, 1)}, "Not saved: Review by is before as of."),
    ({"phrasings": (WHALES.upper(),)}, f'Not saved: "{WHALES.upper()}" says the same as "{WHALES}".'),
    (
        {"phrasings": ("Oh no no.",)},
        "Not saved: One of the wordings can't be matched, since it holds fewer than 2 words",
    ),
    ({"phrasings": tuple(f"Whales breathe sulphur, {n} say." for n in range(41))}, "Not saved: A fact has 40 phras"),
    ({"phrasings": ("whale " * 60,)}, "Not saved: One of the phrasings has 360 characters; 300 at most."),
    ({"near_misses": (NearMiss("Whales.", "k" * 41),)}, f"Not saved: “{'k' * 41}” is too long for a kind"),
    ({"true_statement": "x" * 1001}, "Not saved: True statement is 1001 characters; 1000 at most."),
    ({"citations": (CITATION,) * 11}, "Not saved: A fact has 10 citations at most, and this one 11."),
]
BAD_CITATIONS = [
    (("ftp://a.example", "P", "T", "Q"), "has no address that begins with https:// or http://."),
    (("", "P", "T", "Q"), "lacks an address."),
    (("https://a.example", " ", "T", "Q"), "lacks a publisher."),
    (("https://a.example", "P", "T", ""), "lacks a quote."),
    (("https://a.example", "P", "T", "x" * 1001), "has 1001 characters of quote; 1000 at most."),
]


class TestABadFact:
    @pytest.mark.parametrize(("change", "message"), BAD, ids=[message[11:60] for _, message in BAD])
    async def test_is_refused_in_one_sentence_and_kept(
        self, house: House, change: dict[str, object], message: str
    ) -> None:
        """The draft stays as it is, to be mended."""
        draft = await begun(house)
        await house.services.drafts.change(draft.id, GUILD, lambda fact: replace(fact, **change))  # type: ignore[arg-type]
        saved = await save(house, draft)

        assert not saved.done
        assert saved.message.startswith(message)
        assert saved.message.endswith(".")
        assert await house.services.drafts.get(draft.id, GUILD) is not None
        assert await house.services.facts.own(GUILD) == []

    @pytest.mark.parametrize(("parts", "message"), BAD_CITATIONS)
    async def test_its_citation_is_named_by_its_line(
        self, house: House, parts: tuple[str, str, str, str], message: str
    ) -> None:
        """What is lacking, or too much, is said."""
        cited = Citation(web_source(*parts[:3]), parts[3])
        draft = await begun(house)
        await house.services.drafts.change(draft.id, GUILD, lambda fact: replace(fact, citations=(CITATION, cited)))

        assert (await save(house, draft)).message == f"Not saved: Line 2 of the citations {message}"


class TestAGlobalFact:
    async def test_is_overridden_by_the_server_s_own_version(self, house: House) -> None:
        """The global one stays as it is for everybody else."""
        draft = await opened(house, "zeppelins")
        assert (draft.base_version, draft.fact.overrides) == (None, "zeppelins")
        assert draft.fact.overlaps == ("zeppelins", "airships")
        assert draft.fact.claim == ZEPPELIN
        saved = await save(house, draft)

        assert saved.fact is not None
        assert saved.fact.failed_tests == ()
        [event] = await events(house, saved.fact.slug)
        assert event.new.detail == {"overrides": "zeppelins"}
        here = await house.worker.match(Post(ZEPPELIN), guild_id=GUILD)
        there = await house.worker.match(Post(ZEPPELIN), guild_id=ELSEWHERE)
        assert ([m.slug for m in here.matches], [m.slug for m in there.matches]) == ([saved.fact.slug], ["zeppelins"])

    async def test_is_edited_as_the_version_that_the_server_has_already(self, house: House) -> None:
        """There is one override at most, also where two moderators begin it at once."""
        drafts = [await opened(house, "zeppelins") for _ in range(2)]
        first, second = await asyncio.gather(*(save(house, draft) for draft in drafts))
        assert sorted((first.done, second.done)) == [False, True]
        assert first.conflict or second.conflict
        again = await opened(house, "zeppelins")

        [own] = await house.services.facts.own(GUILD)
        assert (again.fact.slug, again.base_version) == (own.slug, 1)

    @pytest.mark.parametrize("rewords", [False, True])
    async def test_lends_its_approvals_to_an_override_that_says_the_same(self, house: House, *, rewords: bool) -> None:
        """And none to one that says something else."""
        async with house.store.transaction() as tx:
            for _ in range(3):
                await tx.audit.add(NewAuditEvent(house.clock(), Act.APPROVE, GUILD, by=MODERATOR, slug="zeppelins"))
        draft = await opened(house, "zeppelins")
        if rewords:
            await house.services.drafts.change(draft.id, GUILD, lambda fact: replace(fact, correction="None did."))
        saved = await save(house, draft)

        assert saved.fact is not None
        async with house.store.transaction() as tx:
            place = Place(guild_id=GUILD, channel_id=CHANNEL, message_id=1, author_id=2)
            standings = await standings_of(tx, {saved.fact.slug: saved.fact}, place)
        assert standings[saved.fact.slug].approvals == (0 if rewords else 3)

    async def test_can_be_neither_retired_nor_restored_by_a_server(self, house: House) -> None:
        """It is the operator's."""
        edits = house.services.edits
        for saved in (
            await edits.retire(GUILD, "zeppelins", by=MODERATOR),
            await edits.restore(GUILD, "zeppelins", 1, by=MODERATOR),
        ):
            assert not saved.done
            assert "only the bot's operator" in saved.message
        assert await house.services.facts.get("zeppelins") == GLOBAL

    async def test_that_is_retired_is_not_there_to_be_changed(self, house: House) -> None:
        """Nor is one that never was."""
        await put(house, replace(GLOBAL, slug="old", retired=True))
        drafts = house.services.drafts

        assert await drafts.begin(GUILD, MODERATOR, slug="old") is None
        assert await drafts.begin(GUILD, MODERATOR, slug="nothing") is None


class TestAChange:
    async def test_raises_the_version_and_says_what_changed(self, house: House) -> None:
        """Only what the reader is told rewords a fact."""
        fact = await added(house)
        draft = await opened(house, fact.slug)
        await house.services.drafts.change(draft.id, GUILD, lambda fact: replace(fact, context="At a fair."))
        await save(house, draft)
        draft = await opened(house, fact.slug)
        await house.services.drafts.change(draft.id, GUILD, lambda fact: replace(fact, correction="They don't."))
        saved = await save(house, draft)

        assert saved.message == "Saved as version 3; its tests pass."
        details = [event.new.detail for event in await events(house, fact.slug)]
        assert details == [{}, {"changed": "context"}, {"changed": "correction", REWORDED: "yes"}]
        assert [one.fact.version for one in await house.services.edits.history(fact.slug, GUILD)] == [3, 2, 1]

    async def test_keeps_the_version_before_the_first_one(self, house: House) -> None:
        """A fact that came from elsewhere has a history from then on."""
        await put(house, replace(GLOBAL, slug="imported", claim=WHALES, phrasings=(), guild_id=GUILD, version=4))
        saved = await save(house, await opened(house, "imported"))

        assert saved.fact is not None
        kept = await house.services.edits.history("imported", GUILD)
        assert [(one.fact.version, one.by) for one in kept] == [(5, MODERATOR), (4, None)]

    async def test_of_two_editors_the_second_is_told(self, house: House) -> None:
        """The draft is kept, and can be put in the other one's place on purpose."""
        fact = await added(house)
        first, second = await opened(house, fact.slug), await opened(house, fact.slug)
        for draft, context in ((first, "One."), (second, "Two.")):
            await house.services.drafts.change(draft.id, GUILD, lambda fact, c=context: replace(fact, context=c))  # type: ignore[misc]
        await save(house, first)
        saved = await save(house, second)

        assert (saved.done, saved.conflict) == (False, True)
        assert saved.message == "Not saved: this fact was changed meanwhile."
        renewed = await house.services.drafts.renew(second.id, GUILD)
        assert renewed is not None
        assert (renewed.fact.context, renewed.base_version) == ("Two.", 2)
        assert (await save(house, renewed)).message == "Saved as version 3; its tests pass."

    async def test_of_a_retired_fact_brings_it_back(self, house: House) -> None:
        """It is in use again once it is saved."""
        fact = await added(house)
        await house.services.edits.retire(GUILD, fact.slug, by=MODERATOR)
        saved = await save(house, await opened(house, fact.slug))

        assert saved.fact is not None
        assert (saved.fact.retired, saved.fact.version) == (False, 3)
        assert (await house.worker.match(Post(WHALES), guild_id=GUILD)).matches

    async def test_rings_the_board(self, house: House) -> None:
        """Cards show facts."""
        await added(house)
        assert house.board.take() == {GUILD}


class TestRetiringAndRestoring:
    async def test_a_retired_fact_answers_nothing_and_comes_back(self, house: House) -> None:
        """A restore is a new version with the old content; what is so already isn't restored twice."""
        fact, edits = await added(house), house.services.edits
        retired = await edits.retire(GUILD, fact.slug, by=MODERATOR)
        assert retired.done
        assert retired.message.startswith("Retired")
        assert (await house.worker.match(Post(WHALES), guild_id=GUILD)).matches == ()
        assert not (await edits.retire(GUILD, fact.slug, by=MODERATOR)).done

        restored = await edits.restore(GUILD, fact.slug, 1, by=MODERATOR)
        assert restored.message == "Saved as version 3; its tests pass."
        again = await edits.restore(GUILD, fact.slug, 1, by=MODERATOR)
        assert again.message == "The fact is as in version 1 already."
        assert (await edits.restore(GUILD, fact.slug, 9, by=MODERATOR)).message.startswith("No version 9")
        acts = [event.new.act for event in await events(house, fact.slug)]
        assert acts == [Act.FACT_ADDED, Act.FACT_RETIRED, Act.FACT_RESTORED]

    async def test_restoring_other_words_rewords_the_fact(self, house: House) -> None:
        """Approvals of the later words don't speak for the earlier ones."""
        fact = await added(house)
        draft = await opened(house, fact.slug)
        await house.services.drafts.change(draft.id, GUILD, lambda fact: replace(fact, correction="They don't."))
        await save(house, draft)
        await house.services.edits.restore(GUILD, fact.slug, 1, by=MODERATOR)

        assert REWORDED in (await events(house, fact.slug))[-1].new.detail

    async def test_a_retired_override_leaves_its_place_to_the_global_fact(self, house: House) -> None:
        """And changing the global fact again begins with the global words, as the next version of the same fact."""
        own = (await save(house, await opened(house, "zeppelins"))).fact
        assert own is not None
        retired = await house.services.edits.retire(GUILD, own.slug, by=MODERATOR)
        assert "stands in its place again" in retired.message
        assert [m.slug for m in (await house.worker.match(Post(ZEPPELIN), guild_id=GUILD)).matches] == ["zeppelins"]

        draft = await opened(house, "zeppelins")
        assert (draft.fact.slug, draft.base_version, draft.fact.retired) == (own.slug, 2, False)


class TestAddingWordings:
    async def test_to_a_fact_of_the_server(self, house: House) -> None:
        """A phrasing and a near miss; each is a version, and doesn't reword the fact."""
        fact, edits = await added(house), house.services.edits
        first = await edits.add_phrasing(GUILD, fact.slug, "Sulphur is  what\nwhales breathe.", by=MODERATOR)
        second = await edits.add_near_miss(GUILD, fact.slug, "Whales breathe air.", "truth", by=MODERATOR)

        assert first.done
        assert second.fact is not None
        assert second.fact.phrasings == ("Sulphur is what whales breathe.",)
        assert second.fact.near_misses == (NearMiss("Whales breathe air.", "truth"),)
        assert all(REWORDED not in event.new.detail for event in await events(house, fact.slug))

    async def test_to_a_global_fact_makes_the_server_s_own_version(self, house: House) -> None:
        """The second time, that version is what gets it."""
        edits = house.services.edits
        first = await edits.add_phrasing(GUILD, "zeppelins", "Patagonia had weekly zeppelins.", by=MODERATOR)
        second = await edits.add_phrasing(GUILD, "zeppelins", "Zeppelins went over Patagonia.", by=MODERATOR)

        assert first.fact is not None
        assert second.fact is not None
        assert (second.fact.slug, second.fact.overrides, second.fact.version) == (first.fact.slug, "zeppelins", 2)
        assert len(second.fact.phrasings) == 3

    async def test_what_is_there_already_is_refused(self, house: House) -> None:
        """In one sentence; nothing is stored."""
        saved = await house.services.edits.add_phrasing(GUILD, "zeppelins", ZEPPELIN.lower(), by=MODERATOR)

        assert saved.message == f'Not saved: "{ZEPPELIN.lower()}" says the same as "{ZEPPELIN}".'
        assert await house.services.facts.own(GUILD) == []

    async def test_to_a_fact_that_is_not_there(self, house: House) -> None:
        """Unknown, or retired."""
        fact, edits = await added(house), house.services.edits
        await edits.retire(GUILD, fact.slug, by=MODERATOR)
        for slug in (fact.slug, "nothing"):
            saved = await edits.add_near_miss(GUILD, slug, "Whales breathe air.", "truth", by=MODERATOR)
            assert saved.message == "There is no such fact in this server."


async def test_one_server_neither_sees_nor_changes_another_s_facts(house: House) -> None:
    """By no way at all: not by its name, nor by the number of a draft."""
    theirs = await added(house, guild_id=ELSEWHERE)
    draft = await begun(house, guild_id=ELSEWHERE)
    edits, drafts, facts = house.services.edits, house.services.drafts, house.services.facts

    assert await drafts.begin(GUILD, MODERATOR, slug=theirs.slug) is None
    assert await drafts.get(draft.id, GUILD) is None
    assert await drafts.change(draft.id, GUILD, lambda fact: replace(fact, claim="Mine.")) is None
    assert not await drafts.discard(draft.id, GUILD)
    assert await drafts.renew(draft.id, GUILD) is None
    outcomes = [
        await edits.save(draft.id, GUILD, by=MODERATOR),
        await edits.retire(GUILD, theirs.slug, by=MODERATOR),
        await edits.restore(GUILD, theirs.slug, 1, by=MODERATOR),
        await edits.add_phrasing(GUILD, theirs.slug, "Sulphur is what whales breathe.", by=MODERATOR),
    ]
    assert not any(saved.done for saved in outcomes)
    assert await edits.history(theirs.slug, GUILD) == []
    assert await facts.find(theirs.slug, GUILD) is None
    assert theirs.slug not in {fact.slug for fact in await facts.seen(GUILD, limit=99)}
    assert await facts.find(theirs.slug, ELSEWHERE) == theirs
    assert await drafts.get(draft.id, ELSEWHERE) == draft


async def test_a_draft_lives_for_a_day(house: House) -> None:
    """Then it is gone, and says so."""
    old = await begun(house)
    house.clock.forward(hours=23)
    young = await begun(house)
    house.clock.forward(hours=2)

    assert await house.services.drafts.get(old.id, GUILD) is None
    assert (await save(house, old)).message.startswith("This draft is gone")
    assert await house.services.drafts.discard(young.id, GUILD)
    assert not await house.services.drafts.discard(young.id, GUILD)
    assert await house.services.drafts.renew(young.id, GUILD) is None


async def test_a_draft_that_changes_while_it_is_saved_is_not_saved(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is stored is what was looked at."""
    draft = await begun(house)
    run = house.worker.run

    async def meanwhile(*args: object, **kwargs: object) -> object:
        await house.services.drafts.change(draft.id, GUILD, lambda fact: replace(fact, claim="Something else."))
        return await run(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(house.worker, "run", meanwhile)
    assert (await save(house, draft)).conflict


async def test_results_of_a_fact_that_changed_meanwhile_are_not_stored(
    house: House, matcher: FakeMatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests of an older version say nothing of the newer one."""
    fact = await added(house)
    run = house.worker.run

    async def meanwhile(*args: object, **kwargs: object) -> object:
        async with house.store.transaction() as tx:
            now = await tx.facts.get(fact.slug)
            assert isinstance(now, Fact)
            if now.version == 1:
                await tx.facts.replace(replace(now, version=2, failed_tests=UNTESTED), expected=1)
        return await run(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(house.worker, "run", meanwhile)
    matcher.facts = []
    [report] = await house.services.facts.test([fact.slug])
    assert report.failures
    later = await house.services.facts.get(fact.slug)
    assert later is not None
    assert later.failed_tests == UNTESTED


async def test_tests_that_a_dead_process_left_undone_run_at_the_next_start(house: House) -> None:
    """Until then the fact is held back; a global one is the operator's and left alone."""
    fact = await added(house)
    async with house.store.transaction() as tx:
        await tx.facts.set_failed_tests(fact.slug, UNTESTED)
    assert await house.services.edits.resume_tests() == 1
    assert await house.services.edits.resume_tests() == 0
    async with house.store.transaction() as tx:
        stored = await tx.facts.get(fact.slug)
    assert stored is not None
    assert stored.failed_tests == ()
