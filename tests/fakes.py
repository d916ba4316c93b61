"""Hand-written stand-ins for the ports: a store in memory, and a matcher that knows marker phrases."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.errors import StoreError
from bot.domain.fact import Fact
from bot.domain.match import Evidence, Gate, Match, MatchResult, Relation
from bot.domain.note import NewNote, Note, NoteEvent, NoteState
from bot.domain.policy import CONSOLE_GUILD, Policy, default_policy
from bot.domain.post import Post
from bot.domain.review import NewReviewItem, ReviewItem, ReviewState, Ruling

_WAITING = frozenset({NoteState.PENDING, NoteState.RETRACTING})
_SPEAKING = frozenset({NoteState.SHADOW, NoteState.PENDING, NoteState.SENDING, NoteState.POSTED})
_WORDLESS = frozenset({NoteState.RETRACTED, NoteState.DROPPED})


@dataclass
class FakeFacts:
    by_slug: dict[str, Fact] = field(default_factory=dict)
    stored_vectors: dict[str, dict[str, bytes]] = field(default_factory=dict)

    async def all(self, *, retired: bool = False) -> list[Fact]:
        return [fact for slug, fact in sorted(self.by_slug.items()) if retired or not fact.retired]

    async def get(self, slug: str) -> Fact | None:
        return self.by_slug.get(slug)

    async def add(self, fact: Fact) -> None:
        if fact.slug in self.by_slug:
            raise StoreError(f"There is a fact {fact.slug} already.")
        self.by_slug[fact.slug] = fact

    async def set_failed_tests(self, slug: str, failures: Sequence[str]) -> None:
        self.by_slug[slug] = replace(self.by_slug[slug], failed_tests=tuple(failures))

    async def vectors(self, model: str) -> dict[str, bytes]:
        return dict(self.stored_vectors.get(model, {}))

    async def add_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        self.stored_vectors.setdefault(model, {}).update(vectors)


@dataclass
class FakeNotes:
    by_id: dict[int, Note] = field(default_factory=dict)
    history: list[NoteEvent] = field(default_factory=list)

    async def add(self, note: NewNote) -> Note | None:
        if any(n.new.source_message_id == note.source_message_id and n.new.slug == note.slug for n in self._all()):
            return None
        stored = Note(len(self.by_id) + 1, note, note.state, message_id=None, attempts=0, last_error=None)
        self.by_id[stored.id] = stored
        self.history.append(NoteEvent(stored.id, note.created_at, note.state, "decided"))
        return stored

    async def get(self, note_id: int) -> Note | None:
        return self.by_id.get(note_id)

    async def for_source(self, source_message_id: int) -> list[Note]:
        return [note for note in self._all() if note.new.source_message_id == source_message_id]

    async def for_channel(self, channel_id: int) -> list[Note]:
        return [note for note in self._all() if note.new.channel_id == channel_id]

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
        waiting = [note for note in self._of(console=console) if note.state in _WAITING and note.new.due_at <= now]
        return sorted(waiting, key=lambda note: (note.new.due_at, note.id))[:limit]

    async def next_due(self, *, console: bool) -> datetime | None:
        waiting = [note.new.due_at for note in self._of(console=console) if note.state in _WAITING]
        return min(waiting, default=None)

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
    ) -> bool:
        note = self.by_id.get(note_id)
        if note is None or note.state not in set(only_from):
            return False
        again = to is note.state is NoteState.RETRACTING and due_at is not None
        new = note.new if due_at is None else replace(note.new, due_at=due_at)
        if to in _WORDLESS:
            new = replace(new, evidence=replace(new.evidence, matched_words=()))
        self.by_id[note_id] = Note(
            note_id,
            new,
            to,
            message_id=note.message_id if message_id is None else message_id,
            attempts=note.attempts + (to is NoteState.SENDING or again),
            last_error=cause if to is NoteState.PENDING or again else note.last_error,
        )
        self.history.append(NoteEvent(note_id, at, to, cause))
        return True

    async def events(self, note_id: int) -> list[NoteEvent]:
        return [event for event in self.history if event.note_id == note_id]

    def _of(self, *, console: bool) -> list[Note]:
        return [note for note in self._all() if (note.new.guild_id == CONSOLE_GUILD) is console]

    def _all(self) -> list[Note]:
        return [note for _, note in sorted(self.by_id.items())]


@dataclass
class FakeReviews:
    by_id: dict[int, ReviewItem] = field(default_factory=dict)

    async def add(self, item: NewReviewItem) -> ReviewItem | None:
        if any(i.new.message_id == item.message_id and i.new.slug == item.slug for i in self.by_id.values()):
            return None
        stored = ReviewItem(len(self.by_id) + 1, item, ReviewState.OPEN)
        self.by_id[stored.id] = stored
        return stored

    async def get(self, item_id: int) -> ReviewItem | None:
        return self.by_id.get(item_id)

    async def open(self, guild_id: int, *, limit: int = 25, offset: int = 0) -> list[ReviewItem]:
        found = sorted(self._open(guild_id), key=lambda item: (item.new.created_at, item.id))
        return found[offset : offset + limit]

    async def count_open(self, guild_id: int) -> int:
        return len(self._open(guild_id))

    async def for_message(self, message_id: int) -> list[ReviewItem]:
        return [item for _, item in sorted(self.by_id.items()) if item.new.message_id == message_id]

    async def for_channel(self, channel_id: int) -> list[ReviewItem]:
        return [item for _, item in sorted(self.by_id.items()) if item.new.channel_id == channel_id]

    async def reword(self, item_id: int, post_text: str) -> None:
        item = self.by_id.get(item_id)
        if item is not None and item.state is ReviewState.OPEN:
            self.by_id[item_id] = replace(item, new=replace(item.new, post_text=post_text))

    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool:
        item = self.by_id.get(item_id)
        if item is None or item.state is not ReviewState.OPEN:
            return False
        new = replace(item.new, post_text="", evidence=replace(item.new.evidence, matched_words=()))
        self.by_id[item_id] = ReviewItem(item_id, new, ReviewState.CLOSED, ruling, by, at)
        return True

    def _open(self, guild_id: int) -> list[ReviewItem]:
        items = (item for _, item in sorted(self.by_id.items()))
        return [item for item in items if item.new.guild_id == guild_id and item.state is ReviewState.OPEN]


@dataclass
class FakePolicies:
    by_guild: dict[int, Policy] = field(default_factory=dict)

    async def get(self, guild_id: int) -> Policy:
        return self.by_guild.get(guild_id, default_policy(guild_id))

    async def save(self, policy: Policy, *, at: datetime) -> None:
        self.by_guild[policy.guild_id] = policy


@dataclass
class FakeTransaction:
    facts: FakeFacts = field(default_factory=FakeFacts)
    notes: FakeNotes = field(default_factory=FakeNotes)
    reviews: FakeReviews = field(default_factory=FakeReviews)
    policies: FakePolicies = field(default_factory=FakePolicies)


class FakeStore:
    """A store in memory: one transaction at a time, undone where its block raises.

    ``committed`` is what a test may look at. ``fail_next`` makes the next transactions raise, one error each.
    """

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self.committed = FakeTransaction(facts=FakeFacts({fact.slug: fact for fact in facts}))
        self.fail_next: list[Exception] = []
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[FakeTransaction]:
        async with self._lock:
            if self.fail_next:
                raise self.fail_next.pop(0)
            work = copy.deepcopy(self.committed)
            yield work
            self.committed = work


class FakeMatcher:
    """Matches a post that contains a wording of a fact, letter case aside.

    A wording after "it is false that" is denied; one before "?" is asked. ``confidence`` and ``gates`` go into
    every match.
    """

    default_threshold = 0.9

    def __init__(self, facts: Iterable[Fact], *, confidence: float = 0.97, gates: tuple[Gate, ...] = ()) -> None:
        self.facts = list(facts)
        self.confidence = confidence
        self.gates = gates
        self.seen: list[Post] = []

    def match(self, post: Post, *, guild_id: int | None = None) -> MatchResult:
        self.seen.append(post)
        words = "\n".join((post.text, *post.shared)).casefold()
        matches = tuple(
            self._match(fact, wording, words)
            for fact in self._shown(guild_id)
            for wording in fact.wordings()
            if wording.casefold() in words
        )
        return MatchResult(matches[:5], "" if matches else "nothing came near", "fake/1")

    def search(self, words: str, *, limit: int, guild_id: int | None = None) -> list[str]:
        return [fact.slug for fact in self._shown(guild_id) if words.casefold() in fact.claim.casefold()][:limit]

    def sync(self) -> list[str]:
        return []

    def trial(self, facts: Sequence[Fact]) -> FakeMatcher:
        return FakeMatcher(facts, confidence=self.confidence, gates=self.gates)

    def _shown(self, guild_id: int | None) -> list[Fact]:
        own = [fact for fact in self.facts if fact.guild_id == guild_id is not None]
        overridden = {fact.overrides for fact in own}
        return own + [fact for fact in self.facts if fact.guild_id is None and fact.slug not in overridden]

    def _match(self, fact: Fact, wording: str, words: str) -> Match:
        relation = Relation.REPEATS
        if f"it is false that {wording.casefold()}" in words:
            relation = Relation.DENIES
        elif f"{wording.casefold()}?" in words:
            relation = Relation.ASKS
        evidence = Evidence(wording, tuple(wording.split()), {"marker": 1.0}, self.gates)
        return Match(fact.slug, fact.version, relation, self.confidence, evidence)
