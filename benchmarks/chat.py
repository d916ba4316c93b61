"""Count automatic replies to ordinary chat, over the facts that ship and over thousands of real fact-checks.

    python -m benchmarks.chat CHAT.txt.gz [--claims DIR] [--messages 20000] [--json]

CHAT holds a message a line ("source TAB text"); DIR is a folder as for ``footnote bench retrieval``, whose claims
become facts that know their wordings and a source. Nearly every reply is a wrong one; all are printed, so that they
can be read: a news title may truly repeat a claim.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.claims import SOURCE
from benchmarks.matchers import core_facts, matcher_over, verdicts
from bot.cli.bench_retrieval import fact_of, read_benchmark
from bot.domain.decision import Action
from bot.domain.fact import Citation, Fact
from bot.domain.match import Match

SEED = 1


def messages(path: Path, count: int, *, seed: int = SEED) -> list[str]:
    """Return a seeded sample of the messages of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = sorted({line.rstrip("\n").split("\t", 1)[1] for line in file})
    return random.Random(seed).sample(texts, min(count, len(texts)))  # noqa: S311 - a sample, not a secret


def replies(facts: Sequence[Fact], texts: Sequence[str]) -> list[tuple[Match, str]]:
    """Return the automatic replies that the messages get in a server in mode auto."""
    verdict = verdicts(matcher_over(facts), facts)
    decided = ((verdict(text), text) for text in texts)
    return [(made.match, text) for made, text in decided if made.action is Action.REPLY and made.match]


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chat", type=Path)
    parser.add_argument("--claims", type=Path)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    chat = messages(arguments.chat, arguments.messages)
    stores: dict[str, Sequence[Fact]] = {"the facts that ship": core_facts()}
    if arguments.claims:
        claims = read_benchmark(arguments.claims, "dev").claims
        # A fact without a source never replies; it is matching that is measured here.
        cited = (Citation(SOURCE, "as the publisher rated it"),)
        stores["fact-checks"] = [replace(fact_of(slug, texts), citations=cited) for slug, texts in claims.items()]
    for name, facts in stores.items():
        started = time.monotonic()
        found = replies(facts, chat)
        rate = 10_000 * len(found) / len(chat)
        if arguments.json:
            print(json.dumps({"store": name, "facts": len(facts), "messages": len(chat), "per_10000": round(rate, 2)}))
            continue
        print(
            f"{name} ({len(facts)}): {len(found)} replies to {len(chat)} messages, {rate:.1f} in 10,000 "
            f"({time.monotonic() - started:.0f} s)"
        )
        for match, text in found:
            print(f"  {match.confidence:.2f} “{match.evidence.phrasing[:90]}” to: {' '.join(text.split())[:160]}")


if __name__ == "__main__":
    main()
