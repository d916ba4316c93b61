from __future__ import annotations

import re
from typing import Any, Self

import discord
import pytest
import simcord
from discord import ui

from bot.discord_app.access import Interaction, finish, say
from bot.discord_app.commands import CONTROLS
from bot.discord_app.controls import Control, NumberButton, chosen, chosen_ids
from bot.discord_app.fields import option
from bot.discord_app.layouts import text_layout
from tests.discord_app.world import World, words

NEEDED = "This is for the server's moderators: it needs the permission “Manage Messages” in this server"


class _Numbered(Control[ui.Button[Any]], template=r"test:numbered:(?P<number>[0-9]{1,3})"):
    """Says its number, as part of the message that it stands in."""

    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label=f"Number {number}", custom_id=f"test:numbered:{number}"))
        self.number = number

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls(int(match["number"]))

    async def answer(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await finish(interaction, text_layout(f"Number {self.number}", buttons=[_Numbered(self.number + 1)]))


class _Guarded(Control[ui.Button[Any]], template=r"test:guarded"):
    """Lets moderators through."""

    needs = "moderator"

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Guarded", custom_id="test:guarded"))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        await say(interaction, "Welcome.")


class _Broken(Control[ui.Button[Any]], template=r"test:broken"):
    """Fails after it began to answer."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Broken", custom_id="test:broken"))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        raise OSError("disk")


class _Verdicts(Control[ui.Select[Any]], template=r"test:verdicts"):
    """Says which of its options were chosen."""

    def __init__(self) -> None:
        options = [option(name.title(), name, description=name * 99) for name in ("false", "misleading")]
        super().__init__(ui.Select(custom_id="test:verdicts", options=options, max_values=2))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        await say(interaction, f"verdicts {chosen(interaction)}")


class _Channels(Control[ui.ChannelSelect[Any]], template=r"test:channels"):
    """Says which channels were chosen."""

    def __init__(self) -> None:
        super().__init__(ui.ChannelSelect(custom_id="test:channels", max_values=3))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        await say(interaction, f"channels {chosen_ids(interaction)}")


class _Roles(Control[ui.RoleSelect[Any]], template=r"test:roles"):
    """Says which roles were chosen; none is an answer too."""

    def __init__(self, *defaults: int) -> None:
        roles = [discord.Object(role, type=discord.Role) for role in defaults]
        super().__init__(
            ui.RoleSelect(custom_id="test:roles", min_values=0, max_values=3, default_values=roles),
        )

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        await say(interaction, f"roles {chosen_ids(interaction)}")


class _Mine(Control[ui.Button[Any]], template=r"test:mine"):
    """Offers a select to the member who asks, alone."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Mine", custom_id="test:mine"))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await finish(interaction, text_layout("Yours", buttons=[_Verdicts()]))


@pytest.fixture
def controls() -> tuple[type[Control[Any]], ...]:
    """One control of each kind, as a process that starts knows them."""
    return (_Numbered, _Guarded, _Broken, _Verdicts, _Channels, _Roles, _Mine)


def test_the_bot_knows_all_its_controls() -> None:
    """One that isn't listed would never be answered, and of two that share a beginning both would."""
    starts = [control.__discord_ui_compiled_template__.pattern.split("(")[0] for control in CONTROLS]

    written = {*Control.__subclasses__(), *NumberButton.__subclasses__()} - {NumberButton}
    assert set(CONTROLS) == {control for control in written if control.__module__.startswith("bot.")}
    assert all(start.startswith("footnote:") for start in starts)
    assert len(set(starts)) == len(starts)


async def test_a_custom_id_that_no_click_would_find_is_refused(world: World) -> None:
    """A control that could not be found again is never sent."""
    with pytest.raises(ValueError, match="no custom id of _Numbered"):
        _Numbered(12345)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_button_replaces_its_message_again_and_again(world: World, *, restarted: bool) -> None:
    """The new message's button works too, before and after a restart."""
    message = await world.post(text_layout("Start", buttons=[_Numbered(1)]))
    for number in (1, 2, 3):
        if restarted:
            await world.restart()
        await world.member.click(message, label=f"Number {number}")
        assert words(world.bot_messages()[0]) == f"Number {number}"


async def test_a_button_is_answered_once(world: World) -> None:
    """The process that sent a button doesn't answer it a second time."""
    message = await world.post(text_layout("Start", buttons=[_Guarded()]))
    result = await world.moderator.click(message, label="Guarded")

    assert words(result.response) == "Welcome."
    assert not result.followups


@pytest.mark.parametrize("restarted", [False, True])
async def test_selects_of_options_channels_and_roles_are_answered(world: World, *, restarted: bool) -> None:
    """All three stand in one message, each in a row of its own."""
    selects = [_Verdicts(), _Channels(), _Roles(world.guild.roles["Moderators"].id), _Guarded(), _Broken()]
    message = await world.post(text_layout("Choose", buttons=selects))
    if restarted:
        await world.restart()
    other = world.guild.create_text_channel("other")
    role = world.guild.create_role("Readers")

    verdicts = await world.member.select(message, ["misleading", "false"], custom_id="test:verdicts")
    channels = await world.member.select(message, [other, world.channel], custom_id="test:channels")
    roles = await world.member.select(message, [role], custom_id="test:roles")
    none = await world.member.select(message, [], custom_id="test:roles")

    assert words(verdicts.response) == "verdicts ('misleading', 'false')"
    assert words(channels.response) == f"channels ({other.id}, {world.channel.id})"
    assert words(roles.response) == f"roles ({role.id},)"
    assert words(none.response) == "roles ()"


async def test_an_answer_that_only_one_member_sees_survives_a_restart(world: World) -> None:
    """What was offered to a member alone still works."""
    message = await world.post(text_layout("Start", buttons=[_Mine()]))
    mine = await world.member.click(message, label="Mine")
    assert mine.ephemeral
    assert mine.response is not None
    await world.restart()
    result = await world.member.select(mine.response, ["false"], custom_id="test:verdicts")

    assert words(result.response) == "verdicts ('false',)"


async def test_a_fault_behind_a_control_ends_in_an_apology(world: World) -> None:
    """The answer that was begun is completed."""
    message = await world.post(text_layout("Start", buttons=[_Broken()]))
    result = await world.member.click(message, label="Broken")

    assert "something went wrong" in words(result.response)


class TestModerators:
    @pytest.fixture
    async def message(self, world: World) -> discord.Message:
        """A message with a button for moderators."""
        return await world.post(text_layout("Start", buttons=[_Guarded()]))

    @pytest.fixture
    def helpers(self, world: World) -> simcord.RoleHandle:
        """A role without permissions, which the server made a moderators' role."""
        role = world.guild.create_role("Helpers")
        world.set_policy(moderator_roles=frozenset({role.id}))
        return role

    async def test_a_member_is_told_what_is_needed(self, world: World, message: discord.Message) -> None:
        """Neither permission nor role."""
        result = await world.member.click(message, label="Guarded")

        assert result.ephemeral
        assert words(result.response).startswith(NEEDED)

    async def test_the_permission_is_enough(self, world: World, message: discord.Message) -> None:
        """A server that named no roles needs none; and the store is not asked."""
        world.store.fail_next.append(OSError("disk"))
        result = await world.moderator.click(message, label="Guarded")

        assert words(result.response) == "Welcome."

    async def test_an_admin_always_may(self, world: World, message: discord.Message) -> None:
        """Whatever roles the server named."""
        admins = world.guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
        admin = world.guild.add_member(world.env.create_user("admin"), roles=[admins])
        result = await admin.click(message, label="Guarded")

        assert words(result.response) == "Welcome."

    async def test_a_moderator_role_is_enough(
        self, world: World, message: discord.Message, helpers: simcord.RoleHandle
    ) -> None:
        """The role itself needs no permission of Discord's, also after a restart."""
        helper = world.guild.add_member(world.env.create_user("helper"), roles=[helpers])
        await world.restart()
        result = await helper.click(message, label="Guarded")

        assert words(result.response) == "Welcome."

    async def test_a_role_that_was_taken_away_is_missed_at_the_next_click(
        self, world: World, message: discord.Message, helpers: simcord.RoleHandle
    ) -> None:
        """The message still shows the button; the click is refused."""
        helper = world.guild.add_member(world.env.create_user("helper"), roles=[helpers])
        await helper.click(message, label="Guarded")
        world.env.backend.remove_member_role(world.guild.id, helper.id, helpers.id)
        result = await helper.click(message, label="Guarded")

        assert words(result.response).startswith(NEEDED)

    async def test_everyone_as_a_moderator_role_makes_nobody_a_moderator(
        self, world: World, message: discord.Message
    ) -> None:
        """A slip in the settings doesn't hand the queue to the whole server."""
        world.set_policy(moderator_roles=frozenset({world.guild.id}))
        result = await world.member.click(message, label="Guarded")

        assert words(result.response).startswith(NEEDED)

    async def test_outside_of_a_server_there_are_no_moderators(self, world: World) -> None:
        """A button that ended up in a direct message refuses."""
        user = world.env.create_user("zoe")
        await user.send_dm("hello")
        channel = await (await world.client.fetch_user(user.id)).create_dm()
        message = await channel.send(view=text_layout("Start", buttons=[_Guarded()]))
        result = await user.click(message, label="Guarded")

        assert words(result.response).startswith(NEEDED)

    async def test_a_fault_while_the_roles_are_looked_up_ends_in_an_apology(
        self, world: World, message: discord.Message
    ) -> None:
        """Doubt lets nobody through."""
        world.store.fail_next.append(OSError("disk"))
        result = await world.member.click(message, label="Guarded")

        assert "something went wrong" in words(result.response)
