"""What ``/settings setup`` says at each step: what is set, what is missing, what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.discord_app.fields import option
from bot.discord_app.layouts import text_layout
from bot.discord_app.settings.card import MODES, approval_words, channel_words, role_words
from bot.domain.policy import Mode, Policy
from bot.review.breaker import WRONG_IN_WINDOW

HEAD = (
    "**Setting Footnote up**\nEvery choice counts at once. `/settings setup` shows this again at any time, and "
    "`/settings show` everything else that can be set."
)
MOST = 25
"""What one select can hold (Discord's documentation, components reference)."""

_ORDER = (Mode.QUEUE, Mode.AUTO, Mode.SHADOW, Mode.OFF)


def queue_step(policy: Policy, gone: frozenset[int], problems: Sequence[str]) -> str:
    """Return the step of the queue channel."""
    queue = [policy.queue_channel] if policy.queue_channel else []
    return _step(
        f"**1. Queue channel:** {channel_words(queue, gone) or 'none yet'}",
        "Matches that wait appear there as cards with buttons. Without one, `/queue` lists them.",
        problems,
    )


def moderators_step(policy: Policy, gone: frozenset[int], *, whole: bool) -> str:
    """Return the step of the moderators' roles; ``whole`` tells whether a select holds all of them."""
    more = (
        "" if whole else " There are too many for one select: `/settings moderator-role` adds and removes single ones."
    )
    return _step(
        f"**2. Moderators:** who has Manage Messages{role_words(policy.moderator_roles, gone, ', and ')}",
        "Discord hides `/queue` from roles without Manage Messages, unless an admin allows the role under Server "
        f"Settings, Integrations.{more}",
    )


def watched_step(policy: Policy, gone: frozenset[int], problems: Sequence[str], *, whole: bool) -> str:
    """Return the step of the watched channels; ``whole`` tells whether a select holds all of them."""
    one_by_one = "These don't fit into one select: `/settings watch` adds and removes single ones."
    return _step(
        f"**3. Watched channels:** {channel_words(policy.watched_channels, gone) or 'all'}",
        "Choose none to watch all; `/settings watch` takes threads, too." if whole else one_by_one,
        problems,
    )


def fits_select(guild: discord.Guild, watched: frozenset[int]) -> bool:
    """Tell whether a select of channels can hold what is watched: not too many, and no threads."""
    return len(watched) <= MOST and not any(guild.get_thread(one) for one in watched)


def mode_step(policy: Policy) -> str:
    """Return the step of the mode."""
    return _step(
        f"**4. Mode:** {policy.mode.value} ({MODES[policy.mode]})",
        f"In auto a fact replies by itself {approval_words(policy.approvals_needed)}, and a breaker stops all "
        f"automatic replies after {WRONG_IN_WINDOW} wrong ones in 24 hours.",
    )


def mode_options(chosen: Mode) -> list[discord.SelectOption]:
    """Return the modes to choose from, the recommended one first."""
    return [
        option(
            f"{mode.value} (recommended)" if mode is Mode.QUEUE else mode.value,
            mode.value,
            description=MODES[mode].capitalize(),
            default=mode is chosen,
        )
        for mode in _ORDER
    ]


def last_step(policy: Policy, *, problems: int, outcome: str | None) -> str:
    """Return what came of the last click, and what is still to be done."""
    missing = []
    if policy.queue_channel is None:
        missing.append("a queue channel")
    if problems:
        missing.append(f"what is to be put right above ({problems})")
    if policy.mode is Mode.OFF:
        missing.append("a mode other than off")
    state = f"**Still missing:** {', '.join(missing)}." if missing else "**Ready.** Send a test post to see it arrive."
    return f"{state}\n{outcome}" if outcome else state


def example_card() -> discord.ui.LayoutView:
    """Return an example of a card, labelled as one."""
    return text_layout(
        "**A test post of Footnote: nothing waits here**\nMatches will appear in this channel like this, with buttons "
        "to approve, edit or dismiss them.",
        "**Post**\n> Everybody knows that you can see the Great Wall from the Moon!",
        "**The note as it would be posted**\nFrom the Moon no single building can be seen with the naked eye.",
        "-# The example is made up. You can delete this message.",
    )


def _step(head: str, about: str, problems: Sequence[str] = ()) -> str:
    return "\n".join([head, f"-# {about}", *(f"- **To be put right:** {problem}" for problem in problems)])
