"""Explain a stored note: what it matched, against which threshold, through which gates."""

from __future__ import annotations

from bot.domain.ports import Store
from bot.notes.why import Section, explain_stored


class ExplainNote:
    """Answers "why this?"."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def note(self, note_id: int, *, guild_id: int) -> tuple[Section, ...] | None:
        """Return the explanation of a note of this server, or None where there is no such note or fact."""
        async with self._store.reading() as tx:
            note = await tx.notes.get(note_id)
            if note is None or note.new.guild_id != guild_id:
                return None
            fact = await tx.facts.get(note.new.slug)
        return explain_stored(fact, note.new) if fact is not None else None
