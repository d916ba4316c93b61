"""The repositories of the store in memory. One contract suite (tests/store) holds them and the real ones together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.domain.audit import COPY, RULINGS, Act, AuditEvent, NewAuditEvent
from bot.domain.card import CardKey, PostedCard
from bot.domain.errors import StoreError
from bot.domain.fact import Draft, Fact, FactVersion
from bot.domain.note import (
    LONGEST_REPAIR,
    LONGEST_WAIT,
    STANDING,
    Amendment,
    NewNote,
    Note,
    NoteEvent,
    NoteKind,
    NoteState,
    Progress,
    Provenance,
    Repair,
)
from bot.domain.outstanding import Outstanding
from bot.domain.policy import CONSOLE_GUILD, FactLimit, Mode, Policy, default_policy
from bot.domain.review import AT_HAND, WAITING, ItemGroup, NewReviewItem, ReviewItem, ReviewState, Ruling, Wanted
from tests.fake_imports import FakeImports, FakeSources
from tests.fake_members import FakeAppeals, FakeMembers, FakeRatings, FakeRequests

_WAITING = frozenset({NoteState.PENDING, NoteState.RETRACTING})
_SPEAKING = STANDING | {NoteState.SHADOW, NoteState.PENDING, NoteState.SENDING}
_WORDLESS = frozenset({NoteState.RETRACTED, NoteState.DROPPED})
_UNSEEN = _WORDLESS | {NoteState.SHADOW, NoteState.RETRACTING}


@dataclass
class FakeFacts:
    by_slug: dict[str, Fact] = field(default_factory=dict)
    stored_vectors: dict[str, dict[str, bytes]] = field(default_factory=dict)
    versions: dict[str, dict[int, FactVersion]] = field(default_factory=dict)
    notes: FakeNotes | None = None
    reviews: FakeReviews | None = None
    sources: FakeSources | None = field(default=None, repr=False, compare=False)

    def used(self, guild_id: int) -> set[str]:
        """Return the slugs that a server has notes or items of."""
        notes = [] if self.notes is None else [note.new for note in self.notes.by_id.values()]
        items = [] if self.reviews is None else [item.new for item in self.reviews.by_id.values()]
        used: list[NewNote | NewReviewItem] = [*notes, *items]
        return {one.slug for one in used if one.guild_id == guild_id}

    async def all(self, *, retired: bool = False) -> list[Fact]:
        return [fact for slug, fact in sorted(self.by_slug.items()) if retired or not fact.retired]

    async def finished(self) -> list[Fact]:
        return [fact for fact in await self.all() if not fact.draft]

    async def count(self) -> tuple[int, int]:
        finished = len(await self.finished())
        return finished, len(await self.all()) - finished

    async def get(self, slug: str) -> Fact | None:
        return self.by_slug.get(slug)

    async def own(self, guild_id: int) -> list[Fact]:
        return [fact for _, fact in sorted(self.by_slug.items()) if fact.guild_id == guild_id]

    async def failing(self, failures: Sequence[str]) -> list[str]:
        used = [fact for _, fact in sorted(self.by_slug.items()) if not fact.retired]
        return [fact.slug for fact in used if fact.failed_tests == tuple(failures)]

    async def seen(self, guild_id: int, *, limit: int) -> list[Fact]:
        own = [fact for fact in await self.own(guild_id) if not fact.retired]
        hidden = {fact.overrides for fact in own}
        shared = [fact for fact in await self.all() if fact.guild_id is None and fact.slug not in hidden]
        return [*own, *shared][:limit]

    async def add(self, fact: Fact) -> None:
        if fact.slug in self.by_slug:
            raise StoreError(f"There is a fact {fact.slug} already.")
        self._put(fact)

    async def replace(self, fact: Fact, *, expected: int, rename: bool = False) -> bool:
        old = self.by_slug.get(fact.slug)
        if old is None or old.version != expected:
            return False
        self._put(fact)
        return True

    async def record(self, version: FactVersion) -> None:
        kept = self.versions.setdefault(version.fact.slug, {})
        kept.setdefault(version.fact.version, replace(version, fact=replace(version.fact, failed_tests=())))

    async def history(self, slug: str) -> list[FactVersion]:
        return [version for _, version in sorted(self.versions.get(slug, {}).items(), reverse=True)]

    async def expired(self, guild_id: int, *, today: date) -> list[Fact]:
        used = self.used(guild_id)
        found = [
            fact
            for fact in self.by_slug.values()
            if not fact.retired
            and fact.expired(today)
            and (fact.guild_id == guild_id or (fact.guild_id is None and fact.slug in used))
        ]
        return sorted(found, key=lambda fact: (fact.review_by, fact.slug))

    async def set_failed_tests(self, slug: str, failures: Sequence[str]) -> None:
        self.by_slug[slug] = replace(self.by_slug[slug], failed_tests=tuple(failures))

    async def vectors(self, model: str) -> dict[str, bytes]:
        return dict(self.stored_vectors.get(model, {}))

    async def add_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        self.stored_vectors.setdefault(model, {}).update(vectors)

    def _put(self, fact: Fact) -> None:
        self.by_slug[fact.slug] = fact if self.sources is None else self.sources.checked(fact)


@dataclass
class FakeNotes:
    by_id: dict[int, Note] = field(default_factory=dict)
    history: list[NoteEvent] = field(default_factory=list)
    last_id: int = 0
    repairs: dict[int, Repair] = field(default_factory=dict)
    last_repair: int = 0

    async def add(self, note: NewNote) -> Note | None:
        if any(n.new.source_message_id == note.source_message_id and n.new.slug == note.slug for n in self._all()):
            return None
        self.last_id += 1
        stored = Note(self.last_id, note, note.state, message_id=None, attempts=0, last_error=None)
        self.by_id[stored.id] = stored
        self.history.append(NoteEvent(stored.id, note.created_at, note.state, "decided"))
        return stored

    async def renew(self, note: NewNote, *, cause: str) -> bool:
        notes = await self.for_source(note.source_message_id)
        old = next((one for one in notes if one.new.slug == note.slug), None)
        if old is None or old.state not in _UNSEEN:
            return False
        kept = replace(old, new=note, state=note.state, last_error=cause)
        self.by_id[old.id] = replace(kept, ruling=None, amendment=None, repair_id=None)
        self.history.append(NoteEvent(old.id, note.created_at, note.state, cause))
        return True

    async def get(self, note_id: int) -> Note | None:
        return self.by_id.get(note_id)

    async def shown_by(self, message_id: int) -> Note | None:
        return next((note for note in self._all() if note.message_id == message_id), None)

    async def for_source(self, source_message_id: int) -> list[Note]:
        return [note for note in self._all() if note.new.source_message_id == source_message_id]

    async def for_channel(self, channel_id: int) -> list[Note]:
        return [note for note in self._all() if note.new.channel_id == channel_id]

    async def find(
        self,
        guild_id: int,
        *,
        since: datetime | None = None,
        states: Iterable[NoteState] | None = None,
        provenance: Provenance | None = None,
        slugs: Collection[str] | None = None,
        unruled: bool = False,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Note]:
        wanted = None if states is None else set(states)
        found = [
            note
            for note in self._all()
            if note.new.guild_id == guild_id
            and (since is None or note.new.created_at >= since)
            and (wanted is None or note.state in wanted)
            and (provenance is None or note.new.provenance is provenance)
            and (slugs is None or note.new.slug in slugs)
            and not (unruled and note.ruling is not None)
            and (before is None or note.id < before)
        ]
        return found[::-1][:limit]

    async def judge(self, note_id: int, ruling: Ruling | None) -> bool:
        note = self.by_id.get(note_id)
        if note is None or (note.ruling is None) is (ruling is None):
            return False
        self.by_id[note_id] = replace(note, ruling=ruling)
        return True

    async def latest(self, *, guild_id: int, channel_id: int, slug: str, since: datetime) -> list[Note]:
        found = [
            note
            for note in self._all()
            if (note.new.guild_id, note.new.channel_id, note.new.slug) == (guild_id, channel_id, slug)
            and note.new.created_at >= since
            and note.state in _SPEAKING
        ]
        return sorted(found, key=lambda note: (note.new.created_at, note.id), reverse=True)

    async def due(self, *, console: bool, now: datetime, limit: int) -> list[Note]:
        waiting = [note for note in self._of(console=console) if _unfinished(note) and _come(note, now)]
        return sorted(waiting, key=lambda note: (note.state in STANDING, note.new.due_at, note.id))[:limit]

    async def next_due(self, *, console: bool) -> datetime | None:
        waiting = [note.new.due_at for note in self._of(console=console) if _unfinished(note)]
        return min(waiting, default=None)

    async def unsent(self, *, console: bool) -> Outstanding:
        states = _WAITING | {NoteState.SENDING}
        return _outstanding([note.new.due_at for note in self._of(console=console) if note.state in states])

    async def unedited(self, *, console: bool) -> Outstanding:
        old = [note for note in self._of(console=console) if note.state in STANDING and _unfinished(note)]
        return _outstanding([note.new.due_at for note in old])

    async def interrupted(self, *, console: bool) -> list[Note]:
        return [note for note in self._of(console=console) if note.state is NoteState.SENDING]

    async def move(
        self,
        note_id: int,
        *,
        to: NoteState,
        at: datetime,
        cause: str,
        only_from: Iterable[NoteState],
        message_id: int | None = None,
        due_at: datetime | None = None,
        fact_version: int | None = None,
    ) -> bool:
        note = self.by_id.get(note_id)
        if note is None or note.state not in set(only_from):
            return False
        again = to is note.state is NoteState.RETRACTING and due_at is not None
        new = note.new if due_at is None else replace(note.new, due_at=due_at)
        new = new if fact_version is None else replace(new, fact_version=fact_version)
        if to in _WORDLESS:
            new = replace(new, evidence=replace(new.evidence, matched_words=()))
        self.by_id[note_id] = replace(
            note,
            new=new,
            state=to,
            message_id=note.message_id if message_id is None else message_id,
            attempts=note.attempts + (to is NoteState.SENDING or again),
            last_error=cause if to is NoteState.PENDING or again else note.last_error,
        )
        self.history.append(NoteEvent(note_id, at, to, cause))
        return True

    async def amend(
        self,
        note_id: int,
        *,
        to: NoteState,
        at: datetime,
        cause: str,
        due_at: datetime,
        only_from: Iterable[NoteState],
        amendment: Amendment | None = None,
        fact_version: int | None = None,
        slug: str | None = None,
        repair_id: int | None = None,
    ) -> bool:
        note = self.by_id.get(note_id)
        if note is None or note.state not in set(only_from):
            return False
        new = replace(note.new, due_at=due_at, fact_version=fact_version or note.new.fact_version)
        new = new if slug is None else replace(new, slug=slug)
        self.by_id[note_id] = replace(
            note,
            new=new,
            state=to,
            revision=note.revision + 1,
            failed_edits=0,
            amendment=amendment or note.amendment,
            repair_id=repair_id or note.repair_id,
        )
        self.history.append(NoteEvent(note_id, at, to, cause))
        return True

    async def shown(self, note_id: int, revision: int, *, refused: bool = False) -> None:
        if note := self.by_id.get(note_id):
            failed = max(note.failed_edits, 1) if refused else 0
            self.by_id[note_id] = replace(note, shown_revision=revision, failed_edits=failed)

    async def put_off(self, note_id: int, *, until: datetime, cause: str) -> None:
        if note := self.by_id.get(note_id):
            new, failed = replace(note.new, due_at=until), note.failed_edits + 1
            self.by_id[note_id] = replace(note, new=new, failed_edits=failed, last_error=cause)

    async def as_note(self, note_id: int) -> None:
        if note := self.by_id.get(note_id):
            self.by_id[note_id] = replace(note, new=replace(note.new, kind=NoteKind.NOTE, links_to=None))

    async def links_to(self, note_id: int) -> list[Note]:
        return [note for note in self._all() if note.new.links_to == note_id]

    async def add_repair(
        self, *, guild_id: int, slug: str, at: datetime, by: int | None, cause: str, total: int
    ) -> Repair:
        self.last_repair += 1
        self.repairs[self.last_repair] = Repair(self.last_repair, guild_id, slug, at, by, cause, total)
        return self.repairs[self.last_repair]

    async def progress(self, repair_id: int) -> Progress | None:
        repair = self.repairs.get(repair_id)
        if repair is None:
            return None
        of_it = [note for note in self._all() if note.repair_id == repair_id]
        left = [
            note
            for note in of_it
            if note.state is NoteState.SENDING or (note.state in STANDING and note.shown_revision < note.revision)
        ]
        refused = sum(note.failed_edits > 0 for note in of_it if note not in left)
        return Progress(repair, done=max(0, repair.total - len(left)), refused=refused)

    async def events(self, note_id: int) -> list[NoteEvent]:
        return [event for event in self.history if event.note_id == note_id]

    def _of(self, *, console: bool) -> list[Note]:
        return [note for note in self._all() if (note.new.guild_id == CONSOLE_GUILD) is console]

    def _all(self) -> list[Note]:
        return [note for _, note in sorted(self.by_id.items())]


def _outstanding(times: list[datetime]) -> Outstanding:
    return Outstanding(len(times), min(times, default=None))


def _come(note: Note, now: datetime) -> bool:
    longest = LONGEST_REPAIR if note.state in STANDING else LONGEST_WAIT
    return note.new.due_at <= now or note.new.due_at > now + longest


def _unfinished(note: Note) -> bool:
    return note.state in _WAITING or (note.state in STANDING and note.shown_revision < note.revision)


@dataclass
class FakeReviews:
    by_id: dict[int, ReviewItem] = field(default_factory=dict)
    last_id: int = 0

    async def add(self, item: NewReviewItem) -> ReviewItem | None:
        if any(i.new.message_id == item.message_id and i.new.slug == item.slug for i in self.by_id.values()):
            return None
        self.last_id += 1
        stored = ReviewItem(self.last_id, item, ReviewState.OPEN)
        self.by_id[stored.id] = stored
        return stored

    async def get(self, item_id: int) -> ReviewItem | None:
        return self.by_id.get(item_id)

    async def find(
        self, guild_id: int, wanted: Wanted | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[ReviewItem]:
        wanted = wanted or Wanted()
        found = [
            item
            for item in self.by_id.values()
            if item.new.guild_id == guild_id
            and item.state in wanted.states
            and wanted.slug in (None, item.new.slug)
            and wanted.channel_id in (None, item.new.channel_id)
            and wanted.author in (None, item.new.author)
            and (wanted.since is None or item.new.created_at >= wanted.since)
            and (wanted.before is None or item.new.created_at < wanted.before)
        ]
        found.sort(key=lambda item: (item.state is not ReviewState.ESCALATED, item.new.created_at, item.id))
        return found[offset : None if limit is None else offset + limit]

    async def count(self, guild_id: int, wanted: Wanted | None = None) -> int:
        return len(await self.find(guild_id, wanted))

    async def groups(self, guild_id: int | None = None) -> list[ItemGroup]:
        found: dict[tuple[int, str], list[ReviewItem]] = {}
        for item in self.by_id.values():
            if item.state in AT_HAND and guild_id in (None, item.new.guild_id):
                found.setdefault((item.new.guild_id, item.new.slug), []).append(item)
        groups = [
            ItemGroup(
                guild,
                slug,
                len(items),
                min(item.new.created_at for item in items),
                any(item.state is ReviewState.ESCALATED for item in items),
            )
            for (guild, slug), items in found.items()
        ]
        return sorted(groups, key=lambda group: (group.guild_id, not group.escalated, group.since, group.slug))

    async def at_hand(self) -> Outstanding:
        return _outstanding([item.new.created_at for item in self.by_id.values() if item.state in AT_HAND])

    async def ruled(self, guild_id: int, *, since: datetime) -> list[ReviewItem]:
        found = [item for item in self.by_id.values() if item.ruled_at is not None and item.ruled_at >= since]
        return sorted((item for item in found if item.new.guild_id == guild_id), key=lambda item: str(item.ruled_at))

    async def for_message(self, message_id: int) -> list[ReviewItem]:
        return [item for _, item in sorted(self.by_id.items()) if item.new.message_id == message_id]

    async def for_channel(self, channel_id: int) -> list[ReviewItem]:
        return [item for _, item in sorted(self.by_id.items()) if item.new.channel_id == channel_id]

    async def reword(self, item_id: int, post_text: str) -> None:
        item = self.by_id.get(item_id)
        if item is not None and item.state in WAITING:
            self.by_id[item_id] = replace(item, new=replace(item.new, post_text=post_text))

    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool:
        item = self.by_id.get(item_id)
        if item is None or item.state not in WAITING:
            return False
        new = replace(item.new, post_text="", author=None, evidence=replace(item.new.evidence, matched_words=()))
        closed = {"state": ReviewState.CLOSED, "ruling": ruling, "ruled_by": by, "ruled_at": at, "snoozed_until": None}
        self._change([item_id], WAITING, new=new, **closed)
        return True

    async def reopen(self, item_id: int, *, post_text: str, author: str | None = None) -> bool:
        item = self.by_id.get(item_id)
        if item is None:
            return False
        unruled = {"ruling": None, "ruled_by": None, "ruled_at": None}
        new = replace(item.new, post_text=post_text, author=author)
        return self._change([item_id], {ReviewState.CLOSED}, new=new, state=ReviewState.OPEN, **unruled) > 0

    async def assign(self, item_ids: Sequence[int], *, to: int | None, until: datetime | None) -> None:
        self._change(item_ids, WAITING, assigned_to=to, assigned_until=until)

    async def escalate(self, item_id: int) -> bool:
        calm = {ReviewState.OPEN, ReviewState.SNOOZED}
        return self._change([item_id], calm, state=ReviewState.ESCALATED, snoozed_until=None) > 0

    async def snooze(self, item_ids: Sequence[int], *, until: datetime) -> int:
        return self._change(item_ids, WAITING, state=ReviewState.SNOOZED, snoozed_until=until)

    async def stale(self, guild_id: int, *, before: datetime) -> list[ReviewItem]:
        found = [one for one in self.by_id.values() if one.new.guild_id == guild_id and one.state in WAITING]
        old = [one for one in found if one.new.created_at < before]
        return sorted(old, key=lambda item: (item.new.created_at, item.id))

    async def wake(self, now: datetime) -> int:
        due = [i.id for i in self.by_id.values() if i.snoozed_until is not None and i.snoozed_until <= now]
        return self._change(due, {ReviewState.SNOOZED}, state=ReviewState.OPEN, snoozed_until=None)

    def _change(self, item_ids: Sequence[int], states: Collection[ReviewState], **changes: Any) -> int:
        found = [id_ for id_ in item_ids if id_ in self.by_id and self.by_id[id_].state in states]
        for item_id in found:
            self.by_id[item_id] = replace(self.by_id[item_id], **changes)
        return len(found)


@dataclass
class FakePolicies:
    by_guild: dict[int, Policy] = field(default_factory=dict)
    fact_limits: dict[tuple[int, str, int | None], FactLimit] = field(default_factory=dict)

    async def get(self, guild_id: int) -> Policy:
        return self.by_guild.get(guild_id, default_policy(guild_id))

    async def save(self, policy: Policy, *, at: datetime) -> None:
        self.by_guild[policy.guild_id] = policy

    async def servers(self) -> list[int]:
        return sorted(self.by_guild)

    async def limits(self, guild_id: int, slug: str | None = None) -> list[FactLimit]:
        found = [one for one in self.fact_limits.values() if one.guild_id == guild_id and slug in (None, one.slug)]
        return sorted(found, key=lambda one: (one.slug, one.channel_id or 0))

    async def limit(self, limit: FactLimit) -> None:
        key = (limit.guild_id, limit.slug, limit.channel_id)
        self.fact_limits.pop(key, None)
        if limit.mode is not Mode.AUTO:
            self.fact_limits[key] = limit


@dataclass
class FakeAudit:
    events: list[AuditEvent] = field(default_factory=list)
    last_id: int = 0

    async def add(self, event: NewAuditEvent) -> AuditEvent | None:
        if event.undoes is not None and any(one.new.undoes == event.undoes for one in self.events):
            return None
        self.last_id += 1
        self.events.append(AuditEvent(self.last_id, event))
        return self.events[-1]

    async def get(self, event_id: int) -> AuditEvent | None:
        return next((one for one in self.events if one.id == event_id), None)

    async def find(
        self,
        guild_id: int | None,
        *,
        acts: Iterable[Act] | None = None,
        slug: str | None = None,
        item_id: int | None = None,
        note_id: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
        standing: bool = False,
        copies: bool = True,
        limit: int | None = None,
    ) -> list[AuditEvent]:
        wanted = None if acts is None else set(acts)
        undone = {one.new.undoes for one in self.events}
        found = [
            one
            for one in reversed(self.events)
            if one.new.guild_id == guild_id
            and (wanted is None or one.new.act in wanted)
            and slug in (None, one.new.slug)
            and item_id in (None, one.new.item_id)
            and note_id in (None, one.new.note_id)
            and (since is None or one.new.at >= since)
            and (before is None or one.id < before)
            and not (standing and (one.new.undoes is not None or one.id in undone))
            and (copies or COPY not in one.new.detail)
        ]
        return found[:limit]

    async def tally(self, guild_id: int, slug: str) -> dict[Act, int]:
        found = await self.find(guild_id, acts=RULINGS, slug=slug, standing=True, copies=False)
        return dict(Counter(event.new.act for event in found if event.new.by is not None))


@dataclass
class FakeCards:
    by_key: dict[CardKey, PostedCard] = field(default_factory=dict)

    async def all(self, guild_id: int) -> list[PostedCard]:
        found = [card for key, card in self.by_key.items() if key.guild_id == guild_id]
        return sorted(found, key=lambda card: card.message_id)

    async def of_messages(self, message_ids: Collection[int]) -> list[PostedCard]:
        found = [card for card in self.by_key.values() if card.message_id in message_ids]
        return sorted(found, key=lambda card: card.message_id)

    async def put(self, card: PostedCard) -> None:
        self.by_key[card.key] = card

    async def remove(self, key: CardKey) -> None:
        self.by_key.pop(key, None)


@dataclass
class FakeDrafts:
    by_id: dict[int, Draft] = field(default_factory=dict)
    last_id: int = 0

    async def add(self, *, guild_id: int, by: int, at: datetime, fact: Fact, base_version: int | None) -> Draft:
        self.last_id += 1
        fact = replace(fact, failed_tests=())
        self.by_id[self.last_id] = Draft(self.last_id, guild_id, by, at, fact, base_version)
        return self.by_id[self.last_id]

    async def get(self, draft_id: int) -> Draft | None:
        return self.by_id.get(draft_id)

    async def put(self, draft_id: int, fact: Fact) -> bool:
        if draft_id not in self.by_id:
            return False
        self.by_id[draft_id] = replace(self.by_id[draft_id], fact=replace(fact, failed_tests=()))
        return True

    async def remove(self, draft_id: int) -> bool:
        return self.by_id.pop(draft_id, None) is not None

    async def purge(self, *, before: datetime) -> None:
        self.by_id = {id_: draft for id_, draft in self.by_id.items() if draft.at >= before}


@dataclass
class FakeWatermarks:
    by_server: dict[int, datetime] = field(default_factory=dict)

    async def get(self, guild_id: int) -> datetime | None:
        return self.by_server.get(guild_id)

    async def put(self, marks: Mapping[int, datetime]) -> None:
        for guild_id, at in marks.items():
            self.by_server[guild_id] = max(at, self.by_server.get(guild_id, at))


@dataclass
class FakeTransaction:
    facts: FakeFacts = field(default_factory=FakeFacts)
    notes: FakeNotes = field(default_factory=FakeNotes)
    reviews: FakeReviews = field(default_factory=FakeReviews)
    policies: FakePolicies = field(default_factory=FakePolicies)
    audit: FakeAudit = field(default_factory=FakeAudit)
    cards: FakeCards = field(default_factory=FakeCards)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    ratings: FakeRatings = field(default_factory=FakeRatings)
    appeals: FakeAppeals = field(default_factory=FakeAppeals)
    requests: FakeRequests = field(default_factory=FakeRequests)
    members: FakeMembers = field(default_factory=FakeMembers)
    imports: FakeImports = field(default_factory=FakeImports)
    sources: FakeSources = field(default_factory=FakeSources)
    watermarks: FakeWatermarks = field(default_factory=FakeWatermarks)

    def __post_init__(self) -> None:
        self.imports.facts = self.sources.facts = self.facts
        self.facts.sources = self.sources
        self.facts.notes, self.facts.reviews = self.notes, self.reviews
        self.members.tx = self
