"""The figures of a server, from its notes, items, rulings and requests. None of them is about a single member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.audit import COPY, Act, AuditEvent
from bot.domain.note import STANDING, Note, NoteState, Provenance
from bot.domain.policy import Policy
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import WAITING, ReviewItem, ReviewState, Wanted
from bot.review.breaker import JUDGED, judged_automatic, right
from bot.review.figures import Day, Figures
from bot.review.recalibrate import MIN_RULINGS

LONGEST_DAYS = 365
"""The longest period that is asked for: a bar a week still fits the picture."""

_FACTS = 25
"""Facts whose claims are looked up."""
_REQUESTS = 25
_ASKED_BY_MORE = 2
"""Members who asked for it before it is a figure: what a single one asked is for ``/requests`` alone."""
_EVERY_STATE = frozenset(ReviewState)
_SEEN = STANDING | {NoteState.RETRACTING, NoteState.RETRACTED}
_APPROVED = frozenset({Act.APPROVE, Act.EDIT})


class CountFigures:
    """Counts what happened in a server."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def figures(self, guild_id: int, *, days: int) -> Figures:
        """Return the figures of the last days, 1 to ``LONGEST_DAYS`` whole ones in UTC, of which today is the last."""
        now = self._clock()
        dates = [now.astimezone(UTC).date() - timedelta(days=ago) for ago in reversed(range(days))]
        since = datetime.combine(dates[0], time(), UTC)
        async with self._store.reading() as tx:
            notes = await tx.notes.find(guild_id, since=since)
            queued = await tx.reviews.find(guild_id, Wanted(states=_EVERY_STATE, since=since))
            ruled = await tx.reviews.ruled(guild_id, since=since)
            waiting = await tx.reviews.find(guild_id, Wanted(states=WAITING))
            events = await tx.audit.find(guild_id, acts=JUDGED, since=since, standing=True)
            facts = await _top_facts(tx, notes)
            unanswered = await _unanswered(tx, guild_id, since)
            policy = await tx.policies.get(guild_id)
        judged = [event for event in judged_automatic(events) if COPY not in event.new.detail]
        return Figures(
            days=days,
            notes_by_state=_counted((note.state for note in notes), NoteState),
            notes_by_provenance=_counted((note.new.provenance for note in notes), Provenance),
            automatic_right=right(judged),
            automatic_judged=len(judged),
            hours_to_ruling=tuple(_waits(ruled)),
            open_ages_hours=tuple(_hours(now - item.new.created_at) for item in waiting),
            top_facts=facts,
            unanswered=unanswered,
            per_day=_days(dates, notes, queued, events),
            shift=_shift(policy),
            shift_rulings=policy.shift_rulings,
        )


async def _top_facts(tx: Transaction, notes: Sequence[Note]) -> tuple[tuple[str, int], ...]:
    """Return the claims with the most notes; one that was given up before anybody could see it is none."""
    slugs = Counter(note.new.slug for note in notes if note.state is not NoteState.DROPPED)
    claims: Counter[str] = Counter()
    for slug, count in slugs.most_common(_FACTS):
        fact = await tx.facts.get(slug)
        # A server's own version of a fact makes the same claim as the global one.
        claims[fact.claim if fact else slug] += count
    return tuple(claims.most_common())


async def _unanswered(tx: Transaction, guild_id: int, since: datetime) -> tuple[tuple[str, int], ...]:
    """Return what more than one member asked, and in the period the last time."""
    waiting = await tx.requests.waiting(guild_id, limit=_REQUESTS)
    return tuple((one.text, one.asked) for one in waiting if one.asked >= _ASKED_BY_MORE and one.last_at >= since)


def _waits(ruled: Iterable[ReviewItem]) -> Iterable[float]:
    """Return how long items waited that moderators ruled on; those that the program closed waited for nobody."""
    for item in ruled:
        if item.ruled_by is not None and item.ruled_at is not None:
            yield _hours(item.ruled_at - item.new.created_at)


def _days(
    dates: Sequence[date], notes: Iterable[Note], queued: Iterable[ReviewItem], events: Iterable[AuditEvent]
) -> tuple[Day, ...]:
    replied = _dated(note.new.created_at for note in notes if _replied(note))
    queue = _dated(item.new.created_at for item in queued)
    approved = _dated(event.new.at for event in events if event.new.item_id and event.new.act in _APPROVED)
    wrong = _dated(event.new.at for event in events if event.new.act is Act.WRONG_MATCH)
    return tuple(Day(day, replied[day], queue[day], approved[day], wrong[day]) for day in dates)


def _replied(note: Note) -> bool:
    """Tell whether a note was posted by itself, also where it was taken down since."""
    return note.new.provenance is Provenance.AUTO and note.new.state is not NoteState.SHADOW and note.state in _SEEN


def _dated(moments: Iterable[datetime]) -> Counter[date]:
    return Counter(moment.astimezone(UTC).date() for moment in moments)


def _counted(found: Iterable[StrEnum], kinds: Iterable[StrEnum]) -> dict[str, int]:
    """Return how many there are of each kind that there is, in the kinds' own order."""
    counts = Counter(found)
    return {kind.value: counts[kind] for kind in kinds if counts[kind]}


def _shift(policy: Policy) -> float | None:
    return policy.shift if policy.shift_rulings >= MIN_RULINGS else None


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
