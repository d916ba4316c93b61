"""What changed between two versions of a fact."""

from __future__ import annotations

from dataclasses import dataclass, fields

from bot.domain.fact import Citation, Fact, NearMiss, Review, Source

_UNSAID = frozenset({"slug", "version", "failed_tests", "guild_id"})
_SAYS = ("claim", "verdict", "correction")
"""What a reader is told: where it changes, trust in the fact begins anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed: the values that went and those that came, in words."""

    field: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def difference(old: Fact, new: Fact) -> tuple[Change, ...]:
    """Return what changed, field by field; in a list, the entries that went and came."""
    changes = []
    for name in (field.name for field in fields(Fact) if field.name not in _UNSAID):
        before, after = _values(getattr(old, name)), _values(getattr(new, name))
        if before != after:
            removed = tuple(value for value in before if value not in after)
            added = tuple(value for value in after if value not in before)
            changes.append(Change(name.replace("_", " "), removed, added))
    return tuple(changes)


def reworded(old: Fact, new: Fact) -> bool:
    """Tell whether what the fact says changed, and not only how it is found or cited."""
    said = (*_SAYS, "reviews") if new.draft else _SAYS
    return any(getattr(old, name) != getattr(new, name) for name in said)


def _values(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(_in_words(one) for one in value)
    return () if value is None else (_in_words(value),)


def _in_words(value: object) -> str:
    match value:
        case NearMiss():
            return f"{value.text} ({value.kind})"
        case Citation():
            return f"{_source(value.source)}: “{value.quote}”"
        case Review():
            rating = value.label or value.verdict.value.replace("_", " ")
            return f"{_source(value.source)}: “{value.claim}” rated {rating}; {value.rest}"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _source(source: Source) -> str:
    """Return all that is said of a source, so that no change of it goes untold."""
    rest = {
        "by": source.author,
        "of": source.published,
        "read": source.retrieved,
        "archived": source.archive_url,
        "note:": source.note,
    }
    said = [f"{name} {value}" for name, value in rest.items() if value is not None]
    return ", ".join((source.publisher, source.title, source.url, *said))
