"""What moderators can do with a review item, once they are known to see its channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from bot.discord_app.access import Interaction, services_of
from bot.discord_app.places import sees
from bot.domain.policy import FactLimit, Mode
from bot.domain.review import ReviewItem, Ruling, Wanted
from bot.services.ruled import Ruled

NOT_HERE = "That item is not in a channel that you can see."

ItemAct = Callable[[Interaction, ReviewItem], Awaitable[Ruled]]


async def visible_item(interaction: Interaction, item_id: int) -> ReviewItem | None:
    """Return an item of this server that stands in a channel which the member sees, or None."""
    item = await services_of(interaction).reviews.get(item_id, guild_id=interaction.guild_id or 0)
    return item if item is not None and sees(interaction, item.new.channel_id) else None


async def rule(interaction: Interaction, item: ReviewItem, *, ruling: Ruling, wording: str | None = None) -> Ruled:
    """Close an item with a ruling."""
    return await services_of(interaction).rulings.rule(
        item.id,
        guild_id=item.new.guild_id,
        ruling=ruling,
        by=interaction.user.id,
        wording=wording,
        sees=partial(sees, interaction),
    )


async def assign(interaction: Interaction, item: ReviewItem) -> Ruled:
    """Make an item the moderator's own for a while, or free it again."""
    return await services_of(interaction).reviews.assign(item.id, guild_id=item.new.guild_id, by=interaction.user.id)


async def escalate(interaction: Interaction, item: ReviewItem) -> Ruled:
    """Mark an item as urgent."""
    return await services_of(interaction).reviews.escalate(item.id, guild_id=item.new.guild_id, by=interaction.user.id)


async def snooze(interaction: Interaction, item: ReviewItem, *, span: timedelta) -> Ruled:
    """Put an item away for a while."""
    return await services_of(interaction).reviews.snooze(
        item.id, guild_id=item.new.guild_id, by=interaction.user.id, span=span
    )


async def mute_in_server(interaction: Interaction, item: ReviewItem) -> Ruled:
    """Let a fact say nothing in the whole server."""
    return await _mute(interaction, item, channel_id=None)


async def mute_in_channel(interaction: Interaction, item: ReviewItem) -> Ruled:
    """Let a fact say nothing in the channel of an item."""
    return await _mute(interaction, item, channel_id=item.new.channel_id)


async def _mute(interaction: Interaction, item: ReviewItem, *, channel_id: int | None) -> Ruled:
    services, new, by = services_of(interaction), item.new, interaction.user.id
    await services.policies.limit(FactLimit(new.guild_id, new.slug, Mode.OFF, channel_id), by=by)
    wanted = Wanted(slug=new.slug, channel_id=channel_id)
    count = await services.rulings.dismiss_all(new.guild_id, wanted, by=by, sees=partial(sees, interaction))
    where = "this server" if channel_id is None else f"<#{channel_id}>"
    waiting = f"; what waited on it was dismissed ({count})" if count else ""
    return Ruled(done=True, message=f"Muted in {where}{waiting}. `/settings limit` lifts it.")


LABELS = {
    "edit": "Edit and approve",
    "assign": "Assign to me",
    "escalate": "Escalate",
    "snooze": "Snooze",
    "mute": "Mute fact here",
    "mute-channel": "Mute in channel",
}
ACTS: dict[str, ItemAct] = {
    "assign": assign,
    "escalate": escalate,
    "mute": mute_in_server,
    "mute-channel": mute_in_channel,
}
SPANS = {"1": "1 hour", "4": "4 hours", "24": "A day", "168": "A week"}
