"""What a server's settings hold back, and in what words and channels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decision import Action
from bot.domain.match import MODEL_CONFIDENCE
from bot.domain.note import NoteState
from bot.domain.policy import CONSOLE_GUILD, FactLimit, Mode, QuietHours
from bot.domain.post import Post
from tests.builders import NOW
from tests.fakes import FakeMatcher
from tests.services.conftest import CHANNEL, CLAIM, GUILD, SUN, House
from tests.services.moderation import MODERATOR, posted

THREAD = 50


@pytest.mark.parametrize(
    ("quiet", "utc", "holds"),
    [
        (QuietHours(22 * 60, 7 * 60), "21:59", False),
        (QuietHours(22 * 60, 7 * 60), "22:00", True),
        (QuietHours(22 * 60, 7 * 60), "00:00", True),
        (QuietHours(22 * 60, 7 * 60), "06:59", True),
        (QuietHours(22 * 60, 7 * 60), "07:00", False),
        (QuietHours(9 * 60, 17 * 60 + 30), "17:29", True),
        (QuietHours(9 * 60, 17 * 60 + 30), "17:30", False),
        (QuietHours(9 * 60, 17 * 60 + 30), "08:59", False),
        # In winter an hour before UTC's, in summer two; Kathmandu is 5:45 ahead.
        (QuietHours(0, 60, "Europe/Berlin"), "23:00", True),
        (QuietHours(0, 60, "Europe/Berlin"), "22:30", False),
        (QuietHours(0, 60, "Asia/Kathmandu"), "18:15", True),
        (QuietHours(0, 60, "Asia/Kathmandu"), "18:14", False),
    ],
)
def test_quiet_hours_are_local_and_reach_past_midnight(quiet: QuietHours, utc: str, *, holds: bool) -> None:
    """From the first minute on, up to the last one."""
    assert quiet.holds(datetime.fromisoformat(f"2026-01-15T{utc}+00:00")) is holds


def test_quiet_hours_follow_summer_time() -> None:
    """What is quiet is the hour on the wall."""
    night = QuietHours(0, 60, "Europe/Berlin")
    assert night.holds(datetime(2026, 7, 15, 22, 30, tzinfo=UTC))
    assert not night.holds(datetime(2026, 7, 15, 23, 30, tzinfo=UTC))


@given(st.integers(0, 1439), st.integers(0, 1439), st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001
def test_every_minute_is_quiet_or_not(start: int, end: int, moment: datetime) -> None:
    """Hours and their complement share the day between them, but for hours without length, which are none."""
    now = moment.replace(tzinfo=UTC)
    if start == end:
        assert not QuietHours(start, end).holds(now)
    else:
        assert QuietHours(start, end).holds(now) is not QuietHours(end, start).holds(now)


async def test_in_quiet_hours_matches_are_queued(house: House) -> None:
    """With the reason; before and after, they are answered; the time is that of the post."""
    noon = NOW.hour * 60
    await house.mode(Mode.AUTO, quiet_hours=QuietHours(noon, noon + 60))
    await house.post(CLAIM, 100)
    [item] = await house.items(100)
    assert item.new.reasons == ("these are the server's quiet hours",)
    house.clock.forward(hours=1)
    await house.post(SUN, 101)
    assert await house.state(101) is NoteState.PENDING


async def test_shadow_mode_knows_no_quiet_hours(house: House) -> None:
    """Nothing is posted anyway; what is recorded is what could have been."""
    await house.mode(Mode.SHADOW, quiet_hours=QuietHours(NOW.hour * 60, NOW.hour * 60 + 60), approvals_needed=5)
    await house.post(CLAIM)
    assert await house.state() is NoteState.SHADOW


@pytest.mark.parametrize("server", list(Mode))
@pytest.mark.parametrize("limit", list(Mode))
@pytest.mark.parametrize("where", ["server", "channel", "thread", "thread's channel", "elsewhere"])
async def test_a_fact_goes_as_far_as_its_server_and_its_limits_allow(
    house: House, server: Mode, limit: Mode, where: str
) -> None:
    """The least of them; muted, it leaves nothing behind; other facts go as far as the server."""
    await house.mode(server)
    channel_id = {"server": None, "channel": CHANNEL, "thread": THREAD, "thread's channel": CHANNEL, "elsewhere": 9}[
        where
    ]
    await house.policies.limit(FactLimit(GUILD, "moon-cheese", limit, channel_id), by=MODERATOR)
    in_thread = {"channel_id": THREAD, "parent_id": CHANNEL} if "thread" in where else {}
    await house.post(CLAIM, 100, **in_thread)
    await house.post(SUN, 101, **in_thread)
    order = list(Mode)
    least = server if where == "elsewhere" else min(server, limit, key=order.index)
    assert [await _left(house, number) for number in (100, 101)] == [least, server]


async def _left(house: House, number: int) -> Mode:
    """Return the mode of which a post's traces tell."""
    notes, items = await house.notes(number), await house.items(number)
    if not notes and not items:
        return Mode.OFF
    if items:
        assert not notes
        return Mode.QUEUE
    return {NoteState.SHADOW: Mode.SHADOW, NoteState.PENDING: Mode.AUTO}[notes[0].state]


async def test_a_limit_says_so(house: House) -> None:
    """The queue's item names it, and so does a decision on a muted fact; lifted, it holds nothing."""
    await house.policies.limit(FactLimit(GUILD, "moon-cheese", Mode.QUEUE), by=MODERATOR)
    await house.post(CLAIM, 100)
    assert (await house.items(100))[0].new.reasons == ("moderators want to see this fact's matches first",)
    await house.policies.limit(FactLimit(GUILD, "moon-cheese", Mode.OFF, CHANNEL), by=MODERATOR)
    watched = await house.post(CLAIM, 101)
    assert watched is not None
    assert (watched.decision.action, watched.decision.reasons) == (
        Action.IGNORE,
        ("the fact moon-cheese is muted here",),
    )
    for channel_id in (None, CHANNEL):
        await house.policies.limit(FactLimit(GUILD, "moon-cheese", Mode.AUTO, channel_id), by=MODERATOR)
    assert (await posted(house, 102)).state is NoteState.POSTED
    async with house.store.transaction() as tx:
        assert await tx.policies.limits(GUILD) == []


async def test_a_server_is_limited_by_its_own_moderators(house: House) -> None:
    """Another server's limit holds nothing here."""
    await house.policies.limit(FactLimit(8, "moon-cheese", Mode.OFF), by=MODERATOR)
    assert (await posted(house)).state is NoteState.POSTED


async def test_what_rulings_taught_is_applied_where_posts_are_watched_and_checked(house: House) -> None:
    """A careful server queues what was sure; a check there says the same, and one without a server doesn't."""
    await house.mode(Mode.AUTO, shift=-2.0, shift_rulings=10)
    watched = await house.post(CLAIM)
    here = await house.checks.check(Post(CLAIM), guild_id=GUILD)
    elsewhere = await house.checks.check(Post(CLAIM))
    assert watched is not None
    for decision in (watched.decision, here.decision):
        assert decision.action is Action.QUEUE
        assert decision.match is not None
        assert decision.match.confidence == pytest.approx(0.814, abs=1e-3)
        assert decision.match.evidence.scores[MODEL_CONFIDENCE] == 0.97
    assert elsewhere.decision.action is Action.REPLY
    [item] = await house.items()
    assert item.new.evidence.scores[MODEL_CONFIDENCE] == 0.97


async def test_a_servers_language_is_that_of_posts_that_tell_none(house: House, matcher: FakeMatcher) -> None:
    """Where they are watched and where they are checked; a post that tells its own keeps it."""
    await house.mode(Mode.AUTO, language="pt")
    await house.post(CLAIM)
    await house.checks.check(Post(CLAIM), guild_id=GUILD)
    await house.checks.check(Post(CLAIM, lang="de"), guild_id=GUILD)
    await house.checks.check(Post(CLAIM))
    assert [post.lang for post in matcher.seen] == ["pt", "pt", "de", None]


@pytest.mark.parametrize("name", ["queue_channel", "log_channel"])
async def test_the_moderators_own_channels_are_not_watched(house: House, matcher: FakeMatcher, name: str) -> None:
    """Nor their threads, not even where they are among the watched ones: they quote posts."""
    await house.mode(Mode.AUTO, **{name: CHANNEL, "watched_channels": frozenset({CHANNEL, 3})})
    assert await house.post(CLAIM) is None
    assert await house.post(CLAIM, channel_id=THREAD, parent_id=CHANNEL) is None
    assert matcher.seen == []
    assert await house.post(CLAIM, channel_id=3) is not None


async def test_the_console_answers_from_the_first_post_on(house: House) -> None:
    """There is nobody to disturb and nobody to approve."""
    watched = await house.post(CLAIM, guild_id=CONSOLE_GUILD)
    assert watched is not None
    assert watched.decision.action is Action.REPLY
