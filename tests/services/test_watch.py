from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.decision import Action
from bot.domain.match import Gate
from bot.domain.note import NoteKind, NoteState, Provenance
from bot.domain.policy import Mode
from bot.domain.post import Post
from bot.services.compute import MatchingWorker
from bot.services.plan import MAX_LINKS
from bot.store.database import Database
from tests.fakes import FakeMatcher
from tests.services.conftest import CHANNEL, CLAIM, HARMLESS, SETTLE, SUN, House, a_place


async def test_a_claim_gets_one_note(house: House) -> None:
    """In the post's channel, as a reply to it, after a short wait."""
    watched = await house.post(CLAIM)
    assert watched is not None
    assert (watched.decision.action, watched.stored) == (Action.REPLY, True)
    await house.outbox.flush()
    assert house.texts() == []
    await house.deliver()
    assert house.texts() == [(100, "note")]
    [posted] = house.desk.lying.values()
    assert posted.channel_id == CHANNEL
    [note] = await house.notes()
    assert (note.state, note.new.provenance, note.message_id) == (NoteState.POSTED, Provenance.AUTO, 9001)
    assert note.new.due_at - note.new.created_at == SETTLE


async def test_the_same_post_twice_gets_one_note(house: House) -> None:
    """A gateway that tells of a post again after a reconnect changes nothing."""
    await house.post(CLAIM)
    again = await house.post(CLAIM)
    await house.deliver()
    await house.post(CLAIM)
    await house.deliver()
    assert again is not None
    assert not again.stored
    assert house.texts() == [(100, "note")]


async def test_two_facts_get_a_note_each(house: House) -> None:
    """In two posts."""
    await house.post(CLAIM, 100)
    await house.post(SUN, 101)
    await house.deliver()
    assert house.texts() == [(100, "note"), (101, "note")]


async def test_a_repeat_gets_a_quiet_link(house: House) -> None:
    """While the note still speaks for its fact in the channel; after some links, silence."""
    for number in range(MAX_LINKS + 3):
        await house.post(CLAIM, 100 + number)
        await house.deliver()
    assert house.texts() == [(100, "note"), (101, "link"), (102, "link"), (103, "link")]
    assert [posted.links_to_message for posted in house.desk.lying.values()] == [None, 9001, 9001, 9001]
    assert await house.notes(104) == []


async def test_after_the_window_the_note_is_given_again(house: House) -> None:
    """Nobody scrolls up for a day."""
    await house.mode(Mode.AUTO, window_minutes=60)
    await house.post(CLAIM, 100)
    await house.deliver()
    house.clock.forward(minutes=59)
    await house.post(CLAIM, 101)
    house.clock.forward(minutes=2)
    await house.post(CLAIM, 102)
    await house.deliver()
    assert house.texts() == [(100, "note"), (101, "link"), (102, "note")]


@pytest.mark.parametrize("place", [{"channel_id": 3}, {"guild_id": 8, "channel_id": 3}])
async def test_another_channel_is_another_conversation(house: House, place: dict[str, int]) -> None:
    """A link to a note that these readers can't see helps nobody."""
    await house.policies.change(8, lambda policy: replace(policy, mode=Mode.AUTO, approvals_needed=0))
    await house.post(CLAIM, 100)
    await house.post(CLAIM, 101, **place)
    await house.deliver()
    assert [kind for _, kind in house.texts()] == ["note", "note"]


async def test_a_note_that_was_taken_down_speaks_for_nothing(house: House) -> None:
    """The next repeat gets the note itself."""
    await house.post(CLAIM, 100)
    await house.deliver()
    await house.watch.deleted([100])
    await house.deliver()
    await house.post(CLAIM, 101)
    await house.deliver()
    assert house.texts() == [(101, "note")]


async def test_a_new_server_queues(database: Database, worker: MatchingWorker) -> None:
    """Until somebody says otherwise, nothing is posted by itself."""
    house = House(database, worker)
    watched = await house.post(CLAIM)
    await house.deliver()
    assert watched is not None
    assert (watched.decision.action, watched.stored) == (Action.QUEUE, True)
    [item] = await house.items()
    assert (item.new.post_text, item.new.reasons) == (CLAIM, ("the server's mode is queue",))
    assert house.desk.sent == 0


async def test_shadow_posts_nothing(house: House) -> None:
    """It records what would have been posted, and queues nothing."""
    await house.mode(Mode.SHADOW)
    for number in range(MAX_LINKS + 2):
        await house.post(CLAIM, 100 + number)
    await house.deliver()
    kinds = [note.new.kind for number in range(MAX_LINKS + 2) for note in await house.notes(100 + number)]
    assert kinds == [NoteKind.NOTE, *[NoteKind.LINK] * MAX_LINKS]
    assert {await house.state(100), await house.state(101)} == {NoteState.SHADOW}
    assert house.desk.sent == 0
    assert await house.items() == []


async def test_shadow_keeps_no_doubtful_match(house: House, matcher: FakeMatcher) -> None:
    """There is nobody to look at it."""
    await house.mode(Mode.SHADOW)
    matcher.confidence = 0.5
    watched = await house.post(CLAIM)
    assert watched is not None
    assert not watched.stored
    assert (await house.notes(), await house.items()) == ([], [])


async def test_a_shadow_note_speaks_for_nothing(house: House) -> None:
    """Who turns shadow off gets full notes: a link to what nobody saw would lead nowhere."""
    await house.mode(Mode.SHADOW)
    await house.post(CLAIM, 100)
    await house.mode(Mode.AUTO)
    await house.post(CLAIM, 101)
    await house.deliver()
    assert house.texts() == [(101, "note")]


async def test_off_looks_at_nothing(house: House, matcher: FakeMatcher) -> None:
    """Not even for a moment."""
    await house.mode(Mode.OFF)
    assert await house.post(CLAIM) is None
    assert await house.edit(CLAIM) is None
    assert matcher.seen == []


@pytest.mark.parametrize(
    ("policy", "place", "looked_at"),
    [
        ({"watched_channels": frozenset({CHANNEL})}, {}, True),
        ({"watched_channels": frozenset({3})}, {}, False),
        ({"watched_channels": frozenset({3})}, {"parent_id": 3}, True),
        ({"ignored_channels": frozenset({CHANNEL})}, {}, False),
        ({"ignored_channels": frozenset({3})}, {"parent_id": 3}, False),
        ({"watched_channels": frozenset({3}), "ignored_channels": frozenset({CHANNEL})}, {"parent_id": 3}, False),
        ({"ignored_roles": frozenset({5})}, {"author_roles": frozenset({4, 5})}, False),
        ({"ignored_roles": frozenset({5})}, {"author_roles": frozenset({4})}, True),
    ],
)
async def test_scope(
    house: House,
    matcher: FakeMatcher,
    policy: dict[str, frozenset[int]],
    place: dict[str, Any],
    looked_at: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Only watched channels, their threads among them, and nobody with an ignored role."""
    await house.mode(Mode.AUTO, **policy)
    assert (await house.post(CLAIM, **place) is not None) is looked_at
    assert bool(matcher.seen) is looked_at


@pytest.mark.parametrize(
    ("confidence", "gates", "reason"),
    [
        (0.6, (), "confidence 0.60 is under the threshold 0.90"),
        (0.97, (Gate("numbers", 1, passed=False, detail="another number"),), "numbers: another number"),
    ],
)
async def test_doubt_goes_to_the_queue(
    house: House, matcher: FakeMatcher, confidence: float, gates: tuple[Gate, ...], reason: str
) -> None:
    """With its reason; nothing is posted."""
    matcher.confidence, matcher.gates = confidence, gates
    await house.post(CLAIM)
    await house.deliver()
    [item] = await house.items()
    assert item.new.reasons == (reason,)
    assert house.desk.sent == 0


async def test_a_servers_own_threshold_counts(house: House, matcher: FakeMatcher) -> None:
    """And is stored with the decision."""
    await house.mode(Mode.AUTO, threshold=0.5)
    matcher.confidence = 0.6
    await house.post(CLAIM)
    [note] = await house.notes()
    assert (note.new.threshold, note.new.confidence) == (0.5, 0.6)


@pytest.mark.parametrize(
    "text", ["It is false that the moon is made of cheese.", "The moon is made of cheese.?", HARMLESS]
)
async def test_what_repeats_nothing_leaves_nothing(house: House, text: str) -> None:
    """Neither a note nor an item."""
    watched = await house.post(text)
    assert watched is not None
    assert (watched.decision.action, watched.stored) == (Action.IGNORE, False)
    assert (await house.notes(), await house.items()) == ([], [])


async def test_a_fact_that_changed_since_it_was_indexed_is_queued(house: House, matcher: FakeMatcher) -> None:
    """The store knows better than the index."""
    matcher.facts = [replace(fact, version=2) for fact in matcher.facts]
    await house.post(CLAIM)
    [item] = await house.items()
    assert item.new.reasons == ("the fact changed since it was indexed",)


async def test_the_wait_is_the_houses(house: House) -> None:
    """A note is due when the wait is over, not before."""
    await house.post(CLAIM)
    house.clock.now += SETTLE - timedelta(milliseconds=1)
    assert await house.outbox.flush() == 0
    house.clock.forward(milliseconds=1)
    assert await house.outbox.flush() == 1


async def test_a_thread_is_a_place_of_its_own(house: House) -> None:
    """A note is posted in the thread in which the post stands."""
    await house.watch.posted(Post(CLAIM), a_place(channel_id=50, parent_id=CHANNEL))
    await house.deliver()
    [posted] = house.desk.lying.values()
    assert posted.channel_id == 50
