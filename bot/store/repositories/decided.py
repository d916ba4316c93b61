"""The columns that notes and review items share: what was matched, and by which rules."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Function, Row, func

from bot.domain.note import NewNote
from bot.domain.review import NewReviewItem
from bot.store.types import evidence_from_json, evidence_to_json

_COLUMNS = (
    "guild_id",
    "channel_id",
    "slug",
    "fact_version",
    "relation",
    "confidence",
    "threshold",
    "rule_version",
    "created_at",
)


def decided_values(new: NewNote | NewReviewItem) -> dict[str, Any]:
    """Return the shared columns' values."""
    values = {name: getattr(new, name) for name in _COLUMNS}
    return {**values, "evidence": evidence_to_json(new.evidence)}


def decided_fields(row: Row[Any]) -> dict[str, Any]:
    """Return the fields that ``decided_values`` stored."""
    fields = {name: getattr(row, name) for name in _COLUMNS}
    return {**fields, "evidence": evidence_from_json(row.evidence)}


def without_words(evidence: Column[Any]) -> Function[Any]:
    """Return the SQL for evidence whose ``matched_words`` are emptied: they are the post's own words."""
    return func.json_set(evidence, "$.matched_words", func.json("[]"))
