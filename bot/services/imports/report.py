"""What came of an import, counted and told entry by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What became of one entry."""

    NEW = "new"
    JOINED = "joined"
    CHANGED = "changed"
    SAME = "same"
    KNOWN = "known to all servers"
    CONFLICTING = "conflicting"
    GONE = "gone"
    REJECTED = "rejected"


TOLD = frozenset({Outcome.CHANGED, Outcome.CONFLICTING, Outcome.GONE, Outcome.REJECTED})
"""The outcomes that a person wants to read about; the others are counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its place in the file, the fact that it is about, if any, and what there is to say."""

    outcome: Outcome
    place: str
    slug: str | None
    text: str


@dataclass(slots=True)
class Report:
    """The sums of an import, and its first lines of each kind.

    ``tell`` gets every line as it comes. ``remarks`` counts entries of which something was left out.
    """

    dry: bool
    most: int = 200
    tell: Callable[[Line], None] = lambda _: None
    counts: Counter[Outcome] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    remarks: int = 0
    untested: list[str] = field(default_factory=list)
    """The facts that came in or changed, and have tests to pass."""
    failing: int = 0
    """How many of them didn't pass them."""

    def add(self, outcome: Outcome, place: str, text: str = "", *, slug: str | None = None) -> None:
        """Count an entry, and keep its line where there is something to say and still room."""
        self.put(Line(outcome, place, slug, text))

    def put(self, line: Line) -> None:
        """Count an entry that is told already."""
        self.counts[line.outcome] += 1
        self.tell(line)
        if line.text and line.outcome in TOLD and self.counts[line.outcome] <= self.most:
            self.lines.append(line)

    def to_json(self) -> dict[str, Any]:
        """Return the report as scripts see it."""
        return {
            "dry_run": self.dry,
            "read": self.read,
            **{outcome.name.lower(): self.counts[outcome] for outcome in Outcome},
            "failing_tests": self.failing,
            "lines": [
                {"outcome": line.outcome.name.lower(), "place": line.place, "fact": line.slug, "text": line.text}
                for line in self.lines
            ],
        }

    @property
    def read(self) -> int:
        """How many entries there were."""
        return sum(self.counts.values()) - self.counts[Outcome.GONE]

    def in_words(self) -> str:
        """Return the sums as a sentence."""
        told = [f"{count:,} {outcome.value}" for outcome in Outcome if (count := self.counts[outcome])]
        head = f"{self.read:,} {'entry' if self.read == 1 else 'entries'}"
        if not told:
            return "There was nothing to take in."
        return f"{head}: {', '.join(told)}.{' Nothing was changed yet.' if self.dry else ''}"
