"""The schema. A change here needs a migration; a test compares the two.

Ids of Discord are BigIntegers, our own plain integers.
"""

from __future__ import annotations

from bot.store.tables.base import metadata
from bot.store.tables.facts import (
    appearances,
    citations,
    fact_drafts,
    fact_versions,
    facts,
    near_misses,
    phrasings,
    sources,
    vectors,
)
from bot.store.tables.moderation import note_events, notes, review_items
from bot.store.tables.servers import audit_events, cards, fact_limits, policies, questions

__all__ = [
    "appearances",
    "audit_events",
    "cards",
    "citations",
    "fact_drafts",
    "fact_limits",
    "fact_versions",
    "facts",
    "metadata",
    "near_misses",
    "note_events",
    "notes",
    "phrasings",
    "policies",
    "questions",
    "review_items",
    "sources",
    "vectors",
]
