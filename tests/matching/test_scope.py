"""Facts of one server: nobody else sees them, and they may stand in the place of a global one. The shipped models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.fact import Fact, NearMiss
from bot.domain.post import Post
from bot.matching.encoder import Encoder
from bot.matching.listed import ListedFacts, index_of
from bot.matching.matcher import HybridMatcher, matcher_over, open_matcher
from bot.matching.model_set import ModelSet
from bot.matching.vectors import missing
from bot.services.facts import run_tests
from tests.builders import a_fact

HERE, ELSEWHERE, BARE = 11, 22, 33
"""Servers: one with the facts that a test is about, others with some and with none."""

PAGE = "https://paper.example/zeppelins"
GLOBAL = a_fact(
    slug="zeppelin",
    claim="Zeppelins crossed Patagonia every week until 1987.",
    phrasings=("Until 1987 there was a weekly zeppelin over Patagonia.",),
    near_misses=(NearMiss("Condors crossed Patagonia every week until 1987.", "other subject"),),
    true_statement="No zeppelin ever crossed Patagonia.",
    correction="No zeppelin ever crossed Patagonia.",
    appearances=(PAGE,),
)
OWN = replace(GLOBAL, slug="zeppelin-here", guild_id=HERE, appearances=())
INSTEAD = replace(OWN, overrides="zeppelin")
OTHER = a_fact(slug="moon-cheese", claim="The moon is a vast wheel of cheese that orbits Denmark.", guild_id=ELSEWHERE)


Look = Callable[[HybridMatcher, str, int | None], set[str]]


class Shop:
    """Matchers over facts that change, in memory or on a folder that is opened again each time."""

    def __init__(self, models: ModelSet, folder: Path | None) -> None:
        self._models = models
        self._folder = folder

    def matcher(self, *facts: Fact) -> HybridMatcher:
        """Return a matcher that follows these facts."""
        matcher = open_matcher(ListedFacts(facts, {}), self._models, folder=self._folder, writable=True)
        matcher.sync()
        return matcher


@pytest.fixture(params=["memory", "folder"])
def shop(request: pytest.FixtureRequest, models: ModelSet, tmp_path: Path) -> Shop:
    """Either kind."""
    return Shop(models, tmp_path / "index" if request.param == "folder" else None)


def matched(matcher: HybridMatcher, text: str, guild_id: int | None) -> set[str]:
    """Return what a post matches in a server."""
    return {match.slug for match in matcher.match(Post(text), guild_id=guild_id).matches}


def searched(matcher: HybridMatcher, text: str, guild_id: int | None) -> set[str]:
    """Return what a search finds in a server."""
    return set(matcher.search(text, limit=10, guild_id=guild_id))


@pytest.mark.parametrize("look", [matched, searched])
def test_a_servers_fact_is_found_there_alone(models: ModelSet, look: Look) -> None:
    """Beside the global ones, which all find; without a server there are those alone."""
    matcher = matcher_over([GLOBAL, OWN, OTHER], models)
    assert look(matcher, GLOBAL.claim, HERE) == {"zeppelin", "zeppelin-here"}
    for guild_id in (ELSEWHERE, BARE, None):
        assert look(matcher, GLOBAL.claim, guild_id) == {"zeppelin"}
    assert look(matcher, OTHER.claim, ELSEWHERE) == {"moon-cheese"}
    for guild_id in (HERE, BARE, None):
        assert look(matcher, OTHER.claim, guild_id) == set()


def test_nor_does_it_change_anything_elsewhere(models: ModelSet) -> None:
    """It is no rival, and what a word tells is the same as if it weren't there."""
    post = Post("Up to 1987 a zeppelin flew across Patagonia each week.")
    alone = matcher_over([GLOBAL], models).match(post)
    assert alone.matches
    matcher = matcher_over([GLOBAL, OWN], models)
    for guild_id in (ELSEWHERE, BARE, None):
        assert matcher.match(post, guild_id=guild_id) == alone
    assert any(not gate.passed for match in matcher.match(post, guild_id=HERE).matches for gate in match.evidence.gates)


def test_a_servers_facts_crowd_out_nobody_elses(models: ModelSet) -> None:
    """However many there are, and however alike."""
    crowd = [replace(OWN, slug=f"zeppelin-{n}", guild_id=ELSEWHERE) for n in range(20)]
    matcher = matcher_over([*crowd, GLOBAL, OWN], models)
    assert matched(matcher, GLOBAL.claim, HERE) == {"zeppelin", "zeppelin-here"}
    assert matched(matcher, GLOBAL.claim, None) == {"zeppelin"}
    assert matched(matcher, GLOBAL.claim, ELSEWHERE) < {fact.slug for fact in crowd}
    assert searched(matcher, GLOBAL.claim, BARE) == {"zeppelin"}


@pytest.mark.parametrize("look", [matched, searched])
def test_an_override_hides_the_global_fact_in_its_server(shop: Shop, look: Look) -> None:
    """Until it is retired; also after a restart."""
    matcher = shop.matcher(GLOBAL, INSTEAD, OTHER)
    assert look(matcher, GLOBAL.claim, HERE) == {"zeppelin-here"}
    for guild_id in (ELSEWHERE, BARE, None):
        assert look(matcher, GLOBAL.claim, guild_id) == {"zeppelin"}
    again = shop.matcher(GLOBAL, INSTEAD, OTHER)
    assert look(again, GLOBAL.claim, HERE) == {"zeppelin-here"}
    assert look(shop.matcher(GLOBAL, replace(INSTEAD, retired=True), OTHER), GLOBAL.claim, HERE) == {"zeppelin"}


def test_a_running_matcher_takes_up_what_becomes_of_an_override(models: ModelSet, tmp_path: Path) -> None:
    """With the sync: one that is added, edited into none, retired."""
    stages = [
        [GLOBAL],
        [GLOBAL, INSTEAD],
        [GLOBAL, replace(OWN, version=2)],
        [GLOBAL, replace(OWN, version=3, retired=True)],
    ]
    matcher = open_matcher(ListedFacts(stages[0], {}), models, folder=tmp_path / "index", writable=True)
    seen = []
    for facts in stages:
        matcher._index._reader = ListedFacts(facts, {})
        matcher.sync()
        seen.append(matched(matcher, GLOBAL.claim, HERE))
    assert seen == [{"zeppelin"}, {"zeppelin-here"}, {"zeppelin", "zeppelin-here"}, {"zeppelin"}]


def test_only_a_servers_own_fact_overrides(models: ModelSet) -> None:
    """And nothing but what it names."""
    stray = replace(OTHER, guild_id=None, overrides="zeppelin")
    matcher = matcher_over([GLOBAL, stray, replace(OWN, overrides="unknown")], models)
    assert matched(matcher, GLOBAL.claim, HERE) == {"zeppelin", "zeppelin-here"}
    assert matched(matcher, GLOBAL.claim, None) == {"zeppelin"}


def test_links_keep_to_the_server(shop: Shop) -> None:
    """A page leads to the server's own fact before a global one, and never to another server's or an overridden one."""
    own = replace(OTHER, slug="own", guild_id=HERE, appearances=(PAGE,))
    matcher = shop.matcher(GLOBAL, own)
    assert [matched(matcher, PAGE, guild_id) for guild_id in (HERE, ELSEWHERE, None)] == [
        {"own"},
        {"zeppelin"},
        {"zeppelin"},
    ]
    second = replace(GLOBAL, slug="second", claim="Llamas lit the streets of Ushuaia.", phrasings=())
    matcher = shop.matcher(GLOBAL, INSTEAD, second)
    assert matched(matcher, PAGE, HERE) == {"second"}
    matcher = shop.matcher(GLOBAL, INSTEAD)
    assert (matched(matcher, PAGE, HERE), matched(matcher, PAGE, BARE)) == (set(), {"zeppelin"})


def test_meaning_keeps_to_the_server(encoder: Encoder) -> None:
    """Vectors of others, and of overridden facts, are passed over however near they are."""
    crowd = [replace(OWN, slug=f"zeppelin-{n}", guild_id=ELSEWHERE) for n in range(20)]
    facts = [*crowd, GLOBAL, INSTEAD]
    index = index_of(facts, missing(facts, {}, encoder), encoder)
    vector = encoder.encode([GLOBAL.claim])[0]
    found = {guild: index.nearest(vector, index.lexical.view(guild), limit=1) for guild in (HERE, BARE, None)}
    assert found == {HERE: ["zeppelin-here"], BARE: ["zeppelin"], None: ["zeppelin"]}


def test_a_fact_that_changed_hands_since_the_sync_is_not_shown(models: ModelSet) -> None:
    """What the store says last counts, not what the index says."""
    matcher = matcher_over([GLOBAL], models)
    matcher._index._reader = ListedFacts([replace(GLOBAL, guild_id=ELSEWHERE)], {})
    assert matched(matcher, GLOBAL.claim, BARE) == searched(matcher, GLOBAL.claim, BARE) == set()
    assert matched(matcher, PAGE, BARE) == set()


def test_a_fact_is_tested_in_its_server(models: ModelSet) -> None:
    """What it overrides answers none of its wordings, and it is found at all."""
    assert run_tests(INSTEAD, matcher_over([GLOBAL, INSTEAD], models)).failures == ()
    assert run_tests(GLOBAL, matcher_over([GLOBAL, INSTEAD], models)).failures == ()


def test_a_trial_knows_its_facts_alone(models: ModelSet) -> None:
    """And leaves the matcher that it came from as it was."""
    matcher = matcher_over([GLOBAL, OTHER], models)
    trial = matcher.trial([replace(GLOBAL, claim="Zeppelins fed all of Patagonia until 1987.", version=2), INSTEAD])
    assert matched(trial, OTHER.claim, ELSEWHERE) == set()
    assert matched(trial, "Zeppelins fed all of Patagonia until 1987.", None) == {"zeppelin"}
    assert matched(trial, GLOBAL.claim, HERE) == {"zeppelin-here"}
    assert trial.default_threshold == matcher.default_threshold
    assert matched(matcher, GLOBAL.claim, HERE) == {"zeppelin"}
    assert matched(matcher.trial([]), GLOBAL.claim, HERE) == set()
