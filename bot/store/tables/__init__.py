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
from bot.store.tables.imports import claim_reviews, pack_facts, packs, source_checks
from bot.store.tables.members import appeals, member_marks, note_standings, ratings, request_members, requests
from bot.store.tables.moderation import note_events, note_repairs, notes, review_items
from bot.store.tables.servers import audit_events, cards, departures, fact_limits, policies, watermarks

__all__ = [
    "appeals",
    "appearances",
    "audit_events",
    "cards",
    "citations",
    "claim_reviews",
    "departures",
    "fact_drafts",
    "fact_limits",
    "fact_versions",
    "facts",
    "member_marks",
    "metadata",
    "near_misses",
    "note_events",
    "note_repairs",
    "note_standings",
    "notes",
    "pack_facts",
    "packs",
    "phrasings",
    "policies",
    "ratings",
    "request_members",
    "requests",
    "review_items",
    "source_checks",
    "sources",
    "vectors",
    "watermarks",
]
