"""Rank the claims of a retrieval benchmark for its posts: Footnote's search, beside SQLite's FTS5 and BM25."""

from __future__ import annotations

import gzip
import importlib.util
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from bot.cli.output import loading, progress
from bot.cli.peers import Bm25, full_text
from bot.domain.errors import FootnoteError, UsageError
from bot.domain.fact import Fact, Verdict
from bot.settings import Settings

DEPTH = 50
"""How deep a ranking is looked at."""

Rank = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Claims by id (each its wordings), posts by id, and for each post the ids of the claims that it repeats."""

    claims: Mapping[str, tuple[str, ...]]
    posts: Mapping[str, str]
    relevant: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class System:
    """What one system reached: measures by name (0..1), and its mean time a post."""

    name: str
    measures: Mapping[str, float]
    milliseconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the measures as scripts see them."""
        rounded = {name: round(value, 4) for name, value in self.measures.items()}
        return {"name": self.name, **rounded, "ms_per_post": round(self.milliseconds, 3)}


def read_benchmark(folder: Path, split: str) -> Benchmark:
    """Read a benchmark.

    Raises:
        UsageError: A file is missing.
        FootnoteError: A line is malformed.
    """
    claims = {
        str(row["id"]): tuple(text for text in (row["vclaim"], row.get("title")) if text)
        for row in _rows(folder, "claims", ("id", "vclaim"))
    }
    posts = {str(row["id"]): str(row["text"]) for row in _rows(folder, f"posts_{split}", ("id", "text"))}
    path = folder / f"qrels_{split}.tsv"
    if not path.is_file():
        raise UsageError(f"There is no {path}; give the folder of a benchmark and the name of one of its splits.")
    relevant: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        post, _, claim = line.strip().partition("\t")
        if post in posts and claim in claims:
            relevant.setdefault(post, set()).add(claim)
    if not relevant:
        raise FootnoteError(f"{path} relates no post of the split to a claim; nothing was measured.")
    return Benchmark(claims, posts, {post: frozenset(found) for post, found in relevant.items()})


def measure_retrieval(benchmark: Benchmark, settings: Settings) -> list[System]:
    """Return what each system reaches, Footnote first."""
    from bot.matching.matcher import matcher_over  # noqa: PLC0415 -- loads the model's libraries
    from bot.wiring import models_of  # noqa: PLC0415 -- as above

    facts = [fact_of(claim_id, wordings) for claim_id, wordings in benchmark.claims.items()]
    with loading("Computing the claims' vectors"):
        matcher = matcher_over(facts, models_of(settings, fetch=False))
    with full_text(facts) as fts5:
        systems = [
            _system("Footnote", benchmark, partial(matcher.search, limit=DEPTH)),
            _system(fts5.name, benchmark, partial(fts5.search, wordings=2 * DEPTH)),
        ]
    if importlib.util.find_spec("bm25s"):
        systems.append(_system(Bm25.name, benchmark, partial(Bm25(facts).search, limit=DEPTH)))
    return systems


def _system(name: str, benchmark: Benchmark, rank: Rank) -> System:
    with progress() as bar:
        posts = bar.track(list(benchmark.relevant), description=name)
        started = time.perf_counter()
        ranked = {post: rank(benchmark.posts[post])[:DEPTH] for post in posts}
        spent = 1000 * (time.perf_counter() - started) / len(ranked)
    return System(name, measures(ranked, benchmark.relevant), spent)


def measures(ranked: Mapping[str, Sequence[str]], relevant: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """Return MAP@5, MRR, P@1, recall@5 and recall@``DEPTH``, means over the posts (0..1)."""
    rows = [([claim in relevant[post] for claim in found], len(relevant[post])) for post, found in ranked.items()]

    def mean(value: Callable[[list[bool], int], float]) -> float:
        return sum(value(hits, of) for hits, of in rows) / len(rows)

    return {
        "map_5": mean(lambda hits, of: _average_precision(hits[:5], min(of, 5))),
        "mrr": mean(lambda hits, _: 1 / (hits.index(True) + 1) if True in hits else 0.0),
        "p_1": mean(lambda hits, _: float(hits[:1] == [True])),
        "recall_5": mean(lambda hits, of: sum(hits[:5]) / of),
        f"recall_{DEPTH}": mean(lambda hits, of: sum(hits) / of),
    }


def _average_precision(hits: list[bool], of: int) -> float:
    return sum(sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits) if hit) / of


def fact_of(claim_id: str, wordings: tuple[str, ...]) -> Fact:
    """Return a claim as a fact that knows its wordings and nothing else."""
    return Fact(
        slug=claim_id,
        claim=wordings[0],
        verdict=Verdict.UNPROVEN,
        correction="",
        true_statement="",
        citations=(),
        phrasings=wordings[1:],
        near_misses=(),
        as_of=date.min,
        review_by=date.max,
    )


def _rows(folder: Path, name: str, keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    path = next((p for p in (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz") if p.is_file()), None)
    if path is None:
        raise UsageError(f"There is no {name}.jsonl or {name}.jsonl.gz in {folder}; give the folder of a benchmark.")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
                complete = all(isinstance(row[key], str) for key in keys)
            except (ValueError, KeyError, TypeError):
                complete = False
            if not complete:
                raise FootnoteError(f"{path}, line {number}: not an object with {' and '.join(keys)}.")
            yield row
