"""``footnote facts``: the fact store."""

from __future__ import annotations

import difflib
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from operator import attrgetter
from typing import Any

from bot.cli import facts_edit, facts_export, facts_import, facts_packs, facts_sources, index, seed
from bot.cli.output import print_json, progress
from bot.cli.parser import Group, LoadSettings, add_command, add_facts, add_group, add_json
from bot.console.screen import Screen
from bot.domain.errors import FootnoteError
from bot.domain.fact import Fact
from bot.domain.note import Provenance
from bot.domain.ports import FactReader
from bot.notes.compose import compose, long_date
from bot.notes.reviews import rated
from bot.notes.source_state import in_trouble
from bot.services.facts import FactReport

_LIMIT = 10
_PAGE = 500
_SUGGESTIONS = 3
_COMPARED = 20_000
"""Slugs that a misspelt one is compared with at most: more take seconds."""


def add(group: Group) -> None:
    """Add the commands."""
    commands = add_group(group, "facts", help_text="look facts up, and run the tests that each one carries")
    parser = add_command(commands, "list", list_facts, help_text="list every fact")
    add_json(parser, "a fact per line as JSON")
    add_facts(parser)
    parser = add_command(commands, "search", search, help_text="list the facts that words are closest to, best first")
    add_json(parser, "a fact per line as JSON")
    add_facts(parser)
    parser.add_argument("words", nargs="+", metavar="WORDS")
    parser = add_command(commands, "show", show, help_text="show one fact with its sources, wordings and near misses")
    add_json(parser, "the fact as JSON")
    add_facts(parser)
    parser.add_argument("slug", metavar="SLUG")
    parser = add_command(
        commands,
        "test",
        test,
        help_text="run the tests that facts carry: each wording must get its note, no near miss may",
        epilog="Where FOOTNOTE_DB exists the outcome is recorded in it:\na fact that fails can't reply by itself.",
    )
    add_json(parser, "a report per line as JSON")
    add_facts(parser)
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="which facts (default: all)")
    for module in (facts_import, facts_export, facts_edit, facts_packs, facts_sources, index, seed):
        module.add(commands)


async def list_facts(args: Namespace, load: LoadSettings) -> int:
    """List every fact."""
    from bot.wiring import open_store, with_facts  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(with_facts(load(), args.facts), readonly=True) as store:
        facts = _paged(store.reader)
        if args.json:
            for fact in facts:
                print_json(fact_json(fact))
        else:
            _table([_row(fact) for fact in facts])
    return 0


async def search(args: Namespace, load: LoadSettings) -> int:
    """List the facts that words are closest to."""
    from bot.wiring import open_app, with_facts  # noqa: PLC0415 -- loads the model's libraries

    async with open_app(with_facts(load(), args.facts), readonly=True) as app:
        facts = await app.services.facts.search(" ".join(args.words), limit=_LIMIT)
    if not facts and not args.json:
        print("No fact comes near these words.")
        return 0
    _print(facts, as_json=args.json)
    return 0


async def show(args: Namespace, load: LoadSettings) -> int:
    """Show one fact."""
    from bot.wiring import open_store, with_facts  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(with_facts(load(), args.facts), readonly=True) as store:
        async with store.transaction() as tx:
            fact = await tx.facts.get(args.slug)
        if fact is None:
            raise _unknown([args.slug], store.reader.versions())
    if args.json:
        print_json(fact_json(fact))
    else:
        _show(Screen(sys.stdout), fact)
    return 0


async def test(args: Namespace, load: LoadSettings) -> int:
    """Run the tests of facts."""
    from bot.wiring import open_app, with_facts  # noqa: PLC0415 -- loads the model's libraries

    settings = with_facts(load(), args.facts)
    readonly = args.facts is not None or not settings.database.exists()
    reports = []
    async with open_app(settings, readonly=readonly) as app:
        slugs = list(dict.fromkeys(args.slugs)) or [fact.slug for fact in await app.services.facts.finished()]
        known = app.store.reader.versions()
        if unknown := [slug for slug in slugs if slug not in known]:
            raise _unknown(unknown, known)
        with progress() as bar:
            for slug in bar.track(slugs, description="Testing facts"):
                reports += await app.services.facts.test([slug], record=not readonly)
    failing = [report for report in reports if report.failures]
    _print_reports(reports, failing, as_json=args.json)
    return 1 if failing else 0


def fact_json(fact: Fact) -> dict[str, Any]:
    """Return a fact as scripts see it; dates become ISO strings when it is printed."""
    return asdict(fact)


def _print(facts: list[Fact], *, as_json: bool) -> None:
    if as_json:
        for fact in facts:
            print_json(fact_json(fact))
        return
    _table([_row(fact) for fact in facts])


def _paged(reader: FactReader) -> Iterator[Fact]:
    """Yield the facts in use by slug, of which there may be more than fit into memory."""
    slugs = sorted(reader.versions())
    for start in range(0, len(slugs), _PAGE):
        yield from sorted(reader.facts(slugs[start : start + _PAGE]), key=attrgetter("slug"))


def _row(fact: Fact) -> tuple[str, str, str]:
    return fact.slug, _verdict(fact), fact.claim


def _table(rows: list[tuple[str, str, str]]) -> None:
    Screen(sys.stdout).table(("fact", "verdict", "claim"), rows)


def _print_reports(reports: list[FactReport], failing: list[FactReport], *, as_json: bool) -> None:
    if as_json:
        for report in reports:
            print_json({"fact": report.slug, **{k: v for k, v in asdict(report).items() if k != "slug"}})
        return
    screen = Screen(sys.stdout)
    for report in failing:
        screen.line(report.slug, "bold red")
        screen.items(report.failures)
    wordings, near_misses = sum(r.phrasings for r in reports), sum(r.near_misses for r in reports)
    failures = sum(len(r.failures) for r in failing)
    screen.line(
        f"{len(reports)} facts, {wordings} wordings, {near_misses} near misses: "
        + (f"{failures} failures in {len(failing)} facts." if failing else "all as they should be."),
        "bold",
    )


def _show(screen: Screen, fact: Fact) -> None:
    screen.line(fact.claim, "bold")
    said = " ".join(part for part in (fact.speaker, f"({fact.claim_date})" if fact.claim_date else "") if part)
    screen.items([f"Verdict: {_verdict(fact)}", *([f"Said by {said}"] if said else [])])
    screen.note(compose(fact, Provenance.AUTO), title="The note")
    for heading, lines in (
        ("True is", [fact.true_statement]),
        ("Context", [fact.context] if fact.context else []),
        ("Quotes", [f"{citation.source.publisher}: “{citation.quote}”" for citation in fact.citations]),
        ("Reviews", [f"{rated(review)} {review.source.url}" for review in fact.reviews]),
        ("Sources in trouble", [trouble for source in fact.sources() if (trouble := in_trouble(source))]),
        ("Wordings that must match", list(fact.phrasings)),
        ("Wordings that must not", [f"{near_miss.text} ({near_miss.kind})" for near_miss in fact.near_misses]),
        ("Overlaps", list(fact.overlaps)),
        ("Fails its own tests", list(fact.failed_tests)),
    ):
        if lines:
            screen.line(heading, "bold")
            screen.items(lines)
    screen.quiet(
        f"{fact.slug}, version {fact.version}; as of {long_date(fact.as_of)}, "
        f"to be reviewed by {long_date(fact.review_by)}"
    )


def _verdict(fact: Fact) -> str:
    return fact.verdict.value.replace("_", " ")


def _unknown(slugs: list[str], known: Mapping[str, int]) -> FootnoteError:
    near = difflib.get_close_matches(slugs[0], list(known)[:_COMPARED], n=_SUGGESTIONS)
    hint = f"did you mean {' or '.join(near)}?" if near else "`footnote facts list` lists them."
    return FootnoteError(f"There is no fact {slugs[0]}; {hint}")
