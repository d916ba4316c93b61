"""The contract of what is kept about members and servers, on the real store and the fake."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.appeal import AppealKind, NewAppeal, Outcome
from bot.domain.audit import Act, NewAuditEvent
from bot.domain.card import CardKey, CardKind, PostedCard
from bot.domain.fact import FactVersion
from bot.domain.member import EVERYWHERE, Mark
from bot.domain.note import Note, NoteState
from bot.domain.policy import CONSOLE_GUILD, FactLimit, Mode, Policy
from bot.domain.ports import Store, Transaction
from bot.domain.rating import Helpfulness, NoteScore, NoteStanding, NoteStatus, Rating, Reason
from bot.domain.request import Answer
from bot.domain.review import ReviewItem, Ruling
from bot.store.database import Database
from tests.builders import NOW, a_fact, a_note, a_review, an_item
from tests.store.test_subscriptions import subscribed

A, B = "a" * 32, "b" * 32
ALICE, BOB = 1_000_000_000_000_000_001, 1_000_000_000_000_000_002
HERE, THERE = 1, 9
LATER = NOW + timedelta(days=10)


async def _note(tx: Transaction, number: int = 3, guild_id: int = HERE, **over: Any) -> Note:
    note = await tx.notes.add(a_note(source_message_id=number, guild_id=guild_id, **over))
    assert note is not None
    return note


async def _item(tx: Transaction, number: int = 3, guild_id: int = HERE, **over: Any) -> ReviewItem:
    item = await tx.reviews.add(an_item(message_id=number, guild_id=guild_id, **over))
    assert item is not None
    return item


def _rating(note: Note, rater: str = A, **over: Any) -> Rating:
    reasons = frozenset({Reason.OPINION})
    rating = Rating(note.id, note.new.guild_id, rater, Helpfulness.NOT_HELPFUL, reasons, NOW)
    return replace(rating, **over)


async def _live(tx: Transaction, member: str, member_id: int, guild_id: int = HERE, base: int = 0) -> None:
    """Let somebody do everything in a server, as a member and as a moderator."""
    note = await _note(tx, base + 3, guild_id)
    await tx.ratings.put(_rating(note, member))
    appeal = await tx.appeals.add(NewAppeal(guild_id, note.id, AppealKind.WRITTEN, member, NOW, f"words of {member}"))
    await tx.appeals.rule(appeal.id, Outcome.UPHELD, by=member_id, at=NOW, answer="No.")
    request, _ = await tx.requests.ask(guild_id, f"asked by {member}", member=member, at=NOW)
    await tx.requests.answer(request.id, Answer.NOT_NEEDED, by=member_id, at=NOW)
    await tx.members.mark(Mark.OPTED_OUT, member, guild_id=EVERYWHERE, at=NOW)
    await _item(tx, base + 3, guild_id, author=member)
    ruled = await _item(tx, base + 4, guild_id)
    await tx.reviews.assign([ruled.id], to=member_id, until=LATER)
    await tx.reviews.close(ruled.id, ruling=Ruling.DISMISS, by=member_id, at=NOW)
    await tx.audit.add(NewAuditEvent(NOW, Act.DISMISS, guild_id, by=member_id, item_id=ruled.id))
    await tx.facts.record(FactVersion(a_fact(slug=f"v{base}"), NOW, member_id, "added"))
    await tx.drafts.add(guild_id=guild_id, by=member_id, at=NOW, fact=a_fact(), base_version=None)
    await tx.notes.add_repair(guild_id=guild_id, slug="moon-cheese", at=NOW, by=member_id, cause="edited", total=1)


TABLES = {
    *("ratings", "appeals", "request_members", "requests", "member_marks", "review_items", "audit_events"),
    *("fact_versions", "fact_drafts", "note_repairs"),
}


def _has(row: dict[str, object], fields: dict[str, object]) -> bool:
    return {name: row[name] for name in fields} == fields


class TestMarks:
    async def test_a_mark_is_remembered_once_until_it_is_taken_back(self, store: Store) -> None:
        """And says whether that changed anything."""
        async with store.transaction() as tx:
            done = [await tx.members.mark(Mark.OPTED_OUT, A, guild_id=EVERYWHERE, at=NOW) for _ in range(2)]
            assert done == [True, False]
            assert await tx.members.is_marked(Mark.OPTED_OUT, A, guild_id=EVERYWHERE)
            done = [await tx.members.unmark(Mark.OPTED_OUT, A, guild_id=EVERYWHERE) for _ in range(2)]
            assert done == [True, False]
            assert not await tx.members.is_marked(Mark.OPTED_OUT, A, guild_id=EVERYWHERE)

    async def test_a_mark_holds_where_and_for_whom_it_was_set(self, store: Store) -> None:
        """Not in another server, not for another member, and for nothing else."""
        async with store.transaction() as tx:
            await tx.members.mark(Mark.DISCOUNTED, A, guild_id=HERE, at=NOW)
            await tx.members.mark(Mark.DISCOUNTED, B, guild_id=HERE, at=NOW)
            await tx.members.mark(Mark.OPTED_OUT, A, guild_id=EVERYWHERE, at=NOW)
        async with store.reading() as tx:
            assert await tx.members.marked(Mark.DISCOUNTED, guild_id=HERE) == {A, B}
            assert await tx.members.marked(Mark.DISCOUNTED, guild_id=THERE) == set()
            assert await tx.members.marked(Mark.OPTED_OUT, guild_id=EVERYWHERE) == {A}
            assert not await tx.members.is_marked(Mark.OPTED_OUT, B, guild_id=EVERYWHERE)
            assert not await tx.members.is_marked(Mark.DISCOUNTED, A, guild_id=EVERYWHERE)


class TestHeld:
    async def test_nothing_is_held_about_a_stranger(self, store: Store) -> None:
        """Whatever others did."""
        async with store.transaction() as tx:
            await _live(tx, B, BOB)
            held = await tx.members.held(A, ALICE)
        assert (held.rows, held.count()) == ({}, 0)

    async def test_everything_about_a_member_is_held(self, store: Store) -> None:
        """What they did as a member and as a moderator, and nothing of another's; each row once."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            await _live(tx, B, BOB, base=10)
            held = await tx.members.held(A, ALICE)
        assert held.rows.keys() == TABLES
        assert {table: len(rows) for table, rows in held.rows.items()} == {
            table: 2 if table == "review_items" else 1 for table in TABLES
        }
        assert held.count() == 11

    async def test_rows_come_by_the_names_of_their_columns(self, store: Store) -> None:
        """On either store, so that an export says what each field means."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            rows = (await tx.members.held(A, ALICE)).rows
        assert _has(rows["ratings"][0], {"rater": A, "guild_id": HERE, "said": Helpfulness.NOT_HELPFUL})
        assert _has(rows["appeals"][0], {"by": A, "ruled_by": ALICE, "text": "", "answer": "No."})
        assert _has(rows["request_members"][0], {"member": A, "at": NOW})
        assert _has(rows["requests"][0], {"text": f"asked by {A}", "answered_by": ALICE})
        assert _has(rows["member_marks"][0], {"member": A, "mark": Mark.OPTED_OUT})
        assert _has(rows["review_items"][0], {"author": A, "message_id": 3, "post_text": an_item().post_text})
        for table in ("audit_events", "fact_versions", "fact_drafts", "note_repairs"):
            assert rows[table][0]["by"] == ALICE

    async def test_what_waits_on_a_members_posts_is_found(self, store: Store) -> None:
        """Until it is closed, for then the author is forgotten; by itself, not among others'."""
        async with store.transaction() as tx:
            items = [await _item(tx, number, author=A) for number in (3, 4)]
            await _item(tx, 5, author=B)
            await _item(tx, 6)
            assert await tx.members.items_of(A) == [item.id for item in items]
            await tx.reviews.close(items[0].id, ruling=Ruling.EXPIRED, by=None, at=NOW)
            assert await tx.members.items_of(A) == [items[1].id]
            await tx.reviews.reopen(items[0].id, post_text="again", author=A)
            assert await tx.members.items_of(A) == [item.id for item in items]


class TestErase:
    async def _erased(self, tx: Transaction) -> int:
        for item_id in await tx.members.items_of(A):
            await tx.reviews.close(item_id, ruling=Ruling.AUTHOR_LEFT, by=None, at=NOW)
        return await tx.members.erase(A, ALICE)

    async def test_only_marks_are_left(self, store: Store) -> None:
        """In all servers; and whatever is another's."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            await _live(tx, A, ALICE, THERE, base=20)
            await _live(tx, B, BOB, base=10)
            before = await tx.members.held(B, BOB)
            await self._erased(tx)
            assert (await tx.members.held(A, ALICE)).rows.keys() == {"member_marks"}
            assert await tx.members.held(B, BOB) == before

    async def test_the_rows_are_counted_alike(self, store: Store) -> None:
        """Each that was deleted or changed, once; nothing the second time."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            # A rating, an appeal, a request that nobody else asked with the part in it, a draft; and of what moderators
            # do an item that was theirs and that they ruled on, an event, a version and a repair.
            assert await self._erased(tx) == 9
            assert await self._erased(tx) == 0

    async def test_a_request_of_others_stays(self, store: Store) -> None:
        """With one member less; one that nobody is left to ask goes."""
        async with store.transaction() as tx:
            shared, _ = await tx.requests.ask(HERE, "Both?", member=A, at=NOW)
            await tx.requests.ask(HERE, "both?", member=B, at=NOW)
            own, _ = await tx.requests.ask(HERE, "Mine?", member=A, at=NOW)
            await self._erased(tx)
            left = await tx.requests.get(shared.id)
            assert left is not None
            assert (left.text, left.asked) == ("Both?", 1)
            assert await tx.requests.get(own.id) is None

    async def test_acts_stand_without_who_did_them(self, store: Store) -> None:
        """A ruling, an answer, a version and an event are the server's."""
        async with store.transaction() as tx:
            await _live(tx, B, ALICE)
            await tx.members.erase(A, ALICE)
            [event] = await tx.audit.find(HERE)
            [request] = await tx.requests.of_member(HERE, B)
            [appeal] = await tx.appeals.of_member(HERE, B, since=NOW)
            [version] = await tx.facts.history("v0")
            assert (event.new.act, event.new.by) == (Act.DISMISS, None)
            assert (request.answer, request.answered_by) == (Answer.NOT_NEEDED, None)
            assert (appeal.outcome, appeal.answer, appeal.ruled_by) == (Outcome.UPHELD, "No.", None)
            assert version.by is None


SOMETHING: dict[str, Callable[[Transaction], Awaitable[Any]]] = {
    "policy": lambda tx: tx.policies.save(Policy(HERE), at=NOW),
    "limit": lambda tx: tx.policies.limit(FactLimit(HERE, "moon-cheese", Mode.OFF)),
    "note": _note,
    "item": _item,
    "event": lambda tx: tx.audit.add(NewAuditEvent(NOW, Act.SETTING, HERE)),
    "request": lambda tx: tx.requests.ask(HERE, "Is it?", member=A, at=NOW),
    "draft": lambda tx: tx.drafts.add(guild_id=HERE, by=ALICE, at=NOW, fact=a_fact(), base_version=None),
    "fact": lambda tx: tx.facts.add(a_fact(slug="own", guild_id=HERE)),
    "card": lambda tx: tx.cards.put(PostedCard(CardKey(HERE, CardKind.STOP, ""), 2, 3, "d")),
    "mark": lambda tx: tx.members.mark(Mark.DISCOUNTED, A, guild_id=HERE, at=NOW),
    "pack": lambda tx: tx.imports.put_subscription(subscribed("moon", a_fact(), guild_id=HERE)),
    "watermark": lambda tx: tx.watermarks.put({HERE: NOW}),
    "repair": lambda tx: tx.notes.add_repair(guild_id=HERE, slug="s", at=NOW, by=None, cause="c", total=1),
}


class TestServers:
    async def test_a_departure_keeps_its_first_time(self, store: Store) -> None:
        """Until Footnote is back."""
        async with store.transaction() as tx:
            await tx.members.departed(HERE, at=NOW)
            await tx.members.departed(HERE, at=LATER)
            assert await tx.members.departures(before=NOW) == []
            assert await tx.members.departures(before=NOW + timedelta(seconds=1)) == [HERE]
            await tx.members.returned(HERE)
            assert await tx.members.departures(before=LATER) == []

    @pytest.mark.parametrize("what", list(SOMETHING))
    async def test_a_server_is_known_by_whatever_is_stored_of_it(self, store: Store, what: str) -> None:
        """The console and the operator's acts are no server's."""
        async with store.transaction() as tx:
            await tx.audit.add(NewAuditEvent(NOW, Act.FACT_ADDED, None))
            await tx.policies.save(Policy(CONSOLE_GUILD), at=NOW)
            assert await tx.members.servers() == set()
            await SOMETHING[what](tx)
            assert await tx.members.servers() == {HERE}
            await tx.members.forget_server(HERE)
            assert await tx.members.servers() == set()

    async def test_a_forgotten_server_leaves_nothing_and_takes_nothing_of_others(self, store: Store) -> None:
        """Its own facts with their versions go, too; an opt-out holds everywhere and stays."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            await _live(tx, A, ALICE, THERE, base=20)
            await tx.facts.add(a_fact(slug="v0", guild_id=HERE))
            await tx.members.departed(HERE, at=NOW)
            note = (await tx.notes.for_channel(2))[0]
            await tx.ratings.put_standing(_standing(note))
            there = await tx.notes.find(THERE)
            # A note with its rating, standing and appeal, a request, two items, an event, a draft, a repair, a fact
            # with its version, and the departure.
            assert await tx.members.forget_server(HERE) == 13
            assert await tx.members.forget_server(HERE) == 0
            assert await tx.members.servers() == {THERE}
            assert await tx.members.departures(before=LATER) == []
            assert await tx.notes.find(HERE) == []
            assert await tx.audit.find(HERE) == []
            assert await tx.ratings.standings(HERE) == []
            assert await tx.ratings.of_server(HERE) == []
            assert await tx.facts.history("v0") == []
            assert await tx.notes.find(THERE) == there
            assert len(await tx.facts.history("v20")) == 1
            assert await tx.members.is_marked(Mark.OPTED_OUT, A, guild_id=EVERYWHERE)

    async def test_a_forgotten_server_forgets_its_packs_and_imported_facts(self, store: Store) -> None:
        """With what the packs held; those of others and those for all servers stay."""
        packs = {place: subscribed("moon", a_fact(), guild_id=place) for place in (None, HERE, THERE)}
        async with store.transaction() as tx:
            for place, pack in packs.items():
                await tx.imports.put_subscription(pack)
                fact = a_fact(slug=f"of-{place}", guild_id=place, reviews=(a_review(),))
                await tx.imports.add([(fact, "k")])
            # A pack and a fact.
            assert await tx.members.forget_server(HERE) == 2
            assert await tx.imports.subscriptions(HERE) == []
            assert await tx.imports.reviewed(HERE, ["moon-review"]) == await tx.imports.claimed(HERE, ["k"]) == {}
            for place in (None, THERE):
                assert await tx.imports.subscription(place, "moon") == packs[place]
                assert await tx.imports.claimed(place, ["k"]) == {"k": f"of-{place}"}
            await tx.imports.put_subscription(subscribed("mars", guild_id=HERE))
            assert await tx.imports.subscription(HERE, "mars") == subscribed("mars", guild_id=HERE)
            await tx.facts.add(a_fact(slug=f"of-{HERE}"))
            assert await tx.imports.unkeyed(limit=9) == [(f"of-{HERE}", a_fact().claim)]

    async def test_no_row_of_a_forgotten_pack_is_left(self, database: Database) -> None:
        """Of a server's packs, and of one that was forgotten by itself."""
        async with database.transaction() as tx:
            await tx.imports.put_subscription(subscribed("moon", a_fact(), guild_id=HERE))
            await tx.imports.put_subscription(subscribed("moon", a_fact()))
        assert len(_held(database)) == 2
        async with database.transaction() as tx:
            await tx.members.forget_server(HERE)
        assert len(_held(database)) == 1
        async with database.transaction() as tx:
            await tx.imports.unsubscribe(None, "moon")
        assert _held(database) == []


def _held(database: Database) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database.path)) as connection:
        return connection.execute("SELECT * FROM pack_facts").fetchall()


def _standing(note: Note) -> NoteStanding:
    score = NoteScore(note.id, NoteStatus.HELPFUL, "r/1", provisional=True, count=3, why=("w",))
    return NoteStanding(note.id, note.new.guild_id, NoteStatus.HELPFUL, NOW, score)


class TestExpire:
    async def test_what_is_young_stays(self, store: Store) -> None:
        """To the very moment."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            before = await tx.members.held(A, ALICE)
            assert await tx.members.expire(HERE, before=NOW) == 0
            assert await tx.members.held(A, ALICE) == before

    async def test_what_is_over_goes(self, store: Store) -> None:
        """Ratings, answered appeals, closed items, repairs; from events and versions who it was."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            await tx.facts.add(a_fact(slug="v0", guild_id=HERE))
            # A rating, an appeal, an item, a repair, an event, a version, the words of a pending note.
            assert await tx.members.expire(HERE, before=LATER) == 7
            assert await tx.members.expire(HERE, before=LATER) == 0
            left = await tx.members.held(A, ALICE)
            assert left.rows.keys() == {"request_members", "requests", "member_marks", "review_items", "fact_drafts"}
            [event] = await tx.audit.find(HERE)
            assert (event.new.act, event.new.by) == (Act.DISMISS, None)

    async def test_another_servers_stay(self, store: Store) -> None:
        """Each server has a time of its own."""
        async with store.transaction() as tx:
            await _live(tx, A, ALICE)
            before = await tx.members.held(A, ALICE)
            assert await tx.members.expire(THERE, before=LATER) == 0
            assert await tx.members.held(A, ALICE) == before

    async def test_an_appeal_and_an_item_that_wait_stay(self, store: Store) -> None:
        """They are not over."""
        async with store.transaction() as tx:
            note = await _note(tx)
            appeal = await tx.appeals.add(NewAppeal(HERE, note.id, AppealKind.WRITTEN, A, NOW, "words"))
            item = await _item(tx)
            await tx.members.expire(HERE, before=LATER)
            assert await tx.appeals.get(appeal.id) == appeal
            assert await tx.reviews.get(item.id) == item

    @pytest.mark.parametrize(
        ("state", "kept"),
        [
            (NoteState.SHADOW, False),
            (NoteState.RETRACTED, False),
            (NoteState.DROPPED, False),
            (NoteState.PENDING, True),
            (NoteState.SENDING, True),
            (NoteState.POSTED, True),
            (NoteState.COLLAPSED, True),
            (NoteState.RETRACTING, True),
        ],
    )
    async def test_a_note_that_is_gone_goes_with_all_that_hangs_on_it(
        self, store: Store, state: NoteState, *, kept: bool
    ) -> None:
        """One that stands, or that is under way, loses the words that matched and the old ratings."""
        async with store.transaction() as tx:
            note = await _note(tx)
            await tx.notes.move(note.id, to=state, at=NOW, cause="c", only_from=set(NoteState))
            link = await _note(tx, 4, links_to=note.id, created_at=LATER)
            for rater, at in ((A, NOW), (B, LATER)):
                await tx.ratings.put(_rating(note, rater, at=at))
            await tx.ratings.put_standing(_standing(note))
            appeal = await tx.appeals.add(NewAppeal(HERE, note.id, AppealKind.WRITTEN, A, NOW, "words"))
            await tx.members.expire(HERE, before=LATER)
            left = await tx.notes.get(note.id)
            assert (left is not None) is kept
            assert left is None or left.new.evidence.matched_words == ()
            assert [one.rater for one in await tx.ratings.of_note(note.id)] == ([B] if kept else [])
            assert (await tx.ratings.standing(note.id) is not None) is kept
            assert (await tx.appeals.get(appeal.id) is not None) is kept
            assert bool(await tx.notes.events(note.id)) is kept
            linked = await tx.notes.get(link.id)
            assert linked is not None
            assert linked.new.links_to == (note.id if kept else None)


class TestEverybody:
    async def test_everybody_is_forgotten_where_the_key_is_lost(self, store: Store) -> None:
        """Requests stay, with the number of members who asked; so do items and appeals, without who."""
        async with store.transaction() as tx:
            assert not await tx.members.known()
            note = await _note(tx)
            await tx.ratings.put(_rating(note, A))
            await tx.members.mark(Mark.OPTED_OUT, A, guild_id=EVERYWHERE, at=NOW)
            appeal = await tx.appeals.add(NewAppeal(HERE, note.id, AppealKind.WRITTEN, A, NOW, "words"))
            request, _ = await tx.requests.ask(HERE, "Is it?", member=A, at=NOW)
            await tx.requests.join(request.id, member=B, at=NOW)
            item = await _item(tx)
            assert await tx.members.known()
            await tx.members.forget_everybody()
            assert not await tx.members.known()
            assert (await tx.members.held(A, ALICE)).rows == {}
            left = await tx.requests.get(request.id)
            assert left is not None
            assert left.asked == 2
            kept = await tx.appeals.get(appeal.id)
            assert kept is not None
            assert (kept.new.by, kept.new.text) == (None, "words")
            waiting = await tx.reviews.get(item.id)
            assert waiting is not None
            assert waiting.new.author is None
