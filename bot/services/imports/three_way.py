"""What a pack's update makes of a fact that may have been changed here: field by field, what was written here stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from bot.domain.fact import Citation, Fact, Review, Source

_NOT_SHARED = frozenset({"slug", "version", "retired", "failed_tests", "guild_id", "overrides"})
FIELDS = tuple(field.name for field in fields(Fact) if field.name not in _NOT_SHARED)
"""The fields of a fact that a pack holds, its name aside."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A fact as it would be, the fields that the pack changes, and those in which what was written here stays."""

    fact: Fact
    taken: tuple[str, ...]
    kept: tuple[str, ...]


def merge(here: Fact, base: Fact | None, coming: Fact, *, theirs: bool = False) -> Merged:
    """Bring a pack's fact together with the one that is stored.

    Args:
        here: The stored fact.
        base: As the pack had it before; None where it isn't known, and then whatever differs was changed here.
        coming: As the pack has it now.
        theirs: Whether the pack wins where both changed something.
    """
    changes: dict[str, Any] = {}
    kept = []
    for name in FIELDS:
        mine, new = getattr(here, name), getattr(coming, name)
        if bare(mine) == bare(new):
            continue
        old = mine if base is None else getattr(base, name)
        if base is not None and bare(old) == bare(new):
            continue
        if theirs or (base is not None and bare(old) == bare(mine)):
            changes[name] = new
        else:
            kept.append(name)
    return Merged(replace(here, **changes), tuple(changes), tuple(kept))


def untouched(here: Fact, base: Fact) -> bool:
    """Tell whether a stored fact is in use and says what its pack said."""
    return not here.retired and all(bare(getattr(here, name)) == bare(getattr(base, name)) for name in FIELDS)


def with_names(fact: Fact, names: Mapping[str, str]) -> Fact:
    """Return a fact that calls others by other slugs, where they have others."""
    return replace(fact, overlaps=tuple(names.get(name, name) for name in fact.overlaps))


def bare(value: object) -> object:
    """Return a value without what differs from store to store: the keys of sources, and the identities of reviews."""
    match value:
        case tuple():
            return tuple(map(bare, value))
        case Source():
            return replace(value, key="")
        case Citation():
            return replace(value, source=replace(value.source, key=""))
        case Review():
            return replace(value, source=replace(value.source, key=""), identity="")
        case _:
            return value
