"""Keep the cards in moderators' channels as the store has it, whatever happens to them.

There is one way to a card: what should stand there is compared with what was last shown, and the difference is sent.
So a card that was deleted, a restart or a change from elsewhere (another moderator, the command line, an edit of the
post) need nothing of their own. Whoever changes what a card shows rings.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.card import CardKey, PostedCard
from bot.domain.errors import DeliveryDelayed, DeliveryError, DeliveryRefused, SourceGone
from bot.domain.policy import CONSOLE_GUILD, Policy
from bot.domain.ports import Clock, Store
from bot.domain.review import ReviewState, Wanted
from bot.services.cards import Card, changes_at, digest, final
from bot.services.display import Display
from bot.services.problems import GONE, Problems
from bot.services.repairs import Repairs
from bot.services.wakeup import Bell, stopping
from bot.services.wanted_cards import wanted_cards

log = logging.getLogger(__name__)

_IDLE = timedelta(minutes=5)
"""After so long the cards are looked at even where nobody rang: another process may have ruled."""

_AFTER_FAULT = timedelta(seconds=5)
_SHORTEST = 0.05


class KeepBoard:
    """The cards of all servers."""

    def __init__(self, *, store: Store, display: Display, clock: Clock, board: Bell) -> None:
        self._store = store
        self._display = display
        self._clock = clock
        self._board = board
        self._looked_for_expired: dict[int, date] = {}
        self._problems = Problems()
        self._unrepaired: set[int] = set()
        self._next: dict[int, datetime] = {}

    def problem(self, guild_id: int) -> str | None:
        """Return why a server's cards can't be shown, in a sentence, or None where they can."""
        return self._problems.of(guild_id)

    async def run(self) -> None:
        """Repair, then keep every card up to date for ever. Cancel the task to stop."""
        repaired = False
        while not stopping():
            servers = self._board.take() | {guild_id for guild_id, at in self._next.items() if at <= self._clock()}
            try:
                if repaired:
                    await self.refresh(servers)
                else:
                    await self.repair()
                repaired = True
            except Exception:
                log.exception("board.failed")
                self._look_again(servers, _AFTER_FAULT)
            if not stopping():
                await self._board.wait(self._pause() if repaired else _AFTER_FAULT.total_seconds())

    async def repair(self) -> None:
        """Put right what happened while nobody looked, and say in each server what that was."""
        for policy in await self._policies(None):
            await self._repair(policy)

    async def refresh(self, servers: Collection[int] | None = None) -> None:
        """Bring the cards of some servers up to date, or of all; a fault in one keeps none of the others."""
        for policy in await self._policies(servers):
            if policy.guild_id in self._unrepaired:
                await self._repair(policy)
            else:
                await self._refresh(policy, Repairs(), every=False)

    async def deleted(self, message_ids: Collection[int]) -> None:
        """Forget cards whose messages were deleted: those that are still needed are posted again."""
        async with self._store.transaction() as tx:
            lost = await tx.cards.of_messages(message_ids)
            for card in lost:
                await tx.cards.remove(card.key)
        for card in lost:
            self._board.ring_for(card.key.guild_id)

    async def _policies(self, servers: Collection[int] | None) -> list[Policy]:
        """Return the policies of the servers that have a channel for cards, of all where none are named."""
        async with self._store.transaction() as tx:
            await tx.reviews.wake(self._clock())
            found = [
                await tx.policies.get(one) for one in (await tx.policies.servers() if servers is None else servers)
            ]
        for policy in found:
            self._next.pop(policy.guild_id, None)
            self._problems.look_again(policy)
        return [policy for policy in found if policy.own_channels() and policy.guild_id != CONSOLE_GUILD]

    async def _repair(self, policy: Policy) -> None:
        repairs = Repairs()
        if await self._refresh(policy, repairs, every=True):
            self._unrepaired.discard(policy.guild_id)
        else:
            self._unrepaired.add(policy.guild_id)
        sentence = repairs.sentence()
        if sentence is not None:
            await self._say(policy.guild_id, sentence)

    async def _refresh(self, policy: Policy, repairs: Repairs, *, every: bool) -> bool:
        """Bring a server's cards up to date, and return whether none was kept from it by a fault."""
        guild_id, now = policy.guild_id, self._clock()
        expired = self._looked_for_expired.get(guild_id) != now.date()
        try:
            async with self._store.reading() as tx:
                shown = {card.key: card for card in await tx.cards.all(guild_id)}
                wanted = await wanted_cards(tx, policy, shown, now=now, expired=expired)
                asleep = await tx.reviews.find(guild_id, Wanted(states=frozenset({ReviewState.SNOOZED})))
            allowed = await self._show_all(policy, wanted, shown, repairs, every=every)
        except DeliveryDelayed:
            self._look_again([guild_id], _AFTER_FAULT)
            return False
        except Exception:
            # One server's card must not keep the cards of all others from being shown.
            log.exception("board.server_failed", extra={"guild_id": guild_id})
            self._look_again([guild_id], _IDLE)
            return False
        if allowed and policy.queue_channel is not None:
            # Once a day is enough for what expires by the day; where it could not be shown it is looked for again.
            self._looked_for_expired[guild_id] = now.date()
        changes = [changes_at(card, now) for card, _ in wanted] + [item.snoozed_until for item in asleep]
        self._next[guild_id] = min([now + _IDLE, *filter(None, changes)])
        return True

    async def _show_all(
        self,
        policy: Policy,
        wanted: Iterable[tuple[Card, int]],
        shown: Mapping[CardKey, PostedCard],
        repairs: Repairs,
        *,
        every: bool,
    ) -> bool:
        """Show what should stand in a server, and return whether all of that is allowed.

        Raises:
            Exception: One card could not be shown; the others were, unless Discord asks to wait.
        """
        allowed, gone, fault = True, set[int](), None
        for card, channel_id in wanted:
            if channel_id in gone:
                continue
            try:
                if await self._show(card, channel_id, shown.get(card.key), repairs, every=every):
                    self._problems.solve(policy, channel_id)
            except SourceGone:
                gone.add(channel_id)
                await self._channel_gone(policy, channel_id, repairs)
            except DeliveryRefused as refusal:
                self._problems.add(policy, channel_id, str(refusal))
                allowed = False
            except DeliveryDelayed:
                raise
            except Exception as error:  # noqa: BLE001 - raised below
                fault = error
        if fault is not None:
            raise fault
        return allowed

    def _look_again(self, servers: Iterable[int], after: timedelta) -> None:
        self._next |= dict.fromkeys(servers, self._clock() + after)

    def _pause(self) -> float:
        """Return the seconds until something changes by itself; what is done elsewhere is found after a while."""
        now = self._clock()
        until = min(self._next.values(), default=now + _IDLE)
        return min(max((until - now).total_seconds(), _SHORTEST), _IDLE.total_seconds())

    async def _show(
        self, card: Card, channel_id: int, shown: PostedCard | None, repairs: Repairs, *, every: bool
    ) -> bool:
        """Show a card where that is needed, and return whether it was."""
        if shown is not None and shown.channel_id != channel_id:
            await self._display.remove(channel_id=shown.channel_id, message_id=shown.message_id)
            shown = None
        new = digest(card)
        if shown is not None and shown.digest == new and not every:
            return False
        message_id = await self._place(card, channel_id, shown, repairs)
        repairs.changed += shown is not None and shown.digest != new
        await self._keep(card, PostedCard(card.key, channel_id, message_id, new))
        return True

    async def _place(self, card: Card, channel_id: int, shown: PostedCard | None, repairs: Repairs) -> int:
        if shown is None:
            return await self._display.show(card, channel_id=channel_id, message_id=None)
        try:
            return await self._display.show(card, channel_id=channel_id, message_id=shown.message_id)
        except SourceGone:
            if final(card):
                return shown.message_id
            message_id = await self._display.show(card, channel_id=channel_id, message_id=None)
            repairs.again += 1
            return message_id

    async def _keep(self, card: Card, posted: PostedCard) -> None:
        async with self._store.transaction() as tx:
            if final(card):
                await tx.cards.remove(card.key)
            else:
                await tx.cards.put(posted)

    async def _channel_gone(self, seen: Policy, channel_id: int, repairs: Repairs) -> None:
        """Forget a channel that was deleted, so that the server's settings say what is true."""
        now, guild_id = self._clock(), seen.guild_id
        async with self._store.transaction() as tx:
            policy = await tx.policies.get(guild_id)
            if policy.queue_channel == channel_id:
                policy = replace(policy, queue_channel=None)
            if policy.log_channel == channel_id:
                policy = replace(policy, log_channel=None)
            await tx.policies.save(policy, at=now)
            for card in await tx.cards.all(guild_id):
                if card.channel_id == channel_id:
                    await tx.cards.remove(card.key)
            detail = {"gone": f"channel {channel_id}"}
            await tx.audit.add(NewAuditEvent(now, Act.REPAIRED, guild_id, detail=detail))
        self._problems.add(seen, channel_id, GONE)
        repairs.lost.append("found that a channel for the queue or the log is gone")

    async def _say(self, guild_id: int, sentence: str) -> None:
        now = self._clock()
        async with self._store.transaction() as tx:
            policy = await tx.policies.get(guild_id)
            await tx.audit.add(NewAuditEvent(now, Act.REPAIRED, guild_id, detail={"what": sentence}))
        channel_id = policy.queue_channel or policy.log_channel
        if channel_id is None:
            log.warning("board.repaired", extra={"guild_id": guild_id})
            return
        try:
            await self._display.tell(guild_id, channel_id, sentence)
        except DeliveryError as error:
            log.warning("board.untold", extra={"guild_id": guild_id, "cause": type(error).__name__})
