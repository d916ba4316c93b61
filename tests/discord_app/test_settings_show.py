from __future__ import annotations

import pytest
import simcord

from bot.domain.policy import QuietHours, Stop
from tests.builders import NOW
from tests.discord_app.world import World, words


async def test_settings_are_shown_in_words(world: World) -> None:
    """A server that set nothing sees the safe defaults."""
    result = await world.moderator.slash(world.channel, "settings show")

    assert result.ephemeral
    shown = words(result.response)
    assert "**Mode** queue (every match waits for a moderator)" in shown
    assert "for 24 hours" in shown
    assert "**Watched** all channels" in shown
    assert "**A fact replies by itself** after 5 approvals here, with no wrong match since" in shown
    assert "**Quiet hours** none" in shown
    assert "**Queue channel** none" in shown
    assert "**Learned here** nothing yet" in shown
    assert "To be put right" not in shown


@pytest.mark.parametrize(
    ("shift", "rulings", "said"),
    [
        (-0.31, 34, "rulings lower confidence here by 0.3 in log-odds (34 rulings)"),
        (0.5, 20, "rulings raise confidence here by 0.5 in log-odds (20 rulings)"),
        (0.01, 12, "rulings leave confidence here as it is (12 rulings)"),
    ],
)
async def test_what_was_learned_is_shown(world: World, shift: float, rulings: int, said: str) -> None:
    """In which direction, by how much, and from how many rulings."""
    world.set_policy(shift=shift, shift_rulings=rulings)
    result = await world.moderator.slash(world.channel, "settings show")

    assert f"**Learned here** {said}" in words(result.response)


async def test_what_was_deleted_is_shown_as_gone(world: World, office: simcord.ChannelHandle) -> None:
    """Channels and roles in the settings may be deleted at any time."""
    role = world.guild.create_role("Helpers")
    ids = frozenset({office.id})
    world.set_policy(queue_channel=office.id, watched_channels=ids, moderator_roles=frozenset({role.id}))
    world.delete(office)
    world.env.backend.delete_role(world.guild.id, role.id)
    result = await world.moderator.slash(world.channel, "settings show")

    shown = words(result.response)
    assert f"**Queue channel** <#{office.id}> (deleted)" in shown
    assert f"**Watched** <#{office.id}> (deleted or archived)" in shown
    assert f"<@&{role.id}> (deleted)" in shown
    assert f"The channel {office.id} was deleted: choose another." in shown


async def test_where_all_is_watched_hidden_channels_are_no_problem(world: World, office: simcord.ChannelHandle) -> None:
    """A channel that Footnote sees but can't answer in is one; one that it doesn't see is the admins' will."""
    world.deny(office, view_channel=False)
    world.deny(world.channel, send_messages=False)
    result = await world.moderator.slash(office, "settings show")

    assert f"Footnote lacks “Send Messages” in <#{world.channel.id}>." in words(result.response)
    assert f"in <#{office.id}>" not in words(result.response)


async def test_many_channels_without_rights_are_counted(world: World) -> None:
    """The list of problems stays short."""
    for number in range(12):
        world.deny(world.guild.create_text_channel(f"readonly-{number}"), send_messages=False)
    result = await world.moderator.slash(world.channel, "settings show")

    assert "- … and 4 more channels." in words(result.response)


@pytest.mark.parametrize("command", ["settings show", "settings mode"])
async def test_the_longest_settings_fit_into_a_message(world: World, command: str) -> None:
    """With 400 of everything, all of it deleted."""
    many = frozenset(range(10**18, 10**18 + 400))
    lists = ("watched_channels", "ignored_channels", "ignored_roles", "moderator_roles")
    world.set_policy(
        **dict.fromkeys(lists, many),
        **dict.fromkeys(("queue_channel", "log_channel", "escalation_role"), 10**18),
        quiet_hours=QuietHours(0, 1439, "America/Argentina/ComodRivadavia"),
        language="cu",
        shift=-1.0,
        shift_rulings=1000,
        stop=Stop(NOW, "*" * 900),
    )
    options = {"mode": "auto"} if command == "settings mode" else {}
    for number in range(12):
        world.deny(world.guild.create_text_channel(f"readonly-{number}"), send_messages=False)
    result = await world.moderator.slash(world.channel, command, **options)

    assert 0 < len(words(result.response)) <= 4000


async def test_settings_outlive_a_restart(world: World) -> None:
    """What was set is shown by the next process."""
    await world.moderator.slash(world.channel, "settings approvals", count=1)
    await world.restart()
    result = await world.moderator.slash(world.channel, "settings show")

    assert "after 1 approval here, with no wrong match since" in words(result.response)
