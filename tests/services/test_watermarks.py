from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import StoreError
from bot.domain.policy import Mode
from bot.domain.post import Post
from bot.services.outage import Outage
from bot.services.wakeup import Wakeup
from bot.services.watch import LATE
from bot.services.watermarks import Watermarks
from tests.builders import NOW
from tests.fakes import FakeStore
from tests.services.conftest import CLAIM, GUILD, HARMLESS, House, a_place


def at(seconds: float) -> datetime:
    """Return a time."""
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def marks(store: FakeStore) -> Watermarks:
    """Watermarks on a store in memory."""
    return Watermarks(store=store, clock=lambda: NOW, wakeup=Wakeup())


async def stored(marks: Watermarks, store: FakeStore) -> datetime | None:
    """Store the marks and return the server's."""
    await marks.store()
    return store.committed.watermarks.by_server.get(GUILD)


async def _turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_mark_follows_the_latest_post(marks: Watermarks, store: FakeStore) -> None:
    """Also where they were dealt with in another order."""
    for seconds in (1, 3, 2):
        with marks.looking(GUILD, at(seconds)):
            pass
    assert await stored(marks, store) == at(3)


async def test_a_mark_never_passes_a_post_that_waits(marks: Watermarks, store: FakeStore) -> None:
    """Killed now, it would be looked at again."""
    with marks.looking(GUILD, at(1)):
        with marks.looking(GUILD, at(5)):
            pass
        mark = await stored(marks, store)
        assert mark is not None
        assert mark < at(1)
    assert await stored(marks, store) == at(5)


async def test_a_post_that_failed_is_behind_and_one_that_was_cut_off_is_not(
    marks: Watermarks, store: FakeStore
) -> None:
    """What can't be decided must not be tried for ever; what a stop cut off is for the next start."""
    with pytest.raises(StoreError), marks.looking(GUILD, at(1)):
        raise StoreError
    assert await stored(marks, store) == at(1)
    with pytest.raises(asyncio.CancelledError), marks.looking(GUILD, at(2)):
        raise asyncio.CancelledError
    with marks.looking(GUILD, at(3)):
        pass
    mark = await stored(marks, store)
    assert mark is not None
    assert at(1) <= mark < at(2)


async def test_a_new_server_begins_now(marks: Watermarks, store: FakeStore) -> None:
    """There is nothing to catch up with; from then on there is."""
    assert await marks.since(GUILD) is None
    assert await marks.since(GUILD) == NOW
    with marks.looking(GUILD, at(9)):
        pass
    assert await marks.since(GUILD) == at(9)


async def test_marks_that_did_not_rise_are_not_written(marks: Watermarks, store: FakeStore) -> None:
    """A quiet hour costs no writing."""
    with marks.looking(GUILD, at(1)):
        pass
    await marks.store()
    store.fail_next.append(StoreError("a transaction was opened"))
    await marks.store()


async def test_a_store_that_fails_for_a_while_is_outlived(marks: Watermarks, store: FakeStore) -> None:
    """The loop goes on."""
    with marks.looking(GUILD, at(1)):
        pass
    store.fail_next.append(StoreError("locked"))
    task = asyncio.create_task(marks.run())
    await _turns()
    assert not store.fail_next
    marks._wakeup.ring()
    await _turns()
    assert store.committed.watermarks.by_server == {GUILD: at(1)}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_mark_stays_down_while_an_outage_is_looked_into(house: House) -> None:
    """A kill in the middle begins anew at the same place."""
    marks = house.services.watermarks
    outage = Outage(store=house.store, watermarks=marks, clock=house.clock)
    async with outage.of(GUILD) as missed:
        assert missed is None
    async with outage.of(GUILD) as missed:
        assert missed is not None
        assert (missed.since, missed.answered) == (house.clock.now, ())
        with marks.looking(GUILD, at(3600)):
            pass
        await marks.store()
        async with house.store.reading() as tx:
            assert await tx.watermarks.get(GUILD) == missed.since
    await marks.store()
    async with house.store.reading() as tx:
        assert await tx.watermarks.get(GUILD) == at(3600)


async def test_what_is_answered_is_looked_at_again(house: House) -> None:
    """Posts with a living note or an open item, of the last day; none of a server that is off."""
    outage = house.services.outage
    await house.services.watermarks.since(GUILD)
    await house.post(CLAIM, 100)
    house.clock.forward(days=2)
    await house.post(CLAIM, 200)
    await house.post(HARMLESS, 300)
    async with outage.of(GUILD) as missed:
        assert missed is not None
        assert [message_id for _, message_id in missed.answered] == [200]
    await house.mode(Mode.OFF)
    async with outage.of(GUILD) as missed:
        assert missed is None


async def test_a_post_that_was_cut_off_is_missed_until_it_is_caught_up_with(house: House) -> None:
    """A connection that is made anew cuts off what waits; looking into it lets the mark go on."""
    marks, outage = house.services.watermarks, house.services.outage
    await marks.since(GUILD)
    with pytest.raises(asyncio.CancelledError), marks.looking(GUILD, at(60)):
        raise asyncio.CancelledError
    with marks.looking(GUILD, at(90)):
        pass
    async with outage.of(GUILD) as missed:
        assert missed is not None
        assert missed.since < at(60)
    assert await marks.since(GUILD) == at(90)


async def test_an_outage_that_could_not_be_looked_into_is_begun_at_the_same_place(house: House) -> None:
    """Also where posts came meanwhile; once it was looked into, the mark goes on."""
    marks, outage = house.services.watermarks, house.services.outage
    await marks.since(GUILD)
    for _ in range(2):
        with pytest.raises(StoreError):
            async with outage.of(GUILD) as missed:
                raise StoreError
        with marks.looking(GUILD, at(3600)):
            pass
        await marks.store()
    async with outage.of(GUILD) as missed:
        assert missed is not None
        assert missed.since == house.clock.now
    assert await marks.since(GUILD) == at(3600)


class TestCatchingUp:
    async def test_a_post_of_a_moment_ago_is_answered(self, house: House) -> None:
        """As if it had been seen at once."""
        watched = await house.watch.caught_up(Post(CLAIM), a_place(), posted_at=house.clock.now - LATE)
        assert watched is not None
        assert watched.decision.action.value == "reply"

    @pytest.mark.parametrize("age", [LATE + timedelta(seconds=1), timedelta(seconds=-1)])
    async def test_an_old_one_and_one_of_the_future_are_for_moderators(self, house: House, age: timedelta) -> None:
        """A clock that is wrong says nothing of how old a post is."""
        await house.watch.caught_up(Post(CLAIM), a_place(), posted_at=house.clock.now - age)
        [item] = await house.items()
        assert item.new.reasons == ("it was posted while Footnote was out of reach",)
        assert await house.notes() == []

    async def test_one_that_was_answered_is_left_alone(self, house: House) -> None:
        """Twice the same post makes one note."""
        await house.post(CLAIM)
        await house.deliver()
        await house.watch.caught_up(Post(CLAIM), a_place(), posted_at=house.clock.now)
        await house.deliver()
        assert len(house.texts()) == 1

    async def test_one_that_was_edited_meanwhile_loses_its_note(self, house: House) -> None:
        """It no longer says what is answered."""
        await house.post(CLAIM)
        await house.deliver()
        await house.watch.caught_up(Post(HARMLESS), a_place(), posted_at=house.clock.now)
        await house.deliver()
        assert house.texts() == []

    async def test_one_on_which_moderators_ruled_is_not_asked_about_again(self, house: House) -> None:
        """Neither a note that was taken down nor an item that was closed comes back."""
        await house.post(CLAIM)
        await house.edit(HARMLESS)
        await house.deliver()
        assert await house.watch.caught_up(Post(CLAIM), a_place(), posted_at=house.clock.now) is None
        assert await house.items() == []
