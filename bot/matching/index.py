"""The facts, prepared for matching: vectors, vocabularies, numbers and names."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from bot.domain.fact import Fact, Fingerprint
from bot.domain.ports import FactReader
from bot.matching.cues import negations
from bot.matching.encoder import Encoder, Vectors
from bot.matching.follow import catch_up, follows
from bot.matching.lexical import IndexUnwritable, LexicalIndex, open_lexical
from bot.matching.links import canonical_url
from bot.matching.normalise import normalise
from bot.matching.vectors import key, missing, stacked, texts_of
from bot.matching.words import Words, words

log = logging.getLogger(__name__)

MAX_PREPARED = 4096
"""How many facts are held prepared: those that posts were lately compared with. About 15 kB each."""

MAX_HELD = 50_000
"""Wordings up to which a search compares with all of them by meaning: 77 MB at 384 dimensions."""
_WORDINGS_A_FACT = 12
_NEAR = 0.4
"""Cosine under which a wording has nothing to do with what is searched for."""
_BATCH = 500

_NAME = re.compile(r"(?<![.!?:\"'\n] )(?<!^)\b[A-Z][\w'-]+")


@dataclass(frozen=True, slots=True)
class IndexedFact:
    """One fact, prepared.

    ``wording_vectors`` has shape (wordings, dimensions), ``near_miss_vectors`` (near misses, dimensions);
    ``claim_stems`` are the content stems of all wordings, ``truth_stems`` those of the true statement and correction.
    """

    fact: Fact
    wordings: tuple[Words, ...]
    wording_vectors: Vectors
    near_miss_vectors: Vectors
    truth_vector: Vectors
    claim_stems: frozenset[str]
    truth_stems: frozenset[str]
    claim_numbers: frozenset[str]
    truth_numbers: frozenset[str]
    negated_share: float
    """The share of the wordings that hold a negation, 0..1."""
    names: frozenset[str]
    """The stems that the fact's own prose writes with a capital and never without."""
    source_urls: frozenset[str]
    """The canonical addresses of what the fact cites."""


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
        self._held: tuple[list[str], Vectors] | None = None
        self._prepared: OrderedDict[str, IndexedFact] = OrderedDict()
        self._lock = Lock()

    def get(self, slug: str) -> IndexedFact | None:
        """Return one fact, prepared, or None where it is unknown or retired."""
        return self.get_many((slug,)).get(slug)

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

    def nearest(self, vector: Vectors, *, limit: int) -> list[str]:
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
        order = np.argsort(-cosines)[: limit * _WORDINGS_A_FACT]
        return list(dict.fromkeys(owners[i] for i in order if cosines[i] >= _NEAR))[:limit]

    def missing(self, slugs: Sequence[str]) -> dict[str, bytes]:
        """Return the vectors that the store lacks of some facts, computed now, by key."""
        return self._vectors(self._reader.facts(slugs))[1]

    def sync(self) -> list[str]:
        """Bring the index up to the store, and return the slugs of the facts that were added, edited or retired.

        Only those are indexed anew, and all of them, or none, in one commit.
        """
        with self._lock:
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
            return []  # still as good as it was, and the next time tries again
        self.lexical = LexicalIndex()
        return catch_up(self.lexical, self._reader, now)

    def _prepare(self, slugs: Sequence[str]) -> dict[str, IndexedFact]:
        if not slugs:
            return {}
        facts = [fact for fact in self._reader.facts(slugs) if not fact.retired]
        have, computed = self._vectors(facts)
        return {fact.slug: _prepare(fact, {**have, **computed}) for fact in facts}

    def _hold(self) -> tuple[list[str], Vectors]:
        """Return every wording's fact, and their stored vectors, shape (wordings, dimensions)."""
        owners: list[str] = []
        rows: list[Vectors] = []
        slugs = list(self._reader.versions())
        for start in range(0, len(slugs), _BATCH):
            facts = self._reader.facts(slugs[start : start + _BATCH])
            keys = {fact.slug: [key(text) for text in fact.wordings()] for fact in facts}
            have = self._reader.vectors(self._encoder.name, [name for each in keys.values() for name in each])
            for fact in facts:
                if all(name in have for name in keys[fact.slug]):
                    rows.append(stacked(fact.wordings(), have))
                    owners += [fact.slug] * len(keys[fact.slug])
        return owners, np.concatenate(rows) if rows else np.zeros((0, 0), dtype=np.float32)

    def _vectors(self, facts: Sequence[Fact]) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Return the vectors that the store has of some facts, and those that it lacks."""
        keys = list(dict.fromkeys(key(text) for fact in facts for text in texts_of(fact)))
        have = self._reader.vectors(self._encoder.name, keys)
        return have, missing(facts, have, self._encoder)


def _prepare(fact: Fact, vectors: Mapping[str, bytes]) -> IndexedFact:
    wordings = tuple(words(normalise(text)) for text in fact.wordings())
    truth = [words(normalise(text)) for text in (fact.true_statement, fact.correction)]
    matrix = stacked((*fact.wordings(), fact.true_statement), vectors)
    near_misses = [near_miss.text for near_miss in fact.near_misses]
    return IndexedFact(
        fact=fact,
        wordings=wordings,
        wording_vectors=matrix[:-1],
        near_miss_vectors=stacked(near_misses, vectors) if near_misses else matrix[:0],
        truth_vector=matrix[-1],
        claim_stems=frozenset().union(*(each.content for each in wordings)),
        truth_stems=frozenset().union(*(each.content for each in truth)),
        claim_numbers=frozenset().union(*(each.numbers for each in wordings)),
        truth_numbers=frozenset().union(*(each.numbers for each in truth)),
        negated_share=sum(negations(text) > 0 for text in fact.wordings()) / len(wordings),
        names=_names(fact),
        source_urls=frozenset(filter(None, (canonical_url(source.url) for source in fact.sources()))),
    )


def _names(fact: Fact) -> frozenset[str]:
    prose = [normalise(text) for text in (fact.claim, fact.true_statement, fact.correction)]
    capital = {stem for text in prose for name in _NAME.findall(text) for stem in words(name).content}
    found = [words(text) for text in prose]
    small = {stem for text in found for stem, raw in zip(text.stems, text.raw, strict=True) if raw.islower()}
    return frozenset(capital - small)
