"""The repositories of what members do, in memory. One contract suite (tests/store) holds them and the real ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.appeal import Appeal, NewAppeal, Outcome
from bot.domain.fact import FactVersion
from bot.domain.member import Held, Mark
from bot.domain.note import NoteState
from bot.domain.policy import CONSOLE_GUILD
from bot.domain.rating import NoteStanding, Rating
from bot.domain.request import Answer, Request
from bot.domain.review import ReviewState

if TYPE_CHECKING:
    from tests.fake_repositories import FakeTransaction

_OVER = frozenset({NoteState.SHADOW, NoteState.RETRACTED, NoteState.DROPPED})


@dataclass
class FakeRatings:
    by_key: dict[tuple[int, str], Rating] = field(default_factory=dict)
    by_note: dict[int, NoteStanding] = field(default_factory=dict)

    async def put(self, rating: Rating) -> None:
        self.by_key[rating.note_id, rating.rater] = rating

    async def get(self, note_id: int, rater: str) -> Rating | None:
        return self.by_key.get((note_id, rater))

    async def remove(self, note_id: int, rater: str) -> bool:
        return self.by_key.pop((note_id, rater), None) is not None

    async def of_note(self, note_id: int) -> list[Rating]:
        return [one for one in self._all() if one.note_id == note_id]

    async def of_server(self, guild_id: int) -> list[Rating]:
        return [one for one in self._all() if one.guild_id == guild_id]

    async def count_since(self, guild_id: int, rater: str, *, since: datetime) -> int:
        own = [one for one in self._all() if (one.guild_id, one.rater) == (guild_id, rater)]
        return sum(one.at >= since for one in own)

    async def standing(self, note_id: int) -> NoteStanding | None:
        return self.by_note.get(note_id)

    async def standings(self, guild_id: int) -> list[NoteStanding]:
        return [one for _, one in sorted(self.by_note.items()) if one.guild_id == guild_id]

    async def put_standing(self, standing: NoteStanding) -> None:
        self.by_note[standing.note_id] = standing

    async def servers(self) -> list[int]:
        return sorted({one.guild_id for one in self._all()})

    def _all(self) -> list[Rating]:
        return [one for _, one in sorted(self.by_key.items())]


@dataclass
class FakeAppeals:
    by_id: dict[int, Appeal] = field(default_factory=dict)
    last_id: int = 0

    async def add(self, appeal: NewAppeal) -> Appeal:
        self.last_id += 1
        self.by_id[self.last_id] = Appeal(self.last_id, appeal)
        return self.by_id[self.last_id]

    async def get(self, appeal_id: int) -> Appeal | None:
        return self.by_id.get(appeal_id)

    async def for_note(self, note_id: int) -> list[Appeal]:
        return [one for one in self._all() if one.new.note_id == note_id]

    async def waiting(self, guild_id: int) -> list[Appeal]:
        return [one for one in self._all() if one.new.guild_id == guild_id and one.outcome is None]

    async def of_member(self, guild_id: int, by: str, *, since: datetime) -> list[Appeal]:
        own = [one for one in self._all() if (one.new.guild_id, one.new.by) == (guild_id, by)]
        return [one for one in own if one.new.at >= since]

    async def rule(self, appeal_id: int, outcome: Outcome, *, by: int | None, at: datetime, answer: str | None) -> bool:
        appeal = self.by_id.get(appeal_id)
        if appeal is None or appeal.outcome is not None:
            return False
        new = replace(appeal.new, text="")
        self.by_id[appeal_id] = Appeal(appeal_id, new, outcome, answer, ruled_by=by, ruled_at=at)
        return True

    def _all(self) -> list[Appeal]:
        return [one for _, one in sorted(self.by_id.items())]


@dataclass
class FakeRequests:
    by_id: dict[int, Request] = field(default_factory=dict)
    asked_by: dict[tuple[int, str], datetime] = field(default_factory=dict)
    last_id: int = 0

    async def ask(self, guild_id: int, text: str, *, member: str, at: datetime) -> tuple[Request, bool]:
        same = [one for one in self.by_id.values() if one.guild_id == guild_id and _plain(one.text) == _plain(text)]
        if not same:
            self.last_id += 1
            same = [Request(self.last_id, guild_id, text, 0, at, at)]
            self.by_id[self.last_id] = same[0]
        joined = await self.join(same[0].id, member=member, at=at)
        return self.by_id[same[0].id], joined

    async def join(self, request_id: int, *, member: str, at: datetime) -> bool:
        request = self.by_id.get(request_id)
        if request is None or request.answer is not None or (request_id, member) in self.asked_by:
            return False
        self.asked_by[request_id, member] = at
        self.by_id[request_id] = replace(request, asked=request.asked + 1, last_at=at)
        return True

    async def get(self, request_id: int) -> Request | None:
        return self.by_id.get(request_id)

    async def waiting(self, guild_id: int, *, limit: int | None = None) -> list[Request]:
        found = [one for one in self.by_id.values() if one.guild_id == guild_id and one.answer is None]
        return sorted(found, key=lambda one: (one.asked, one.last_at, one.id), reverse=True)[:limit]

    async def answered(self, guild_id: int, *, limit: int) -> list[Request]:
        found = [one for one in self.by_id.values() if one.guild_id == guild_id and one.answered_at is not None]
        return sorted(found, key=lambda one: (one.answered_at, one.id), reverse=True)[:limit]

    async def of_member(self, guild_id: int, member: str) -> list[Request]:
        mine = [self.by_id[request_id] for request_id, by in self.asked_by if by == member]
        found = [one for one in mine if one.guild_id == guild_id]
        return sorted(found, key=lambda one: (one.last_at, one.id), reverse=True)

    async def count_since(self, guild_id: int, member: str, *, since: datetime) -> int:
        mine = [(self.by_id[request_id], at) for (request_id, by), at in self.asked_by.items() if by == member]
        return sum(one.guild_id == guild_id and at >= since for one, at in mine)

    async def answer(self, request_id: int, answer: Answer, *, by: int, at: datetime, slug: str | None = None) -> bool:
        request = self.by_id.get(request_id)
        if request is None or request.answer is not None:
            return False
        self.by_id[request_id] = replace(request, answer=answer, slug=slug, answered_by=by, answered_at=at)
        return True

    async def reopen(self, request_id: int) -> bool:
        request = self.by_id.get(request_id)
        if request is None or request.answer is None:
            return False
        self.by_id[request_id] = replace(request, answer=None, slug=None, answered_by=None, answered_at=None)
        return True

    async def leave(self, request_id: int, *, member: str) -> bool:
        if self.asked_by.pop((request_id, member), None) is None:
            return False
        left = self.by_id[request_id].asked - 1
        self.by_id[request_id] = replace(self.by_id[request_id], asked=left)
        if not left:
            self.drop(request_id)
        return True

    async def remove(self, guild_id: int, request_id: int) -> bool:
        request = self.by_id.get(request_id)
        if request is None or request.guild_id != guild_id:
            return False
        self.drop(request_id)
        return True

    async def purge(self, *, before: datetime) -> None:
        for one in list(self.by_id.values()):
            if one.last_at < before and (one.answered_at is None or one.answered_at < before):
                self.drop(one.id)

    def drop(self, request_id: int) -> None:
        """Delete a request with its members."""
        del self.by_id[request_id]
        self.asked_by = {key: at for key, at in self.asked_by.items() if key[0] != request_id}


@dataclass
class FakeMembers:
    marks: dict[tuple[Mark, int, str], datetime] = field(default_factory=dict)
    away: dict[int, datetime] = field(default_factory=dict)
    tx: FakeTransaction | None = field(default=None, compare=False, repr=False)

    @property
    def all(self) -> FakeTransaction:
        """Return what else is stored."""
        assert self.tx is not None
        return self.tx

    async def mark(self, mark: Mark, member: str, *, guild_id: int, at: datetime) -> bool:
        if (mark, guild_id, member) in self.marks:
            return False
        self.marks[mark, guild_id, member] = at
        return True

    async def unmark(self, mark: Mark, member: str, *, guild_id: int) -> bool:
        return self.marks.pop((mark, guild_id, member), None) is not None

    async def marked(self, mark: Mark, *, guild_id: int) -> set[str]:
        return {member for kind, server, member in self.marks if (kind, server) == (mark, guild_id)}

    async def is_marked(self, mark: Mark, member: str, *, guild_id: int) -> bool:
        return (mark, guild_id, member) in self.marks

    async def held(self, member: str, member_id: int) -> Held:
        tx = self.all
        asked = tx.requests.asked_by.items()
        appeals = [
            {**asdict(one), **asdict(one.new)}
            for one in tx.appeals.by_id.values()
            if one.new.by == member or one.ruled_by == member_id
        ]
        items = [
            one
            for one in tx.reviews.by_id.values()
            if member_id in (one.ruled_by, one.assigned_to) or one.new.author == member
        ]
        requests = [one for one in tx.requests.by_id.values() if one.answered_by == member_id]
        requests += [one for one in tx.requests.by_id.values() if (one.id, member) in tx.requests.asked_by]
        rows: dict[str, list[dict[str, object]]] = {
            "ratings": [asdict(one) for one in tx.ratings.by_key.values() if one.rater == member],
            "appeals": appeals,
            "request_members": [{"request_id": id_, "member": by, "at": at} for (id_, by), at in asked if by == member],
            "requests": [asdict(one) for one in {one.id: one for one in requests}.values()],
            "review_items": [{**asdict(one), **asdict(one.new)} for one in {one.id: one for one in items}.values()],
            "member_marks": [
                {"mark": kind, "guild_id": server, "member": by, "at": at}
                for (kind, server, by), at in self.marks.items()
                if by == member
            ],
            "audit_events": [{"id": one.id, **asdict(one.new)} for one in tx.audit.events if one.new.by == member_id],
            "fact_versions": [asdict(one) for one in self._versions() if one.by == member_id],
            "fact_drafts": [asdict(one) for one in tx.drafts.by_id.values() if one.by == member_id],
            "note_repairs": [asdict(one) for one in tx.notes.repairs.values() if one.by == member_id],
        }
        for row in (row for found in rows.values() for row in found):
            row.pop("new", None)
        return Held({table: found for table, found in rows.items() if found})

    async def items_of(self, author: str) -> list[int]:
        return sorted(one.id for one in self.all.reviews.by_id.values() if one.new.author == author)

    async def erase(self, member: str, member_id: int) -> int:
        tx = self.all
        size = sum(map(len, self._tables()))
        tx.ratings.by_key = {key: one for key, one in tx.ratings.by_key.items() if one.rater != member}
        tx.appeals.by_id = {id_: one for id_, one in tx.appeals.by_id.items() if one.new.by != member}
        for request_id, by in list(tx.requests.asked_by):
            if by == member:
                self._leave(request_id, member)
        tx.drafts.by_id = {id_: one for id_, one in tx.drafts.by_id.items() if one.by != member_id}
        deleted = size - sum(map(len, self._tables()))
        changed = (await self.held("", member_id)).count()
        self._forget_acts(member_id)
        return deleted + changed

    async def known(self) -> bool:
        tx = self.all
        named = [one.new.by for one in tx.appeals.by_id.values()]
        named += [one.new.author for one in tx.reviews.by_id.values()]
        return bool(tx.ratings.by_key or tx.requests.asked_by or self.marks or any(named))

    async def forget_everybody(self) -> None:
        tx = self.all
        tx.ratings.by_key.clear()
        tx.requests.asked_by.clear()
        self.marks.clear()
        for id_, appeal in tx.appeals.by_id.items():
            tx.appeals.by_id[id_] = replace(appeal, new=replace(appeal.new, by=None))
        for id_, item in tx.reviews.by_id.items():
            tx.reviews.by_id[id_] = replace(item, new=replace(item.new, author=None))

    async def departed(self, guild_id: int, *, at: datetime) -> None:
        self.away.setdefault(guild_id, at)

    async def returned(self, guild_id: int) -> None:
        self.away.pop(guild_id, None)

    async def departures(self, *, before: datetime) -> list[int]:
        return sorted(guild_id for guild_id, at in self.away.items() if at < before)

    async def servers(self) -> set[int]:
        tx = self.all
        found: set[int | None] = {
            *tx.policies.by_guild,
            *(limit.guild_id for limit in tx.policies.fact_limits.values()),
        }
        found |= {one.new.guild_id for one in tx.notes.by_id.values()}
        found |= {one.new.guild_id for one in tx.reviews.by_id.values()}
        found |= {one.new.guild_id for one in tx.audit.events}
        found |= {one.guild_id for one in tx.requests.by_id.values()}
        found |= {one.guild_id for one in tx.drafts.by_id.values()}
        found |= {one.guild_id for one in tx.facts.by_slug.values()}
        found |= {guild_id for guild_id, _ in tx.imports.held} | set(tx.watermarks.by_server)
        found |= {one.guild_id for one in tx.notes.repairs.values()} | {
            one.guild_id for one in tx.ratings.by_key.values()
        }
        found |= {key.guild_id for key in tx.cards.by_key} | {guild_id for _, guild_id, _ in self.marks}
        return {guild_id for guild_id in found if guild_id not in (None, CONSOLE_GUILD)}

    async def forget_server(self, guild_id: int) -> int:
        tx = self.all
        before = sum(map(len, self._tables())) - len(tx.requests.asked_by)
        own = {slug for slug, fact in tx.facts.by_slug.items() if fact.guild_id == guild_id}
        count = sum(1 + len(tx.facts.versions.get(slug, {})) for slug in own)
        for note_id in [one.id for one in tx.notes.by_id.values() if one.new.guild_id == guild_id]:
            self._drop_note(note_id)
        for request_id in [one.id for one in tx.requests.by_id.values() if one.guild_id == guild_id]:
            tx.requests.drop(request_id)
        for slug in own:
            del tx.facts.by_slug[slug]
            tx.facts.versions.pop(slug, None)
            tx.imports.keys.pop(slug, None)
        tx.imports.held = {key: one for key, one in tx.imports.held.items() if key[0] != guild_id}
        tx.reviews.by_id = {id_: one for id_, one in tx.reviews.by_id.items() if one.new.guild_id != guild_id}
        tx.audit.events = [one for one in tx.audit.events if one.new.guild_id != guild_id]
        tx.drafts.by_id = {id_: one for id_, one in tx.drafts.by_id.items() if one.guild_id != guild_id}
        tx.cards.by_key = {key: one for key, one in tx.cards.by_key.items() if key.guild_id != guild_id}
        tx.notes.repairs = {id_: one for id_, one in tx.notes.repairs.items() if one.guild_id != guild_id}
        tx.policies.fact_limits = {key: one for key, one in tx.policies.fact_limits.items() if one.guild_id != guild_id}
        tx.policies.by_guild.pop(guild_id, None)
        self.marks = {key: at for key, at in self.marks.items() if key[1] != guild_id}
        count += self.away.pop(guild_id, None) is not None
        count += tx.watermarks.by_server.pop(guild_id, None) is not None
        return count + before - (sum(map(len, self._tables())) - len(tx.requests.asked_by))

    async def expire(self, guild_id: int, *, before: datetime) -> int:
        count = self._expire_notes(guild_id, before)
        size = sum(map(len, self._tables()))
        self._drop_old(guild_id, before)
        return count + size - sum(map(len, self._tables())) + self._blank(guild_id, before)

    def _expire_notes(self, guild_id: int, before: datetime) -> int:
        tx, count = self.all, 0
        for one in list(tx.notes.by_id.values()):
            if one.new.guild_id != guild_id or one.new.created_at >= before:
                continue
            if one.state in _OVER:
                count += 1
                self._drop_note(one.id)
            elif one.new.evidence.matched_words:
                count += 1
                evidence = replace(one.new.evidence, matched_words=())
                tx.notes.by_id[one.id] = replace(one, new=replace(one.new, evidence=evidence))
        return count

    def _drop_old(self, guild_id: int, before: datetime) -> None:
        tx = self.all
        tx.ratings.by_key = {
            key: one for key, one in tx.ratings.by_key.items() if one.guild_id != guild_id or one.at >= before
        }
        tx.reviews.by_id = {
            id_: one
            for id_, one in tx.reviews.by_id.items()
            if not (
                one.new.guild_id == guild_id
                and one.state is ReviewState.CLOSED
                and one.ruled_at is not None
                and one.ruled_at < before
            )
        }
        tx.appeals.by_id = {
            id_: one
            for id_, one in tx.appeals.by_id.items()
            if one.new.guild_id != guild_id or one.ruled_at is None or one.ruled_at >= before
        }
        for id_, repair in list(tx.notes.repairs.items()):
            if repair.guild_id == guild_id and repair.at < before:
                del tx.notes.repairs[id_]

    def _blank(self, guild_id: int, before: datetime) -> int:
        tx, count = self.all, 0
        for number, event in enumerate(tx.audit.events):
            if event.new.guild_id == guild_id and event.new.at < before and event.new.by is not None:
                count += 1
                tx.audit.events[number] = replace(event, new=replace(event.new, by=None))
        for slug in (slug for slug, fact in tx.facts.by_slug.items() if fact.guild_id == guild_id):
            kept = tx.facts.versions.get(slug, {})
            for version, made in kept.items():
                if made.at < before and made.by is not None:
                    count += 1
                    kept[version] = replace(made, by=None)
        return count

    def _tables(self) -> list[dict[object, object] | list[object]]:
        tx = self.all
        tables: list[object] = [tx.notes.by_id, tx.ratings.by_key, tx.ratings.by_note, tx.appeals.by_id]
        tables += [tx.requests.by_id, tx.requests.asked_by, tx.reviews.by_id, tx.audit.events, tx.drafts.by_id]
        tables += [
            tx.imports.held,
            tx.cards.by_key,
            tx.notes.repairs,
            tx.policies.by_guild,
            tx.policies.fact_limits,
            self.marks,
        ]
        return tables  # type: ignore[return-value]

    def _drop_note(self, note_id: int) -> None:
        tx = self.all
        del tx.notes.by_id[note_id]
        tx.notes.history = [one for one in tx.notes.history if one.note_id != note_id]
        for id_, one in tx.notes.by_id.items():
            if one.new.links_to == note_id:
                tx.notes.by_id[id_] = replace(one, new=replace(one.new, links_to=None))
        tx.ratings.by_key = {key: one for key, one in tx.ratings.by_key.items() if key[0] != note_id}
        tx.ratings.by_note.pop(note_id, None)
        tx.appeals.by_id = {id_: one for id_, one in tx.appeals.by_id.items() if one.new.note_id != note_id}

    def _leave(self, request_id: int, member: str) -> None:
        requests = self.all.requests
        del requests.asked_by[request_id, member]
        request = replace(requests.by_id[request_id], asked=requests.by_id[request_id].asked - 1)
        requests.by_id[request_id] = request
        if request.asked == 0:
            requests.drop(request_id)

    def _forget_acts(self, member_id: int) -> None:
        tx = self.all
        tx.audit.events = [
            replace(one, new=replace(one.new, by=None)) if one.new.by == member_id else one for one in tx.audit.events
        ]
        for id_, item in list(tx.reviews.by_id.items()):
            if item.ruled_by == member_id:
                item = replace(item, ruled_by=None)  # noqa: PLW2901
            if item.assigned_to == member_id:
                item = replace(item, assigned_to=None, assigned_until=None)  # noqa: PLW2901
            tx.reviews.by_id[id_] = item
        for kept in tx.facts.versions.values():
            for number, one in kept.items():
                kept[number] = replace(one, by=None) if one.by == member_id else one
        for id_, repair in tx.notes.repairs.items():
            tx.notes.repairs[id_] = replace(repair, by=None) if repair.by == member_id else repair
        for id_, appeal in tx.appeals.by_id.items():
            tx.appeals.by_id[id_] = replace(appeal, ruled_by=None) if appeal.ruled_by == member_id else appeal
        for id_, request in tx.requests.by_id.items():
            tx.requests.by_id[id_] = replace(request, answered_by=None) if request.answered_by == member_id else request

    def _versions(self) -> list[FactVersion]:
        return [one for kept in self.all.facts.versions.values() for one in kept.values()]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
