"""Measure Footnote on a store of many facts, beside SQLite's own full-text search and BM25 by the package bm25s.

    python -m benchmarks.scale --claims claims.tsv.gz --chat chat.tsv.gz --work DIR [--facts 300000] [--json]

Both files hold lines ``source TAB text``. The claims become a feed of ClaimReviews, which ``footnote facts import``
takes in; then each fact gets a second wording. The store and its index are kept in DIR. Everything else is measured in
a process of its own, on one thread, with vectors computed when they are needed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.scale_peers import bm25, fts5
from benchmarks.scale_store import remove, second_wordings, texts, wordings, write_feed
from benchmarks.times import Times, memory
from bot.domain.fact import Citation, Fact, Source, Verdict
from bot.domain.post import Post
from bot.matching.index import FactIndex
from bot.matching.matcher import HybridMatcher, open_matcher
from bot.matching.model_set import ModelSet, load_models
from bot.matching.retrieve import Retriever
from bot.matching.spans import read
from bot.store.database import Database, open_database

_POSTS, _WARM_UP = 2000, 500
_NEW = Fact(
    slug="zeppelin-post",
    claim="Zeppelins carried all the mail across Patagonia until 1987.",
    verdict=Verdict.FALSE,
    correction="No zeppelin ever carried mail there.",
    true_statement="No zeppelin ever carried mail across Patagonia.",
    citations=(Citation(Source("zeppelin", "P", "T", "https://zeppelin.example"), "No."),),
    phrasings=("Patagonia got its mail by zeppelin until 1987.",),
    near_misses=(),
    as_of=date(2026, 1, 1),
    review_by=date(2036, 1, 1),
)


def main() -> None:
    """Build what isn't there, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--chat", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--facts", type=int, default=300_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", choices=("footnote", "fts5", "bm25s"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    database = args.work / f"scale-{args.facts}.db"
    if args.measure:
        print(json.dumps(_measured(args, database)))
        return
    values = _prepare(args, database)
    for name in ("footnote", "fts5", "bm25s"):
        command = [sys.executable, "-m", "benchmarks.scale", *sys.argv[1:], "--measure", name]
        values |= json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603 - ourselves
    values["candidates_p50_times_as_fast_as_fts5"] = round(values["fts5_p50%_ms"] / values["candidates_p50%_ms"], 1)
    if args.json:
        print(json.dumps(values))
        return
    for name, value in values.items():
        print(f"{name.replace('_', ' '):44s} {value}")


def _measured(args: argparse.Namespace, database: Path) -> dict[str, Any]:
    posts = _sample(args.chat)
    if args.measure == "footnote":
        return asyncio.run(_footnote(database, posts))
    if args.measure == "fts5":
        return fts5(database, database.with_suffix(".fts5"), posts[_WARM_UP:])
    return bm25(database, posts[_WARM_UP:])


def _prepare(args: argparse.Namespace, database: Path) -> dict[str, Any]:
    """Import a feed, twice, in processes of their own; give each fact a second wording; index."""
    values: dict[str, Any] = {}
    args.work.mkdir(parents=True, exist_ok=True)
    if not database.exists():
        feed = database.with_suffix(".json")
        values["feed_reviews"] = write_feed(feed, args.claims, args.facts)
        values["feed_mb"] = round(feed.stat().st_size / 1e6)
        for name in ("import", "import_again"):
            values |= _imported(database, feed, name)
        second_wordings(database)
        values["index_anew_s"] = round(asyncio.run(_index(database)) / 1000, 1)
    files = [path for path in args.work.glob(f"{database.name}*") if path.suffix != ".key"]
    values["database_mb"] = round(sum(path.stat().st_size for path in files if path.is_file()) / 1e6)
    values["index_mb"] = round(sum(path.stat().st_size for path in _folder(database).iterdir()) / 1e6)
    values["start_to_first_answer_ms"] = round(_first_answer(database), 1)
    return values


def _imported(database: Path, feed: Path, name: str) -> dict[str, Any]:
    times = Times()
    command = [sys.executable, "-m", "bot", "facts", "import", str(feed), "--json"]
    done = times.of(lambda: _run(command, database))
    report, seconds = json.loads(done), times.taken[0] / 1000
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {
        f"{name}_s": round(seconds, 1),
        f"{name}_reviews_per_s": round(report["read"] / seconds),
        f"{name}_peak_mb": peak,
        f"{name}_outcome": {
            key: report[key] for key in ("new", "joined", "changed", "same", "rejected") if report[key]
        },
    }


def _first_answer(database: Path) -> float:
    times = Times()
    claim = next(wordings(database))
    times.of(lambda: _run([sys.executable, "-m", "bot", "check", "--json", claim], database))
    return times.taken[0]


def _run(command: list[str], database: Path) -> bytes:
    environment = {"PATH": os.environ["PATH"], "FOOTNOTE_DB": str(database.absolute())}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout  # noqa: S603 - ourselves


def _folder(database: Path) -> Path:
    return database.with_name(f"{database.name}.index")


async def _index(path: Path) -> float:
    times = Times()
    async with await open_database(path) as store:
        index = FactIndex(store.reader, load_models().encoder, folder=_folder(path))
        times.of(index.sync)
    return times.taken[0]


async def _footnote(path: Path, posts: list[str]) -> dict[str, Any]:
    async with await open_database(path) as store:
        opening = Times()
        models: ModelSet = opening.of(load_models)
        matcher: HybridMatcher = opening.of(_opened, store, models)
        retriever = Retriever(matcher._index, models.encoder)  # noqa: SLF001 - half of a match is measured by itself
        candidates, match = Times(), Times()
        for text in posts[:_WARM_UP]:
            retriever.candidates(read(Post(text)))
        found = [candidates.of(lambda it: retriever.candidates(read(Post(it))), text) for text in posts[_WARM_UP:]]
        for text in posts[_WARM_UP:]:
            match.of(matcher.match, Post(text))
        held = memory()
        added = await _added(store, matcher)
        return {
            "facts": store.reader.fingerprint().count,
            "wordings": matcher._index.lexical.wordings,  # noqa: SLF001 - likewise
            "load_models_ms": opening.taken[0],
            "open_warm_index_ms": opening.taken[1],
            "posts_with_candidates": round(sum(map(bool, found)) / len(found), 3),
            **{f"candidates_p{share:.0%}_ms": candidates.at(share) for share in (0.5, 0.9, 0.99)},
            **{f"match_p{share:.0%}_ms": match.at(share) for share in (0.5, 0.9, 0.99)},
            **held,
            **added,
        }


def _opened(store: Database, models: ModelSet) -> HybridMatcher:
    matcher = open_matcher(store.reader, models, folder=_folder(store.path), writable=True)
    matcher.sync()
    return matcher


async def _added(store: Database, matcher: HybridMatcher) -> dict[str, float]:
    """Return how long it takes until a new fact is matched, and until one that went is forgotten."""
    times = Times()
    async with store.transaction() as tx:
        await tx.facts.add(_NEW)
    times.of(matcher.sync)
    result = times.of(matcher.match, Post(_NEW.claim))
    assert result.matches[0].slug == _NEW.slug  # what doesn't match wasn't measured
    await asyncio.to_thread(remove, store.path, _NEW.slug)
    times.of(matcher.sync)
    return {
        "sync_after_adding_ms": round(times.taken[0], 1),
        "added_to_matched_ms": round(sum(times.taken[:2]), 1),
        "sync_after_removing_ms": round(times.taken[2], 1),
    }


def _sample(chat: Path) -> list[str]:
    return random.Random(0).sample(list(texts(chat)), _WARM_UP + _POSTS)  # noqa: S311 - a sample, not a secret


if __name__ == "__main__":
    main()
