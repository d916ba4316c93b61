"""What is kept about one member: told, handed out, erased; and the opt-out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.member import EVERYWHERE, Held, Mark, Pseudonyms
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import Ruling
from bot.domain.stored import BY_TABLE, WORDS, Kind, Stored
from bot.domain.told import LEAVING, NOT_OURS
from bot.services.rule import ruling_event
from bot.services.upkeep import Scrub, no_scrub
from bot.services.wakeup import Bell

_MARKS = "member_marks"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored about a member: rows by table, and whether they have opted out.

    ``expands`` tells whether short links in posts are asked for, of which members are told.
    """

    held: Held
    opted_out: bool
    expands: bool = False

    def counts(self) -> dict[str, int]:
        """Return how many rows there are by table."""
        return {table: len(rows) for table, rows in self.held.rows.items()}


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: rows deleted or changed, items closed, and in sentences what stays and why."""

    rows: int
    closed: int
    stays: tuple[str, ...]


class Privacy:
    """Serves members who want to know, have or end what is kept about them, in all servers at once."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        board: Bell,
        ratings: Bell,
        pseudonyms: Pseudonyms,
        scrub: Scrub = no_scrub,
        expands: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._board = board
        self._ratings = ratings
        self._pseudonyms = pseudonyms
        self._scrub = scrub
        self._expands = expands

    async def held(self, member_id: int) -> Kept:
        """Return what is stored about a member."""
        member = self._pseudonyms.of(member_id)
        async with self._store.reading() as tx:
            out = await tx.members.is_marked(Mark.OPTED_OUT, member, guild_id=EVERYWHERE)
            return Kept(await tx.members.held(member, member_id), out, self._expands)

    async def export(self, member_id: int) -> bytes:
        """Return what is stored about a member as JSON, with what each field means; words of others are left out."""
        kept = await self.held(member_id)
        me: set[str | int] = {self._pseudonyms.of(member_id), member_id}
        tables = {table: _table(table, rows, kept.held, me) for table, rows in kept.held.rows.items()}
        document = {
            "about": "Everything that Footnote stores about you, in all servers.",
            "made_at": self._clock().astimezone(UTC).isoformat(),
            "opted_out": kept.opted_out,
            "not_in_here": NOT_OURS,
            "tables": tables,
        }
        return json.dumps(document, ensure_ascii=False, indent=2, default=_spelt).encode()

    async def erase(self, member_id: int) -> Erased:
        """Forget a member in all servers; what had to stay is said."""
        member = self._pseudonyms.of(member_id)
        async with self._store.transaction() as tx:
            closed = await self._close_items(tx, member)
            before = await tx.members.held(member, member_id)
            rows = await tx.members.erase(member, member_id)
            left = await tx.members.held(member, member_id)
            joined = [row["request_id"] for row in before.rows.get("request_members", [])]
            shared = [one for one in joined if isinstance(one, int) and await tx.requests.get(one) is not None]
        scrubbed = await self._scrub()
        self._ring(closed)
        for guild_id in {row["guild_id"] for row in before.rows.get("ratings", []) if isinstance(row["guild_id"], int)}:
            # Their notes are counted anew without them.
            self._ratings.ring_for(guild_id)
        return Erased(rows, len(closed), tuple(_stays(left, shared=bool(shared), scrubbed=scrubbed)))

    async def opt_out(self, member_id: int) -> bool:
        """Leave a member's posts alone from now on, in all servers; return False where that is so already.

        What waits for a moderator on posts of theirs is closed.
        """
        member = self._pseudonyms.of(member_id)
        async with self._store.transaction() as tx:
            new = await tx.members.mark(Mark.OPTED_OUT, member, guild_id=EVERYWHERE, at=self._clock())
            closed = await self._close_items(tx, member)
        if closed:
            await self._scrub()
        self._ring(closed)
        return new

    async def opt_in(self, member_id: int) -> bool:
        """Look at a member's posts again, or return False where they had not opted out."""
        async with self._store.transaction() as tx:
            done = await tx.members.unmark(Mark.OPTED_OUT, self._pseudonyms.of(member_id), guild_id=EVERYWHERE)
        await self._scrub()
        return done

    async def opted_out(self, member_id: int) -> bool:
        """Tell whether a member's posts are left alone."""
        async with self._store.reading() as tx:
            return await tx.members.is_marked(Mark.OPTED_OUT, self._pseudonyms.of(member_id), guild_id=EVERYWHERE)

    async def _close_items(self, tx: Transaction, member: str) -> list[int]:
        """Close what waits on a member's posts, and return of each the server."""
        servers, now = [], self._clock()
        for item_id in await tx.members.items_of(member):
            item = await tx.reviews.get(item_id)
            if item and await tx.reviews.close(item_id, ruling=Ruling.AUTHOR_LEFT, by=None, at=now):
                await tx.audit.add(ruling_event(item, Ruling.AUTHOR_LEFT, by=None, at=now))
                servers.append(item.new.guild_id)
        return servers

    def _ring(self, servers: Iterable[int]) -> None:
        for guild_id in set(servers):
            self._board.ring_for(guild_id)


def _table(name: str, rows: list[dict[str, object]], held: Held, me: set[str | int]) -> dict[str, Any]:
    stored = BY_TABLE[name]
    asked = {row.get("request_id") for row in held.rows.get("request_members", [])}
    return {
        "why": stored.why,
        "kept": stored.until,
        "fields": {column: kind.value for column, kind in stored.columns.items()},
        "rows": [_row(stored, row, me, own=name == "requests" and row.get("id") in asked) for row in rows],
    }


def _row(stored: Stored, row: Mapping[str, object], me: set[str | int], *, own: bool) -> dict[str, object]:
    """Return a row without what is others': a moderator's acts are theirs, the post that they ruled on is not."""
    own = own or any(row.get(name) in me for name, kind in stored.columns.items() if kind is Kind.MEMBER)
    shown: dict[str, object] = {}
    for name, value in row.items():
        kind = stored.columns.get(name, Kind.PLAIN)
        if kind in WORDS and not own:
            continue
        if kind in {Kind.MEMBER, Kind.MODERATOR}:
            value = None if value is None else "you" if value in me else "somebody else"  # noqa: PLW2901
        # As Discord does: JSON readers round whole numbers that are so long.
        shown[name] = str(value) if kind is Kind.PLACE and isinstance(value, int) else value
    return shown


def _spelt(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _stays(left: Held, *, shared: bool, scrubbed: bool) -> list[str]:
    """Say what an erasure leaves, and why."""
    marks = {str(row["mark"]) for row in left.rows.get(_MARKS, [])}
    stays = []
    if Mark.OPTED_OUT in marks:
        stays.append(
            "Your opt-out stays, as a keyed hash without your name or id: without it your posts would be checked again."
        )
    if Mark.DISCOUNTED in marks:
        stays.append("That moderators of a server discounted your ratings stays there, as a keyed hash: it is theirs.")
    if shared:
        stays.append("The words of requests that others made, too, stay with them; nothing tells that you asked.")
    if not scrubbed:
        stays.append("Another program reads the database now, so deleted bytes are overwritten within the hour.")
    return [*stays, "Notes under posts stay; deleting your post takes its note down.", NOT_OURS, LEAVING]
