"""What moderators see of facts: one fact, a draft of one, its versions, lists. Pure.

The limits below, in characters, add up to less than what one message holds, for the longest fact, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discord import ui

from bot.discord_app.facts.parts import verdict_name
from bot.discord_app.layouts import Button, note_texts, text_layout
from bot.discord_app.text import safe, stamp
from bot.domain.fact import Draft, Fact, FactVersion, Review
from bot.domain.note import Provenance
from bot.domain.rules import CORRECTION_LIMIT
from bot.matching.magnet import MAX_ATTRACTION
from bot.notes.reviews import rated
from bot.notes.source_state import in_trouble
from bot.review.difference import difference
from bot.services.examine import Findings

_OUTCOME = 300
_CLAIM = 350
_SOURCES = 300
_WORDINGS = 380
_MISSES = 300
_CITED = 300
_DETAIL = 120
_FINDINGS = 600
_FINDING = 240
_LINE = 160
_LIST = 3300
_VERSIONS = 1200
_CHANGES = 2000
_CHANGE_LINE = 330


def fact_card(fact: Fact, *, outcome: str = "", buttons: Sequence[Button] = ()) -> ui.LayoutView:
    """Return everything that a moderator may want to know of a fact."""
    return text_layout(
        safe(outcome, _OUTCOME),
        f"**Fact** · {whose(fact)} · version {fact.version}{' · retired' if fact.retired else ''}\n"
        f"-# {safe(fact.slug, _DETAIL)}",
        *_body(fact),
        _listed("**Held back from replying by itself, for**", fact.failed_tests, _FINDINGS, each=_FINDING),
        buttons=buttons,
    )


def editor_card(
    draft: Draft, findings: Findings, *, outcome: str = "", buttons: Sequence[Button] = ()
) -> ui.LayoutView:
    """Return a draft as it would be saved, with what came of its examination."""
    fact = draft.fact
    if draft.base_version is not None:
        kind = f"change of version {draft.base_version}"
    else:
        kind = "this server's own version of a fact for all servers" if fact.overrides else "new fact"
    count = f"{len(fact.correction)}/{CORRECTION_LIMIT}"
    return text_layout(
        safe(outcome, _OUTCOME),
        f"**Draft: {kind}** · correction {count} characters",
        *_body(fact),
        _listed("**Examination**", _found(findings), _FINDINGS, each=_FINDING),
        buttons=buttons,
    )


def history_card(
    fact: Fact, versions: Sequence[FactVersion], shown: FactVersion | None, *, outcome: str, buttons: Sequence[Button]
) -> ui.LayoutView:
    """Return the versions of a fact, newest first, and what changed in one of them."""
    lines = [
        f"Version {one.fact.version}: {one.act}{f' by <@{one.by}>' if one.by else ''}, {stamp(one.at, 'f')}"
        for one in versions
    ]
    return text_layout(
        safe(outcome, _OUTCOME),
        f"**History of** {safe(fact.claim, _CLAIM)}\n-# {whose(fact)} · now version {fact.version}"
        f"{', retired' if fact.retired else ''}",
        clipped(lines, _VERSIONS) or "It was never changed here.",
        "" if shown is None else _changes(shown, versions),
        buttons=buttons,
    )


def list_card(heading: str, facts: Sequence[Fact], *, empty: str) -> ui.LayoutView:
    """Return a list of facts, each with its claim and how it stands."""
    lines = [
        f"**{safe(fact.claim, _LINE)}**\n-# {verdict_name(fact.verdict)} · {whose(fact)} · review by "
        f"{fact.review_by.isoformat()}{' · held back' if fact.failed_tests else ''} · {safe(fact.slug, _DETAIL)}"
        for fact in facts
    ]
    return text_layout(f"**{heading}**", clipped(lines, _LIST) or empty)


def outcome_card(outcome: str, failures: Iterable[str] = (), *, buttons: Sequence[Button] = ()) -> ui.LayoutView:
    """Return what came of a change or of a test, with what failed."""
    failed = _listed("**What fails**", failures, _LIST, each=_FINDING)
    return text_layout(safe(outcome, _OUTCOME), failed, buttons=buttons)


def whose(fact: Fact) -> str:
    """Return whom a fact belongs to."""
    if fact.guild_id is None:
        return "for all servers"
    return "this server's own version" if fact.overrides else "this server's own"


def _body(fact: Fact) -> tuple[str, ...]:
    body, sources, label = note_texts(fact, Provenance.MODERATOR, sources_limit=_SOURCES)
    cited = [f"{safe(one.source.publisher, 60)}: “{safe(one.quote, _LINE)}”" for one in fact.citations]
    details = [f"as of {fact.as_of.isoformat()}", f"review by {fact.review_by.isoformat()}", fact.language]
    said = [f"{name} {text}" for name, text in (("said by", fact.speaker), ("context:", fact.context)) if text]
    return (
        f"**Claim** ({verdict_name(fact.verdict).lower()})\n{safe(fact.claim, _CLAIM)}",
        f"**The note**\n{body}\n{sources}\n{label}",
        f"-# True statement: {safe(fact.true_statement, _LINE) or 'none yet'}",
        _listed(f"**Phrasings** ({len(fact.phrasings)})", fact.phrasings, _WORDINGS),
        _listed(
            f"**Near misses** ({len(fact.near_misses)})",
            [f"{miss.text} ({miss.kind})" for miss in fact.near_misses],
            _MISSES,
        ),
        _head(f"**Citations** ({len(fact.citations)})", clipped([f"- {line}" for line in cited], _CITED)),
        _head(f"**Reviews** ({len(fact.reviews)})", clipped([f"- {_review(one)}" for one in fact.reviews], _CITED)),
        _listed("**Sources in trouble**", filter(None, map(in_trouble, fact.sources())), _CITED, each=_FINDING),
        f"-# {safe(' · '.join([*details, *said]), 2 * _DETAIL)}",
    )


def _review(review: Review) -> str:
    published = f" ({review.source.published.isoformat()})" if review.source.published else ""
    return f"{safe(rated(review), _LINE)}{published}"


def _found(findings: Findings) -> list[str]:
    """Return the findings in sentences."""
    told = [f"Can't be saved yet: {findings.refused}"] if findings.refused else []
    told += findings.warnings()
    if findings.magnetic():
        often = f"{findings.attraction:.0f} of 10,000 ordinary messages share its telling words"
        told.append(f"{often} ({MAX_ATTRACTION:.0f} at most), so its matches will wait: “{findings.attractive}”")
    if findings.refused is None and not told:
        told.append(f"Its tests pass, and {findings.attraction:.1f} of 10,000 ordinary messages come near it.")
    if findings.waiting:
        names = ", ".join(f"item {item.id}" for item in findings.caught[:5])
        named = f": {names}{' and others' if len(findings.caught) > 5 else ''}" if names else ""  # noqa: PLR2004
        told.append(f"Of {findings.waiting} posts that wait in the queue, {len(findings.caught)} would match{named}.")
    if findings.cut:
        told.append("There was too much nearby to look at all of it.")
    return told


def _changes(shown: FactVersion, versions: Sequence[FactVersion]) -> str:
    before = next((one for one in versions if one.fact.version < shown.fact.version), None)
    if before is None:
        return f"**Version {shown.fact.version}** is the oldest that is kept."
    lines = []
    for change in difference(before.fact, shown.fact):
        gone = [f"- {change.field}: ~~{safe(text, _CHANGE_LINE)}~~" for text in change.removed]
        came = [f"- {change.field}: {safe(text, _CHANGE_LINE)}" for text in change.added]
        lines += [*gone, *came] or [f"- {change.field}: another order"]
    heading = f"**From version {before.fact.version} to {shown.fact.version}**"
    return f"{heading}\n{clipped(lines, _CHANGES) or 'Nothing changed.'}"


def _listed(heading: str, texts: Iterable[str], limit: int, *, each: int = _LINE) -> str:
    return _head(heading, clipped([f"- {safe(text, each)}" for text in texts], limit))


def _head(heading: str, text: str) -> str:
    return f"{heading}\n{text}" if text else ""


def clipped(lines: Sequence[str], limit: int) -> str:
    """Return as many lines as fit, and how many more there are."""
    kept: list[str] = []
    for place, line in enumerate(lines):
        if sum(len(one) + 1 for one in kept) + len(line) > limit - 20:
            return "\n".join([*kept, f"-# … and {len(lines) - place} more"])
        kept.append(line)
    return "\n".join(kept)
