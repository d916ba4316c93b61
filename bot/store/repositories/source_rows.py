"""Sources as rows, with what came of looking at them. Blocking functions, shared by the repositories."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.domain.errors import StoreError
from bot.domain.fact import Source, SourceCheck
from bot.store.tables import source_checks, sources

_OF_SOURCE = tuple(field.name for field in fields(Source) if field.name != "check")
_OF_CHECK = tuple(field.name for field in fields(SourceCheck))

WITH_CHECKS = sources.outerjoin(source_checks, source_checks.c.source_id == sources.c.id)
"""Sources, with their checks where there are any."""
CHECKED = (
    sources.c.id.label("the_source"),
    *(sources.c[name].label(f"source_{name}") for name in _OF_SOURCE),
    *(source_checks.c[name].label(f"check_{name}") for name in _OF_CHECK),
)
"""The columns that ``source_of`` reads, the source's number first."""

AT_ONCE = 500
"""How many values one query names; older builds of SQLite allow 999."""

_Value = TypeVar("_Value")


def in_parts(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """Yield so many values as one query may name."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def source_of(row: Row[Any]) -> Source:
    """Return the source in a row that has the columns ``CHECKED``."""
    check = None
    if row.check_state is not None:
        check = SourceCheck(**{name: getattr(row, f"check_{name}") for name in _OF_CHECK})
    return Source(**{name: getattr(row, f"source_{name}") for name in _OF_SOURCE}, check=check)


def source_ids(connection: Connection, wanted: Iterable[Source], *, rename: bool) -> dict[Source, int]:
    """Store the sources that aren't there yet, and return the numbers of all.

    Args:
        connection: In a transaction that writes.
        wanted: The sources.
        rename: Whether a source whose key is taken by another document gets another key, rather than be refused.

    Raises:
        StoreError: A key is taken by another document.
    """
    left = {source: source for source in wanted}
    ids: dict[Source, int] = {}
    while left:
        stored = _stored(connection, list(left.values()))
        ids |= {source: stored[tried.key][1] for source, tried in left.items() if stored[tried.key][0] == tried}
        left = {source: _renamed(source, tried) for source, tried in left.items() if source not in ids}
        if left and not rename:
            key = next(iter(left)).key
            raise StoreError(f'The source key "{key}" stands for another document already. Choose another key.')
    return ids


def _stored(connection: Connection, wanted: Sequence[Source]) -> dict[str, tuple[Source, int]]:
    """Store sources under keys that are free, and return what stands under each key, with its number."""
    rows = [{name: getattr(source, name) for name in _OF_SOURCE} for source in wanted]
    connection.execute(upsert(sources).on_conflict_do_nothing(index_elements=[sources.c.key]), rows)
    found: dict[str, tuple[Source, int]] = {}
    for part in in_parts([source.key for source in wanted]):
        statement = select(*CHECKED).select_from(WITH_CHECKS).where(sources.c.key.in_(part))
        found |= {row.source_key: (source_of(row), row.the_source) for row in connection.execute(statement)}
    return found


def _renamed(source: Source, tried: Source) -> Source:
    """Return a source under a key that tells it from all others with its key."""
    told = json.dumps(asdict(replace(source, check=None)), default=str, sort_keys=True) + tried.key
    return replace(source, key=f"{source.key[:80]}-{hashlib.blake2s(told.encode(), digest_size=6).hexdigest()}")
