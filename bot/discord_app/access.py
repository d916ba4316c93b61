"""Who may do what, and what they are told when they may not or when something broke."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, Protocol, TypeVar, cast

import discord
from discord import app_commands, ui

from bot.discord_app.layouts import text_layout
from bot.services.board import KeepBoard
from bot.services.bundle import Services

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]
Permission = Literal["manage_messages", "manage_guild"]
Need = Permission | Literal["moderator"]
"""What a control asks of a member; a moderator has "manage_messages" or one of the server's moderator roles."""

_Command = TypeVar("_Command", app_commands.Command[Any, ..., Any], app_commands.ContextMenu, app_commands.Group)

_NAMES: dict[Permission, str] = {"manage_messages": "Manage Messages", "manage_guild": "Manage Server"}
_MODERATORS = (
    f"This is for the server's moderators: it needs the permission “{_NAMES['manage_messages']}” in this server, "
    "or one of its moderator roles."
)
_SORRY = "Sorry, something went wrong on Footnote's side. Please try again in a moment."


def in_servers(command: _Command) -> _Command:
    """Offer a command in servers only, to those in which Footnote is installed."""
    command.guild_only = True
    command.allowed_contexts = app_commands.AppCommandContext(guild=True)
    command.allowed_installs = app_commands.AppInstallationType(guild=True)
    return command


class Serving(Protocol):
    """A client that has the services at hand."""

    @property
    def services(self) -> Services:
        """The services."""
        ...

    @property
    def board(self) -> KeepBoard:
        """The moderators' cards."""
        ...


def services_of(interaction: Interaction) -> Services:
    """Return the services of the client that received an interaction."""
    return cast("Serving", interaction.client).services


def board_problem(interaction: Interaction) -> str | None:
    """Return why the server's cards can't be shown in its channels, in a sentence, or None where they can."""
    return cast("Serving", interaction.client).board.problem(interaction.guild_id or 0)


def may(interaction: Interaction, permission: Permission) -> bool:
    """Tell whether a member has a permission in the whole server.

    What one channel's overwrites grant doesn't count: the queue and the settings are the server's.
    """
    member = interaction.user
    if not isinstance(member, discord.Member) or interaction.guild_id is None:
        return False
    granted = member.guild_permissions
    return granted.administrator or bool(getattr(granted, permission))


async def refuse_without(interaction: Interaction, permission: Permission) -> bool:
    """Tell a member who lacks a permission so, and return whether they were refused."""
    if may(interaction, permission):
        return False
    await say(interaction, f"This needs the permission “{_NAMES[permission]}” in this server.")
    return True


async def moderates(interaction: Interaction) -> bool:
    """Tell whether a member is a moderator, by permission or by one of the roles that the server's policy names."""
    if may(interaction, "manage_messages"):
        return True
    member = interaction.user
    if not isinstance(member, discord.Member) or interaction.guild_id is None:
        return False
    policy = await services_of(interaction).policies.get(interaction.guild_id)
    # Not ``member.roles``: that holds @everyone, which must make nobody a moderator.
    return any(member.get_role(role) is not None for role in policy.moderator_roles)


async def refuse_unless_moderator(interaction: Interaction) -> bool:
    """Tell a member who is no moderator so, and return whether they were refused."""
    if await moderates(interaction):
        return False
    await say(interaction, _MODERATORS)
    return True


async def refused(interaction: Interaction, need: Need | None) -> bool:
    """Tell a member who lacks what is needed so, and return whether they were refused; None asks for nothing."""
    if need is None:
        return False
    if need == "moderator":
        return await refuse_unless_moderator(interaction)
    return await refuse_without(interaction, need)


async def say(interaction: Interaction, sentence: str) -> None:
    """Answer with one sentence that only the member sees, whether or not an answer was begun."""
    view = text_layout(sentence)
    if interaction.response.is_done():
        await interaction.followup.send(view=view, ephemeral=True)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


async def finish(interaction: Interaction, view: ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
    """Complete an answer that was deferred, or replace a message after its control was used; older files go."""
    await interaction.edit_original_response(view=view, attachments=files)


async def apologise(interaction: Interaction, error: Exception) -> None:
    """Log what broke, by ids alone, and tell the member in one sentence."""
    log.error(
        "interaction.failed",
        exc_info=error,
        extra={"interaction_id": interaction.id, "guild_id": interaction.guild_id},
    )
    try:
        await say(interaction, _SORRY)
    except discord.HTTPException as failure:
        log.warning("interaction.unanswered", extra={"interaction_id": interaction.id, "status": failure.status})


@asynccontextmanager
async def apologising(interaction: Interaction) -> AsyncIterator[None]:
    """Run a button's answer; whatever breaks in it ends in an apology."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the edge: beyond it stands only the library
        await apologise(interaction, error)
