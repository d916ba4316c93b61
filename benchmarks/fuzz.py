"""Put posts that nobody would write through the whole text path, and see what raises and what takes long.

    python -m benchmarks.fuzz [--posts 1000000] [--seconds N] [--seed S] [--progress FILE]

Each post is read, matched, decided on; its note and the reasons are composed, and its words made safe to show. Printed
are the posts done, what raised (none may), the slowest posts by their kind and number (``benchmarks.noise`` makes a
post again from the seed and the number), how the time grows with the length for texts that are pumped up, and every
regular expression of the program whose time grows faster than its text. It ends early, with its result, on SIGTERM.
"""

from __future__ import annotations

import argparse
import heapq
import math
import signal
import statistics
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.hostile import hostile_texts
from benchmarks.matchers import core_facts, matcher_over
from benchmarks.noise import Noise, noise
from benchmarks.patterns import Grown, growing
from bot.domain.fact import Fact
from bot.domain.note import Provenance
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Matcher
from bot.domain.post import Post
from bot.matching.decide import decide
from bot.notes.compose import as_markdown, as_text, compose
from bot.notes.sanitise import markdown_safe
from bot.notes.why import explain_match

TODAY = date(2026, 1, 1)
SLOWEST = 8
"""Posts that are named."""
STEPS = (1000, 2000, 4000)
"""Characters of the pumped texts; longer ones are cut to the last."""
EVERY = 5000
"""Posts between two lines of progress."""

TextPath = Callable[[Post], None]


@dataclass(slots=True)
class Found:
    """What came of the posts so far. ``slow`` holds milliseconds per 1,000 characters, kind, number and length."""

    done: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    milliseconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    slow: list[tuple[float, float, str, int, int]] = field(default_factory=list)

    def took(self, number: int, one: Noise, seconds: float) -> None:
        """Note how long a post took."""
        length = len(one.post.text) + sum(map(len, one.post.shared))
        rate = 1000 * seconds / max(length / 1000, 1)
        self.milliseconds[one.kind].append(1000 * seconds)
        keep = heapq.heappush if len(self.slow) < SLOWEST else heapq.heappushpop
        keep(self.slow, (rate, 1000 * seconds, one.kind, number, length))


def text_path(matcher: Matcher, facts: Sequence[Fact]) -> TextPath:
    """Return what does with a post all that the program would, but for storing and sending.

    Raises:
        AssertionError: What came of a post can't be.
    """
    known = {fact.slug: fact for fact in facts}
    policy = Policy(1, mode=Mode.AUTO, approvals_needed=0)

    def go(post: Post) -> None:
        result = matcher.match(post)
        made = decide(result, known, policy=policy, today=TODAY, default_threshold=matcher.default_threshold)
        for match in result.matches:
            assert 0 <= match.confidence <= 1, "a confidence is no probability"
            explain_match(known[match.slug], match, made)
        if made.match is not None:
            view = compose(known[made.match.slug], Provenance.AUTO)
            as_text(view)
            as_markdown(view)
        markdown_safe(post.words())

    return go


def fuzz(go: TextPath, seed: int, wordings: Sequence[str], *, posts: int, until: Callable[[Found], bool]) -> Found:
    """Put posts through the text path, until there were enough or ``until`` says so."""
    found = Found()
    for number in range(posts):
        one = noise(seed, number, wordings)
        start = time.process_time()
        try:
            go(one.post)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            found.raised[f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}, {one.kind}"] += 1
            print(f"raised: {type(error).__name__}, kind {one.kind}, number {number}", flush=True)
        found.took(number, one, time.process_time() - start)
        found.done += 1
        if until(found):
            break
    return found


def growth(go: TextPath, wording: str) -> list[tuple[str, list[float], float]]:
    """Return for each kind of pumped text its milliseconds at ``STEPS``, and the exponent (1 is linear)."""
    rows = []
    kinds = {length: hostile_texts(wording, length) for length in STEPS}
    for kind in kinds[STEPS[0]]:
        for lead, name in (("", kind), (f"{wording}\n", f"{kind}, after a claim")):
            times = [_best(go, Post((lead + kinds[length][kind])[:length])) for length in STEPS]
            exponent = math.log(times[-1] / times[0]) / math.log(STEPS[-1] / STEPS[0])
            rows.append((name, times, exponent))
    return rows


def _best(go: TextPath, post: Post, tries: int = 3) -> float:
    taken = []
    for _ in range(tries):
        start = time.process_time()
        go(post)
        taken.append(1000 * (time.process_time() - start))
    return max(min(taken), 0.001)


def report(found: Found, seed: int) -> None:
    """Print what came of the posts."""
    print(f"{found.done} posts, seed {seed}; raised: {found.raised.total()}")
    for what, count in found.raised.most_common():
        print(f"  {count} x {what}")
    print("kind                    posts   median ms   p99 ms   max ms")
    for kind, taken in sorted(found.milliseconds.items()):
        p99 = sorted(taken)[int(len(taken) * 0.99)]
        print(f"{kind:22} {len(taken):6} {statistics.median(taken):11.2f} {p99:8.2f} {max(taken):8.2f}")
    print("slowest, in ms per 1,000 characters (a shorter post counts as 1,000)")
    for rate, whole, kind, number, length in sorted(found.slow, reverse=True):
        print(f"  {rate:8.2f}   {whole:8.2f} ms in all, {length} characters, {kind}, number {number}")


def report_growth(rows: Sequence[tuple[str, list[float], float]], grown: Sequence[Grown]) -> None:
    """Print how times grow."""
    print(f"pumped texts: ms at {', '.join(map(str, STEPS))} characters; exponent (1 is linear)")
    for name, times, exponent in sorted(rows, key=lambda row: -row[2]):
        print(f"  {exponent:5.2f}   {' '.join(f'{one:8.2f}' for one in times)}   {name}")
    print(f"regular expressions that grow faster than their text: {len(grown)}")
    for one in grown:
        print(f"  {one}")


def main() -> None:
    """Fuzz and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    facts = core_facts()
    wordings = [wording for fact in facts for wording in fact.wordings()]
    go = text_path(matcher_over(facts), facts)
    report_growth(growth(go, wordings[0]), growing())
    sys.stdout.flush()
    stopped, start = [], time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))

    def until(found: Found) -> bool:
        seconds = time.monotonic() - start
        if found.done % EVERY == 0:
            print(f"{found.done} posts, {found.raised.total()} raised, {seconds:.0f} s", flush=True)
        return bool(stopped) or seconds >= arguments.seconds

    found = fuzz(go, arguments.seed, wordings, posts=arguments.posts, until=until)
    report(found, arguments.seed)
    sys.exit(1 if found.raised else 0)


if __name__ == "__main__":
    main()
