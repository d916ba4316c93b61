"""What came of an import, counted and told entry by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


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

    def add(self, outcome: Outcome, place: str, text: str = "", *, slug: str | None = None) -> None:
        """Count an entry, and keep its line where there is something to say and still room."""
        self.put(Line(outcome, place, slug, text))

    def put(self, line: Line) -> None:
        """Count an entry that is told already."""
        self.counts[line.outcome] += 1
        self.tell(line)
        if line.text and line.outcome in TOLD and self.counts[line.outcome] <= self.most:
            self.lines.append(line)

    @property
    def read(self) -> int:
        """How many entries there were."""
        return sum(self.counts.values()) - self.counts[Outcome.GONE]

    def in_words(self) -> str:
        """Return the sums as a sentence."""
        told = [f"{count:,} {outcome.value}" for outcome in Outcome if (count := self.counts[outcome])]
        one = self.read == 1
        what = "would be" if self.dry else "was" if one else "were"
        head = f"{self.read:,} {'entry' if one else 'entries'} {what} taken in"
        return f"{head}: {', '.join(told)}." if told else "There was nothing to take in."
