from __future__ import annotations

import asyncio

import pytest

from bot.domain.note import NoteState, Provenance
from bot.domain.policy import Mode
from bot.domain.review import ReviewItem, ReviewState, Ruling
from bot.services.plan import MAX_LINKS
from tests.services.conftest import CHANNEL, CLAIM, GUILD, HARMLESS, SUN, House

MODERATOR, OTHER = 5, 6


async def _queued(house: House, message_id: int = 100, text: str = CLAIM) -> ReviewItem:
    """Post something in a server whose moderators see everything first."""
    await house.mode(Mode.QUEUE)
    await house.post(text, message_id)
    [item] = await house.items(message_id)
    return item


async def test_an_approval_posts_the_note(house: House) -> None:
    """At once, with the moderators behind it."""
    item = await _queued(house)
    ruled = await house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR)
    assert (ruled.done, ruled.message) == (True, "Approved; the note is on its way.")
    await house.outbox.flush()
    [posted] = house.desk.lying.values()
    assert (posted.replies_to, posted.channel_id, posted.new.provenance) == (100, CHANNEL, Provenance.MODERATOR)
    assert (posted.new.confidence, posted.new.threshold, posted.new.rule_version) == (0.97, 0.9, "fake/1")
    [closed] = await house.items()
    assert (closed.ruling, closed.ruled_by, closed.ruled_at) == (Ruling.APPROVE, MODERATOR, house.clock.now)


@pytest.mark.parametrize(
    ("ruling", "message"),
    [
        (Ruling.WRONG_MATCH, "Closed as wrong match; nothing was posted."),
        (Ruling.DISMISS, "Closed as dismiss; nothing was posted."),
    ],
)
async def test_any_other_ruling_posts_nothing(house: House, ruling: Ruling, message: str) -> None:
    """And says so."""
    item = await _queued(house)
    ruled = await house.rulings.rule(item.id, guild_id=GUILD, ruling=ruling, by=MODERATOR)
    await house.deliver()
    assert (ruled.done, ruled.message) == (True, message)
    assert house.desk.sent == 0
    assert await house.reviews.count(GUILD) == 0


@pytest.mark.parametrize("other", [Ruling.APPROVE, Ruling.WRONG_MATCH])
async def test_of_two_moderators_at_once_one_wins(house: House, other: Ruling) -> None:
    """The other one is told what came of it; there is one note at most."""
    item = await _queued(house)
    both = await asyncio.gather(
        house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR),
        house.rulings.rule(item.id, guild_id=GUILD, ruling=other, by=OTHER),
    )
    await house.outbox.flush()
    [closed] = await house.items()
    [late] = [ruled for ruled in both if not ruled.done]
    assert closed.ruling is not None
    assert late.message == f"Already closed as {closed.ruling.value} by another moderator."
    assert house.desk.sent == (closed.ruling is Ruling.APPROVE)


async def test_ten_clicks_are_one_approval(house: House) -> None:
    """However impatient."""
    item = await _queued(house)
    clicks = (house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR) for _ in range(10))
    ruled = await asyncio.gather(*clicks)
    await house.outbox.flush()
    assert sum(one.done for one in ruled) == 1
    assert house.texts() == [(100, "note")]


async def test_an_approval_after_the_post_was_deleted(house: House) -> None:
    """Nothing is posted, and the moderator is told that it was the program."""
    item = await _queued(house)
    await house.watch.deleted([100])
    ruled = await house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR)
    await house.deliver()
    assert (ruled.done, ruled.message) == (False, "Already closed as source gone by the program.")
    assert house.desk.sent == 0


async def test_a_deletion_after_the_approval(house: House) -> None:
    """The note goes with the post."""
    item = await _queued(house)
    await house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR)
    await house.outbox.flush()
    await house.watch.deleted([100])
    await house.deliver()
    assert (await house.state(), house.texts()) == (NoteState.RETRACTED, [])


async def test_approval_and_deletion_at_once(house: House) -> None:
    """Whichever comes first, no note is left behind."""
    item = await _queued(house)
    await asyncio.gather(
        house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR),
        house.watch.deleted([100]),
    )
    await house.deliver()
    assert house.texts() == []


async def test_an_approval_of_a_repeat_is_a_quiet_link(house: House) -> None:
    """Moderators repeat themselves no more than the program does."""
    for number in range(MAX_LINKS + 2):
        item = await _queued(house, 100 + number)
        ruled = await house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR)
        await house.outbox.flush()
    assert house.texts() == [(100, "note"), *((101 + number, "link") for number in range(MAX_LINKS))]
    assert (ruled.done, ruled.message) == (True, "Approved; the channel has this note already.")


async def test_another_servers_item_is_not_there(house: House) -> None:
    """To see, to rule on or to count."""
    item = await _queued(house)
    ruled = await house.rulings.rule(item.id, guild_id=GUILD + 1, ruling=Ruling.APPROVE, by=MODERATOR)
    assert (ruled.done, ruled.message) == (False, "There is no such item in this server's queue.")
    assert await house.reviews.get(item.id, guild_id=GUILD + 1) is None
    assert await house.reviews.open(GUILD + 1) == []
    assert await house.reviews.count(GUILD + 1) == 0
    assert (await house.items())[0].state is ReviewState.OPEN


async def test_an_unknown_item_is_told(house: House) -> None:
    """It is an answer, not an error."""
    ruled = await house.rulings.rule(12345, guild_id=GUILD, ruling=Ruling.DISMISS, by=MODERATOR)
    assert not ruled.done


async def test_the_queue_is_paged_oldest_first(house: House) -> None:
    """Each item with its fact."""
    for number in range(5):
        await _queued(house, 100 + number, SUN if number % 2 else CLAIM)
        house.clock.forward(seconds=1)
    page = await house.reviews.open(GUILD, limit=2, offset=1)
    assert [(item.new.message_id, fact and fact.slug) for item, fact in page] == [
        (101, "sun-cold"),
        (102, "moon-cheese"),
    ]
    assert await house.reviews.count(GUILD) == 5


async def test_a_closed_item_is_not_opened_again(house: House) -> None:
    """A post that was ruled on is ruled on, whatever its author edits."""
    item = await _queued(house)
    await house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.WRONG_MATCH, by=MODERATOR)
    await house.edit(HARMLESS)
    await house.edit(CLAIM)
    assert await house.reviews.count(GUILD) == 0
    assert len(await house.items()) == 1
