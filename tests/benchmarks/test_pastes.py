from __future__ import annotations

import re

import pytest

from benchmarks.matchers import TODAY
from benchmarks.pastes import measure, pasted, verdicts
from benchmarks.treatments import TREATMENTS, treat
from bot.cli.metrics import Labelled, Share
from bot.domain.decision import Action, Decision
from bot.domain.fact import Fact, NearMiss
from bot.domain.match import Evidence, Match, Relation
from bot.domain.policy import Mode
from tests.builders import a_fact
from tests.fakes import FakeMatcher

CLAIM = 'Musk\'s "peace plan" gave Crimea back, said Kyiv, and nobody in Moscow objected to it.'


def letters(text: str) -> str:
    """The letters of a text, in lower case."""
    return "".join(char for char in text.lower() if char.isalpha())


@pytest.mark.parametrize("name", TREATMENTS)
def test_a_treatment_is_the_same_every_time(name: str) -> None:
    """Numbers can be compared from run to run; but for "as it is", something is done."""
    assert treat(name, CLAIM) == treat(name, CLAIM)
    assert (treat(name, CLAIM) == CLAIM) is (name == "as it is")


@pytest.mark.parametrize("name", [name for name in TREATMENTS if "typo" not in name])
def test_a_treatment_leaves_every_word_of_the_claim(name: str) -> None:
    """What the claim says is still there, letter by letter."""
    assert letters(CLAIM) in letters(treat(name, CLAIM))


@pytest.mark.parametrize(("name", "count"), [("one typo", 1), ("two typos", 2)])
@pytest.mark.parametrize("number", range(20))
def test_typing_errors_are_as_many_as_they_say(name: str, count: int, number: int) -> None:
    """Each is in a long word, of which the first letter stays and no more than one letter comes or goes."""
    text = f"{CLAIM} {number}"
    before, after = text.split(), treat(name, text).split()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == count
    for old, new in changed:
        assert len(re.sub(r"\W", "", old)) >= 5
        assert old[0] == new[0]
        assert abs(len(old) - len(new)) <= 1


def test_a_text_without_a_long_word_gets_no_typing_error() -> None:
    """There is nothing to mistype, and no error."""
    assert treat("two typos", "it is so") == "it is so"


def test_a_text_that_stays_as_it_is_counts_once() -> None:
    """Lower case does nothing to lower case; wordings are repeats, near misses and the truth are not."""
    fact = a_fact(claim="all is said", phrasings=(), true_statement="it is so", near_misses=())
    posts = list(pasted([fact]))
    assert ("as it is", Labelled(0, "all is said", "repeat", fact.slug)) in posts
    assert ("as it is", Labelled(0, "it is so", "near_miss", fact.slug)) in posts
    assert "lower case" not in {name for name, _ in posts}
    assert {post.text for name, post in posts if name == "upper case"} == {"ALL IS SAID", "IT IS SO"}
    assert len(list(pasted([fact], every=2))) < len(posts)


def test_rows_count_right_and_wrong_replies() -> None:
    """Precision is over the replies to wordings and to the others; each treatment has a row, and all together."""
    fact = a_fact(
        claim="Reply here", phrasings=("ignore here",), true_statement="a", near_misses=(NearMiss("reply", "x"),)
    )

    def verdict(text: str) -> Decision:
        action = Action.REPLY if "reply" in text.lower() else Action.IGNORE
        match = Match(fact.slug, 1, Relation.REPEATS, 0.9, Evidence("", (), {}, ()))
        return Decision(action, match, (match,), 0.5, ("reason",), "rules", Mode.AUTO)

    rows = measure(pasted([fact]), verdict, [fact])
    assert list(rows) == [name for name in TREATMENTS if name in rows] + ["all"]
    row = rows["as it is"]
    assert (row.recall, row.precision) == (Share(1, 2), Share(1, 2))
    assert [wrong.post.text for wrong in row.wrong] == ["reply"]
    assert rows["all"].repeats.n == sum(row.repeats.n for name, row in rows.items() if name != "all")
    assert row.to_json()["wrong_replies"][0]["reply"] == fact.slug


def test_facts_that_fail_their_tests_reply_no_more_than_shipped(fact: Fact) -> None:
    """As in a store whose facts were tested: a contradictory one only reaches the queue."""
    contradictory = a_fact(near_misses=(NearMiss(fact.claim, "same words"),))
    assert contradictory.review_by > TODAY
    for known, action in ((fact, Action.REPLY), (contradictory, Action.QUEUE)):
        assert verdicts(FakeMatcher([known]), [known])(fact.claim).action is action
