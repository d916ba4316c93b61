"""The one way in which ``/settings`` changes a server's policy: asked for, saved, said with what it was before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import discord

from bot.discord_app.access import Interaction, finish, refused, say, services_of
from bot.discord_app.settings.card import change_card
from bot.discord_app.settings.rights import gone
from bot.domain.policy import Policy

WatchableChannel = (
    discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel | discord.Thread
)

EVERYONE = "@everyone is no role of its own: choose another."

CHOICES = 25
"""What Discord offers while an option is typed, at most (its documentation, application commands)."""


async def change(
    interaction: Interaction,
    edit: Callable[[Policy], Policy],
    *,
    unless: str | None = None,
    problems: Callable[[discord.Guild, Policy], Sequence[str]] | None = None,
) -> None:
    """Change the policy of the server, and tell the member what it was and what it is.

    Args:
        interaction: The command.
        edit: What to make of the policy.
        unless: Why it can't be changed so, in a sentence, if so.
        problems: Says in sentences what keeps the new policy from working.
    """
    if await refused(interaction, "manage_guild"):
        return
    if unless is not None:
        await say(interaction, unless)
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    policies, guild = services_of(interaction).policies, interaction.guild
    changed = await policies.change(interaction.guild_id or 0, edit, by=interaction.user.id)
    found = problems(guild, changed.after) if problems is not None and guild is not None else ()
    missing = gone(guild, changed.before) | gone(guild, changed.after)
    await finish(interaction, change_card(changed.before, changed.after, gone=missing, problems=found))


def toggled(ids: frozenset[int], one: int, *, on: bool) -> frozenset[int]:
    """Return ids with one more, or without it."""
    return ids | {one} if on else ids - {one}
