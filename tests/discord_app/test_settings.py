from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.discord_app.settings.languages import LANGUAGES
from bot.domain.audit import Act
from bot.domain.policy import Mode, Stop
from tests.discord_app.world import World, words


@pytest.mark.parametrize("mode", list(Mode))
async def test_every_mode_can_be_set(world: World, mode: Mode) -> None:
    """Off, shadow, queue and auto."""
    before = Mode.OFF if mode is Mode.QUEUE else Mode.QUEUE
    world.set_policy(mode=before)
    result = await world.moderator.slash(world.channel, "settings mode", mode=mode.value)

    assert world.policy().mode is mode
    shown = words(result.response)
    assert f"**Mode** {mode.value} (" in shown
    assert f"-# Before: {before.value} (" in shown


async def test_a_change_is_audited_with_who_made_it(world: World) -> None:
    """And one that changes nothing is said to be none, and leaves no trace."""
    await world.moderator.slash(world.channel, "settings mode", mode="shadow")
    result = await world.moderator.slash(world.channel, "settings mode", mode="shadow")

    assert words(result.response) == "Nothing changed: it was so already."
    [event] = world.memory.audit.events
    assert (event.new.act, event.new.by) == (Act.SETTING, world.moderator.id)
    assert event.new.detail == {"mode": "queue -> shadow"}


async def test_the_threshold_can_be_set_and_reset(world: World) -> None:
    """Leaving the number out returns to the shipped threshold."""
    await world.moderator.slash(world.channel, "settings threshold", confidence=0.75)
    assert world.policy().threshold == 0.75
    result = await world.moderator.slash(world.channel, "settings threshold")
    assert world.policy().threshold is None
    assert "-# Before: 0.75" in words(result.response)


async def test_the_window_can_be_set(world: World) -> None:
    """In minutes."""
    result = await world.moderator.slash(world.channel, "settings window", minutes=90)

    assert world.policy().window_minutes == 90
    assert "for 90 minutes" in words(result.response)


@pytest.mark.parametrize(
    ("command", "field"), [("settings watch", "watched_channels"), ("settings ignore", "ignored_channels")]
)
async def test_channels_go_on_and_off_the_lists(world: World, command: str, field: str) -> None:
    """Watching and ignoring take a channel, a forum or a thread."""
    forum = world.guild.create_forum_channel("ideas")
    thread = await world.thread(world.channel)
    for channel in (world.channel, forum, thread):
        await world.moderator.slash(thread, command, channel=channel)
    assert getattr(world.policy(), field) == {world.channel.id, forum.id, thread.id}
    await world.moderator.slash(world.channel, command, channel=forum, on=False)
    assert getattr(world.policy(), field) == {world.channel.id, thread.id}


@pytest.mark.parametrize(
    ("command", "field"), [("settings ignore-role", "ignored_roles"), ("settings moderator-role", "moderator_roles")]
)
async def test_roles_go_on_and_off_the_lists(world: World, command: str, field: str) -> None:
    """Members with the role are left alone, or may rule."""
    role = world.guild.roles["Moderators"]
    result = await world.moderator.slash(world.channel, command, role=role)
    assert getattr(world.policy(), field) == {role.id}
    assert f"<@&{role.id}>" in words(result.response)
    await world.moderator.slash(world.channel, command, role=role, on=False)
    assert not getattr(world.policy(), field)


async def test_what_the_bot_lacks_in_a_watched_channel_is_said(world: World) -> None:
    """A forum needs no right to begin a thread; a thread counts by its channel."""
    forum = world.guild.create_forum_channel("ideas")
    thread = await world.thread(world.channel)
    for channel in (world.channel, forum):
        world.deny(channel, send_messages=False)
    for channel in (forum, thread):
        result = await world.moderator.slash(world.channel, "settings watch", channel=channel)
    assert f"Footnote lacks “Send Messages” in <#{thread.id}>" in words(result.response)
    assert f"in <#{forum.id}>" not in words(result.response)


async def test_languages_are_offered_and_unknown_ones_refused(world: World) -> None:
    """By code or name; none tells the language from each post."""
    offered = await world.moderator.autocomplete(world.channel, "settings language", "code", "ger")
    assert [choice["name"] for choice in offered] == ["German (de)"]
    everything = await world.moderator.autocomplete(world.channel, "settings language", "code", "")
    assert len(everything) == 25
    assert everything[0]["value"] == "none"

    await world.moderator.slash(world.channel, "settings language", code=" DE")
    assert world.policy().language == "de"
    for wrong in ("german", "xx", "d", "de-AT"):
        result = await world.moderator.slash(world.channel, "settings language", code=wrong)
        assert words(result.response).startswith("That is no language code")
    result = await world.moderator.slash(world.channel, "settings language", code="none")
    assert world.policy().language is None
    assert "-# Before: German (de)" in words(result.response)


def test_the_table_of_languages_is_whole() -> None:
    """Two small letters each, 183 in all."""
    assert len(LANGUAGES) == 183
    assert all(len(code) == 2 and code.isascii() and code.islower() for code in LANGUAGES)
    assert all(name.strip() == name and name[0].isupper() for name in LANGUAGES.values())
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)


async def test_approvals_and_floor_can_be_set(world: World) -> None:
    """How a fact earns to reply by itself, and what stops it."""
    result = await world.moderator.slash(world.channel, "settings approvals", count=0)
    assert world.policy().approvals_needed == 0
    assert "**A fact replies by itself** at once, without any approval here\n-# Before: after 5" in words(
        result.response
    )
    result = await world.moderator.slash(world.channel, "settings floor", precision=0.9)
    assert world.policy().precision_floor == 0.9
    assert "precision may be under 0.90\n-# Before: after 2 wrong ones in 24 hours" in words(result.response)


async def test_a_stop_is_shown_and_lifted(world: World) -> None:
    """Resuming says what was wrong; a second time there is nothing to resume."""
    world.set_policy(mode=Mode.AUTO, stop=Stop(world.stage.now(), "2 automatic replies were ruled wrong"))
    shown = await world.moderator.slash(world.channel, "settings show")
    assert (
        "**Nothing is posted by itself now:** automatic replies are stopped: 2 automatic replies were ruled wrong. "
        "`/settings resume` lifts it."
    ) in words(shown.response)

    result = await world.moderator.slash(world.channel, "settings resume")
    assert "2 automatic replies were ruled wrong" in words(result.response)
    assert world.policy().stop is None
    result = await world.moderator.slash(world.channel, "settings resume")
    assert words(result.response) == "Automatic replies are not stopped."


async def test_what_is_set_while_a_stop_stands_keeps_the_stop(world: World) -> None:
    """Changing one thing touches no other."""
    stop = Stop(world.stage.now() - timedelta(hours=1), "too many wrong ones")
    world.set_policy(stop=stop)
    await world.moderator.slash(world.channel, "settings approvals", count=9)

    assert world.policy() == replace(world.policy(), stop=stop, approvals_needed=9)


@pytest.mark.parametrize(
    ("days", "told"), [(0, "as soon as they joined"), (1, "from 1 day after"), (30, "from 30 days")]
)
async def test_the_age_of_raters_can_be_set(world: World, days: int, told: str) -> None:
    """In days; none lets everybody rate at once."""
    result = await world.moderator.slash(world.channel, "settings rater-age", days=days)

    assert world.policy().rater_age_days == days
    assert told in words(result.response)
    assert "Before: from 7 days after they joined on" in words(result.response)
