"""What Footnote says when it joins a server: once, where the server's own messages stand, to nobody alone."""

from __future__ import annotations

import logging

import discord

from bot.discord_app.layouts import text_layout
from bot.domain.policy import default_policy
from bot.services.policies import Policies

log = logging.getLogger(__name__)

_NEW = (
    "**Footnote is here.** It adds a short, sourced note to posts that repeat a claim which was checked. For admins: "
    "`/settings setup` takes a minute. Until then nothing is posted by itself: every match waits in `/queue`."
)
_BACK = "**Footnote is back.** This server's earlier settings still hold; for admins: `/settings show` lists them."


async def greet(guild: discord.Guild, policies: Policies) -> None:
    """Say how to begin, if Footnote may write where the server's own messages stand."""
    channel = guild.system_channel
    if channel is None:
        return
    allowed = channel.permissions_for(guild.me)
    if not (allowed.view_channel and allowed.send_messages):
        return
    known = await policies.get(guild.id) != default_policy(guild.id)
    try:
        await channel.send(view=text_layout(_BACK if known else _NEW), silent=True)
    except discord.HTTPException as error:
        log.warning("guild.not_greeted", extra={"guild_id": guild.id, "status": error.status})
