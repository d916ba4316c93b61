"""Which cards should stand in a server's channels for moderators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.card import CardKey, CardKind, PostedCard
from bot.domain.note import STANDING, NoteKind, Provenance
from bot.domain.policy import Policy
from bot.domain.ports import Transaction
from bot.services.cards import Card, appeal_card, closed_card, expired_card, items_card, note_card, stop_card

MAX_CARDS = 40
"""Cards of open items in one channel, the most urgent ones; the rest is found by ``/queue``."""

NOTE_CARDS_FOR = timedelta(hours=24)
"""How long an automatic note is worth a new card in the log channel."""

_Shown = Mapping[CardKey, PostedCard]


async def wanted_cards(
    tx: Transaction, policy: Policy, shown: _Shown, *, now: datetime, expired: bool
) -> list[tuple[Card, int]]:
    """Return the cards that should stand in a server, each with its channel.

    Args:
        tx: The transaction to read in.
        policy: The server's policy.
        shown: What stands there.
        now: The time.
        expired: Whether to look for facts past their shelf life where no card says so yet.
    """
    wanted: list[tuple[Card, int]] = []
    if policy.queue_channel is not None:
        cards = [
            *await _queue_cards(tx, policy, shown, now),
            *await _notices(tx, policy, shown, now, expired=expired),
            *await _appeal_cards(tx, policy, shown),
        ]
        wanted += [(card, policy.queue_channel) for card in cards]
    if policy.log_channel is not None:
        wanted += [(card, policy.log_channel) for card in await _note_cards(tx, policy, shown, now)]
    return wanted


async def _queue_cards(tx: Transaction, policy: Policy, shown: _Shown, now: datetime) -> list[Card]:
    groups = await tx.reviews.groups(policy.guild_id)
    stand = {key.subject for key in shown if key.kind is CardKind.ITEMS}
    kept = [group for place, group in enumerate(groups) if place < MAX_CARDS or group.slug in stand]
    found = [await items_card(tx, group, policy, now=now) for group in kept]
    keys = [CardKey(policy.guild_id, CardKind.ITEMS, group.slug) for group in groups]
    upcoming = next((shown[key] for key in keys if key in shown), None)
    over = [key for key in shown if key.kind is CardKind.ITEMS and key not in keys]
    closed = [await closed_card(tx, key, now=now, upcoming=upcoming) for key in over]
    return [*filter(None, found), *closed]


async def _notices(tx: Transaction, policy: Policy, shown: _Shown, now: datetime, *, expired: bool) -> list[Card]:
    notices: list[Card] = []
    if policy.stop is not None or CardKey(policy.guild_id, CardKind.STOP, "") in shown:
        notices.append(await stop_card(tx, policy))
    stands = CardKey(policy.guild_id, CardKind.EXPIRED, "") in shown
    if expired or stands:
        card = await expired_card(tx, policy.guild_id, now=now)
        notices += [card] if card.facts or stands else []
    return notices


async def _appeal_cards(tx: Transaction, policy: Policy, shown: _Shown) -> list[Card]:
    appeals = {one.id: one for one in await tx.appeals.waiting(policy.guild_id)}
    for key in shown:
        if key.kind is CardKind.APPEAL and int(key.subject) not in appeals:
            appeal = await tx.appeals.get(int(key.subject))
            appeals |= {appeal.id: appeal} if appeal is not None else {}
    found = [await appeal_card(tx, one) for _, one in sorted(appeals.items())]
    return [card for card in found if card is not None]


async def _note_cards(tx: Transaction, policy: Policy, shown: _Shown, now: datetime) -> list[Card]:
    recent = await tx.notes.find(
        policy.guild_id,
        since=now - NOTE_CARDS_FOR,
        states=STANDING,
        provenance=Provenance.AUTO,
        unruled=True,
    )
    notes = {note.id: note for note in recent if note.new.kind is NoteKind.NOTE}
    for key in shown:
        if key.kind is CardKind.NOTE and int(key.subject) not in notes:
            note = await tx.notes.get(int(key.subject))
            notes |= {note.id: note} if note is not None else {}
    return [await note_card(tx, note, now=now) for _, note in sorted(notes.items())]
