from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.card import CardKey, CardKind, PostedCard
from bot.domain.ports import Store


@pytest.mark.parametrize("kind", CardKind)
@pytest.mark.parametrize("subject", ["", "moon-cheese", "12"])
async def test_a_card_comes_back_whole(store: Store, kind: CardKind, subject: str) -> None:
    """Every field survives, also ids near the top of what Discord can give."""
    card = PostedCard(CardKey(2**62, kind, subject), 2**62 + 1, 2**62 + 2, "ab" * 32)
    async with store.transaction() as tx:
        await tx.cards.put(card)
    async with store.transaction() as tx:
        assert await tx.cards.all(2**62) == [card]


async def test_a_card_takes_the_place_of_the_one_with_its_key(store: Store) -> None:
    """There is one of a kind and subject in a server; the others stay as they are."""
    card = PostedCard(CardKey(1, CardKind.ITEMS, "a"), 2, 3, "one")
    others = [replace(card, key=CardKey(1, CardKind.ITEMS, "b"), message_id=4), replace(card, message_id=5)]
    others[1] = replace(others[1], key=CardKey(1, CardKind.EXPIRED, "a"))
    async with store.transaction() as tx:
        for one in (card, *others):
            await tx.cards.put(one)
        await tx.cards.put(replace(card, channel_id=6, message_id=7, digest="two"))
        assert await tx.cards.all(1) == [*others, PostedCard(card.key, 6, 7, "two")]


async def test_a_server_sees_its_own_cards(store: Store) -> None:
    """The same subject in two servers is two cards, and forgetting one leaves the other."""
    cards = [PostedCard(CardKey(guild_id, CardKind.ITEMS, "a"), 2, 3, "one") for guild_id in (1, 2)]
    async with store.transaction() as tx:
        for card in cards:
            await tx.cards.put(card)
        assert await tx.cards.all(2) == [cards[1]]
        await tx.cards.remove(cards[0].key)
        await tx.cards.remove(cards[0].key)
        assert (await tx.cards.all(1), await tx.cards.all(2)) == ([], [cards[1]])
