"""The index of the facts: it follows the store, and holds the facts in use prepared for matching."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from threading import Lock

import numpy as np

from bot.domain.fact import Fact, Fingerprint
from bot.domain.ports import FactReader
from bot.matching.encoder import Encoder, Vectors
from bot.matching.follow import catch_up, follows
from bot.matching.lexical import IndexUnwritable, LexicalIndex, open_lexical
from bot.matching.prepared import IndexedFact, prepare
from bot.matching.vectors import key, missing, stacked, texts_of
from bot.matching.view import View

log = logging.getLogger(__name__)

MAX_PREPARED = 4096
"""How many facts are held prepared: those that posts were lately compared with. About 15 kB each."""

MAX_HELD = 50_000
"""Wordings up to which a search compares with all of them by meaning: 77 MB at 384 dimensions."""
_WORDINGS_A_FACT = 12
_NEAR = 0.4
"""Cosine under which a wording has nothing to do with what is searched for."""
_BATCH = 500

_Owner = tuple[str, int | None]
"""A fact and the server that it belongs to."""


class FactIndex:
    """The facts that can match: a lexical index over all of them, and the few in use, prepared.

    It is as it was left until ``sync``. Posts may be matched on one thread while another reads.
    """

    def __init__(
        self, reader: FactReader, encoder: Encoder, *, folder: Path | None = None, writable: bool = True
    ) -> None:
        """Open the index.

        Args:
            reader: The store that it follows.
            encoder: Computes the vectors that the store lacks.
            folder: Where it is kept; None for memory.
            writable: Whether the folder may be changed; an index there that doesn't fit is else left alone.
        """
        self.lexical = open_lexical(folder, writable=writable)
        self._reader = reader
        self._encoder = encoder
        self._writable = writable
        self._state: str | None = None
        self._held: tuple[list[_Owner], Vectors] | None = None
        self._prepared: OrderedDict[str, IndexedFact] = OrderedDict()
        self._lock = Lock()
        self.behind = False
        """Whether the last ``sync`` left something out, since the index couldn't be written."""

    def get(self, slug: str) -> IndexedFact | None:
        """Return one fact, prepared, or None where it is unknown or retired."""
        return self.get_many((slug,)).get(slug)

    def shown(self, slugs: Iterable[str], view: View) -> dict[str, IndexedFact]:
        """Return those of the facts that a view shows (see ``get_many``), in case one changed hands just now."""
        found = self.get_many(slugs)
        return {slug: indexed for slug, indexed in found.items() if view.shows(slug, indexed.fact.guild_id)}

    def get_many(self, slugs: Iterable[str]) -> dict[str, IndexedFact]:
        """Return those of the facts that are there and not retired, prepared: those not in use yet in one go."""
        with self._lock:
            wanted = list(dict.fromkeys(slugs))
            found = {slug: self._prepared[slug] for slug in wanted if slug in self._prepared}
            found |= self._prepare([slug for slug in wanted if slug not in found])
            self._prepared |= found
            for slug in found:
                self._prepared.move_to_end(slug)
            while len(self._prepared) > MAX_PREPARED:
                self._prepared.popitem(last=False)
            return {slug: found[slug] for slug in wanted if slug in found}

    def nearest(self, vector: Vectors, view: View, *, limit: int) -> list[str]:
        """Return the facts whose wordings come nearest to a unit vector, best first, among those with stored vectors.

        In a store of more than ``MAX_HELD`` wordings there are none: all its vectors would fill the memory.
        """
        with self._lock:
            if self.lexical.wordings > MAX_HELD:
                return []
            if self._held is None:
                self._held = self._hold()
            owners, matrix = self._held
        cosines = matrix @ vector if owners else np.zeros(0)
        order = np.argsort(-cosines)
        near = (owners[i] for i in order[cosines[order] >= _NEAR])
        shown = (slug for slug, guild_id in near if view.shows(slug, guild_id))
        return list(dict.fromkeys(islice(shown, limit * _WORDINGS_A_FACT)))[:limit]

    def missing(self, slugs: Sequence[str]) -> dict[str, bytes]:
        """Return the vectors that the store lacks of some facts, computed now, by key."""
        facts = self._reader.facts(slugs)
        return missing(facts, self._stored(facts), self._encoder)

    def vectors(self, facts: Sequence[Fact]) -> dict[str, bytes]:
        """Return all vectors of some facts, by key: those that the store has, the others computed now."""
        have = self._stored(facts)
        return {**have, **missing(facts, have, self._encoder)}

    def sync(self) -> list[str]:
        """Bring the index up to the store, and return the slugs of the facts that were added, edited or retired.

        Only those are indexed anew, and all of them, or none, in one commit.
        """
        with self._lock:
            self.behind = False
            now = self._reader.fingerprint()
            try:
                self.lexical.reload()
            except (ValueError, OSError):  # the folder was deleted or damaged meanwhile
                self.lexical = open_lexical(self.lexical.folder, writable=self._writable)
            changed = [] if follows(self.lexical, now) else self._catch_up(now)
            if self.lexical.state != self._state:
                # Prepared facts are cheap to make, and another process may have changed more than is known here.
                self._prepared.clear()
                self._held = None
                self._state = self.lexical.state
            return changed

    def _catch_up(self, now: Fingerprint) -> list[str]:
        if self.lexical.folder and not self._writable:
            log.warning("index.outdated")
            self.lexical = LexicalIndex()
        try:
            return catch_up(self.lexical, self._reader, now)
        except IndexUnwritable as error:
            log.warning("index.unwritable", extra={"error": type(error.__cause__).__name__})
        if self._state is not None:
            self.behind = True
            return []  # still as good as it was, and the next time tries again
        self.lexical = LexicalIndex()
        return catch_up(self.lexical, self._reader, now)

    def _prepare(self, slugs: Sequence[str]) -> dict[str, IndexedFact]:
        if not slugs:
            return {}
        facts = [fact for fact in self._reader.facts(slugs) if not fact.retired]
        vectors = self.vectors(facts)
        return {fact.slug: prepare(fact, vectors) for fact in facts}

    def _hold(self) -> tuple[list[_Owner], Vectors]:
        """Return every wording's fact, and their stored vectors, shape (wordings, dimensions)."""
        owners: list[_Owner] = []
        rows: list[Vectors] = []
        slugs = list(self._reader.versions())
        for start in range(0, len(slugs), _BATCH):
            facts = self._reader.facts(slugs[start : start + _BATCH])
            keys = {fact.slug: [key(text) for text in fact.wordings()] for fact in facts}
            have = self._reader.vectors(self._encoder.name, [name for each in keys.values() for name in each])
            for fact in facts:
                if all(name in have for name in keys[fact.slug]):
                    rows.append(stacked(fact.wordings(), have))
                    owners += [(fact.slug, fact.guild_id)] * len(keys[fact.slug])
        return owners, np.concatenate(rows) if rows else np.zeros((0, 0), dtype=np.float32)

    def _stored(self, facts: Sequence[Fact]) -> dict[str, bytes]:
        keys = list(dict.fromkeys(key(text) for fact in facts for text in texts_of(fact)))
        return self._reader.vectors(self._encoder.name, keys)
