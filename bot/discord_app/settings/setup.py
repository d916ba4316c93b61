"""``/settings setup``: a walk through what a new server sets first. What is set stands in the policy, nothing here.

Everything in it works for as long as the message is there, also after a restart, and asks for the permission each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self, cast

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, refused, services_of
from bot.discord_app.controls import Control, chosen, chosen_ids
from bot.discord_app.faults import delivery_faults
from bot.discord_app.layouts import Button, steps_layout
from bot.discord_app.places import jump_url
from bot.discord_app.settings import setup_steps as steps
from bot.discord_app.settings.change import EVERYONE
from bot.discord_app.settings.rights import CARDS, WATCHABLE, answer_problems, card_problems, gone
from bot.domain.errors import DeliveryError, DeliveryRefused, SourceGone
from bot.domain.policy import Mode, Policy


@app_commands.command(name="setup", description="Set Footnote up in this server, in a minute")
async def setup(interaction: Interaction) -> None:
    """Show the walk."""
    if await refused(interaction, "manage_guild"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await _show(interaction, await services_of(interaction).policies.get(interaction.guild_id or 0))


class SetupChannels(Control[ui.ChannelSelect[Any]], template=r"footnote:setup-channels:(?P<which>queue|watched)"):
    """Chooses the queue channel, or the watched ones."""

    needs = "manage_guild"

    def __init__(self, which: str, channels: list[int]) -> None:
        queue = which == "queue"
        select: ui.ChannelSelect[Any] = ui.ChannelSelect(
            custom_id=f"footnote:setup-channels:{which}",
            channel_types=list(CARDS if queue else WATCHABLE),
            placeholder="Choose the queue channel" if queue else "Choose the channels to watch; none means all",
            min_values=0,
            max_values=1 if queue else steps.MOST,
            default_values=[discord.SelectDefaultValue(id=one, type=_CHANNEL) for one in channels],
        )
        super().__init__(select)
        self.which = which

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the select of the queue channel or the watched ones."""
        return cls(match["which"], [])

    async def answer(self, interaction: Interaction) -> None:
        """Save what was chosen, of this server's channels."""
        guild = cast("discord.Guild", interaction.guild)
        ids = [one for one in chosen_ids(interaction) if guild.get_channel_or_thread(one) is not None]
        if self.which == "queue":
            await _save(interaction, lambda policy: replace(policy, queue_channel=next(iter(ids), None)))
        else:
            await _save(interaction, lambda policy: replace(policy, watched_channels=frozenset(ids)))


class SetupRoles(Control[ui.RoleSelect[Any]], template=r"footnote:setup-roles"):
    """Chooses the moderators' roles."""

    needs = "manage_guild"

    def __init__(self, roles: list[int]) -> None:
        select: ui.RoleSelect[Any] = ui.RoleSelect(
            custom_id="footnote:setup-roles",
            placeholder="Choose roles that may rule on matches, too",
            min_values=0,
            max_values=steps.MOST,
            default_values=[discord.SelectDefaultValue(id=one, type=_ROLE) for one in roles],
        )
        super().__init__(select)

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the select."""
        return cls([])

    async def answer(self, interaction: Interaction) -> None:
        """Save what was chosen, of this server's roles, @everyone aside."""
        everyone, guild = interaction.guild_id or 0, cast("discord.Guild", interaction.guild)
        ids = frozenset(one for one in chosen_ids(interaction) if guild.get_role(one) is not None)
        outcome = EVERYONE if everyone in ids else None
        await _save(interaction, lambda policy: replace(policy, moderator_roles=ids - {everyone}), outcome)


class SetupMode(Control[ui.Select[Any]], template=r"footnote:setup-mode"):
    """Chooses the mode."""

    needs = "manage_guild"

    def __init__(self, mode: Mode) -> None:
        super().__init__(ui.Select(custom_id="footnote:setup-mode", options=steps.mode_options(mode)))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the select."""
        return cls(Mode.QUEUE)

    async def answer(self, interaction: Interaction) -> None:
        """Save what was chosen."""
        [mode] = chosen(interaction)
        await _save(interaction, lambda policy: replace(policy, mode=Mode(mode)))


class SetupTest(Control[ui.Button[Any]], template=r"footnote:setup-test"):
    """Sends a test post into the queue channel."""

    needs = "manage_guild"

    def __init__(self) -> None:
        look = discord.ButtonStyle.primary
        super().__init__(ui.Button(label="Send a test post", style=look, custom_id="footnote:setup-test"))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the button."""
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        """Send it, and say where it stands, or why it doesn't."""
        await interaction.response.defer()
        policy = await services_of(interaction).policies.get(interaction.guild_id or 0)
        await _show(interaction, policy, await _test(interaction, policy.queue_channel))


_CHANNEL = discord.SelectDefaultValueType.channel
_ROLE = discord.SelectDefaultValueType.role


async def _save(interaction: Interaction, edit: Callable[[Policy], Policy], outcome: str | None = None) -> None:
    await interaction.response.defer()
    policies = services_of(interaction).policies
    changed = await policies.change(interaction.guild_id or 0, edit, by=interaction.user.id)
    await _show(interaction, changed.after, outcome)


async def _show(interaction: Interaction, policy: Policy, outcome: str | None = None) -> None:
    # Every command of the group is for servers in which Footnote is installed, and those are cached.
    guild = cast("discord.Guild", interaction.guild)
    await finish(interaction, walk(guild, policy, outcome=outcome))


def walk(guild: discord.Guild, policy: Policy, *, outcome: str | None = None) -> ui.LayoutView:
    """Return the walk: what is set and what is missing, each with the way to change it."""
    lost = gone(guild, policy)
    queue, watched = card_problems(guild, policy.queue_channel, quotes=True), answer_problems(guild, policy)
    queue_now = frozenset(filter(None, [policy.queue_channel])) - lost
    pick_roles: list[Button] = []
    if len(policy.moderator_roles) <= steps.MOST:
        pick_roles.append(SetupRoles(sorted(policy.moderator_roles - lost)))
    pick_watched: list[Button] = []
    if steps.fits_select(guild, policy.watched_channels):
        pick_watched.append(SetupChannels("watched", sorted(policy.watched_channels - lost)))
    return steps_layout(
        (steps.HEAD, []),
        (steps.queue_step(policy, lost, queue), [SetupChannels("queue", sorted(queue_now))]),
        (steps.moderators_step(policy, lost, whole=bool(pick_roles)), pick_roles),
        (steps.watched_step(policy, lost, watched, whole=bool(pick_watched)), pick_watched),
        (steps.mode_step(policy), [SetupMode(policy.mode)]),
        (steps.last_step(policy, problems=len(queue) + len(watched), outcome=outcome), [SetupTest()]),
    )


async def _test(interaction: Interaction, channel_id: int | None) -> str:
    """Send the test post, and return what came of it in a sentence."""
    if channel_id is None:
        return "Nothing was posted: choose a queue channel first."
    guild_id = interaction.guild_id or 0
    channel = interaction.client.get_partial_messageable(channel_id, guild_id=guild_id)
    try:
        with delivery_faults(channel_id, thread=False):
            message = await channel.send(view=steps.example_card(), silent=True)
    except SourceGone:
        return "Nothing was posted: the queue channel was deleted."
    except DeliveryRefused as refusal:
        return f"Nothing was posted: {refusal}"
    except DeliveryError:
        return "Nothing was posted, as Discord didn't answer: try again in a moment."
    return f"The test post stands here: {jump_url(guild_id, channel_id, message.id)}"
