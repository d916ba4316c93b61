"""The cards that moderators see. Pure: what stands on one comes from ``services.cards``, its buttons are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord import ui

from bot.discord_app.layouts import Button, note_texts, text_layout
from bot.discord_app.places import jump_url
from bot.discord_app.text import quoted, safe, small, stamp, whole_lines
from bot.domain.card import PostedCard
from bot.domain.fact import Fact
from bot.domain.note import Note, Provenance
from bot.domain.review import NewReviewItem, ReviewItem
from bot.services.cards import ClosedCard, ExpiredCard, ItemsCard, NoteCard, StopCard

_POST_LIMIT = 480
_CLAIM_LIMIT = 300
_REASON_LIMIT = 160
_REASONS_LIMIT = 400
_SOURCES_LIMIT = 500
_EXCERPT_LIMIT = 80
_OTHERS_LIMIT = 500
_LISTED = 15

HIDDEN = "> *The post stands in a channel that not every moderator sees; open it to read it.*"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a card may show of a post: its words or not, and who wrote it, where that is known."""

    words: bool = True
    author_id: int | None = None


def items_view(
    card: ItemsCard, seen: Seen, *, buttons: Sequence[Button], outcome: str | None = None, others: bool = True
) -> ui.LayoutView:
    """Return the card of the items at hand on a fact: the first post, the note it would get, and the reasons."""
    new = card.item.new
    return text_layout(
        small(outcome),
        _header(card, seen),
        f"**Post**\n{_words(new, seen)}",
        *_fact_texts(card.fact, new.slug),
        _why(new),
        _standing(card),
        _others(card) if others else "",
        buttons=buttons,
    )


def closed_view(card: ClosedCard, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return what a card says once nothing waits on it: who ruled what and when, without the post's words."""
    claim = safe(card.fact.claim if card.fact else card.key.subject, _CLAIM_LIMIT)
    if card.event is None:
        return text_layout(f"**Nothing waits here any more**\n{claim}", buttons=buttons)
    new = card.event.new
    who = "the program" if new.by is None else f"<@{new.by}>"
    until = f" until {new.detail['until']}" if "until" in new.detail else ""
    item = f"item {new.item_id}" if new.item_id else "the item"
    said = f"**{new.act.value.capitalize()}{until}** · {item} · by {who} {stamp(new.at)}"
    return text_layout(f"{said}\n{claim}", _upcoming(card.upcoming), buttons=buttons)


def note_view(card: NoteCard, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return the card of a note that was posted by itself, for moderators to say whether it was right."""
    new = card.note.new
    claim = safe(card.fact.claim if card.fact else new.slug, _CLAIM_LIMIT)
    head = f"**Posted automatically** · note {card.note.id}\n-# {_where(card.note)}"
    sure = f"Confidence {new.confidence:.2f}, needed {new.threshold:.2f}"
    ruled = ""
    if card.event is not None:
        by = card.event.new.by
        said = "right" if card.event.new.act.value == "approve" else card.event.new.act.value
        ruled = f"**{said.capitalize()}** · by <@{by}> {stamp(card.event.new.at)}"
    return text_layout(head, f"**Claim**\n{claim}\n-# {sure}", ruled, buttons=buttons)


def stop_view(card: StopCard, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return the notice that automatic replies are stopped, or that they were resumed."""
    if card.stop is not None:
        return text_layout(
            "**Automatic replies are stopped in this server**",
            f"{safe(card.stop.because.capitalize(), 600)} ({stamp(card.stop.at)}). Every match waits in the queue now. "
            "Look at the rulings (`/audit show`), correct or limit the facts concerned, then resume.",
            buttons=buttons,
        )
    by = f" by <@{card.event.new.by}> {stamp(card.event.new.at)}" if card.event else ""
    return text_layout(f"**Automatic replies were resumed**{by}")


def expired_view(card: ExpiredCard, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return the list of facts that are past their shelf life."""
    if not card.facts:
        return text_layout("**No fact is past its shelf life any more**")
    lines = [
        f"- {safe(fact.claim, 120)} (to be reviewed by {fact.review_by.isoformat()})" for fact in card.facts[:_LISTED]
    ]
    more = len(card.facts) - len(lines)
    return text_layout(
        f"**Past their shelf life: {len(card.facts)}**\nThese facts no longer reply by themselves here until somebody "
        "has looked at them again (`/facts edit`).",
        "\n".join([*lines, *([f"-# … and {more} more: `/facts expired`"] if more else [])]),
        buttons=buttons,
    )


def empty_view(outcome: str | None, *, buttons: Sequence[Button] = ()) -> ui.LayoutView:
    """Return what is shown where no item is at hand."""
    return text_layout(small(outcome), "**The queue is empty**", buttons=buttons)


def item_line(item: ReviewItem, *, words: bool = True) -> str:
    """Return an item in one line."""
    new = item.new
    shown = f"“{safe(' '.join(new.post_text.split()), _EXCERPT_LIMIT)}”" if words else "(in a private channel)"
    return f"**{item.id}** {shown} [post]({jump_url(new.guild_id, new.channel_id, new.message_id)})"


def _header(card: ItemsCard, seen: Seen) -> str:
    new = card.item.new
    facts = [f"**Review item {card.item.id}**"]
    if card.count > 1:
        facts.append(f"{card.count} posts on this claim")
    if card.item.state.value != "open":
        role = f" <@&{card.escalation_role}>" if card.escalation_role else ""
        facts.append(f"**{card.item.state.value}**{role}")
    if card.assignee is not None:
        facts.append(f"taken by <@{card.assignee}>")
    author = f"<@{seen.author_id}> in " if seen.author_id else ""
    link = jump_url(new.guild_id, new.channel_id, new.message_id)
    where = f"-# {author}<#{new.channel_id}> · [go to the post]({link}) · waits since {stamp(new.created_at)}"
    return f"{' · '.join(facts)}\n{where}"


def _words(new: NewReviewItem, seen: Seen) -> str:
    return (quoted(new.post_text, _POST_LIMIT) or "> (no words)") if seen.words else HIDDEN


def _fact_texts(fact: Fact | None, slug: str) -> tuple[str, ...]:
    if fact is None or fact.retired:
        return (f"**Fact**\n{safe(slug, _CLAIM_LIMIT)} was retired: this item can only be dismissed.",)
    body, sources, label = note_texts(fact, Provenance.MODERATOR, sources_limit=_SOURCES_LIMIT)
    return (
        f"**Claim**\n{safe(fact.claim, _CLAIM_LIMIT)}",
        f"**The note as it would be posted**\n{body}\n{sources}\n{label}",
    )


def _why(new: NewReviewItem) -> str:
    reasons = [f"- {safe(reason, _REASON_LIMIT)}" for reason in new.reasons]
    certainty = f"The post {new.relation.value} the claim · confidence {new.confidence:.2f}, needed {new.threshold:.2f}"
    return f"**Why it waits**\n{certainty}\n{whole_lines(reasons, _REASONS_LIMIT)}"


def _standing(card: ItemsCard) -> str:
    earlier = ", ".join(f"{count} × {act}" for act, count in card.earlier.items()) or "never"
    told = [f"Ruled on before here: {earlier}", f"approvals towards replying by itself: {card.approvals}/{card.needed}"]
    last = ""
    if card.last is not None:
        new = card.last.new
        last = f"\nLast: {new.act.value} of item {new.item_id or new.note_id} by <@{new.by}> {stamp(new.at)}"
    return small(" · ".join(told)) + (f"\n{small(last.strip())}" if last else "")


def _others(card: ItemsCard) -> str:
    if not card.others:
        return ""
    lines = [f"- {item_line(item)}" for item in card.others]
    return f"**More posts on this claim**\n{whole_lines(lines, _OTHERS_LIMIT)}"


def _upcoming(card: PostedCard | None) -> str:
    if card is None:
        return ""
    return small(f"Next: [the most urgent card]({jump_url(card.key.guild_id, card.channel_id, card.message_id)})")


def _where(note: Note) -> str:
    new = note.new
    post = jump_url(new.guild_id, new.channel_id, new.source_message_id)
    shown = f" · [the note]({jump_url(new.guild_id, new.channel_id, note.message_id)})" if note.message_id else ""
    return f"<#{new.channel_id}> · [the post]({post}){shown}"
