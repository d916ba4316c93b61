"""Lexical retrieval over all wordings of all facts, by Tantivy (BM25), in a folder or in memory.

The index holds its own state (which store it follows, and how far), so that one commit moves both or neither.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path

import tantivy

from bot.domain.fact import Fact
from bot.matching.documents import FACT, OWN, STATE, documents, schema, scoped, state_document
from bot.matching.view import View, with_term

log = logging.getLogger(__name__)

_HEAP = 50_000_000
_VIEWS = 64
"""Of so many servers with facts of their own, what they see is held ready."""


class IndexUnwritable(Exception):
    """The index can't be changed: another process is changing it, the disk is full, or it is damaged."""


class LexicalIndex:
    """All wordings of all facts, of which each server sees its part."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open the index in a folder, or make one there; without a folder, make one in memory.

        Raises:
            ValueError: What the folder holds is damaged, or no such index.
            OSError: It can't be read.
        """
        self.folder = folder
        self._schema = schema()
        self._index = tantivy.Index(self._schema, path=str(folder) if folder else None)
        self._index.config_reader(reload_policy="manual")
        self.reload()

    def reload(self) -> None:
        """See what was last committed, by this process or another."""
        self._index.reload()
        self._searcher = self._index.searcher()
        self._global = View(self._searcher, self._schema)
        self._views = lru_cache(_VIEWS)(partial(View, self._searcher, self._schema))
        self.state = next((document["state"][0] for document in self._of_kind(STATE, limit=1)), "")

    @property
    def wordings(self) -> int:
        """How many different wordings there are, of all servers."""
        return max(self._searcher.num_docs - 1, 0)

    def view(self, guild_id: int | None = None) -> View:
        """Return what a server sees; without one, the global facts."""
        own = guild_id is not None and self._searcher.doc_freq("kind", scoped(OWN, guild_id)) > 0
        return self._views(guild_id) if own else self._global

    def versions(self) -> dict[str, int]:
        """Return the version of every indexed fact by slug."""
        found = self._of_kind(FACT, limit=max(self._searcher.num_docs, 1))
        return {document["slug"][0]: document["version"][0] for document in found}

    def update(self, *, drop: Iterable[str] | None, add: Iterable[Fact], state: str) -> None:
        """Change facts and state in one commit: drop the named facts (None: all), then add others.

        Raises:
            IndexUnwritable: Nothing was changed.
        """
        try:
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            if drop is None:
                writer.delete_all_documents()
            for slug in drop or ():
                writer.delete_documents_by_term("slug", slug)
            writer.delete_documents_by_term("kind", STATE)
            for fact in add:
                for document in documents(fact):
                    writer.add_document(document)
            writer.add_document(state_document(state))
            writer.commit()
            writer.wait_merging_threads()
        except (ValueError, OSError) as error:
            raise IndexUnwritable(str(error)) from error
        self.reload()

    def _of_kind(self, kind: str, *, limit: int) -> Iterator[tantivy.Document]:
        return with_term(self._searcher, self._schema, "kind", kind, limit=limit)


def open_lexical(folder: Path | None, *, writable: bool) -> LexicalIndex:
    """Open the index in a folder as it was left; a new one where that is damaged, in memory where it may not be there.

    Args:
        folder: Where it lies, or is to lie; None for memory.
        writable: Whether the folder may be made and changed.
    """
    if folder is None or not (writable or (folder / "meta.json").is_file()):
        return LexicalIndex()
    try:
        if writable:
            folder.mkdir(exist_ok=True)
        return LexicalIndex(folder)
    except (ValueError, OSError) as error:
        log.warning("index.unreadable", extra={"error": type(error).__name__})
    try:
        if writable:
            shutil.rmtree(folder)
            folder.mkdir()
            return LexicalIndex(folder)
    except (ValueError, OSError) as error:
        log.warning("index.unwritable", extra={"error": type(error).__name__})
    return LexicalIndex()
