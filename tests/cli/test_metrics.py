from __future__ import annotations

from bot.cli.metrics import Labelled, Outcome, Share, evaluate
from bot.domain.decision import Action

OVERLAPS = {"a": ("b",), "b": (), "c": ()}


def outcome(label: str, fact: str | None, action: Action, slug: str | None = None, style: str | None = None) -> Outcome:
    """Return a decision on a post with this label."""
    return Outcome(Labelled(1, "text", label, fact, style), action, slug, 0.9)


def test_a_share_of_nothing_is_unknown() -> None:
    """No replies at all are no precision of 0."""
    assert Share(0, 0).to_json() == {"value": None, "low": 0.0, "high": 1.0, "hits": 0, "of": 0}


def test_only_a_repeat_of_the_labelled_fact_is_right() -> None:
    """A reply to anything else, or of another fact, is wrong; an overlapping fact is right and counted apart."""
    evaluation = evaluate(
        [
            outcome("repeat", "a", Action.REPLY, "a"),
            outcome("repeat", "a", Action.REPLY, "b"),
            outcome("repeat", "b", Action.REPLY, "a"),
            outcome("repeat", "c", Action.QUEUE, "c"),
            outcome("repeat", "c", Action.QUEUE, "a"),
            outcome("repeat", "c", Action.IGNORE),
            outcome("deny", "a", Action.REPLY, "a"),
            outcome("none", None, Action.REPLY, "a"),
            outcome("none", None, Action.QUEUE, "a"),
        ],
        OVERLAPS,
    )
    assert evaluation.precision == Share(2, 5)
    assert evaluation.recall == Share(2, 6)
    assert evaluation.recall_with_queue == Share(3, 6)
    assert evaluation.overlapping == 1
    assert [wrong.post.label for wrong in evaluation.wrong] == ["repeat", "deny", "none"]
    repeats = evaluation.labels["repeat"]
    assert (repeats.n, repeats.replied, repeats.queued, repeats.wrong) == (6, 3, 2, 1)
    assert evaluation.labels["none"].queued == 1
    assert evaluation.labels["truth"].n == 0


def test_facts_that_the_store_lacks_are_named() -> None:
    """A typing error in a label doesn't hide as a miss."""
    assert evaluate([outcome("ask", "zzz", Action.IGNORE)], OVERLAPS).unknown_facts == ("zzz",)


def test_rates_count_right_answers_only() -> None:
    """A reply with another fact answers no repeat; for other labels the rate is that of wrong replies."""
    evaluation = evaluate(
        [
            outcome("repeat", "a", Action.REPLY, "a", "plain"),
            outcome("repeat", "a", Action.REPLY, "c", "plain"),
            outcome("repeat", "a", Action.QUEUE, "a", "plain"),
            outcome("repeat", "a", Action.QUEUE, "c", "oblique"),
            outcome("deny", "a", Action.REPLY, "a"),
            outcome("deny", "a", Action.QUEUE, "a"),
        ],
        OVERLAPS,
    )
    assert evaluation.styles["repeat"]["plain"].rates("repeat") == {
        "reply_rate": Share(1, 3),
        "reply_or_queue_rate": Share(2, 3),
    }
    assert evaluation.labels["repeat"].rates("repeat")["reply_or_queue_rate"] == Share(2, 4)
    assert evaluation.labels["deny"].rates("deny") == {"wrong_rate": Share(1, 2)}
    assert evaluation.styles["deny"] == {}
