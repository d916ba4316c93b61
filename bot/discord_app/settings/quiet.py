"""``/settings quiet-hours``: when nothing is posted by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from discord import app_commands

from bot.discord_app.access import Interaction
from bot.discord_app.settings.change import CHOICES, change
from bot.domain.policy import Policy, QuietHours

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_UTC = "UTC"


async def _zone_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:  # noqa: ARG001
    return [app_commands.Choice(name=zone, value=zone) for zone in find_zones(typed)[:CHOICES]]


@app_commands.command(
    name="quiet-hours", description="When nothing is posted by itself: every match waits in the queue"
)
@app_commands.rename(start="from", end="until")
@app_commands.describe(
    start="Such as 22:00; leave all out to have no quiet hours",
    end="Such as 07:00, also of the next day",
    zone="Such as Europe/Berlin; without one, that of the earlier quiet hours, or UTC",
)
@app_commands.autocomplete(zone=_zone_choices)
async def quiet_hours(
    interaction: Interaction, start: str | None = None, end: str | None = None, zone: str | None = None
) -> None:
    """Set the quiet hours, or none."""
    wanted = read_hours(start, end, zone)

    def edit(policy: Policy) -> Policy:
        hours = wanted if isinstance(wanted, QuietHours) else None
        if hours is not None and zone is None and policy.quiet_hours is not None:
            hours = replace(hours, zone=policy.quiet_hours.zone)
        return replace(policy, quiet_hours=hours)

    await change(interaction, edit, unless=wanted if isinstance(wanted, str) else None)


def read_hours(start: str | None, end: str | None, zone: str | None) -> QuietHours | str | None:
    """Return quiet hours, or a sentence that says what is wrong with them, or None where nothing is given."""
    if start is None and end is None and zone is None:
        return None
    if start is None or end is None:
        return "Say both from when and until when, or leave all out to have no quiet hours."
    first, last = _minute(start), _minute(end)
    if first is None or last is None:
        return "Give the times as hours and minutes, such as 22:00 and 07:00."
    if first == last:
        return "From and until are the same; to post nothing by itself at any time, choose the mode queue."
    named = _UTC if zone is None else _zones().get(_folded(zone))
    if named is None:
        return "That is no time zone: choose one from the list, such as Europe/Berlin."
    return QuietHours(first, last, named)


def find_zones(typed: str) -> list[str]:
    """Return the time zones that may be meant by what is typed so far, likely ones first."""
    wanted = _folded(typed)
    offered = [zone for zone in _zones().values() if zone == _UTC or ("/" in zone and not zone.startswith("Etc/"))]
    starts = [zone for zone in offered if any(part.startswith(wanted) for part in _parts(zone))]
    holds = [zone for zone in offered if wanted in _folded(zone)]
    return list(dict.fromkeys([*starts, *holds]))


def _minute(clock: str) -> int | None:
    match = _CLOCK.fullmatch(clock.strip())
    return None if match is None else int(match[1]) * 60 + int(match[2])


def _folded(zone: str) -> str:
    return zone.strip().replace(" ", "_").casefold()


def _parts(zone: str) -> tuple[str, ...]:
    whole = _folded(zone)
    return (whole, *whole.split("/"))


@cache
def _zones() -> dict[str, str]:
    """Return the names of all zones by their names in small letters; UTC first."""
    return {_folded(zone): zone for zone in sorted(available_timezones(), key=lambda zone: (zone != _UTC, zone))}
