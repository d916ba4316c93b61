"""Telling Discord of the commands, only when their definitions changed: it allows 200 creations a day."""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
import discord
from discord import app_commands

log = logging.getLogger(__name__)

_OURS = ("name", "type", "description", "options", "default_member_permissions", "contexts", "integration_types")
_OPTION = (
    "name",
    "type",
    "description",
    "required",
    "choices",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "autocomplete",
    "options",
)


async def sync_when_changed(client: discord.Client, tree: app_commands.CommandTree[Any]) -> bool:
    """Send the commands to Discord where they differ from what it has, and return whether they were sent.

    Discord itself is asked what it has: a note of our own would not know of another process with the same token. A
    field that Discord returns in another form costs a needless sync, never a missing one. A failure is logged: the
    bot can do its main work without commands.
    """
    assert client.application_id is not None
    try:
        # Raw, since ``tree.fetch_commands`` of discord.py 2.7 reads the contexts [0] as none at all.
        known = [_wanted({**command}) for command in await client.http.get_global_commands(client.application_id)]
        ours = [_wanted(command.to_dict(tree)) for command in tree.get_commands()]
        if sorted(known, key=_key) == sorted(ours, key=_key):
            return False
        await tree.sync()
    except discord.HTTPException as error:
        log.warning("commands.not_synced", extra={"status": error.status, "code": error.code})
        return False
    except (discord.DiscordException, aiohttp.ClientError, OSError, LookupError, TypeError, ValueError) as error:
        # Out of reach, or an answer that the library can't read.
        log.warning("commands.not_synced", extra={"cause": type(error).__name__})
        return False
    log.info("commands.synced", extra={"count": len(ours)})
    return True


def _wanted(command: dict[str, Any]) -> dict[str, Any]:
    kept = _kept(command, _OURS)
    kept["options"] = [_option(option) for option in command.get("options") or []]
    kept["default_member_permissions"] = int(command.get("default_member_permissions") or 0)
    return kept


def _option(option: dict[str, Any]) -> dict[str, Any]:
    kept = _kept(option, _OPTION)
    kept["options"] = [_option(inner) for inner in option.get("options") or []]
    kept["channel_types"] = sorted(option.get("channel_types") or [])
    return kept


def _kept(data: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    # Discord leaves out what is empty, false or zero; so do we, on both sides.
    return {key: data[key] for key in keys if data.get(key)}


def _key(command: dict[str, Any]) -> tuple[int, str]:
    return int(command["type"]), str(command["name"])
