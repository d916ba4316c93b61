"""``footnote bench soak``: the whole program under a stream of messages, for as long as you like."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.bench_speed import claims
from bot.cli.output import loading, print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_facts, add_json
from bot.cli.soak.load import open_servers, soak
from bot.cli.soak.stream import arrivals
from bot.cli.soak.tally import FLAT, STAGES, Tally
from bot.console.screen import Screen
from bot.domain.fact import Fact
from bot.domain.post import Post

if TYPE_CHECKING:
    from bot.wiring import App

EPILOG = """\
Messages arrive on schedule, whether or not the former are done: what they wait
counts. They go through the intake, matching, the database (a copy, in a folder
that is deleted) and the outbox, whose sender only counts. 80 in 100 are chat, 6
claims, 6 near misses, 5 edits, 3 deletions. Every other server answers by
itself. --ramp doubles the rate until the program no longer keeps up. The peer
is SQLite FTS5 on the same messages, which finds candidates and decides nothing."""

KEEPS_UP = 1.0
"""Seconds to a decision for 99 of 100 messages, up to which the program keeps up, if none was dropped."""
_PEERS = 2000
"""Messages that the peer is measured on, at most."""
_STEPS = 12
_WARM = 50


def add_to(bench: Group) -> None:
    """Add the command."""
    parser = add_command(bench, "soak", run, help_text="put the whole program under load", epilog=EPILOG)
    add_json(parser, "the measures as one JSON object")
    add_facts(parser)
    for name, default, what in (
        ("guilds", 50, "servers"),
        ("rate", 20, "messages a second, in all servers together"),
        ("seconds", 20, "how long"),
    ):
        parser.add_argument(f"--{name}", type=_count, default=default, metavar="N", help=f"{what} (default: {default})")
    parser.add_argument("--ramp", action="store_true", help="double the rate until it is too much")


async def run(args: Namespace, load: LoadSettings) -> int:
    """Measure and report."""
    from bot.store import paths  # noqa: PLC0415 -- as below
    from bot.wiring import open_app, with_facts  # noqa: PLC0415 -- loads the model's libraries

    settings = with_facts(load(), args.facts)
    seed = args.facts or paths.seed()
    with tempfile.TemporaryDirectory(prefix="footnote-soak-") as folder:
        database = Path(folder) / "facts.db"
        database.write_bytes(seed.read_bytes())
        async with open_app(replace(settings, database=database)) as app:
            facts = [fact for fact in await app.services.facts.all() if not fact.retired]
            await open_servers(app.services, args.guilds)
            with loading("Measuring"):
                for claim in claims(facts)[:_WARM]:  # what is loaded at its first use has been by then
                    await app.services.checks.check(Post(claim))
                steps = await _steps(app, facts, args)
                peer = await asyncio.to_thread(_peer, facts, args)
    last = steps[-1][1]
    ratio = last.processor / max(last.stages["looked at"], 1) / peer
    if args.json:
        print_json(_as_json(args, steps, peer, ratio))
    else:
        _show(Screen(sys.stdout), args, steps, ratio)
    return 1 if any(tally.failed for _, tally in steps) else 0


async def _steps(app: App, facts: Sequence[Fact], args: Namespace) -> list[tuple[int, Tally]]:
    """Run at the rate, and with ``--ramp`` at ever higher ones; the last may be too much."""
    steps: list[tuple[int, Tally]] = []
    rate = args.rate
    for step in range(_STEPS if args.ramp else 1):
        stream = arrivals(facts, guilds=args.guilds, per_second=rate, seconds=args.seconds, seed=step)
        tally = await soak(app.services, app.store, stream, guilds=args.guilds, seconds=args.seconds)
        steps.append((rate, tally))
        if not keeps_up(tally):
            break
        rate *= 2
    return steps


def keeps_up(tally: Tally) -> bool:
    """Tell whether the program kept up with what arrived."""
    waited = sorted(tally.to_decision)
    return not tally.dropped and (not waited or waited[-(-99 * len(waited) // 100) - 1] <= KEEPS_UP)


def _peer(facts: Sequence[Fact], args: Namespace) -> float:
    """Return the processor's time that SQLite's full-text search takes for a message of the stream, in seconds."""
    from bot.cli.peers import full_text  # noqa: PLC0415 -- loads what matching reads words with

    stream = arrivals(facts, guilds=args.guilds, per_second=args.rate, seconds=args.seconds, seed=0)
    texts = [arrival.post.text for arrival in stream if arrival.what != "delete"][:_PEERS]
    with full_text(facts) as peer:
        start = time.process_time()
        for text in texts:
            peer.search(text)
        return max(time.process_time() - start, 1e-6) / max(len(texts), 1)


def _as_json(args: Namespace, steps: Sequence[tuple[int, Tally]], peer: float, ratio: float) -> dict[str, Any]:
    sustained = [rate for rate, tally in steps if keeps_up(tally)]
    return {
        "guilds": args.guilds,
        "seconds": args.seconds,
        "steps": [{"rate": rate, "keeps_up": keeps_up(tally), **tally.to_json()} for rate, tally in steps],
        "sustained_rate": max(sustained, default=None),
        "saturated_at": next((rate for rate, tally in steps if not keeps_up(tally)), None),
        "fts5_processor_ms": round(1000 * peer, 4),
        "ratio_to_fts5": round(ratio, 1),
    }


def _show(screen: Screen, args: Namespace, steps: Sequence[tuple[int, Tally]], ratio: float) -> None:
    for rate, tally in steps:
        told = tally.to_json()
        screen.line(f"{rate} messages a second in {args.guilds} servers for {args.seconds} s")
        arrived = max(tally.stages["arrived"], 1)
        rows = [(stage, str(tally.stages[stage]), f"{tally.stages[stage] / arrived:.1%}") for stage in STAGES]
        screen.table(("stage", "messages", "share"), rows, always_head=True)
        screen.line(f"dropped {tally.dropped}, failed {tally.failed}, deletions {tally.deletions}")
        screen.line(f"{told['per_second']} a second, {told['per_core_second']} a second of one core")
        for name in ("arrival_to_decision_ms", "decision_to_delivery_ms"):
            times = told[name]
            shown = "none" if times is None else ", ".join(f"{key} {value}" for key, value in times.items())
            screen.line(f"{name.removesuffix('_ms').replace('_', ' ')}, ms: {shown}")
        sizes = [size for _, size in tally.memory]
        grown = f"{sizes[0]:.0f} to {sizes[-1]:.0f} MB" if sizes else "not told"
        slope = "" if tally.slope() is None else f", {told['memory_slope_mb_per_minute']} MB a minute"
        screen.line(f"memory {grown}{slope}: {tally.verdict()} (flat is under {FLAT:g} MB a minute)")
    screen.line(f"SQLite FTS5 alone takes 1/{ratio:.1f} of the processor's time")
    if args.ramp:
        best = max((rate for rate, tally in steps if keeps_up(tally)), default=0)
        screen.line(f"keeps up with {best} messages a second (99 of 100 decided within {KEEPS_UP:g} s, none dropped)")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
