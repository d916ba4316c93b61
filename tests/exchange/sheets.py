"""Sheets, written and read as tests do."""

from __future__ import annotations

import io
from collections.abc import Iterable

from bot.domain.fact import Fact
from bot.exchange.csv_in import read_csv
from bot.exchange.csv_out import write_csv
from bot.exchange.incoming import Rejected, ReviewedClaim, SheetFact
from tests.exchange.sound_facts import A_DAY, one_sentence

NEEDED = "claim,verdict,correction,true_statement,citations"
CITED = "https://a.example/ | The Gazette | On zeppelins | None ever came."

Found = ReviewedClaim | SheetFact | Rejected


def read(content: str | bytes) -> list[Found]:
    """Read a sheet's content."""
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    found = list(read_csv(stream, today=A_DAY))
    assert not stream.closed
    return found


def sheet(facts: Iterable[Fact]) -> str:
    """Write a sheet's content."""
    return "".join(write_csv(facts))


def facts_of(found: Iterable[Found]) -> list[Fact]:
    """Return the facts; there is nothing else."""
    facts = []
    for one in found:
        assert isinstance(one, SheetFact), one
        facts.append(one.fact)
    return facts


def one(line: str, columns: str = NEEDED) -> Found:
    """Read the only row of a sheet."""
    (found,) = read(f"{columns}\n{line}\n")
    return found


def rejected(found: Found) -> tuple[str, str]:
    """Return where a row stands and why it can't go in."""
    assert isinstance(found, Rejected), found
    assert one_sentence(found.why)
    return found.place, found.why
