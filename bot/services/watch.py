"""Watch posts: decide on each, store what was decided, and follow the post's later edits and deletion."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.domain.decision import Action, Decision
from bot.domain.match import Match, MatchResult, Relation
from bot.domain.member import EVERYWHERE, Mark, Pseudonyms
from bot.domain.note import STANDING, NoteState, Provenance
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Clock, LinkExpander, Store, Transaction
from bot.domain.post import Place, Post
from bot.domain.review import WAITING, NewReviewItem, Ruling
from bot.matching.decide import decide, queue_floor
from bot.review.recalibrate import shifted
from bot.services.check import facts_of
from bot.services.compute import MatchingWorker
from bot.services.expand import expanded
from bot.services.pace import queue_is_full, too_many
from bot.services.plan import Cause, plan_note, withdraw_note
from bot.services.rule import ruling_event
from bot.services.standings import held, standings_of
from bot.services.wakeup import Bell, Wakeup

log = logging.getLogger(__name__)

LATE = timedelta(minutes=10)
"""Age at which a post that was missed is no longer answered without a moderator."""

_TOO_LATE = "it was posted while Footnote was out of reach"
_REMEMBERED_DELETIONS = 10_000
_ALIVE = STANDING | {NoteState.SHADOW, NoteState.PENDING, NoteState.SENDING}


@dataclass(frozen=True, slots=True)
class Watched:
    """What came of a post. ``stored`` tells whether the decision left a note or a review item behind."""

    decision: Decision
    stored: bool


class WatchPosts:
    """The automatic path from a post to a stored decision.

    Chat that matches nothing is never written, here or to the log.
    """

    def __init__(
        self,
        *,
        store: Store,
        worker: MatchingWorker,
        clock: Clock,
        wakeup: Wakeup,
        board: Bell,
        settle: timedelta,
        pseudonyms: Pseudonyms,
        expander: LinkExpander | None = None,
    ) -> None:
        self._store = store
        self._worker = worker
        self._clock = clock
        self._wakeup = wakeup
        self._board = board
        self._settle = settle
        self._pseudonyms = pseudonyms
        self._expander = expander
        self._deleted: OrderedDict[int, None] = OrderedDict()
        self._deleted_channels: OrderedDict[int, None] = OrderedDict()
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def posted(self, post: Post, place: Place) -> Watched | None:
        """Decide on a new post; None where the server's policy or its author's opt-out keeps it unseen."""
        return await self._look(post, place, edited=False)

    async def edited(self, post: Post, place: Place) -> Watched | None:
        """Look again at a post whose words or embeds changed: retract what no longer holds, then decide anew.

        An update that changes nothing is harmless: one post and fact have one note and one item at most. What answers
        a post whose author has opted out since is withdrawn: whether it still holds may not be looked at any more.
        """
        return await self._look(post, place, edited=True)

    async def caught_up(self, post: Post, place: Place, *, posted_at: datetime) -> Watched | None:
        """Decide on a post that was missed when it was posted; None also where it was decided on before.

        What nobody could answer in time is for moderators: a note under an old post answers a conversation that has
        moved on.
        """
        async with self._store.reading() as tx:
            notes = await tx.notes.for_source(place.message_id)
            items = await tx.reviews.for_message(place.message_id)
        if any(note.state in _ALIVE for note in notes) or any(item.state in WAITING for item in items):
            return await self.edited(post, place)
        if notes or items:
            return None
        late = not timedelta() <= self._clock() - posted_at <= LATE
        return await self._look(post, place, edited=False, late=late)

    async def deleted(self, message_ids: Iterable[int]) -> None:
        """Withdraw everything that answers posts which are gone."""
        ids = list(message_ids)
        _remember(self._deleted, ids)
        async with self._store.transaction() as tx:
            for message_id in ids:
                await self._withdraw(tx, message_id, keep=frozenset(), ruling=Ruling.SOURCE_GONE)
        self._wakeup.ring()

    async def channel_deleted(self, channel_id: int) -> None:
        """Withdraw everything in a channel or thread that is gone, and answer nothing there that comes late."""
        _remember(self._deleted_channels, [channel_id])
        # Not a reading one: that would not see what is being stored just now.
        async with self._store.transaction() as tx:
            ids = {note.new.source_message_id for note in await tx.notes.for_channel(channel_id)}
            ids |= {item.new.message_id for item in await tx.reviews.for_channel(channel_id)}
        await self.deleted(sorted(ids))

    def _is_there(self, place: Place) -> bool:
        channels = {place.channel_id, place.parent_id}
        return place.message_id not in self._deleted and self._deleted_channels.keys().isdisjoint(channels)

    def _turn(self, place: Place) -> asyncio.Lock:
        """Return the lock of one post, so that what an edit withdrew is not decided again on the words before it."""
        return self._turns.setdefault(place.message_id, asyncio.Lock())

    async def _look(self, post: Post, place: Place, *, edited: bool, late: bool = False) -> Watched | None:
        async with self._turn(place):
            policy, opted_out = await self._policy(place)
            if opted_out and edited:
                await self._let_go(place)
            if policy is None or opted_out:
                return None
            if post.lang is None:
                post = replace(post, lang=policy.language)
            if policy.mode is not Mode.OFF:
                post = await expanded(post, self._expander)
            result = shifted(await self._worker.match(post, guild_id=place.guild_id), policy.shift)
            default = self._worker.matcher.default_threshold
            now = self._clock()
            today = now.date()
            if not result.matches and not edited:
                # Most chat ends here: it must not wait for the database's write lock.
                return Watched(decide(result, {}, policy=policy, today=today, default_threshold=default), stored=False)
            async with self._store.transaction() as tx:
                policy = await tx.policies.get(place.guild_id)  # it may have changed while the post was matched
                if await self._opted_out(tx, place):
                    return None
                if edited:
                    still = _repeated(result, default if policy.threshold is None else policy.threshold)
                    await self._withdraw(tx, place.message_id, keep=still, ruling=Ruling.SOURCE_EDITED)
                    await self._reword(tx, place.message_id, post)
                facts = await facts_of(tx, result)
                decision = decide(
                    result,
                    facts,
                    policy=policy,
                    today=today,
                    default_threshold=default,
                    standings=await standings_of(tx, facts, place),
                    held=held(policy, now) or (_TOO_LATE if late else None),
                )
                stored = self._is_there(place) and await self._keep(tx, decision, post, place, policy)
        if stored or edited:
            self._wakeup.ring()
            self._board.ring_for(place.guild_id)
        return Watched(decision, stored)

    async def _policy(self, place: Place) -> tuple[Policy | None, bool]:
        """Return the policy where it looks at a post, and whether the post's author has opted out."""
        async with self._store.reading() as tx:
            policy = await tx.policies.get(place.guild_id)
            opted_out = await self._opted_out(tx, place)
        if not policy.watches(place.channel_id, place.parent_id) or place.author_roles & policy.ignored_roles:
            return None, opted_out
        return policy, opted_out

    async def _opted_out(self, tx: Transaction, place: Place) -> bool:
        member = self._pseudonyms.of(place.author_id)
        return await tx.members.is_marked(Mark.OPTED_OUT, member, guild_id=EVERYWHERE)

    async def _let_go(self, place: Place) -> None:
        async with self._store.transaction() as tx:
            await self._withdraw(tx, place.message_id, keep=frozenset(), ruling=Ruling.AUTHOR_LEFT)
        self._wakeup.ring()

    async def _keep(self, tx: Transaction, decision: Decision, post: Post, place: Place, policy: Policy) -> bool:
        match = decision.match
        if decision.action is Action.IGNORE or match is None:
            return False
        if decision.mode is Mode.SHADOW:
            if decision.action is Action.QUEUE:
                return False
            return await self._note(tx, decision, match, place, policy=policy, state=NoteState.SHADOW)
        if decision.action is Action.REPLY:
            earlier = {note.new.slug: note for note in await tx.notes.for_source(place.message_id)}
            if match.slug in earlier:
                if earlier[match.slug].state in _ALIVE:
                    return False
                why: str | None = "the post was edited back to what it said"
            else:
                why = await too_many(tx, place, self._clock())
            if why is None:
                return await self._note(tx, decision, match, place, policy=policy, state=NoteState.PENDING)
            decision = replace(decision, reasons=(why, *decision.reasons))
        author = self._pseudonyms.of(place.author_id)
        item = _item(*(decision, match, post, place), now=self._clock(), author=author)
        return not await queue_is_full(tx, place.guild_id, author) and await tx.reviews.add(item) is not None

    async def _note(
        self,
        tx: Transaction,
        decision: Decision,
        match: Match,
        place: Place,
        *,
        policy: Policy,
        state: NoteState,
    ) -> bool:
        now = self._clock()
        cause = Cause(
            guild_id=place.guild_id,
            channel_id=place.channel_id,
            source_message_id=place.message_id,
            slug=match.slug,
            fact_version=match.fact_version,
            relation=match.relation,
            confidence=match.confidence,
            threshold=decision.threshold,
            rule_version=decision.rule_version,
            evidence=match.evidence,
        )
        note = await plan_note(
            tx,
            cause,
            policy=policy,
            provenance=Provenance.AUTO,
            state=state,
            now=now,
            due_at=now + self._settle,
        )
        return note is not None and await tx.notes.add(note) is not None

    async def _withdraw(self, tx: Transaction, message_id: int, *, keep: Iterable[str], ruling: Ruling) -> None:
        now = self._clock()
        kept = frozenset(keep)
        for note in await tx.notes.for_source(message_id):
            if note.new.slug not in kept:
                await withdraw_note(tx, note, cause=ruling.value, now=now)
                self._board.ring_for(note.new.guild_id)
        for item in await tx.reviews.for_message(message_id):
            if item.new.slug not in kept and await tx.reviews.close(item.id, ruling=ruling, by=None, at=now):
                await tx.audit.add(ruling_event(item, ruling, by=None, at=now))
                self._board.ring_for(item.new.guild_id)

    async def _reword(self, tx: Transaction, message_id: int, post: Post) -> None:
        """Show moderators what the post says now: they rule on its words."""
        for item in await tx.reviews.for_message(message_id):
            if item.state in WAITING:
                await tx.reviews.reword(item.id, post.words())


def _remember(gone: OrderedDict[int, None], ids: Iterable[int]) -> None:
    gone.update(dict.fromkeys(ids))
    while len(gone) > _REMEMBERED_DELETIONS:
        gone.popitem(last=False)


def _repeated(result: MatchResult, threshold: float) -> set[str]:
    """Return the facts whose claims a post still repeats, to the point of being worth a moderator's time."""
    floor = queue_floor(threshold)
    repeats = (match for match in result.matches if match.relation is Relation.REPEATS)
    return {match.slug for match in repeats if match.confidence >= floor}


def _item(decision: Decision, match: Match, post: Post, place: Place, *, now: datetime, author: str) -> NewReviewItem:
    return NewReviewItem(
        guild_id=place.guild_id,
        channel_id=place.channel_id,
        message_id=place.message_id,
        post_text=post.words(),
        slug=match.slug,
        fact_version=match.fact_version,
        relation=match.relation,
        confidence=match.confidence,
        threshold=decision.threshold,
        reasons=decision.reasons,
        rule_version=decision.rule_version,
        evidence=match.evidence,
        created_at=now,
        author=author,
    )
