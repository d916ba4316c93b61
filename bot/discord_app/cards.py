"""What moderators see: the card of a review item, and the card of a server's settings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discord import ui

from bot.discord_app.layouts import Button, note_texts, text_layout
from bot.discord_app.text import quoted, safe, whole_lines
from bot.domain.fact import Fact
from bot.domain.note import Provenance
from bot.domain.policy import Mode, Policy
from bot.domain.review import ReviewItem

_POST_LIMIT = 600
_CLAIM_LIMIT = 350
_REASON_LIMIT = 180
_REASONS_LIMIT = 600
_LISTED = 20
_SOURCES_LIMIT = 900

_MODES = {
    Mode.OFF: "posts are not looked at",
    Mode.SHADOW: "decisions are recorded; nothing is posted, nothing is queued",
    Mode.QUEUE: "every match waits for a moderator",
    Mode.AUTO: "certain matches are answered at once, doubtful ones wait for a moderator",
}


def jump_url(guild_id: int, channel_id: int, message_id: int) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def review_card(
    item: ReviewItem, fact: Fact | None, *, count: int, outcome: str | None, buttons: Sequence[Button]
) -> ui.LayoutView:
    """Return the card of an open item: the post, the fact, the note as it would be posted, and the reasons."""
    new = item.new
    link = jump_url(new.guild_id, new.channel_id, new.message_id)
    reasons = [f"- {safe(reason, _REASON_LIMIT)}" for reason in new.reasons]
    certainty = f"The post {new.relation.value} the claim · confidence {new.confidence:.2f}, needed {new.threshold:.2f}"
    return text_layout(
        _outcome(outcome),
        f"**Review item {item.id}** · {count} open\n-# <#{new.channel_id}> · [go to the post]({link})",
        f"**Post**\n{quoted(new.post_text, _POST_LIMIT) or '> (no words)'}",
        *_fact_texts(fact, new.slug),
        f"**Why it waits**\n{certainty}\n{whole_lines(reasons, _REASONS_LIMIT)}",
        buttons=buttons,
    )


def empty_card(outcome: str | None) -> ui.LayoutView:
    """Return what is shown where no item is open."""
    return text_layout(_outcome(outcome), "**The queue is empty**")


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


def _fact_texts(fact: Fact | None, slug: str) -> tuple[str, ...]:
    if fact is None or fact.retired:
        return (f"**Fact**\n{safe(slug, _CLAIM_LIMIT)} was retired: this item can only be dismissed.",)
    body, sources, label = note_texts(fact, Provenance.MODERATOR, sources_limit=_SOURCES_LIMIT)
    return (
        f"**Claim**\n{safe(fact.claim, _CLAIM_LIMIT)}",
        f"**The note as it would be posted**\n{body}\n{sources}\n{label}",
    )


def _outcome(outcome: str | None) -> str:
    return f"-# {outcome}" if outcome else ""


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
