"""What members see, have, erase and refuse; byte by byte where it matters."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.appeal import AppealKind, NewAppeal, Outcome
from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import FactVersion
from bot.domain.member import EVERYWHERE, KEY_BYTES, Mark, Pseudonyms
from bot.domain.note import NoteState
from bot.domain.policy import Mode
from bot.domain.rating import Helpfulness, Rating, Reason
from bot.domain.request import Answer
from bot.domain.review import ReviewState, Ruling
from bot.domain.stored import BY_TABLE
from bot.services.compute import MatchingWorker
from bot.services.privacy import Privacy
from bot.store.database import Database, open_database
from tests.builders import NOW, a_fact, a_note, an_item
from tests.fakes import FakeMatcher, FakeStore
from tests.services.conftest import CLAIM, FACTS, GUILD, HARMLESS, SUN, House

AUTHOR = 77
"""Who writes the posts of a house."""
MEMBER = 1_234_567_890_123_456_789
OTHER = 1_234_567_890_123_456_790
NAMES = Pseudonyms(bytes(KEY_BYTES))
WORDS = ("xylophonequark", "zitherflux", "oboeplasma")
"""What the member wrote: in a post, in an appeal, in a request."""


@pytest.fixture
async def memory(matcher: FakeMatcher) -> AsyncIterator[House]:
    """A house on the store in memory."""
    async with MatchingWorker(matcher) as worker:
        yield House(FakeStore(FACTS), worker)


def _author(house: House) -> Privacy:
    return house.services.privacy


async def _state(house: House, message_id: int = 100) -> tuple[ReviewState, Ruling | None, str, str | None]:
    [item] = await house.items(message_id)
    return item.state, item.ruling, item.new.post_text, item.new.author


async def test_an_item_knows_its_author_while_it_waits(memory: House) -> None:
    """By a pseudonym, for that is how an erasure finds it."""
    await memory.post(CLAIM)
    [item] = await memory.items()
    assert item.new.author is not None
    assert re.fullmatch(r"[0-9a-f]{32}", item.new.author)
    assert (await _author(memory).held(AUTHOR)).counts() == {"review_items": 1}
    await memory.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.DISMISS, by=5)
    assert (await _author(memory).held(AUTHOR)).counts() == {}


class TestOptOut:
    async def test_posts_are_left_alone_from_then_on(self, memory: House) -> None:
        """Not matched, not stored, new or edited, until the member opts in again."""
        await memory.mode(Mode.AUTO)
        assert await _author(memory).opt_out(AUTHOR)
        assert not await _author(memory).opt_out(AUTHOR)
        assert await _author(memory).opted_out(AUTHOR)
        matcher = memory.worker.matcher
        assert isinstance(matcher, FakeMatcher)
        assert await memory.post(CLAIM) is None
        assert await memory.edit(CLAIM + " Really.") is None
        assert matcher.seen == []
        assert await memory.notes() == []
        assert await memory.items() == []

        assert await _author(memory).opt_in(AUTHOR)
        assert not await _author(memory).opt_in(AUTHOR)
        await memory.post(CLAIM, 101)
        assert len(await memory.notes(101)) == 1

    async def test_others_are_looked_at_as_ever(self, memory: House) -> None:
        """It is one member's choice."""
        await _author(memory).opt_out(AUTHOR)
        await memory.post(CLAIM, author_id=78)
        assert len(await memory.items()) == 1

    async def test_what_waits_on_their_posts_is_closed(self, memory: House) -> None:
        """The words go, moderators' cards follow, and the audit log says why without saying who."""
        await memory.post(CLAIM)
        await memory.post(SUN, 101)
        await memory.post(CLAIM, 102, author_id=78)
        memory.board.take()
        await _author(memory).opt_out(AUTHOR)
        for message_id in (100, 101):
            assert await _state(memory, message_id) == (ReviewState.CLOSED, Ruling.AUTHOR_LEFT, "", None)
        assert (await _state(memory, 102))[0] is ReviewState.OPEN
        assert memory.board.take() == {GUILD}
        async with memory.store.reading() as tx:
            events = await tx.audit.find(GUILD, acts=[Act.AUTHOR_LEFT])
        assert [(event.new.by, event.new.detail) for event in events] == [(None, {})] * 2

    async def test_an_edit_takes_the_note_down(self, memory: House) -> None:
        """Whether it still holds may not be looked at any more; doubt shows nothing."""
        await memory.mode(Mode.AUTO)
        await memory.post(CLAIM)
        await memory.deliver()
        await _author(memory).opt_out(AUTHOR)
        assert await memory.state() is NoteState.POSTED
        await memory.edit(CLAIM + " Really.")
        await memory.deliver()
        assert await memory.state() is NoteState.RETRACTED

    async def test_one_in_the_middle_of_a_match_holds(self, memory: House) -> None:
        """What was being looked at when the member opted out isn't stored."""
        matcher = memory.worker.matcher
        assert isinstance(matcher, FakeMatcher)
        reading, entered = memory.store.reading, 0

        def late() -> Any:
            nonlocal entered
            entered += 1
            return reading()

        memory.store.reading = late  # type: ignore[method-assign]
        match = memory.worker.match

        async def meanwhile(*args: Any, **named: Any) -> Any:
            await _author(memory).opt_out(AUTHOR)
            return await match(*args, **named)

        memory.worker.match = meanwhile  # type: ignore[method-assign]
        assert await memory.post(CLAIM) is None
        assert entered == 1
        assert await memory.items() == []

    async def test_an_undone_ruling_does_not_bring_the_words_back(self, memory: House) -> None:
        """Nor of a copy whose author has opted out; who didn't waits again, by a pseudonym."""
        await memory.post(CLAIM)
        await memory.post(CLAIM, 101, author_id=78)
        [item] = await memory.items()
        ruled = await memory.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.WRONG_MATCH, by=5)
        assert ruled.event_id is not None
        await _author(memory).opt_out(AUTHOR)
        found = await memory.services.undo.items(ruled.event_id, guild_id=GUILD)
        assert [one.new.message_id for one in found] == [100, 101]
        undone = await memory.services.undo.undo(
            ruled.event_id, guild_id=GUILD, by=5, post_text=CLAIM, authors={100: AUTHOR, 101: 78}
        )
        assert "opted out since" in undone.message
        assert (await _state(memory))[:3] == (ReviewState.CLOSED, Ruling.WRONG_MATCH, "")
        state, _, text, author = await _state(memory, 101)
        assert (state, text) == (ReviewState.OPEN, CLAIM)
        assert author is not None
        assert (await _author(memory).held(78)).counts()["review_items"] == 1

    async def test_a_copy_whose_post_is_gone_stays_closed(self, memory: House) -> None:
        """Nobody would find its words to erase them."""
        await memory.post(CLAIM)
        await memory.post(CLAIM, 101, author_id=78)
        [item] = await memory.items()
        ruled = await memory.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.WRONG_MATCH, by=5)
        assert ruled.event_id is not None
        await memory.services.undo.undo(ruled.event_id, guild_id=GUILD, by=5, post_text=CLAIM, authors={100: AUTHOR})
        assert (await _state(memory))[0] is ReviewState.OPEN
        assert (await _state(memory, 101))[0] is ReviewState.CLOSED


async def _live(store: Database | FakeStore, member_id: int) -> None:
    """Let a member rate, appeal, ask, opt out and in, and write a post that waits; and moderate."""
    me, other = NAMES.of(member_id), NAMES.of(OTHER)
    async with store.transaction() as tx:
        note = await tx.notes.add(a_note(state=NoteState.POSTED))
        assert note is not None
        await tx.ratings.put(Rating(note.id, 1, me, Helpfulness.NOT_HELPFUL, frozenset({Reason.OPINION}), NOW))
        await tx.appeals.add(NewAppeal(1, note.id, AppealKind.WRITTEN, me, NOW, f"I said {WORDS[1]}."))
        await tx.requests.ask(1, f"Is {WORDS[2]} real?", member=me, at=NOW)
        await tx.members.mark(Mark.OPTED_OUT, me, guild_id=EVERYWHERE, at=NOW)
        await tx.members.unmark(Mark.OPTED_OUT, me, guild_id=EVERYWHERE)
        await tx.reviews.add(an_item(post_text=f"My {WORDS[0]} is cheese.", author=me))
        ruled = await tx.reviews.add(an_item(message_id=4, post_text="Somebody else's words.", author=other))
        held = await tx.reviews.add(an_item(message_id=5, post_text="Somebody else's words.", author=other))
        assert ruled is not None
        assert held is not None
        await tx.reviews.close(ruled.id, ruling=Ruling.DISMISS, by=member_id, at=NOW)
        await tx.reviews.assign([held.id], to=member_id, until=NOW + timedelta(hours=2))
        await tx.audit.add(NewAuditEvent(NOW, Act.DISMISS, 1, by=member_id, item_id=ruled.id))
        await tx.facts.record(FactVersion(a_fact(), NOW, member_id, "edited"))
        await tx.drafts.add(guild_id=1, by=member_id, at=NOW, fact=a_fact(), base_version=None)
        await tx.notes.add_repair(guild_id=1, slug="moon-cheese", at=NOW, by=member_id, cause="edited", total=1)
        theirs = await tx.appeals.add(NewAppeal(1, note.id, AppealKind.NOT_SAID, other, NOW))
        await tx.appeals.rule(theirs.id, Outcome.UPHELD, by=member_id, at=NOW, answer="No.")
        asked, _ = await tx.requests.ask(1, "Somebody else's question?", member=other, at=NOW)
        await tx.requests.answer(asked.id, Answer.NOT_NEEDED, by=member_id, at=NOW)


def _privacy(store: Database | FakeStore, house: House | None = None) -> Privacy:
    from bot.services.upkeep import no_scrub  # noqa: PLC0415
    from bot.services.wakeup import Bell  # noqa: PLC0415

    scrub = store.scrub if isinstance(store, Database) else no_scrub
    board = Bell() if house is None else house.board
    return Privacy(store=store, clock=lambda: NOW, board=board, ratings=Bell(), pseudonyms=NAMES, scrub=scrub)


@pytest.mark.parametrize("real", [False, True])
async def test_an_export_says_everything_in_words(database: Database, *, real: bool) -> None:
    """Each table with why and how long it is kept, each field with what it is; and no word of others."""
    store: Database | FakeStore = database if real else FakeStore(FACTS)
    await _live(store, MEMBER)
    data = await _privacy(store).export(MEMBER)
    document = json.loads(data)
    tables = document["tables"]
    assert tables.keys() == {
        *("ratings", "appeals", "request_members", "requests", "review_items", "audit_events", "fact_versions"),
        *("fact_drafts", "note_repairs"),
    }
    for name, table in tables.items():
        assert (table["why"], table["kept"]) == (BY_TABLE[name].why, BY_TABLE[name].until)
        assert all(table["rows"])
    [rating] = tables["ratings"]["rows"]
    assert (rating["rater"], rating["said"], rating["guild_id"]) == ("you", "not helpful", "1")
    assert tables["ratings"]["fields"]["rater"] == "a keyed hash that stands for a member"
    text = data.decode()
    assert all(word in text for word in WORDS)
    assert "Somebody else's" not in text
    assert "somebody else" in text
    assert not any(secret in text for secret in (NAMES.of(MEMBER), NAMES.of(OTHER), str(MEMBER), str(OTHER)))
    assert (document["made_at"], document["opted_out"]) == (NOW.isoformat(), False)


@pytest.mark.parametrize("real", [False, True])
async def test_an_erasure_says_what_it_did_and_what_stays(database: Database, *, real: bool) -> None:
    """An opt-out and a discount stay, and why; a second erasure finds nothing."""
    store: Database | FakeStore = database if real else FakeStore(FACTS)
    privacy = _privacy(store)
    await _live(store, MEMBER)
    await privacy.opt_out(MEMBER)
    async with store.transaction() as tx:
        await tx.members.mark(Mark.DISCOUNTED, NAMES.of(MEMBER), guild_id=1, at=NOW)
    erased = await privacy.erase(MEMBER)
    # A rating, an appeal, a request and the part in it, a draft; two items, an event, a version, a repair, an answer
    # to an appeal and one to a request.
    assert (erased.rows, erased.closed) == (12, 0)
    assert erased.stays[0].startswith("Your opt-out stays, as a keyed hash")
    assert "discounted your ratings" in erased.stays[1]
    assert await privacy.opted_out(MEMBER)
    assert (await privacy.held(MEMBER)).counts() == {"member_marks": 2}
    again = await privacy.erase(MEMBER)
    assert (again.rows, again.closed) == (0, 0)
    other = await privacy.erase(OTHER)
    assert not any("opt-out" in sentence or "discounted" in sentence for sentence in other.stays)


async def test_an_erasure_closes_what_waits_and_counts_anew(memory: House) -> None:
    """Moderators' cards follow, and so do the statuses of the notes that the member rated."""
    await memory.post(CLAIM)
    memory.board.take()
    erased = await memory.services.privacy.erase(AUTHOR)
    assert (erased.rows, erased.closed) == (0, 1)
    assert await _state(memory) == (ReviewState.CLOSED, Ruling.AUTHOR_LEFT, "", None)
    assert memory.board.take() == {GUILD}


def _needles() -> dict[str, bytes]:
    ids = {"id in words": str(MEMBER).encode(), "id as SQLite stores it": MEMBER.to_bytes(8, "big")}
    return {**ids, "pseudonym": NAMES.of(MEMBER).encode(), **{word: word.encode() for word in WORDS}}


def _found(folder: Path) -> set[str]:
    content = b"".join(file.read_bytes() for file in folder.iterdir() if file.name.startswith("facts.db"))
    return {name for name, needle in _needles().items() if needle in content}


async def test_nothing_of_an_erased_member_is_left_in_the_files(tmp_path: Path, seed: Path) -> None:
    """Neither in the database nor in its log nor its index, while it is open, closed, and after a VACUUM."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await _live(database, MEMBER)
        # In the log as well as, after a checkpoint, in the database.
        await database.scrub()
        await _live_on(database)
        assert _found(tmp_path) == set(_needles()) - {"id in words"}
        erased = await _privacy(database).erase(MEMBER)
        assert erased.closed == 1
        assert _found(tmp_path) == set()
        async with database.reading() as tx:
            held = await tx.members.held(NAMES.of(MEMBER), MEMBER)
        assert held.rows == {}
    assert _found(tmp_path) == set()
    with closing(sqlite3.connect(tmp_path / "facts.db")) as connection:
        connection.execute("VACUUM")
    assert _found(tmp_path) == set()


async def _live_on(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.requests.ask(1, f"And {WORDS[2]} again?", member=NAMES.of(MEMBER), at=NOW)


async def test_it_is_the_erasure_that_takes_the_bytes_away(tmp_path: Path, seed: Path) -> None:
    """Deleting rows on a connection that overwrites nothing leaves them there: the test above can fail."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await _live(database, MEMBER)
    with closing(sqlite3.connect(tmp_path / "facts.db")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM appeals")
        connection.execute("DELETE FROM review_items")
        connection.commit()
    assert {WORDS[0], WORDS[1]} <= _found(tmp_path)


async def test_harmless_posts_of_anybody_ask_for_no_write(memory: House) -> None:
    """Whether their author has opted out is read, not written."""
    await memory.post(HARMLESS)
    assert await memory.items() == []


async def test_an_opt_out_stays_as_its_mark_alone_and_goes_with_it(tmp_path: Path, seed: Path) -> None:
    """Byte by byte: the pseudonym is left in one place, and in none once the member opts in."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await _live(database, MEMBER)
        privacy = _privacy(database)
        await privacy.opt_out(MEMBER)
        await privacy.erase(MEMBER)
        assert _found(tmp_path) == {"pseudonym"}
        async with database.reading() as tx:
            assert set((await tx.members.held(NAMES.of(MEMBER), MEMBER)).rows) == {"member_marks"}
        await privacy.opt_in(MEMBER)
        assert _found(tmp_path) == set()


async def test_an_erasure_while_another_program_reads_says_when_the_bytes_go(tmp_path: Path, seed: Path) -> None:
    """The log can't be emptied under a reader; what can be is done as soon as it is gone."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await _live(database, MEMBER)
        with closing(sqlite3.connect(tmp_path / "facts.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM facts").fetchall()
            erased = await _privacy(database).erase(MEMBER)
            assert any("overwritten within the hour" in sentence for sentence in erased.stays)
            assert _found(tmp_path)
            reader.execute("COMMIT")
        assert await database.scrub()
        assert _found(tmp_path) == set()


async def test_what_others_asked_too_stays_with_them(memory: House) -> None:
    """And the member is told so."""
    for member in (AUTHOR, OTHER):
        await memory.services.requests.ask(GUILD, "Is it hollow?", by=member)
    erased = await _author(memory).erase(AUTHOR)
    assert any("requests that others made, too" in sentence for sentence in erased.stays)
    async with memory.store.reading() as tx:
        [request] = await tx.requests.waiting(GUILD)
    assert request.asked == 1
    again = await _author(memory).erase(OTHER)
    assert not any("requests that others made" in sentence for sentence in again.stays)
