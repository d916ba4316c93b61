"""``footnote check``: what Footnote would do with a post. Nothing is stored or posted."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from bot.cli.output import print_json, whole
from bot.cli.parser import Group, LoadSettings, add_command, add_facts, add_json
from bot.console.lines import Lines
from bot.console.screen import Screen
from bot.domain.decision import Action, Decision
from bot.domain.errors import UsageError
from bot.domain.note import Provenance
from bot.domain.post import Post
from bot.notes.compose import as_text, compose
from bot.notes.why import explain_match
from bot.services.check import Checked, CheckPost

EPILOG = """\
With - each line of standard input is a post, answered as soon as it is read:
a line that parses as a JSON object is read as one ("text", optional "lang" and
"id"), any other as plain text. Without TEXT, standard input is one post.

An answer: {"id", "action": "reply" | "queue" | "ignore", "fact", "relation",
"confidence", "reasons", "note", "candidates"}. "fact" is what a reply or a
queue item would be about, "note" what would be posted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of standard input as a post, or what is wrong with it."""

    id: Any
    post: Post
    error: str | None = None


def add(group: Group) -> None:
    """Add the command."""
    parser = add_command(group, "check", run, help_text="say what Footnote would do with a post", epilog=EPILOG)
    add_json(parser, "an answer per post as a line of JSON")
    add_facts(parser)
    parser.add_argument("--why", action="store_true", help="print the full explanation, too")
    parser.add_argument("text", nargs="?", metavar="TEXT | -", help="the post, or - for one post a line")


async def run(args: Namespace, load: LoadSettings) -> int:
    """Check one post, or a stream of them."""
    from bot.wiring import open_app, with_facts  # noqa: PLC0415 -- loads the model's libraries

    settings = with_facts(load(), args.facts)
    if args.text is None and sys.stdin.isatty():
        raise UsageError('Say what to check, as in: footnote check "TEXT"; or give - to check standard input by line.')
    async with open_app(settings, readonly=True) as app:
        checker = _Checker(app.services.checks, as_json=args.json, why=args.why)
        if args.text == "-":
            return await checker.stream(Lines(sys.stdin.fileno()))
        text = await Lines(sys.stdin.fileno()).rest() if args.text is None else whole(args.text)
        await checker.answer(None, Post(text))
    return 0


def parse_line(line: str, number: int) -> Line:
    """Read one line of standard input."""
    try:
        data = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return Line(None, Post(line))
    text, lang = data.get("text"), data.get("lang")
    if not isinstance(text, str):
        return Line(data.get("id"), Post(""), f'line {number}: "text" must be a string')
    if lang is not None and not isinstance(lang, str):
        return Line(data.get("id"), Post(""), f'line {number}: "lang" must be a string, such as "en"')
    return Line(data.get("id"), Post(whole(text), lang=lang or None))


def answer_json(post_id: Any, checked: Checked) -> dict[str, Any]:
    """Return an answer with the keys that scripts rely on."""
    decision, fact = checked.decision, checked.fact
    match = decision.match
    return {
        "id": post_id,
        "action": decision.action,
        "fact": fact.slug if fact else None,
        "relation": match.relation if match else None,
        "confidence": round(match.confidence, 4) if match else 0.0,
        "reasons": list(decision.reasons),
        "note": as_text(compose(fact, Provenance.AUTO)) if fact and decision.action is Action.REPLY else None,
        "candidates": [
            {"fact": candidate.slug, "confidence": round(candidate.confidence, 4), "relation": candidate.relation}
            for candidate in decision.candidates
        ],
    }


class _Checker:
    def __init__(self, checks: CheckPost, *, as_json: bool, why: bool) -> None:
        self._checks = checks
        self._json = as_json
        self._why = why
        self._screen = Screen(sys.stdout)

    async def stream(self, lines: Lines) -> int:
        failed = False
        number = 0
        while (text := await lines.next()) is not None:
            number += 1
            if not text.strip():
                continue
            line = parse_line(text, number)
            if line.error is None:
                await self.answer(line.id, line.post)
            else:
                failed = True
                self._refuse(line)
        return int(failed)

    async def answer(self, post_id: Any, post: Post) -> None:
        checked = await self._checks.check(post)
        if self._json:
            print_json(answer_json(post_id, checked))
            return
        self._show(checked)
        if self._why:
            self._explain(checked)

    def _refuse(self, line: Line) -> None:
        if self._json:
            print_json({"id": line.id, "error": line.error})
        else:
            print(f"footnote: {line.error}", file=sys.stderr)

    def _show(self, checked: Checked) -> None:
        decision, fact = checked.decision, checked.fact
        if fact and decision.action is Action.REPLY:
            self._screen.note(compose(fact, Provenance.AUTO), title=f"Footnote · {fact.slug}")
        style = {Action.REPLY: "bold green", Action.QUEUE: "bold yellow", Action.IGNORE: "bold"}[decision.action]
        self._screen.line(_HEADLINES[decision.action], style)
        self._screen.items(decision.reasons)
        if decision.match is not None:
            self._screen.quiet(_measured(decision))

    def _explain(self, checked: Checked) -> None:
        match = checked.decision.match
        fact = checked.facts.get(match.slug) if match else None
        if match is None or fact is None:
            self._screen.quiet("There is nothing more to explain.")
            return
        self._screen.line()
        self._screen.sections(explain_match(fact, match, checked.decision))


_HEADLINES = {
    Action.REPLY: "Reply: this note would be posted.",
    Action.QUEUE: "Queue: a moderator would be asked.",
    Action.IGNORE: "Ignore: nothing would be posted.",
}


def _measured(decision: Decision) -> str:
    match = decision.match
    if match is None:
        return ""
    return f"{match.slug} · {match.relation.value} · confidence {match.confidence:.2f}, needed {decision.threshold:.2f}"


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
