"""Reviews out of a file of any of the formats that publishers use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bot.exchange.claim_review import read_entry
from bot.exchange.html import page_entries
from bot.exchange.incoming import Rejected, ReviewedClaim
from bot.exchange.json_object import ENDS
from bot.exchange.json_stream import Entry, entries
from bot.exchange.json_window import Window, chunks
from bot.exchange.nodes import Nodes
from bot.exchange.opening import Kind, Opened

WHOLE = "the file"
"""The place of what is wrong with a file as a whole."""


def read_reviews(
    stream: BinaryIO, kind: Kind, *, today: date, base_url: str | None = None
) -> Iterator[ReviewedClaim | Rejected]:
    """Yield the reviews of a file, each as soon as it is read, and what can't go in.

    Args:
        stream: The file's bytes, unpacked (see ``sniff``).
        kind: What it is: JSON or HTML.
        today: The day on which it is read.
        base_url: The address that it was read from, for links that are relative.

    Raises:
        ImportRefused: Nothing of it can be read.
    """
    found: Iterator[Entry | Rejected]
    if kind is Kind.HTML:
        base_url, found = page_entries(stream, base_url)
    else:
        found = entries(Window(chunks(stream)))
    nodes = Nodes(page=kind is Kind.HTML)
    any_found = False
    for entry in found:
        if isinstance(entry, Entry):
            results = list(read_entry(entry, nodes, today=today, base_url=base_url))
        elif entry.why == ENDS and _trouble(stream):
            continue
        else:
            results = [entry]
        any_found = any_found or bool(results)
        yield from results
    if (trouble := _trouble(stream)) is not None:
        yield Rejected(WHOLE, trouble)
    elif not any_found:
        yield Rejected(WHOLE, "there is no ClaimReview in it.")


def _trouble(stream: BinaryIO) -> str | None:
    return stream.trouble if isinstance(stream, Opened) else None
