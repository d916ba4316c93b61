"""How an index follows its store: which facts to index anew, and when it must begin again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from bot.domain.fact import Fingerprint
from bot.domain.ports import FactReader
from bot.matching.lexical import LexicalIndex

log = logging.getLogger(__name__)

_BATCH = 500
_RULES = ("background", "documents", "link_tables", "links", "magnet", "normalise", "words")
"""The modules that decide how a fact is indexed."""


def follows(index: LexicalIndex, now: Fingerprint) -> bool:
    """Tell whether an index is up to its store."""
    return _followed(index) == now


def catch_up(index: LexicalIndex, reader: FactReader, now: Fingerprint) -> list[str]:
    """Bring an index up to its store, in one commit, and return the slugs of the facts that differed.

    Args:
        index: The index.
        reader: The store.
        now: The store's fingerprint, read before: what changes meanwhile is then seen again the next time.

    Raises:
        IndexUnwritable: Nothing was changed.
    """
    gone, changed = _difference(index, reader)
    facts = (fact for part in _batches(changed) for fact in reader.facts(part) if not fact.retired)
    drop = None if gone is None else [*gone, *changed]
    index.update(drop=drop, add=facts, state=json.dumps({"rules": _rules(), **asdict(now)}))
    log.info("index.synced", extra={"changed": len(changed), "gone": len(gone or ())})
    return [*(gone or ()), *changed]


def _difference(index: LexicalIndex, reader: FactReader) -> tuple[list[str] | None, list[str]]:
    """Return the facts to drop (None: everything) and those to index."""
    was = _followed(index)
    if was is not None and reader.fingerprint(until=was.newest) == was:
        return [], list(reader.versions(after=was.newest))  # the usual case: only additions
    wanted = reader.versions()
    have = {} if was is None else index.versions()
    gone = [slug for slug in have if slug not in wanted]
    changed = [slug for slug, number in wanted.items() if have.get(slug) != number]
    if not gone and not changed:
        # Something differs that the versions don't tell of, as where another database was put in the place.
        return None, list(wanted)
    return (None if was is None else gone), changed


def _followed(index: LexicalIndex) -> Fingerprint | None:
    """Return up to where an index follows its store; None where it is new or was made by other rules."""
    values = json.loads(index.state or "{}")
    return Fingerprint(**values) if values.pop("rules", None) == _rules() else None


@cache
def _rules() -> str:
    """Return a digest of the code that decides how a fact is indexed, so that no change of it can be forgotten."""
    digest = hashlib.sha256(version("snowballstemmer").encode())
    for name in _RULES:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


def _batches(slugs: Sequence[str]) -> Iterator[Sequence[str]]:
    return (slugs[start : start + _BATCH] for start in range(0, len(slugs), _BATCH))
