"""Measure automatic replies to pasted and nearly verbatim claims, and to their near misses in the same dress.

    python -m benchmarks.pastes [--json] [--wrong] [--every N]

Every wording of every shipped fact, and every near miss and true statement, is treated in each way of
``benchmarks.treatments`` and decided on as in mode auto, at the shipped threshold. The store knows all of these
texts, but for what the treatment did to them: this is the least that can be asked of matching, not how it does on
posts that people write. A text that a treatment leaves as it is does not count for it.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks import matchers
from benchmarks.treatments import TREATMENTS, treat
from bot.cli.metrics import Count, Labelled, Outcome, Overlaps, Share, evaluate
from bot.domain.decision import Action, Decision
from bot.domain.fact import Fact
from bot.domain.ports import Matcher
from bot.services.facts import run_tests

AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one treatment: of the wordings, and of the near misses and true statements."""

    repeats: Count
    others: Count
    wrong: tuple[Outcome, ...]
    """The wrong replies, to either."""

    @property
    def precision(self) -> Share:
        """Return the right ones among the replies."""
        return Share(self.repeats.right, self.repeats.replied + self.others.replied)

    @property
    def recall(self) -> Share:
        """Return the wordings that got a right reply."""
        return Share(self.repeats.right, self.repeats.n)

    def to_json(self) -> dict[str, Any]:
        """Return the row as scripts see it."""
        return {
            "repeats": self.repeats.to_json("repeat"),
            "others": self.others.to_json("near_miss"),
            "precision": self.precision.to_json(),
            "recall": self.recall.to_json(),
            "wrong_replies": [
                {"text": wrong.post.text, "label": wrong.post.label, "fact": wrong.post.fact, "reply": wrong.slug}
                for wrong in self.wrong
            ],
        }


def pasted(facts: Iterable[Fact], *, every: int = 1) -> Iterator[tuple[str, Labelled]]:
    """Give treatments with the posts that they make; ``every`` takes only each so-manieth text of a fact."""
    for fact in facts:
        others = (fact.true_statement, *(near_miss.text for near_miss in fact.near_misses))
        texts = [("repeat", text) for text in fact.wordings()] + [("near_miss", text) for text in others]
        for label, text in texts[::every]:
            for name in TREATMENTS:
                post = treat(name, text)
                if name == AS_IT_IS or post != text:
                    yield name, Labelled(0, post, label, fact.slug)


def measure(
    posts: Iterable[tuple[str, Labelled]], verdict: Callable[[str], Decision], facts: Iterable[Fact]
) -> dict[str, Row]:
    """Decide on all posts and count by treatment, and under "all"."""
    overlaps = {fact.slug: fact.overlaps for fact in facts}
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    for name, post in posts:
        decision = verdict(post.text)
        match = None if decision.action is Action.IGNORE else decision.match
        outcome = Outcome(post, decision.action, match.slug if match else None, match.confidence if match else 0.0)
        outcomes[name].append(outcome)
    everything = [outcome for found in outcomes.values() for outcome in found]
    return {name: _row(found, overlaps) for name, found in {**outcomes, "all": everything}.items()}


def _row(outcomes: Sequence[Outcome], overlaps: Overlaps) -> Row:
    found = evaluate(outcomes, overlaps)
    return Row(found.labels["repeat"], found.labels["near_miss"], found.wrong)


def verdicts(matcher: Matcher, facts: Sequence[Fact]) -> Callable[[str], Decision]:
    """Return what decides on a text in mode auto; facts that fail their own tests only reach the queue, as shipped."""
    return matchers.verdicts(matcher, [replace(fact, failed_tests=run_tests(fact, matcher).failures) for fact in facts])


def _print(rows: Mapping[str, Row]) -> None:
    print(f"{'treatment':20s} {'wordings':>8s} {'right':>6s} {'queued':>6s}  {'recall':24s}", end=" ")
    print(f"{'others':>6s} {'wrong':>6s}  precision")
    for name, row in rows.items():
        own, others = row.repeats, row.others
        print(f"{name:20s} {own.n:8d} {own.right:6d} {own.queued:6d}  {row.recall.shown():24s}", end=" ")
        print(f"{others.n:6d} {len(row.wrong):6d}  {row.precision.shown()}")


def main() -> None:
    """Measure the shipped facts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--wrong", action="store_true", help="print each wrong reply, too")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth text of a fact, for haste")
    args = parser.parse_args()
    facts = matchers.core_facts()
    matcher = matchers.matcher_over(facts)
    rows = measure(pasted(facts, every=args.every), verdicts(matcher, facts), facts)
    if args.json:
        print(json.dumps({name: row.to_json() for name, row in rows.items()}))
    else:
        _print(rows)
    if args.wrong and not args.json:
        for name, row in rows.items():
            for wrong in row.wrong if name != "all" else ():
                print(f"{name}: {wrong.post.label} of {wrong.post.fact} got {wrong.slug}: {wrong.post.text!r}")


if __name__ == "__main__":
    main()
