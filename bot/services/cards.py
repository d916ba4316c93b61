"""What stands on the cards in moderators' channels, put together from the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.appeal import Appeal, AppealKind
from bot.domain.audit import RULINGS, Act, AuditEvent
from bot.domain.card import CardKey, CardKind, PostedCard
from bot.domain.fact import Fact
from bot.domain.note import Note
from bot.domain.policy import Policy, Stop
from bot.domain.ports import Transaction
from bot.domain.review import ItemGroup, ReviewItem, Wanted
from bot.review.autonomy import approvals
from bot.services.standings import acts_on
from bot.services.undo import UNDO_FOR

SHOWN = 6
"""Items of one fact that a card shows: one in full, the others in a line each."""

KEPT_FOR = timedelta(days=7)
"""How long a note's card waits for a ruling. After that it stands as it is, and its buttons go on working."""

_LOOKED_AT = 50
"""Acts among which the last one on an item is looked for; the others are on notes."""

_LAST_ACTS = RULINGS | {Act.SNOOZE}


@dataclass(frozen=True, slots=True)
class ItemsCard:
    """The items at hand on one fact: the first in full, some others in short.

    ``earlier`` counts the rulings on this fact in this server, ``approvals`` those that its autonomy hangs on, of
    which ``needed`` are needed. ``assignee`` is whose it is now. ``last`` is the latest ruling on the fact, while it
    can be undone.
    """

    key: CardKey
    item: ReviewItem
    others: tuple[ReviewItem, ...]
    count: int
    fact: Fact | None
    earlier: Mapping[str, int]
    approvals: int
    needed: int
    assignee: int | None
    escalation_role: int | None
    last: AuditEvent | None


@dataclass(frozen=True, slots=True)
class ClosedCard:
    """What became of the items of one fact: the last act on them, and whether it can still be undone.

    ``upcoming`` is the card of what is most urgent now. It is no news by itself: were it part of the digest, each
    ruling would redraw every card that was closed lately.
    """

    key: CardKey
    fact: Fact | None
    event: AuditEvent | None
    undo: bool
    upcoming: PostedCard | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NoteCard:
    """A note that was posted automatically, and what a moderator said of it; ``old``: nobody did, in all the time."""

    key: CardKey
    note: Note
    fact: Fact | None
    event: AuditEvent | None
    undo: bool
    old: bool = False


@dataclass(frozen=True, slots=True)
class StopCard:
    """A stop of the automatic replies; once it is lifted, by whom."""

    key: CardKey
    stop: Stop | None
    event: AuditEvent | None


@dataclass(frozen=True, slots=True)
class ExpiredCard:
    """The facts of a server whose shelf life is over."""

    key: CardKey
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class AppealCard:
    """An appeal against a note, until it is answered. ``counted`` is what the ratings came to, for a community's."""

    key: CardKey
    appeal: Appeal
    note: Note
    fact: Fact | None
    counted: tuple[str, ...] = ()


Card = ItemsCard | ClosedCard | NoteCard | StopCard | ExpiredCard | AppealCard


def digest(card: Card) -> str:
    """Return what tells whether a card shows something new."""
    return hashlib.sha256(repr(card).encode()).hexdigest()


def final(card: Card) -> bool:
    """Tell whether a card will not change any more."""
    match card:
        case ClosedCard():
            return not card.undo
        case NoteCard():
            return card.old or (card.event is not None and not card.undo)
        case StopCard():
            return card.stop is None
        case ExpiredCard():
            return not card.facts
        case AppealCard():
            return card.appeal.outcome is not None
        case _:
            return False


def changes_at(card: Card, now: datetime) -> datetime | None:
    """Return when a card changes though nothing happens: an assignment or the time to undo runs out."""
    match card:
        case ItemsCard():
            undo = card.last.new.at + UNDO_FOR if card.last else None
            ends = [end for end in (undo, card.item.assigned_until) if end is not None and end > now]
            return min(ends, default=None)
        case ClosedCard() | NoteCard():
            return card.event.new.at + UNDO_FOR if card.undo and card.event else None
        case _:
            return None


async def items_card(
    tx: Transaction, group: ItemGroup, policy: Policy, *, now: datetime, first: ReviewItem | None = None
) -> ItemsCard | None:
    """Return the card of what is at hand on one fact, or None where nothing is any more.

    ``first`` is the item to show in full, the most urgent and oldest one unless another is asked for.
    """
    items = await tx.reviews.find(group.guild_id, Wanted(slug=group.slug), limit=SHOWN)
    if first is None:
        if not items:
            return None
        first = items[0]
    others = [item for item in items if item.id != first.id]
    fact = await tx.facts.get(group.slug)
    acts = [] if fact is None else await acts_on(tx, fact, guild_id=group.guild_id)
    earlier = await tx.audit.tally(group.guild_id, group.slug)
    lately = await tx.audit.find(
        group.guild_id,
        acts=RULINGS,
        slug=group.slug,
        since=now - UNDO_FOR,
        standing=True,
        copies=False,
        limit=_LOOKED_AT,
    )
    last = next((event for event in lately if event.new.by is not None and _fresh(event, now)), None)
    return ItemsCard(
        key=CardKey(group.guild_id, CardKind.ITEMS, group.slug),
        item=first,
        others=tuple(others),
        count=group.count,
        fact=fact,
        earlier=dict(sorted((act.value, count) for act, count in earlier.items())),
        approvals=approvals(acts),
        needed=policy.approvals_needed,
        assignee=first.assignee(now),
        escalation_role=policy.escalation_role if group.escalated else None,
        last=last,
    )


async def closed_card(
    tx: Transaction, key: CardKey, *, now: datetime, upcoming: PostedCard | None = None
) -> ClosedCard:
    """Return the card of a fact of which nothing is at hand any more."""
    found = await tx.audit.find(
        key.guild_id, acts=_LAST_ACTS, slug=key.subject, standing=True, copies=False, limit=_LOOKED_AT
    )
    event = next((one for one in found if one.new.item_id is not None), None)
    undo = event is not None and event.new.act in RULINGS and event.new.by is not None and _fresh(event, now)
    return ClosedCard(key, await tx.facts.get(key.subject), event, undo, upcoming if undo else None)


async def note_card(tx: Transaction, note: Note, *, now: datetime) -> NoteCard:
    """Return the card of an automatic note."""
    guild_id = note.new.guild_id
    found = await tx.audit.find(guild_id, acts=RULINGS, note_id=note.id, standing=True, limit=1)
    event = found[0] if found else None
    key = CardKey(guild_id, CardKind.NOTE, str(note.id))
    undo, old = event is not None and _fresh(event, now), event is None and note.new.created_at <= now - KEPT_FOR
    return NoteCard(key, note, await tx.facts.get(note.new.slug), event, undo, old)


async def stop_card(tx: Transaction, policy: Policy) -> StopCard:
    """Return the card of a server's stop, or of its end."""
    key = CardKey(policy.guild_id, CardKind.STOP, "")
    found = await tx.audit.find(policy.guild_id, acts={Act.RESUMED}, limit=1) if policy.stop is None else []
    return StopCard(key, policy.stop, found[0] if found else None)


async def expired_card(tx: Transaction, guild_id: int, *, now: datetime) -> ExpiredCard:
    """Return the card of the facts of a server that are past their shelf life."""
    facts = await tx.facts.expired(guild_id, today=now.date())
    return ExpiredCard(CardKey(guild_id, CardKind.EXPIRED, ""), tuple(facts))


async def appeal_card(tx: Transaction, appeal: Appeal) -> AppealCard | None:
    """Return the card of an appeal, or None where its note is forgotten."""
    note = await tx.notes.get(appeal.new.note_id)
    if note is None:
        return None
    standing = await tx.ratings.standing(note.id) if appeal.new.kind is AppealKind.COMMUNITY else None
    key = CardKey(appeal.new.guild_id, CardKind.APPEAL, str(appeal.id))
    return AppealCard(key, appeal, note, await tx.facts.get(note.new.slug), standing.score.why if standing else ())


def _fresh(event: AuditEvent, now: datetime) -> bool:
    return now - event.new.at < UNDO_FOR
