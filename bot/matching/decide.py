"""Reply, queue or ignore: the last step, with every reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.domain.decision import Action, Decision
from bot.domain.fact import Fact, Verdict
from bot.domain.match import Match, MatchResult, Relation
from bot.domain.policy import Mode, Policy, least
from bot.domain.standing import Standing

QUEUE_FLOOR = 0.30
"""Confidence under which a match is not worth a moderator's time."""


def decide(
    result: MatchResult,
    facts: Mapping[str, Fact],
    *,
    policy: Policy,
    today: date,
    default_threshold: float,
    standings: Mapping[str, Standing] | None = None,
    held: str | None = None,
) -> Decision:
    """Decide on the best match.

    Args:
        result: What matching found.
        facts: The facts of the matches as the store holds them now; one that is missing is held as retired.
        policy: The server's settings.
        today: The day on which shelf lives are judged (UTC).
        default_threshold: The shipped threshold, for servers that set none.
        standings: How the facts of the matches stand in this place; one that is missing was never ruled on.
        held: Why nothing is posted by itself in the server now, if so.

    Returns:
        ``reply`` only where the post repeats the claim, confidence reaches the threshold, no gate holds it, the
        fact is fit to reply by itself, and the server's mode allows it; any doubt makes it ``queue``.
    """
    threshold = default_threshold if policy.threshold is None else policy.threshold
    match = result.matches[0] if result.matches else None
    standing = (standings or {}).get(match.slug, Standing()) if match else Standing()
    mode = least(policy.mode, standing.limit)
    if policy.mode is Mode.OFF:
        action, reasons = Action.IGNORE, ["the server's mode is off"]
    elif match is None:
        action, reasons = Action.IGNORE, [result.reason]
    elif mode is Mode.OFF:
        action, reasons = Action.IGNORE, [f"the fact {match.slug} is muted here"]
    else:
        action, reasons = _judge(match, facts.get(match.slug), today, threshold)
        unearned = _unearned(policy, standing, held)
        if action is not Action.IGNORE and unearned:
            action, reasons = Action.QUEUE, [*(reasons if action is Action.QUEUE else []), *unearned]
    return Decision(action, match, result.matches, threshold, tuple(reasons), result.rule_version, mode)


def queue_floor(threshold: float) -> float:
    """Return the confidence under which a match is ignored; a server's threshold may lie lower than the usual floor."""
    return min(QUEUE_FLOOR, threshold)


def _judge(match: Match, fact: Fact | None, today: date, threshold: float) -> tuple[Action, list[str]]:
    if fact is None or fact.retired:
        return Action.IGNORE, [f"the fact {match.slug} was retired"]
    if fact.verdict is Verdict.TRUE:
        return Action.IGNORE, [f"the fact {match.slug} says that the claim is true"]
    if match.relation is not Relation.REPEATS:
        return Action.IGNORE, [f"the post {_VERB[match.relation]} the claim; it doesn't repeat it"]
    if match.confidence < queue_floor(threshold):
        return Action.IGNORE, [f"confidence {match.confidence:.2f} is under {queue_floor(threshold):.2f}"]
    doubts = _doubts(match, fact, today, threshold)
    if doubts:
        return Action.QUEUE, doubts
    return Action.REPLY, [f"repeats the claim; confidence {match.confidence:.2f} reaches {threshold:.2f}"]


def _doubts(match: Match, fact: Fact, today: date, threshold: float) -> list[str]:
    doubts = [f"{gate.name}: {gate.detail}" for gate in match.failed_gates()]
    if match.confidence < threshold:
        doubts.append(f"confidence {match.confidence:.2f} is under the threshold {threshold:.2f}")
    if match.fact_version != fact.version:
        doubts.append("the fact changed since it was indexed")
    doubts += [
        f"a source that it cites is gone, and no copy of it is known: {source.publisher}"
        for source in fact.sources()
        if source.dead
    ]
    if fact.failed_tests:
        doubts.append(f"the fact fails {len(fact.failed_tests)} of its own tests")
    if fact.expired(today):
        doubts.append(f"the fact was to be reviewed by {fact.review_by.isoformat()}")
    if not fact.citations:
        doubts.append("the fact cites no source")
    if fact.draft:
        doubts.append("nobody wrote a correction for it yet: there is only what publishers say")
    if not fact.verdict.contradicts:
        doubts.append("its publisher's rating does not tell whether the claim is wrong")
    return doubts


def _unearned(policy: Policy, standing: Standing, held: str | None) -> list[str]:
    """Return why a sure match is not posted by itself in this server, whatever the match.

    In shadow mode nothing is posted anyway; what is recorded is what would have been, had it been earned.
    """
    mode = least(policy.mode, standing.limit)
    if mode is Mode.QUEUE:
        whole = policy.mode is Mode.QUEUE
        return ["the server's mode is queue" if whole else "moderators want to see this fact's matches first"]
    if mode is not Mode.AUTO:
        return []
    found = [held] if held else []
    if standing.approvals < policy.approvals_needed:
        found.append(f"the fact was approved {standing.approvals} of {policy.approvals_needed} times in this server")
    return found


_VERB = {
    Relation.DENIES: "denies",
    Relation.ASKS: "asks about",
    Relation.TRUTH: "states the truth about",
    Relation.MENTIONS: "only mentions",
}
