"""Everything that can happen to notes and review items, in any order: a state machine for hypothesis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.appeal import Outcome
from bot.domain.audit import RULINGS
from bot.domain.fact import Fact
from bot.domain.note import STANDING, Note, NoteState
from bot.domain.policy import FactLimit, Mode, QuietHours
from bot.domain.ports import Store
from bot.domain.post import Place, Post
from bot.domain.rating import Helpfulness
from bot.domain.review import ReviewState, Ruling
from bot.services.compute import MatchingWorker
from bot.services.rate import Rater
from tests.fakes import FakeMatcher
from tests.services.conftest import CLAIM, FACTS, GUILD, HARMLESS, SUN, a_place
from tests.services.lives import rules
from tests.services.lives.world import FAULTS, Seen, World, Written
from tests.services.moderation import BY_MODERATORS, MODERATOR, OTHER
from tests.services.rating import REASONS

AUTHORS = [77, 78]
RATERS = list(range(1001, 1008))
MODERATORS = [MODERATOR, OTHER]
SLUGS = [fact.slug for fact in FACTS]
TEXTS = [CLAIM, SUN, HARMLESS, f"{CLAIM} {SUN}", f"So it is false that {FACTS[0].claim}", FACTS[0].phrasings[0]]
SPANS = [1, 5, 60, 15 * 60, 31 * 60, 3 * 3600, 86_400, 8 * 86_400, 31 * 86_400]
"""Seconds that pass."""
BACK = [1, 60, 20 * 60, 3600]
"""Seconds by which the clock is put back."""

modes = st.sampled_from([Mode.AUTO] * 4 + [Mode.QUEUE, Mode.QUEUE, Mode.SHADOW, Mode.OFF])
claims = st.sampled_from([CLAIM, CLAIM, CLAIM, SUN, f"{CLAIM} {SUN}"])
texts, moderators, picks = st.one_of(claims, st.sampled_from(TEXTS)), st.sampled_from(MODERATORS), st.integers(0, 50)


_T = TypeVar("_T")


EVENTS = (
    *("deliver", "fail", "fail late", "die late", "delete", "edit"),
    *("off", "queue", "clock back", "retire", "judge", "time"),
)
"""What may happen right after a post."""


class LifeCycles(RuleBasedStateMachine):
    """The life cycles of the notes and items of one server."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        matcher = FakeMatcher(FACTS)
        self.worker = MatchingWorker(matcher)
        store, matcher.read = self.open_store()
        self.world = World(self.loop, store, self.worker)
        self.house = self.world.house
        self.mode = Mode.QUEUE
        self.seen = Seen([], [], {}, [])
        self.undone = False
        self.sent: set[int] = set()
        self.last_id, self.last_channel = 100, 2

    def open_store(self) -> tuple[Store, Callable[[], list[Fact]]]:
        """Return the store that everything stands on, and what reads all its facts."""
        raise NotImplementedError

    def close_store(self) -> None:
        """Close it."""

    def do(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run something to its end."""
        return self.world.do(work)

    @initialize(mode=st.sampled_from([Mode.AUTO, Mode.AUTO, Mode.QUEUE]))
    def begin(self, mode: Mode) -> None:
        self.mode = mode
        self.do(self.house.mode(mode, rater_age_days=0, retention_days=30))

    # Members

    @rule(said=st.lists(st.tuples(texts, st.sampled_from(AUTHORS)), min_size=1, max_size=3))
    def post(self, said: list[tuple[str, int]]) -> None:
        for text, author in said:
            self.last_id += 1
            written = Written(self.last_id, self.last_channel, author, text)
            self.world.posts[self.last_id] = written
            self.do(self.house.watch.posted(Post(text), _place(written)))

    @rule(text=claims, author=st.sampled_from(AUTHORS))
    def post_and_deliver(self, text: str, author: int) -> None:
        self.post([(text, author)])
        self.deliver(settle=True)

    @precondition(lambda self: self.mode is Mode.AUTO)
    @rule(text=claims, events=st.lists(st.sampled_from(EVENTS), min_size=1, max_size=4))
    def post_and_a_turn_of_events(self, text: str, events: list[str]) -> None:
        """Let things happen right after a post, where they do most harm: left to chance, they seldom meet."""
        self.post([(text, AUTHORS[0])])
        written = self.world.posts[self.last_id]
        acts: dict[str, Callable[[], None]] = {
            "deliver": lambda: self.deliver(settle=True),
            "fail": lambda: self.sender_will_fail("delayed", "send"),
            "fail late": lambda: self.sender_will_fail_late("delayed"),
            "die late": lambda: self.sender_will_fail_late("killed"),
            "delete": lambda: self.do(self._delete(written)),
            "edit": lambda: self.do(self._edit(written, HARMLESS)),
            "off": lambda: self.change_mode(Mode.OFF),
            "queue": lambda: self.change_mode(Mode.QUEUE),
            "clock back": lambda: self.clock_is_put_back(3600),
            "retire": lambda: self.change_fact("moon-cheese", "retire", 1),
            "judge": lambda: self.judge(0, Ruling.WRONG_MATCH, MODERATOR),
            "time": lambda: self.time_passes(60),
        }
        for event in events:
            acts[event]()
            self.everything_is_in_order()

    @rule(pick=picks, text=texts)
    def edit(self, pick: int, text: str) -> None:
        if written := self._post(pick):
            self.do(self._edit(written, text))

    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        if written := self._post(pick):
            self.do(self._delete(written))

    @rule(sure=st.integers(0, 2))
    def delete_channel(self, sure: int) -> None:
        if not sure:
            self.do(self._delete_channel())

    @rule(author=st.sampled_from(AUTHORS), out=st.sampled_from([False, False, True]))
    def opt(self, author: int, *, out: bool) -> None:
        if out:
            self.world.opted_out.add(author)
            self.do(self.house.services.privacy.opt_out(author))
        else:
            self.world.opted_out.discard(author)
            self.do(self.house.services.privacy.opt_in(author))

    @rule(pick=picks, said=st.sampled_from(Helpfulness), raters=st.sets(st.sampled_from(RATERS), max_size=7))
    def rate(self, pick: int, said: Helpfulness, raters: set[int]) -> None:
        if note := self._note(pick, STANDING):
            for member in sorted(raters):
                self.do(self._rate(note, member, said))

    @rule(pick=picks)
    def say_not_said(self, pick: int) -> None:
        if note := self._note(pick, STANDING):
            author = self.world.posts[note.new.source_message_id].author_id
            self.do(self.house.services.appeals.not_said(note.id, guild_id=GUILD, author_id=author))

    @rule(pick=picks)
    def appeal(self, pick: int) -> None:
        if note := self._note(pick, STANDING):
            author = self.world.posts[note.new.source_message_id].author_id
            appeals = self.house.services.appeals
            self.do(appeals.write(note.id, guild_id=GUILD, author_id=author, text="I quoted it.", heard=True))

    # Moderators

    @precondition(lambda self: bool(rules.waiting(self.seen)))
    @rule(pick=picks, ruling=st.sampled_from(BY_MODERATORS), by=moderators)
    def rule_on(self, pick: int, ruling: Ruling, by: int) -> None:
        ids = rules.waiting(self.seen)
        wording = "Rock, all of it." if ruling is Ruling.EDIT else None
        rulings = self.house.rulings
        self.do(rulings.rule(ids[pick % len(ids)], guild_id=GUILD, ruling=ruling, by=by, wording=wording))

    @precondition(lambda self: bool(rules.waiting(self.seen)))
    @rule(pick=picks, act=st.sampled_from(["assign", "escalate", "snooze"]), by=moderators, hours=st.integers(1, 48))
    def handle(self, pick: int, act: str, by: int, hours: int) -> None:
        ids, reviews = rules.waiting(self.seen), self.house.reviews
        item_id = ids[pick % len(ids)]
        if act == "assign":
            self.do(reviews.assign(item_id, guild_id=GUILD, by=by))
        elif act == "escalate":
            self.do(reviews.escalate(item_id, guild_id=GUILD, by=by))
        else:
            self.do(reviews.snooze(item_id, guild_id=GUILD, by=by, span=timedelta(hours=hours)))

    @precondition(lambda self: bool(self.seen.notes))
    @rule(pick=picks, ruling=st.sampled_from([Ruling.APPROVE, Ruling.WRONG_MATCH, Ruling.NOT_A_CLAIM]), by=moderators)
    def judge(self, pick: int, ruling: Ruling, by: int) -> None:
        if note := self._note(pick, set(NoteState)):
            self.do(self.house.services.notes.judge(note.id, guild_id=GUILD, ruling=ruling, by=by))

    @precondition(lambda self: any(event.new.act in RULINGS and event.new.by for event in self.seen.audit))
    @rule(pick=picks, by=moderators)
    def undo(self, pick: int, by: int) -> None:
        events = [event for event in self.seen.audit if event.new.act in RULINGS and event.new.by]
        event = events[pick % min(len(events), 3)]  # fresh ones come first
        authors = {one.message_id: one.author_id for one in self.world.posts.values() if not one.gone}
        item = next((one for one in self.seen.items if one.id == event.new.item_id), None)
        text = self.world.posts[item.new.message_id].text if item else ""
        undo = self.house.services.undo
        done = self.do(undo.undo(event.id, guild_id=GUILD, by=by, post_text=text, authors=authors)).done
        self.undone = True
        if done and item and item.state is ReviewState.CLOSED:
            now = next(one for one in self.world.seen().items if one.id == item.id)
            author = authors.get(item.new.message_id)
            expected = ReviewState.CLOSED if author is None or author in self.world.opted_out else ReviewState.OPEN
            assert now.state is expected

    @rule(mode=modes)
    def change_mode(self, mode: Mode) -> None:
        self.mode = mode
        self.do(self.house.policies.change(GUILD, lambda policy: replace(policy, mode=mode), by=MODERATOR))

    @rule(slug=st.sampled_from(SLUGS), mode=modes)
    def limit(self, slug: str, mode: Mode) -> None:
        self.do(self.house.policies.limit(FactLimit(GUILD, slug, mode), by=MODERATOR))

    @rule(quiet=st.sampled_from([False, False, True]))
    def hold(self, *, quiet: bool) -> None:
        hours = QuietHours(0, 12 * 60) if quiet else None
        self.do(self.house.policies.change(GUILD, lambda policy: replace(policy, quiet_hours=hours), by=MODERATOR))
        self.do(self.house.policies.resume(GUILD, by=MODERATOR))

    @rule(slug=st.sampled_from(SLUGS), act=st.sampled_from(["edit", "retire", "own", "repair"]), number=picks)
    def change_fact(self, slug: str, act: str, number: int) -> None:
        self.do(self._change_fact(slug, act, number))

    @rule(pick=picks, outcome=st.sampled_from([Outcome.RESTORED, Outcome.UPHELD, Outcome.TAKEN_DOWN]), by=moderators)
    def answer_appeal(self, pick: int, outcome: Outcome, by: int) -> None:
        answers = self.house.services.appeal_answers
        if waiting := self.do(answers.waiting(GUILD)):
            appeal = waiting[pick % len(waiting)].appeal
            self.do(answers.rule(appeal.id, guild_id=GUILD, outcome=outcome, by=by))

    # Time and faults

    @rule(seconds=st.sampled_from(SPANS))
    def time_passes(self, seconds: int) -> None:
        self.house.clock.forward(seconds=seconds)

    @rule(seconds=st.sampled_from(BACK))
    def clock_is_put_back(self, seconds: int) -> None:
        self.house.clock.forward(seconds=-seconds)

    @rule(settle=st.booleans())
    def deliver(self, *, settle: bool) -> None:
        if settle:
            self.house.clock.forward(seconds=5)
        self.world.flush()

    @rule(fault=st.sampled_from(sorted(FAULTS)), where=st.sampled_from(["send", "retract", "update"]))
    def sender_will_fail(self, fault: str, where: str) -> None:
        desk = self.world.desk
        faults = {"send": desk.faults, "retract": desk.retract_faults, "update": desk.update_faults}[where]
        if (fault, where) != ("gone", "retract"):  # taking down what is gone succeeds
            faults.append(FAULTS[fault]())

    @rule(fault=st.sampled_from(["delayed", "broken", "killed"]))
    def sender_will_fail_late(self, fault: str) -> None:
        self.world.desk.late_faults.append(FAULTS[fault]())

    @rule(at=st.integers(1, 8), phase=st.sampled_from(["before", "inside", "after"]))
    def process_dies(self, at: int, phase: str) -> None:
        self.house.clock.forward(seconds=5)
        self.world.die(at, phase)

    @rule(pick=picks, act=st.sampled_from(["delete", "edit", "channel"]))
    def something_happens_while_sending(self, pick: int, act: str) -> None:
        if written := self._post(pick):
            steps: dict[str, Callable[[], Awaitable[None]]] = {
                "delete": lambda: self._delete(written),
                "edit": lambda: self._edit(written, HARMLESS),
                "channel": self._delete_channel,
            }
            self.world.meanwhile(steps[act])

    @rule()
    def upkeep(self) -> None:
        self.do(self.house.services.upkeep.tick({GUILD}))
        self.do(self._wake())

    @rule()
    def statuses(self) -> None:
        self.do(self.house.services.statuses.refresh([GUILD]))

    # What holds

    @invariant()
    def everything_is_in_order(self) -> None:
        now = self.world.seen()
        rules.all_rules(self.world, self.seen, now, undone=self.undone)
        lying = set(self.world.desk.lying)
        rules.sent_rightly(now, {self.world.desk.lying[one].note_id for one in lying - self.sent}, self.mode)
        self.seen, self.undone, self.sent = now, False, lying

    def teardown(self) -> None:
        try:
            self.world.drain()
            rules.nothing_waits(self.world.seen())
            self.world.edit_all()
            now = self.world.seen()
            rules.all_rules(self.world, self.seen, now, undone=False)
            rules.delivered(self.world, now)
        finally:
            self.close_store()
            self.worker._executor.shutdown(wait=True)
            self.do(self.loop.shutdown_default_executor())
            self.loop.close()

    # The steps in full

    async def _edit(self, written: Written, text: str) -> None:
        if not written.gone:
            written.text = text
        await self.house.watch.edited(Post(text), _place(written))

    async def _delete(self, written: Written) -> None:
        written.gone = True
        await self.house.watch.deleted([written.message_id])

    async def _delete_channel(self) -> None:
        for written in self.world.posts.values():
            written.gone |= written.channel_id == self.last_channel
        await self.house.watch.channel_deleted(self.last_channel)
        self.last_channel += 1

    async def _rate(self, note: Note, member: int, said: Helpfulness) -> None:
        rater = Rater(member, joined_at=None, wrote_post=False)
        rate = self.house.services.rate
        if (await rate.rate(note.id, guild_id=GUILD, rater=rater, said=said)).done:
            await rate.give_reasons(note.id, guild_id=GUILD, member_id=member, said=said, reasons=REASONS[said])

    async def _change_fact(self, slug: str, act: str, number: int) -> None:
        services = self.house.services
        async with self.world.store.reading() as tx:
            fact = await tx.facts.get(slug)
        assert fact is not None
        if act == "edit":  # which restores a fact that was retired, too
            await services.operate.edit(fact, replace(fact, correction=f"It is rock, number {number}."))
        elif act == "retire":
            await services.operate.retire(slug)
        elif act == "own":
            await services.edits.add_phrasing(GUILD, slug, f"Some say so, for the {number}th time: {fact.claim}", by=5)
        else:
            await services.repairs.repair(GUILD, slug, by=MODERATOR)

    async def _wake(self) -> None:
        async with self.world.store.transaction() as tx:
            await tx.reviews.wake(self.house.clock.now)

    def _post(self, pick: int) -> Written | None:
        """Return one of the latest posts, gone or not: what is said of one may come late."""
        posts = list(self.world.posts.values())[-5:]
        return posts[pick % len(posts)] if posts else None

    def _note(self, pick: int, states: frozenset[NoteState] | set[NoteState]) -> Note | None:
        found = [note for note in self.seen.notes if note.state in states]
        return found[pick % len(found)] if found else None


def _place(written: Written) -> Place:
    return a_place(written.message_id, channel_id=written.channel_id, author_id=written.author_id)
