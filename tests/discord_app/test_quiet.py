from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.policy import Mode, QuietHours
from tests.discord_app.world import CLAIM, World, words

REASON = "these are the server's quiet hours"


async def _at(world: World, moment: datetime) -> None:
    """Let time pass until a moment; nothing that Footnote does when idle matters here."""
    world.stage.time.idle = timedelta(days=30).total_seconds()
    await world.env.advance_time((moment - world.env.now()).total_seconds())


async def test_quiet_hours_are_set_shown_and_lifted(world: World) -> None:
    """With a zone, in the server's words; leaving all out lifts them."""
    options = {"from": "22:00", "until": "7:30", "zone": "europe/berlin"}
    result = await world.moderator.slash(world.channel, "settings quiet-hours", **options)
    assert world.policy().quiet_hours == QuietHours(22 * 60, 7 * 60 + 30, "Europe/Berlin")
    assert "**Quiet hours** 22:00 to 07:30 (Europe/Berlin)\n-# Before: none" in words(result.response)
    assert world.memory.audit.events[-1].new.detail == {"quiet_hours": "none -> 22:00 to 07:30 (Europe/Berlin)"}

    result = await world.moderator.slash(world.channel, "settings quiet-hours")
    assert world.policy().quiet_hours is None
    assert "-# Before: 22:00 to 07:30 (Europe/Berlin)" in words(result.response)


async def test_without_a_zone_the_earlier_one_holds(world: World) -> None:
    """At first it is UTC."""
    await world.moderator.slash(world.channel, "settings quiet-hours", **{"from": "1:00", "until": "2:00"})
    assert world.policy().quiet_hours == QuietHours(60, 120, "UTC")
    world.set_policy(quiet_hours=QuietHours(0, 1, "Asia/Tokyo"))
    await world.moderator.slash(world.channel, "settings quiet-hours", **{"from": "1:00", "until": "2:00"})
    assert world.policy().quiet_hours == QuietHours(60, 120, "Asia/Tokyo")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"from": "22:00"}, "Say both"),
        ({"until": "22:00"}, "Say both"),
        ({"zone": "UTC"}, "Say both"),
        ({"from": "24:00", "until": "7:00"}, "Give the times as hours and minutes"),
        ({"from": "22", "until": "7:00"}, "Give the times as hours and minutes"),
        ({"from": "22:60", "until": "7:00"}, "Give the times as hours and minutes"),
        ({"from": "٢٢:٠٠", "until": "7:00"}, "Give the times as hours and minutes"),
        ({"from": "7:00", "until": "07:00"}, "From and until are the same"),
        ({"from": "22:00", "until": "7:00", "zone": "Mars/Olympus"}, "That is no time zone"),
        ({"from": "22:00", "until": "7:00", "zone": "../etc/passwd"}, "That is no time zone"),
    ],
)
async def test_bad_times_and_zones_are_refused_in_a_sentence(world: World, options: dict[str, str], said: str) -> None:
    """Nothing is saved."""
    result = await world.moderator.slash(world.channel, "settings quiet-hours", **options)

    assert words(result.response).startswith(said)
    assert "\n" not in words(result.response)
    assert not world.memory.policies.by_guild


async def test_zones_are_offered_while_one_is_typed(world: World) -> None:
    """By region or city, 25 at most; UTC comes first where nothing is typed."""

    async def offered(typed: str) -> list[str]:
        choices = await world.moderator.autocomplete(world.channel, "settings quiet-hours", "zone", typed)
        return [choice["value"] for choice in choices]

    assert (await offered("berl"))[0] == "Europe/Berlin"
    assert (await offered("new york"))[0] == "America/New_York"
    assert await offered("nowhere at all") == []
    everything = await offered("")
    assert len(everything) == 25
    assert everything[0] == "UTC"


async def test_a_match_in_quiet_hours_waits_with_that_reason(world: World) -> None:
    """Across midnight; before and after them the server's mode holds."""
    world.auto()
    world.set_policy(quiet_hours=QuietHours(22 * 60, 7 * 60))
    moments = {
        datetime(2026, 1, 10, 21, 59, 58, tzinfo=UTC): False,
        datetime(2026, 1, 10, 22, 0, tzinfo=UTC): True,
        datetime(2026, 1, 11, 0, 0, tzinfo=UTC): True,
        datetime(2026, 1, 11, 6, 59, tzinfo=UTC): True,
        datetime(2026, 1, 11, 7, 0, tzinfo=UTC): False,
    }
    for number, (moment, quiet) in enumerate(moments.items()):
        channel = world.guild.create_text_channel(f"room-{number}")
        await _at(world, moment)
        await world.member.send(channel, CLAIM)
        if number:  # the note that was decided a moment before the hours began is not posted in them
            await world.settle()
        waiting = [item for item in world.items if item.new.channel_id == channel.id]
        assert len(waiting) == quiet
        assert all(REASON in item.new.reasons for item in waiting)
        assert len(world.bot_messages(channel)) == (number > 0 and not quiet)
    assert not world.bot_messages(world.guild.channels["room-0"])


@pytest.mark.parametrize(
    ("day", "hour", "quiet"),
    [
        # Germany is one hour ahead of UTC in winter, two in summer; its clocks changed on 29 March 2026.
        (28, 5, True),
        (28, 6, False),
        (29, 4, True),
        (29, 5, False),
    ],
)
async def test_quiet_hours_follow_the_zones_summer_time(world: World, day: int, hour: int, *, quiet: bool) -> None:
    """They end at 07:00 by the clocks of the zone, on either side of the change."""
    world.auto()
    world.set_policy(quiet_hours=QuietHours(22 * 60, 7 * 60, "Europe/Berlin"))
    await _at(world, datetime(2026, 3, day, hour, 30, tzinfo=UTC))
    await world.member.send(world.channel, CLAIM)
    await world.settle()

    assert len(world.items) == quiet
    assert len(world.bot_messages()) == (not quiet)


async def test_a_note_that_is_late_is_not_posted_in_quiet_hours(world: World) -> None:
    """Discord was not to be reached when it was due."""
    world.auto()
    world.set_policy(quiet_hours=QuietHours(60, 120))
    await _at(world, datetime(2026, 1, 10, 0, 59, 50, tzinfo=UTC))
    world.env.inject_error("POST", f"/channels/{world.channel.id}/messages", status=503, times=3)
    await world.member.send(world.channel, CLAIM)
    await world.env.advance_time(3600)

    assert not world.bot_messages()
    assert REASON in world.last_cause()


async def test_settings_say_when_it_is_quiet(world: World) -> None:
    """Only while it is."""
    world.set_policy(mode=Mode.AUTO, quiet_hours=QuietHours(60, 120))
    said = f"**Nothing is posted by itself now:** {REASON}."
    result = await world.moderator.slash(world.channel, "settings show")
    assert said not in words(result.response)
    await _at(world, datetime(2026, 1, 10, 1, 30, tzinfo=UTC))
    result = await world.moderator.slash(world.channel, "settings show")
    assert said in words(result.response)
