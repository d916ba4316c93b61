"""``/settings limit`` and ``limits``: how far single facts may go."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from bot.discord_app.access import Interaction, finish, refused, services_of
from bot.discord_app.facts.choices import fact_choices
from bot.discord_app.layouts import text_layout
from bot.discord_app.settings.change import WatchableChannel
from bot.discord_app.text import safe, whole_lines
from bot.domain.policy import FactLimit, Mode

_CLAIM_LIMIT = 150
_LISTED = 25
_LIST_LIMIT = 3600

_MODES = {
    Mode.OFF: "muted: its matches are ignored",
    Mode.SHADOW: "only recorded: nothing is posted, nothing is queued",
    Mode.QUEUE: "every match waits for a moderator",
    Mode.AUTO: "no limit: it goes as far as the server's mode",
}


@app_commands.command(name="limit", description="How far one fact may go, in the server or in one channel")
@app_commands.describe(
    fact="A fact, from the list",
    mode="off mutes it, shadow only records, queue asks a moderator, auto lifts the limit",
    channel="A channel with its threads, or a thread; the whole server without one",
)
@app_commands.autocomplete(fact=fact_choices)
async def limit(
    interaction: Interaction,
    fact: str,
    mode: Literal["off", "shadow", "queue", "auto"],
    channel: WatchableChannel | None = None,
) -> None:
    """Limit a fact, or lift its limit."""
    if await refused(interaction, "manage_guild"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    wanted = FactLimit(interaction.guild_id or 0, fact, Mode(mode), channel.id if channel else None)
    claim = await _claim(interaction, fact)
    if claim is None:
        await finish(interaction, text_layout("There is no such fact here: choose one from the list."))
        return
    before = await services_of(interaction).policies.limit(wanted, by=interaction.user.id)
    where = f"In <#{channel.id}>" if channel else "In this server"
    await finish(
        interaction, text_layout(f"**{claim}**\n{where}: {mode} ({_MODES[wanted.mode]})\n-# Before: {before.value}")
    )


@app_commands.command(name="limits", description="List how far single facts may go")
async def limits(interaction: Interaction) -> None:
    """List the limits."""
    if await refused(interaction, "manage_guild"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await services_of(interaction).policies.limits(interaction.guild_id or 0)
    lines = [await _line(interaction, one) for one in found[:_LISTED]]
    shown = whole_lines(lines, _LIST_LIMIT)
    more = len(found) - len(shown.splitlines())
    rest = f"-# … and {more} more" if more > 0 else ""
    head = f"**Facts that are limited: {len(found)}**" if found else "**No fact is limited here**"
    await finish(interaction, text_layout(head, shown, rest))


async def _claim(interaction: Interaction, slug: str) -> str | None:
    """Return what a fact that this server sees, or limits, is about; None for every other."""
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    fact = await services.facts.get(slug)
    if fact is not None and fact.guild_id in (None, guild_id):
        return safe(" ".join(fact.claim.split()), _CLAIM_LIMIT)
    return safe(slug, _CLAIM_LIMIT) if await services.policies.limits(guild_id, slug) else None


async def _line(interaction: Interaction, one: FactLimit) -> str:
    guild, where = interaction.guild, "everywhere"
    if one.channel_id is not None:
        known = guild is None or guild.get_channel_or_thread(one.channel_id) is not None
        where = f"in <#{one.channel_id}>" + ("" if known else " (deleted or archived)")
    return f"- **{one.mode.value}** {where}: {await _claim(interaction, one.slug)}"
