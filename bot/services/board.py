"""Keep the cards in moderators' channels as the store has it, whatever happens to them.

There is one way to a card: what should stand there is compared with what was last shown, and the difference is sent.
So a card that was deleted, a restart or a change from elsewhere (another moderator, the command line, an edit of the
post) need nothing of their own. Whoever changes what a card shows rings.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.card import CardKey, PostedCard
from bot.domain.errors import DeliveryDelayed, DeliveryError, DeliveryRefused, SourceGone
from bot.domain.policy import CONSOLE_GUILD, Policy
from bot.domain.ports import Clock, Store
from bot.services.cards import Card, digest, final
from bot.services.outbox import Wakeup
from bot.services.problems import GONE, Problems
from bot.services.wanted_cards import wanted_cards

log = logging.getLogger(__name__)

_PAUSE = 60.0
_AFTER_FAULT = 5.0


class Display(Protocol):
    """Shows cards where moderators read them."""

    async def show(self, card: Card, *, channel_id: int, message_id: int | None) -> int:
        """Post a card, or bring a posted one up to date, and return its message id.

        Raises:
            SourceGone: The message, or the channel, is gone.
            DeliveryRefused: Not allowed there.
            DeliveryDelayed: A passing fault.
        """
        ...

    async def remove(self, *, channel_id: int, message_id: int) -> None:
        """Delete a card; succeed where it is gone already or may not be deleted."""
        ...

    async def tell(self, guild_id: int, channel_id: int, sentence: str) -> None:
        """Post a sentence. Raises as ``show`` does."""
        ...


@dataclass(slots=True)
class Repairs:
    """What was put right in a server."""

    again: int = 0
    changed: int = 0
    lost: list[str] = field(default_factory=list)

    def sentence(self) -> str | None:
        """Return what was put right in words, or None where nothing was."""
        parts = []
        if self.again:
            parts.append(f"posted {self.again} missing card{'s' if self.again > 1 else ''} again")
        if self.changed:
            parts.append(f"brought {self.changed} card{'s' if self.changed > 1 else ''} up to date")
        parts += self.lost
        return f"After its start Footnote {', '.join(parts)}." if parts else None


class KeepBoard:
    """The cards of all servers."""

    def __init__(self, *, store: Store, display: Display, clock: Clock, board: Wakeup) -> None:
        self._store = store
        self._display = display
        self._clock = clock
        self._board = board
        self._looked_for_expired: dict[int, date] = {}
        self._problems = Problems()
        self._delay: DeliveryDelayed | None = None

    def problem(self, guild_id: int) -> str | None:
        """Return why a server's cards can't be shown, in a sentence, or None where they can."""
        return self._problems.of(guild_id)

    async def run(self) -> None:
        """Repair, then keep every card up to date for ever. Cancel the task to stop."""
        repaired = False
        while True:
            pause = _PAUSE
            try:
                if repaired:
                    await self.refresh()
                else:
                    await self.repair()
                repaired = True
            except DeliveryDelayed:
                pause = _AFTER_FAULT
            except Exception:
                log.exception("board.failed")
                pause = _AFTER_FAULT
            await self._board.wait(pause)

    async def repair(self) -> None:
        """Put right what happened while nobody looked, and say in each server what that was."""
        for policy in await self._policies():
            repairs = Repairs()
            await self._refresh(policy, repairs, every=True)
            sentence = repairs.sentence()
            if sentence is not None:
                await self._say(policy.guild_id, sentence)
        self._raise_delay()

    async def refresh(self) -> None:
        """Bring every card up to date.

        Raises:
            DeliveryDelayed: A passing fault; those of other servers were brought up to date.
        """
        for policy in await self._policies():
            await self._refresh(policy, Repairs(), every=False)
        self._raise_delay()

    async def deleted(self, message_ids: Iterable[int]) -> None:
        """Forget cards whose messages were deleted: those that are still needed are posted again."""
        gone = set(message_ids)
        for policy in await self._policies():
            async with self._store.transaction() as tx:
                lost = [card for card in await tx.cards.all(policy.guild_id) if card.message_id in gone]
                for card in lost:
                    await tx.cards.remove(card.key)
            if lost:
                self._board.ring()

    async def _policies(self) -> list[Policy]:
        async with self._store.transaction() as tx:
            await tx.reviews.wake(self._clock())
            servers = [guild_id for guild_id in await tx.policies.servers() if guild_id != CONSOLE_GUILD]
            return [await tx.policies.get(guild_id) for guild_id in servers]

    async def _refresh(self, policy: Policy, repairs: Repairs, *, every: bool) -> None:
        now = self._clock()
        today = now.date()
        self._problems.look_again(policy)
        expired = self._looked_for_expired.get(policy.guild_id) != today
        async with self._store.transaction() as tx:
            shown = {card.key: card for card in await tx.cards.all(policy.guild_id)}
            wanted = await wanted_cards(tx, policy, shown, now=now, expired=expired)
        done = await self._show_all(policy, wanted, shown, repairs, every=every)
        if done and policy.queue_channel is not None:
            # Once a day is enough for facts that expire by the day; what could not be shown is looked for again.
            self._looked_for_expired[policy.guild_id] = today

    async def _show_all(
        self,
        policy: Policy,
        wanted: Iterable[tuple[Card, int]],
        shown: Mapping[CardKey, PostedCard],
        repairs: Repairs,
        *,
        every: bool,
    ) -> bool:
        """Show what should stand in a server, and return whether all of it does."""
        done, gone = True, set[int]()
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
                done = False
            except DeliveryDelayed as delay:
                self._delay = delay
                return False
            except Exception:
                # One card must not keep all others from being shown.
                log.exception("board.card_failed", extra={"guild_id": policy.guild_id, "kind": card.key.kind.value})
                done = False
        return done

    def _raise_delay(self) -> None:
        delay, self._delay = self._delay, None
        if delay is not None:
            raise delay

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
