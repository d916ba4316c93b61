"""Vectors of the facts' wordings, kept as bytes by the hash of their text, so that a start computes none twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np

from bot.domain.fact import Fact
from bot.matching.encoder import Encoder, Vectors
from bot.matching.normalise import normalise


def key(text: str) -> str:
    """Return the key under which a text's vector is kept: SHA-256 of its normalised form, in hex."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def texts_of(fact: Fact) -> tuple[str, ...]:
    """Return every text of a fact that matching compares posts with."""
    truth = (fact.true_statement,) if fact.true_statement.strip() else ()
    return (*fact.wordings(), *truth, *(near_miss.text for near_miss in fact.near_misses))


def missing(facts: Iterable[Fact], have: Mapping[str, bytes], encoder: Encoder) -> dict[str, bytes]:
    """Return the vectors that ``have`` lacks, by key, each as float16 bytes (half the size, cosines alike to 1e-3)."""
    wanted = {key(text): normalise(text) for fact in facts for text in texts_of(fact)}
    lacking = {name: text for name, text in wanted.items() if name not in have}
    if not lacking:
        return {}
    vectors = encoder.encode(list(lacking.values()))
    return {name: vector.astype(np.float16).tobytes() for name, vector in zip(lacking, vectors, strict=True)}


def stacked(texts: Iterable[str], have: Mapping[str, bytes]) -> Vectors:
    """Return the vectors of some texts, shape (texts, dimensions)."""
    return np.stack([np.frombuffer(have[key(text)], dtype=np.float16) for text in texts]).astype(np.float32)
