"""The schema. A change here needs a migration; a test compares the two.

Ids of Discord are BigIntegers, our own plain integers.
"""

from __future__ import annotations

from bot.store.tables.base import metadata
from bot.store.tables.facts import appearances, citations, facts, near_misses, phrasings, sources, vectors
from bot.store.tables.moderation import note_events, notes, policies, review_events, review_items

__all__ = [
    "appearances",
    "citations",
    "facts",
    "metadata",
    "near_misses",
    "note_events",
    "notes",
    "phrasings",
    "policies",
    "review_events",
    "review_items",
    "sources",
    "vectors",
]
