"""What is known of a fact before it is saved: with the real matcher where that matters, else with one of markers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.fact import NearMiss
from bot.domain.policy import Mode
from bot.domain.post import Post
from bot.matching.magnet import MAX_ATTRACTION
from bot.matching.matcher import open_matcher
from bot.matching.model_set import load_models
from bot.matching.vectors import key, texts_of
from bot.services.clashes import MOST_TEXTS
from bot.services.compute import MatchingWorker
from bot.services.examine import Findings
from bot.store.database import Database, open_database
from bot.store.seed import build_seed
from bot.wiring import services_on
from tests.builders import a_fact
from tests.fakes import FakeMatcher
from tests.services.conftest import GUILD, SETTLE, Clock, House
from tests.services.editing import GLOBAL, MODERATOR, WHALES, ZEPPELIN, begun, opened, put, save, written

AIRSHIP = a_fact(
    slug="zeppelin",
    claim="Zeppelins crossed Patagonia every week until 1987.",
    phrasings=("Until 1987 there was a weekly zeppelin over Patagonia.",),
    true_statement="No zeppelin ever crossed Patagonia.",
    near_misses=(),
)
SULPHUR = "Humpback whales breathe sulphur under water near Iceland."


def everywhere(_channel_id: int) -> bool:
    """See every channel."""
    return True


class TestWithMarkers:
    @pytest.fixture
    async def house(self, database: Database, worker: MatchingWorker, matcher: FakeMatcher) -> House:
        """A server whose matcher follows the store."""
        matcher.read = lambda: database.reader.facts(list(database.reader.versions()))
        house = House(database, worker)
        await put(house, GLOBAL)
        await house.mode(Mode.QUEUE)
        return house

    async def _examined(self, house: House, **changes: object) -> Findings:
        draft = await begun(house)
        fact = replace(draft.fact, **changes)  # type: ignore[arg-type]
        return await house.services.examine.examine(fact, sees=everywhere)

    async def test_a_sound_fact_gives_no_warning(self, house: House) -> None:
        """Nothing stands against saving it."""
        found = await self._examined(house)
        assert (found.refused, found.warnings(), found.caught, found.cut) == (None, (), (), False)
        assert not found.magnetic()

    async def test_what_is_missing_is_said_before_anything_else(self, house: House) -> None:
        """Tests would all fail for it, so they wait; what says the same is looked for all the same."""
        blank = await self._examined(house, claim="")
        assert blank == Findings("Claim is blank.")
        found = await self._examined(house, claim=ZEPPELIN, citations=())
        assert found.refused == "A fact needs a citation."
        assert [fact.slug for fact in found.clashes.doubles] == ["zeppelins"]
        assert found.failures == ()

    async def test_failing_tests_are_named(self, house: House) -> None:
        """As they would fail once it is saved."""
        found = await self._examined(house, near_misses=(NearMiss(f"Look: {WHALES}", "report"),))
        assert found.warnings() == (f"gets a reply, but must not (report): “Look: {WHALES}”",)

    async def test_a_double_and_what_it_would_take_are_named(self, house: House) -> None:
        """But not by a version of the very same fact."""
        found = await self._examined(house, claim=f"All say: {ZEPPELIN}", phrasings=("Zeppelins crossed Patagonia",))
        assert [fact.slug for fact in found.clashes.doubles] == ["zeppelins"]
        assert {fact.slug for fact, _ in found.clashes.stolen} == {"zeppelins"}
        own = await opened(house, "zeppelins")
        assert (await house.services.examine.examine(own.fact, sees=everywhere)).warnings() == ()

    async def test_posts_in_the_queue_that_would_match_are_counted(self, house: House) -> None:
        """Those alone whose channel the moderator sees."""
        await house.post(f"They say the moon is made of cheese. And: {WHALES}", message_id=100)
        await house.post(f"The moon is made of cheese. {WHALES}", message_id=101, channel_id=55)
        await house.post("The moon is made of cheese.", message_id=102)
        draft = await begun(house)
        examine = house.services.examine.examine
        every = await examine(draft.fact, sees=everywhere)
        some = await examine(draft.fact, sees=lambda channel: channel != 55)

        assert (every.waiting, [item.new.message_id for item in every.caught]) == (3, [100, 101])
        assert (some.waiting, [item.new.message_id for item in some.caught]) == (2, [100])

    async def test_no_more_texts_are_matched_than_the_limit(self, house: House, matcher: FakeMatcher) -> None:
        """What was left out is said to be."""
        many = tuple(f"Zeppelins crossed Patagonia weekly, said {n}." for n in range(MOST_TEXTS))
        await put(house, replace(GLOBAL, slug="many", claim=f"{WHALES} Yes.", phrasings=many))
        trials: list[FakeMatcher] = []
        build = matcher.trial

        def trial(facts: list[object]) -> FakeMatcher:
            trials.append(build(facts))  # type: ignore[arg-type]
            return trials[-1]

        matcher.trial = trial  # type: ignore[method-assign, assignment]
        found = await self._examined(house)

        assert found.cut
        assert len(trials[0].seen) == MOST_TEXTS

    async def test_a_wording_like_ordinary_chat_is_told(self, house: House) -> None:
        """With how many of 10,000 messages share two telling words with it."""
        found = await self._examined(house, phrasings=("Good morning, happy birthday to you, thank god it is friday.",))
        assert found.attraction > 20
        assert found.attractive.startswith("Good morning")
        assert not found.magnetic()
        assert replace(found, attraction=MAX_ATTRACTION + 1).magnetic()


class TestWithTheShippedModels:
    @pytest.fixture
    async def house(self, tmp_path: Path) -> AsyncIterator[House]:
        """A server on the real matcher, with one global fact."""
        build_seed([AIRSHIP], {}, tmp_path / "seed")
        async with await open_database(tmp_path / "facts.db", seed=tmp_path / "seed") as database:
            matcher = open_matcher(database.reader, load_models(), folder=None, writable=True)
            matcher.sync()
            async with MatchingWorker(matcher) as worker:
                house = House(database, worker)
                house.services = services_on(database, worker, settle=SETTLE, clock=Clock(), vectors=matcher)
                yield house

    async def test_a_new_fact_is_tried_saved_and_answers(self, house: House) -> None:
        """Its vectors are stored, its tests pass, and no other server sees it."""
        draft = await house.services.drafts.begin(GUILD, MODERATOR, claim=SULPHUR)
        assert draft is not None
        miss = NearMiss("Humpback whales breathe air at the surface near Iceland.", "truth")
        await house.services.drafts.change(
            draft.id,
            GUILD,
            lambda fact: replace(
                written(fact),
                correction="Whales are mammals: they come to the surface and breathe air.",
                true_statement="Humpback whales breathe air.",
                near_misses=(miss,),
            ),
        )
        draft = await house.services.drafts.get(draft.id, GUILD)
        assert draft is not None
        found = await house.services.examine.examine(draft.fact, sees=everywhere)
        assert (found.refused, found.warnings()) == (None, ())
        saved = await save(house, draft)

        assert saved.message == "Saved as version 1; its tests pass."
        assert saved.fact is not None
        async with house.store.transaction() as tx:
            stored = await tx.facts.vectors(house.worker.matcher.encoder_name)  # type: ignore[attr-defined]
        assert {key(text) for text in texts_of(saved.fact)} <= stored.keys()
        assert [m.slug for m in (await house.worker.match(Post(SULPHUR), guild_id=GUILD)).matches] == [saved.fact.slug]
        assert (await house.worker.match(Post(SULPHUR))).matches == ()

    async def test_the_same_claim_in_other_words_is_a_double(self, house: House) -> None:
        """Found by meaning; saved all the same, it is held back."""
        draft = await house.services.drafts.begin(
            GUILD, MODERATOR, claim="Every week until 1987, zeppelins were crossing Patagonia."
        )
        assert draft is not None
        await house.services.drafts.change(draft.id, GUILD, written)
        changed = await house.services.drafts.get(draft.id, GUILD)
        assert changed is not None
        found = await house.services.examine.examine(changed.fact, sees=everywhere)
        assert [fact.slug for fact in found.clashes.doubles] == ["zeppelin"]
        saved = await save(house, draft)

        assert saved.done
        assert saved.fact is not None
        assert any("says nearly the same as zeppelin" in text for text in saved.fact.failed_tests)

    async def test_the_server_s_own_version_of_it_is_none(self, house: House) -> None:
        """It stands in its place."""
        draft = await opened(house, "zeppelin")
        found = await house.services.examine.examine(draft.fact, sees=everywhere)
        assert found.warnings() == ()
        saved = await save(house, draft)
        assert saved.message == "Saved as version 1; its tests pass."
