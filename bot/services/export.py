"""Give facts out: all of a server's or the operator's, or those of one pack under the names that they have in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.domain.fact import Fact
from bot.domain.pack import Pack
from bot.domain.ports import Store
from bot.services.imports.three_way import with_names

_PAGE = 500


class ExportFacts:
    """Reads facts page by page, so that a store of any size can be given out."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def facts(self, guild_id: int | None, *, drafts: bool = True) -> AsyncIterator[Fact]:
        """Yield the facts in use, by slug.

        Args:
            guild_id: The server whose own facts they are; None for those of all servers.
            drafts: Whether facts that nobody wrote a correction for are among them.
        """
        after = ""
        while True:
            async with self._store.reading() as tx:
                page = await tx.imports.export(guild_id, after=after, limit=_PAGE)
            if not page:
                return
            for fact in page:
                if drafts or not fact.draft:
                    yield fact
            after = page[-1].slug

    async def pack(self, guild_id: int | None, name: str) -> tuple[Pack, list[Fact]] | None:
        """Return a pack that was taken in with its facts as they are here now, or None where there is none.

        Facts that were retired here are left out.
        """
        async with self._store.reading() as tx:
            held = await tx.imports.subscription(guild_id, name)
            if held is None:
                return None
            found = {fact.slug: fact for fact in await tx.imports.load(list(held.slugs.values()))}
        names = {slug: key for key, slug in held.slugs.items()}
        facts = [
            replace(with_names(found[slug], names), slug=key)
            for key, slug in sorted(held.slugs.items())
            if slug in found and not found[slug].retired
        ]
        return held.pack, facts
