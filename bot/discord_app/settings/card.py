"""A server's settings in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from discord import ui

from bot.discord_app.layouts import text_layout
from bot.discord_app.settings.languages import language_name
from bot.discord_app.text import safe
from bot.domain.policy import Mode, Policy
from bot.review.breaker import WRONG_IN_WINDOW

_LISTED = 12
_HELD_LIMIT = 400

MODES = {
    Mode.OFF: "posts are not looked at",
    Mode.SHADOW: "decisions are recorded; nothing is posted, nothing is queued",
    Mode.QUEUE: "every match waits for a moderator",
    Mode.AUTO: "certain matches are answered at once, doubtful ones wait for a moderator",
}


def settings_card(
    policy: Policy,
    *,
    gone: AbstractSet[int] = frozenset(),
    held: str | None = None,
    limits: int = 0,
    problems: Sequence[str] = (),
) -> ui.LayoutView:
    """Return a server's settings in words.

    Args:
        policy: The settings.
        gone: The channels and roles in them that the server doesn't have any more.
        held: Why nothing is posted by itself now, if so.
        limits: How many limits of single facts there are.
        problems: What keeps Footnote from working as set, in sentences.
    """
    stop = " `/settings resume` lifts it." if policy.stop else ""
    limited = f"{limits} (`/settings limits`)" if limits else "none"
    lines = [_line(*row) for row in setting_rows(policy, gone).items()]
    return text_layout(
        "**Footnote's settings in this server**",
        f"**Nothing is posted by itself now:** {safe(held, _HELD_LIMIT)}.{stop}" if held else "",
        "\n".join([*lines, _line("Limits of single facts", limited), _line("Learned here", _learned(policy))]),
        problem_lines(problems),
    )


def change_card(
    before: Policy, after: Policy, *, gone: AbstractSet[int] = frozenset(), problems: Sequence[str] = ()
) -> ui.LayoutView:
    """Return what was changed, what it was before, and what keeps it from working."""
    earlier, rows = setting_rows(before, gone), setting_rows(after, gone)
    changed = [f"{_line(name, rows[name])}\n-# Before: {earlier[name]}" for name in rows if rows[name] != earlier[name]]
    return text_layout("\n".join(changed) or "Nothing changed: it was so already.", problem_lines(problems))


def problem_lines(problems: Iterable[str]) -> str:
    """Return problems in a list, or nothing."""
    lines = [f"- {problem}" for problem in problems]
    return "\n".join(["**To be put right**", *lines]) if lines else ""


def setting_rows(policy: Policy, gone: AbstractSet[int] = frozenset()) -> dict[str, str]:
    """Return each setting in words, by its name in words."""
    own = {"queue": policy.queue_channel, "log": policy.log_channel}
    shown = {name: _ids("<#{}>", [one] if one else [], gone, "deleted") for name, one in own.items()}
    escalation = _ids("<@&{}>", [policy.escalation_role] if policy.escalation_role else [], gone, "deleted")
    floor = (
        f"after {WRONG_IN_WINDOW} wrong ones in 24 hours, or where precision may be under {policy.precision_floor:.2f}"
    )
    return {
        "Mode": f"{policy.mode.value} ({MODES[policy.mode]})",
        "A fact replies by itself": approval_words(policy.approvals_needed),
        "Confidence needed for a reply": _threshold(policy.threshold),
        "Automatic replies stop": floor,
        "Quiet hours": str(policy.quiet_hours) if policy.quiet_hours else "none",
        "Language of the members": language_name(policy.language) if policy.language else "told from each post",
        "One note speaks for its fact in a channel": f"for {_minutes(policy.window_minutes)}",
        "Queue channel": shown["queue"] or "none (`/queue` lists what waits)",
        "Log channel": shown["log"] or "none",
        "Moderators": f"who has Manage Messages{role_words(policy.moderator_roles, gone, ', and ')}",
        "Role that an escalation names": escalation or "none",
        "Watched": channel_words(policy.watched_channels, gone) or "all channels",
        "Ignored channels": channel_words(policy.ignored_channels, gone) or "none",
        "Ignored roles": role_words(policy.ignored_roles, gone) or "none",
        "Members rate notes": _rater_age(policy.rater_age_days),
        "What is over is forgotten": f"after {policy.retention_days} days",
    }


def channel_words(ids: Iterable[int], gone: AbstractSet[int]) -> str:
    """Return channels by name, as many as are worth reading."""
    return _ids("<#{}>", ids, gone, "deleted or archived")


def role_words(ids: Iterable[int], gone: AbstractSet[int], lead: str = "") -> str:
    """Return roles by name, as many as are worth reading, after ``lead`` where there are any."""
    words = _ids("<@&{}>", ids, gone, "deleted")
    return lead + words if words else ""


def approval_words(needed: int) -> str:
    """Return when a fact replies by itself in a server that is set to auto."""
    if not needed:
        return "at once, without any approval here"
    return f"after {needed} approval{'s' if needed > 1 else ''} here, with no wrong match since"


def _rater_age(days: int) -> str:
    return f"from {days} day{'s' if days > 1 else ''} after they joined on" if days else "as soon as they joined"


def _ids(mention: str, ids: Iterable[int], gone: AbstractSet[int], state: str) -> str:
    known = sorted(ids)
    names = [mention.format(one) + (f" ({state})" if one in gone else "") for one in known[:_LISTED]]
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return ", ".join(names) + more


def _line(name: str, value: str) -> str:
    return f"**{name}** {value}"


def _threshold(threshold: float | None) -> str:
    return "the shipped threshold" if threshold is None else f"{threshold:.2f}"


def _learned(policy: Policy) -> str:
    if not policy.shift_rulings:
        return "nothing yet"
    rulings = f"({policy.shift_rulings} rulings)"
    if abs(policy.shift) < 0.05:  # noqa: PLR2004 - what rounds to 0.0
        return f"rulings leave confidence here as it is {rulings}"
    way = "raise" if policy.shift > 0 else "lower"
    return f"rulings {way} confidence here by {abs(policy.shift):.1f} in log-odds {rulings}"


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if rest:
        return f"{minutes} minutes"
    return "1 hour" if hours == 1 else f"{hours} hours"
