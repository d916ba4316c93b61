"""The set-up walk as the tests see it."""

from __future__ import annotations

from typing import Any

import simcord

from tests.discord_app.world import World

QUEUE, WATCHED = "footnote:setup-channels:queue", "footnote:setup-channels:watched"
ROLES, MODE = "footnote:setup-roles", "footnote:setup-mode"
TEST = "Send a test post"


async def open_walk(world: World, channel: simcord.ChannelHandle | None = None) -> simcord.ResponseMessage:
    """Open the walk as the moderator."""
    result = await world.moderator.slash(channel or world.channel, "settings setup")
    assert result.ephemeral
    assert result.response is not None
    return result.response


def component(message: simcord.ResponseMessage, custom_id: str) -> dict[str, Any] | None:
    """Return a component of the walk as Discord got it."""

    def find(components: list[dict[str, Any]]) -> dict[str, Any] | None:
        for one in components:
            if one.get("custom_id") == custom_id:
                return one
            if (found := find(one.get("components", []))) is not None:
                return found
        return None

    return find(message.components)


def chosen(message: simcord.ResponseMessage, custom_id: str) -> list[int]:
    """Return the ids that a select of the walk shows as chosen."""
    found = component(message, custom_id)
    assert found is not None
    return [int(one["id"]) for one in found.get("default_values", [])]
