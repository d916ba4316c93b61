"""The card of a server's settings. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from discord import ui

from bot.discord_app.layouts import text_layout
from bot.domain.policy import Mode, Policy

_LISTED = 20

_MODES = {
    Mode.OFF: "posts are not looked at",
    Mode.SHADOW: "decisions are recorded; nothing is posted, nothing is queued",
    Mode.QUEUE: "every match waits for a moderator",
    Mode.AUTO: "certain matches are answered at once, doubtful ones wait for a moderator",
}


def settings_card(policy: Policy) -> ui.LayoutView:
    """Return a server's settings in words."""
    threshold = "the shipped threshold" if policy.threshold is None else f"{policy.threshold:.2f}"
    roles = _listed(f"<@&{role}>" for role in sorted(policy.ignored_roles))
    return text_layout(
        "**Footnote's settings in this server**",
        f"**Mode** {policy.mode.value} ({_MODES[policy.mode]})\n"
        f"**Confidence needed for a reply** {threshold}\n"
        f"**One note speaks for its fact in a channel** for {_minutes(policy.window_minutes)}\n"
        f"**Watched** {_channels(policy.watched_channels) or 'all channels'}\n"
        f"**Ignored channels** {_channels(policy.ignored_channels) or 'none'}\n"
        f"**Ignored roles** {roles or 'none'}",
    )


def _channels(ids: Iterable[int]) -> str:
    return _listed(f"<#{channel}>" for channel in sorted(ids))


def _listed(mentions: Iterable[str]) -> str:
    names = list(mentions)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if rest:
        return f"{minutes} minutes"
    return "1 hour" if hours == 1 else f"{hours} hours"
