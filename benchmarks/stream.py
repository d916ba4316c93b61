"""Stream posts through the real program, and print its throughput and memory.

    python -m benchmarks.stream [--posts 100000]

Starts ``python -m bot check --json -`` and writes to it while reading its answers. The posts are the same on every
run: ordinary messages with a number in each, so that no two are equal; one in ten a wording of a shipped fact; one in a
hundred a hostile text of 4,000 characters, and every tenth of those of 400,000.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import IO, Any

from benchmarks.hostile import hostile_texts
from benchmarks.matchers import core_facts
from bot.cli.messages import ORDINARY

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "bot", "check", "--json", "-")
FIRST = 10_000
"""Answers after which memory is looked at first: everything has been loaded and seen by then."""
LENGTH = 4000
CLAIM_EVERY = 10
HOSTILE_EVERY = 100
LONG_EVERY = 10
"""Of the hostile texts, which are 100 times as long."""


def mixed(
    wordings: Sequence[str], count: int, *, hostile_every: int = HOSTILE_EVERY, long_every: int = LONG_EVERY
) -> Iterator[str]:
    """Give so many posts, always the same."""
    claims = cycle(wordings)
    hostile, long = (cycle(hostile_texts(wordings[0], length).values()) for length in (LENGTH, 100 * LENGTH))
    for number in range(1, count + 1):
        if number % hostile_every == 0:
            yield next(hostile if number // hostile_every % long_every else long)
        elif number % CLAIM_EVERY == 0:
            yield next(claims)
        else:
            yield f"{ORDINARY[number % len(ORDINARY)]} {number}"


@contextmanager
def streamed(posts: Iterable[str], **options: Any) -> Iterator[tuple[int, Iterator[dict[str, Any]]]]:
    """Start the program, write posts to it with their numbers as ids, and give its process id and its answers."""
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, **options) as process:  # noqa: S603 -- our own program
        assert process.stdin is not None
        assert process.stdout is not None
        writer = threading.Thread(target=_write, args=(process.stdin, posts), daemon=True)
        writer.start()
        try:
            yield process.pid, map(json.loads, process.stdout)
        finally:
            process.kill()
            writer.join()


def resident(pid: int) -> int | None:
    """Return the resident memory of a process in KiB, or None where this system doesn't tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), None)


def _write(stream: IO[bytes], posts: Iterable[str]) -> None:
    # The program may end before all is written.
    with suppress(BrokenPipeError), stream:
        for number, text in enumerate(posts):
            stream.write(json.dumps({"id": number, "text": text}).encode() + b"\n")


def _megabytes(kib: int | None) -> str:
    return "this system doesn't say" if kib is None else f"{kib / 1024:.0f} MiB"


def main() -> None:
    """Stream, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=100_000)
    count = parser.parse_args().posts
    wordings = [wording for fact in core_facts() for wording in fact.wordings()]
    actions: Counter[str] = Counter()
    memory: dict[int, str] = {}
    with streamed(mixed(wordings, count), cwd=ROOT) as (pid, answers):
        start = time.perf_counter()
        for number, answer in enumerate(answers):
            if answer["id"] != number:
                sys.exit(f"Answer {number} is that of post {answer['id']}.")
            if number == 0:
                start = time.perf_counter()  # the program has loaded
            actions[answer["action"]] += 1
            if number + 1 in (FIRST, count):
                memory[number + 1] = _megabytes(resident(pid))
        seconds = time.perf_counter() - start
    if actions.total() != count:
        sys.exit(f"{actions.total()} answers to {count} posts.")
    print(f"{count} posts in {seconds:.1f} s: {(count - 1) / seconds:.0f} a second")
    print(", ".join(f"{action} {number}" for action, number in sorted(actions.items())))
    for number, size in memory.items():
        print(f"resident memory after {number} posts: {size}")


if __name__ == "__main__":
    main()
