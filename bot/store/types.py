"""Column types and JSON forms: what Python's values look like in SQLite."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.exc import DontWrapMixin

from bot.domain.match import Evidence, Gate


class NaiveTimeError(DontWrapMixin, ValueError):
    """A time without a zone was about to be stored."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, stored as UTC and returned aware: SQLite itself has no time zones.

    Raises:
        NaiveTimeError: A naive datetime was given.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware time into UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTimeError("A time must carry its zone; this one has none.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give a stored time its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """JSON as compact text with sorted keys, so that equal values are equal text.

    Raises:
        ValueError: A number is not finite: SQLite's JSON functions could not read it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        """Write the value as JSON."""
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Read the value back."""
        return None if value is None else json.loads(value)


class EnumName(TypeDecorator[StrEnum]):
    """An enum's member by its lower-case name.

    By name, not by value: some values are words shown to people, which may be reworded without a migration.
    """

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        self.enum = enum
        super().__init__()

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the member's name."""
        return None if value is None else self.enum(value).name.lower()

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Find the member by its name."""
        return None if value is None else self.enum[value.upper()]


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """Return the CHECK that a column holds a name of the enum (or NULL, where the column allows it)."""
    names = ", ".join(f"'{member.name.lower()}'" for member in enum)
    return CheckConstraint(f"{column} IN ({names})", name=column)


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as JSON's types."""
    return {
        "phrasing": evidence.phrasing,
        "matched_words": list(evidence.matched_words),
        "scores": dict(evidence.scores),
        "gates": [
            {"name": gate.name, "version": gate.version, "passed": gate.passed, "detail": gate.detail}
            for gate in evidence.gates
        ],
    }


def evidence_from_json(stored: dict[str, Any]) -> Evidence:
    """Return the evidence that ``evidence_to_json`` wrote."""
    return Evidence(
        phrasing=stored["phrasing"],
        matched_words=tuple(stored["matched_words"]),
        scores=dict(stored["scores"]),
        gates=tuple(Gate(**gate) for gate in stored["gates"]),
    )
