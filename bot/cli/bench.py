"""``footnote bench``: measure matching beside its peers, in one run, on data of your own."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from bot.cli import bench_soak, bench_speed
from bot.cli.bench_retrieval import DEPTH, System, measure_retrieval, read_benchmark
from bot.cli.output import print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_group, add_json
from bot.console.screen import Screen

RETRIEVAL = """\
DIR holds claims.jsonl or claims.jsonl.gz ("id", "vclaim", optional "title"),
posts_SPLIT.jsonl[.gz] ("id", "text") and qrels_SPLIT.tsv (post id, claim id).
Each post asks for the claims that it repeats. Peers in the same run: SQLite's
FTS5 and, where the package bm25s is installed, BM25."""


def add(group: Group) -> None:
    """Add the commands."""
    bench = add_group(group, "bench", help_text="measure matching beside its peers")
    parser = add_command(
        bench, "retrieval", retrieval, help_text="rank claims for posts and measure the ranking", epilog=RETRIEVAL
    )
    add_json(parser, "the measures as one JSON object")
    parser.add_argument("--split", default="dev", metavar="NAME", help="which posts to take (default: dev)")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the benchmark's folder")
    bench_speed.add_to(bench)
    bench_soak.add_to(bench)


async def retrieval(args: Namespace, load: LoadSettings) -> int:
    """Measure MAP@5, MRR, P@1 and recall."""
    settings = load()
    systems = measure_retrieval(read_benchmark(args.folder, args.split), settings)
    if args.json:
        print_json({"split": args.split, "systems": [system.to_json() for system in systems]})
        return 0
    head = ("system", "MAP@5", "MRR", "P@1", "recall@5", f"recall@{DEPTH}", "ms a post", "time")
    Screen(sys.stdout).table(head, [_cells(system, systems[0]) for system in systems], always_head=True)
    return 0


def _cells(system: System, first: System) -> tuple[str, ...]:
    shown = [f"{system.measures[name]:.3f}" for name in system.measures]
    return system.name, *shown, f"{system.milliseconds:.2f}", f"{system.milliseconds / first.milliseconds:.2f} x"
