"""Import whatever a stream holds: find out what it is, read it beside the event loop, and take it in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import BinaryIO, TypeAlias

from bot.domain.errors import ImportRefused
from bot.domain.pack import Pack, Signature
from bot.exchange.csv_in import read_csv
from bot.exchange.incoming import ReadPack, Rejected, ReviewedClaim, SheetFact
from bot.exchange.opening import Kind, Opened, sniff
from bot.exchange.reading import WHOLE, read_reviews
from bot.exchange.shared_pack import read_shared
from bot.services.imports.report import Line, Report
from bot.services.imports.reviews import Entry
from bot.services.imports.take_in import Progress, TakeIn, silent

_TOO_MANY = "The file holds more than {:,} entries; the bot's operator can import it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What is to be imported, and how.

    ``name`` is that of the file, for the log; ``url`` the address of a page. ``guild_id`` is the server whose own facts
    they become (None: all servers'), ``by`` the moderator (None: the operator). ``dry`` changes nothing. ``theirs`` and
    ``accept_key`` are for packs (see ``ImportPacks.take_in``). ``unpacked`` is the most bytes
    that a compressed file may hold, and ``most`` the most entries.
    """

    stream: BinaryIO
    name: str
    today: date
    url: str | None = None
    guild_id: int | None = None
    by: int | None = None
    dry: bool = False
    theirs: bool = False
    accept_key: bool = False
    unpacked: int = 4_000_000_000
    most: int | None = None


async def import_stream(
    take_in: TakeIn,
    incoming: Incoming,
    *,
    tell: Callable[[Line], None] = lambda _: None,
    progress: Progress = silent,
) -> Report:
    """Import what a stream holds.

    Raises:
        ImportRefused: Nothing of it can be read, or a pack may not come in.
        StoreError: The database can't be read or written. What was taken in before stays.
    """
    kind, stream = await asyncio.to_thread(sniff, incoming.stream, limit=incoming.unpacked)
    if kind is Kind.PACK:
        return await _pack(take_in, await asyncio.to_thread(read_shared, stream), incoming, tell, progress)
    if kind is not Kind.CSV:
        entries: Iterator[Entry] = read_reviews(stream, kind, today=incoming.today, base_url=incoming.url)
        return await _reviews(take_in, entries, incoming, tell, progress)
    rows = await asyncio.to_thread(_begun, _to_the_end(read_csv(stream, today=incoming.today), stream))
    first = next(rows, None)
    rows = rows if first is None else chain([first], rows)
    if isinstance(first, SheetFact):
        read = await asyncio.to_thread(_sheet, rows, incoming)
        return await _pack(take_in, read, incoming, tell, progress, whole=False)
    return await _reviews(take_in, _only_reviews(rows), incoming, tell, progress)


Row: TypeAlias = ReviewedClaim | Rejected | SheetFact


async def _reviews(
    take_in: TakeIn, entries: Iterator[Entry], incoming: Incoming, tell: Callable[[Line], None], progress: Progress
) -> Report:
    return await take_in.reviews(
        _at_most(entries, incoming.most),
        name=incoming.name,
        guild_id=incoming.guild_id,
        by=incoming.by,
        dry=incoming.dry,
        tell=tell,
        progress=progress,
    )


async def _pack(
    take_in: TakeIn,
    read: ReadPack,
    incoming: Incoming,
    tell: Callable[[Line], None],
    progress: Progress,
    *,
    whole: bool = True,
) -> Report:
    if incoming.most is not None and len(read.facts) + len(read.rejected) > incoming.most:
        raise ImportRefused(_TOO_MANY.format(incoming.most))
    return await take_in.pack(
        read,
        guild_id=incoming.guild_id,
        by=incoming.by,
        dry=incoming.dry,
        theirs=incoming.theirs,
        accept_key=incoming.accept_key,
        whole=whole,
        tell=tell,
        progress=progress,
    )


def _at_most(entries: Iterator[Entry], most: int | None) -> Iterator[Entry]:
    """Yield entries, and refuse the file at one too many."""
    for number, entry in enumerate(entries, start=1):
        if most is not None and number > most:
            raise ImportRefused(_TOO_MANY.format(most))
        yield entry


def _to_the_end(rows: Iterator[Row], stream: Opened) -> Iterator[Row]:
    """Yield rows, and at last what kept the file from being read to its end."""
    yield from rows
    if (trouble := stream.trouble) is not None:
        yield Rejected(WHOLE, trouble)


def _begun(rows: Iterator[Row]) -> Iterator[Row]:
    """Read until the first row that isn't rejected, which tells what kind of sheet it is."""
    rejected: list[Row] = []
    for row in rows:
        if not isinstance(row, Rejected):
            return chain([row], rejected, rows)
        rejected.append(row)
    return iter(rejected)


def _only_reviews(rows: Iterator[Row]) -> Iterator[Entry]:
    return (row for row in rows if not isinstance(row, SheetFact))


def _sheet(rows: Iterator[Row], incoming: Incoming) -> ReadPack:
    """Return a sheet of facts as the pack that it is: so that it can be taken in again, and edits here stay."""
    found = list(rows)
    facts = {row.fact.slug: row.fact for row in found if isinstance(row, SheetFact)}
    twice = [
        Rejected(row.place, "another row has its slug.")
        for row in found
        if isinstance(row, SheetFact) and facts[row.fact.slug] is not row.fact
    ]
    rejected = (row for row in found if isinstance(row, Rejected))
    name = "-".join(re.findall(r"[a-z0-9]+", incoming.name.casefold().removesuffix(".gz").removesuffix(".csv")))
    day = incoming.today.isoformat()
    pack = Pack(f"sheet-{name}"[:60].rstrip("-"), incoming.name, day, "unknown", f"The sheet {incoming.name}.")
    return ReadPack(pack, Signature.NONE, tuple(facts.values()), (*rejected, *twice))
