"""Measure Footnote on a store of many facts, with SQLite's own full-text search beside it as the peer.

    python -m benchmarks.scale --claims claims.tsv.gz --chat chat.tsv.gz --work DIR [--facts 300000] [--json]

Both files hold lines ``source TAB text``. The store and its index are built once and kept in DIR; everything else is
measured in a process of its own, on one thread, with vectors computed when they are needed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.scale_store import build, build_peer, remove, texts
from bot.domain.fact import Citation, Fact, Source, Verdict
from bot.domain.post import Post
from bot.matching.index import FactIndex
from bot.matching.matcher import HybridMatcher, open_matcher
from bot.matching.model_set import ModelSet, load_models
from bot.matching.retrieve import Retriever
from bot.matching.spans import read
from bot.matching.words import STOP, words
from bot.store.database import Database, open_database

_POSTS, _WARM_UP = 2000, 500
_CANDIDATES = 12
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


@dataclass(slots=True)
class Times:
    """Durations of one kind, in milliseconds."""

    taken: list[float] = field(default_factory=list)

    def of(self, work: Callable[..., Any], *values: Any) -> Any:
        """Do something, note how long it took, and return its outcome."""
        start = time.perf_counter()
        outcome = work(*values)
        self.taken.append((time.perf_counter() - start) * 1000)
        return outcome

    def at(self, share: float) -> float:
        """Return the quantile of a share, 0..1."""
        return round(sorted(self.taken)[min(int(len(self.taken) * share), len(self.taken) - 1)], 3)


def main() -> None:
    """Build what isn't there, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--chat", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--facts", type=int, default=300_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", choices=("footnote", "fts5"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        database = _database(args)
        values = asyncio.run(_footnote(database, args.chat)) if args.measure == "footnote" else _fts5(args)
        print(json.dumps(values))
        return
    values = _prepare(args)
    for name in ("footnote", "fts5"):
        command = [sys.executable, "-m", "benchmarks.scale", *sys.argv[1:], "--measure", name]
        values |= json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603 - ourselves
    if args.json:
        print(json.dumps(values))
        return
    for name, value in values.items():
        print(f"{name.replace('_', ' '):44s} {value}")


def _database(args: argparse.Namespace) -> Path:
    return Path(args.work / f"scale-{args.facts}.db")


def _folder(database: Path) -> Path:
    return database.with_name(f"{database.name}.index")


def _peer(args: argparse.Namespace) -> Path:
    return Path(args.work / f"scale-{args.facts}.fts5")


def _prepare(args: argparse.Namespace) -> dict[str, Any]:
    path, values, times = _database(args), {}, Times()
    args.work.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        times.of(build, path, args.claims, args.facts)
    if not _peer(args).exists():
        build_peer(_peer(args), args.claims, args.facts)
    if not _folder(path).exists():
        asyncio.run(_index(path, times))
        values["build_index_s"] = round(times.taken[-1] / 1000, 1)
    return values


async def _index(path: Path, times: Times) -> None:
    async with await open_database(path) as store:
        index = FactIndex(store.reader, load_models().encoder, folder=_folder(path))
        times.of(index.sync)


async def _footnote(path: Path, chat: Path) -> dict[str, Any]:
    posts = _sample(chat)
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
        memory = _memory()
        added = await _added(store, matcher)
        return {
            "facts": store.reader.fingerprint().count,
            "wordings": matcher._index.lexical.wordings,  # noqa: SLF001 - likewise
            "load_models_ms": opening.taken[0],
            "open_warm_index_ms": opening.taken[1],
            "posts_with_candidates": round(sum(map(bool, found)) / len(found), 3),
            **{f"candidates_p{share:.0%}_ms": candidates.at(share) for share in (0.5, 0.9, 0.99)},
            **{f"match_p{share:.0%}_ms": match.at(share) for share in (0.5, 0.9, 0.99)},
            **memory,
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


def _fts5(args: argparse.Namespace) -> dict[str, float]:
    times = Times()
    with closing(sqlite3.connect(_peer(args))) as file:
        statement = "SELECT rowid, rank FROM wordings WHERE wordings MATCH ? ORDER BY rank LIMIT ?"
        for text in _sample(args.chat)[_WARM_UP:]:
            content = {word.lower() for word in words(text).raw} - STOP
            query = " OR ".join(f'"{word}"' for word in content)
            if query:
                times.of(lambda it: file.execute(statement, (it, _CANDIDATES)).fetchall(), query)
    return {f"fts5_p{share:.0%}_ms": times.at(share) for share in (0.5, 0.9, 0.99)}


def _sample(chat: Path) -> list[str]:
    return random.Random(0).sample(list(texts(chat)), _WARM_UP + _POSTS)  # noqa: S311 - a sample, not a secret


def _memory() -> dict[str, float]:
    """Return what the process holds, in MB; of it, what isn't merely mapped from files (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kilobytes = {
        name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if "kB" in value
    }
    return {"resident_mb": kilobytes["VmRSS"] // 1024, "resident_anonymous_mb": kilobytes["RssAnon"] // 1024}


if __name__ == "__main__":
    main()
