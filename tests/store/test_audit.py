from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import Act, AuditEvent, NewAuditEvent
from bot.domain.ports import AuditRepository, Store
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


def an_event(act: Act = Act.APPROVE, **over: Any) -> NewAuditEvent:
    """Return an act of a moderator in server 1."""
    return replace(NewAuditEvent(NOW, act, 1, by=9), **over)


async def _added(audit: AuditRepository, new: NewAuditEvent) -> AuditEvent:
    event = await audit.add(new)
    assert event is not None
    return event


@pytest.mark.parametrize("act", Act)
async def test_an_event_comes_back_whole(store: Store, act: Act) -> None:
    """Every field survives, whatever was done, also what only an operator or the program did."""
    full = NewAuditEvent(
        NOW + MINUTE,
        act,
        2**62,
        by=2**62 + 1,
        item_id=3,
        note_id=4,
        slug="moon-cheese",
        fact_version=5,
        rule_version="rules/1",
        confidence=0.123456789,
        automatic=True,
        detail={"because": "“Käse” 🌝", "copy of": "7"},
    )
    async with store.transaction() as tx:
        events = [await _added(tx.audit, full), await _added(tx.audit, NewAuditEvent(NOW, act, None))]
    async with store.transaction() as tx:
        assert [await tx.audit.get(event.id) for event in events] == events
        assert events[0].new == full
        assert events[1].new == NewAuditEvent(NOW, act, None)
        assert await tx.audit.get(404) is None


async def test_a_servers_events_come_newest_first(store: Store) -> None:
    """In the order in which they were written, not by their times; other servers' and operators' are not among them."""
    async with store.transaction() as tx:
        first = await _added(tx.audit, an_event(at=NOW + MINUTE))
        second = await _added(tx.audit, an_event(at=NOW))
        other = await _added(tx.audit, an_event(guild_id=2))
        await _added(tx.audit, an_event(guild_id=None))
        assert await tx.audit.find(1) == [second, first]
        assert await tx.audit.find(2) == [other]
        assert await tx.audit.find(3) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"acts": {Act.APPROVE, Act.SNOOZE}}, [5, 2, 0]),
        ({"acts": [Act.DISMISS]}, [4]),
        ({"acts": ()}, []),
        ({"slug": "a"}, [1, 0]),
        ({"item_id": 1}, [2, 1]),
        ({"note_id": 1}, [3]),
        ({"since": NOW + 3 * MINUTE}, [5, 4, 3]),
        ({"limit": 2}, [5, 4]),
        ({"limit": 0}, []),
        ({"slug": "b", "since": NOW + 3 * MINUTE, "limit": 1}, [4]),
        ({"slug": "a", "item_id": 9}, []),
    ],
)
async def test_events_are_narrowed_by_what_is_given(store: Store, filters: dict[str, Any], expected: list[int]) -> None:
    """Each filter alone and several at once; a bound in time includes its moment."""
    events = [
        an_event(slug="a"),
        an_event(Act.WRONG_MATCH, slug="a", item_id=1),
        an_event(slug="b", item_id=1),
        an_event(Act.EDIT, slug="b", note_id=1),
        an_event(Act.DISMISS, slug="b", item_id=2),
        an_event(Act.SNOOZE),
    ]
    async with store.transaction() as tx:
        for number, event in enumerate(events):
            await _added(tx.audit, replace(event, at=NOW + number * MINUTE))
        found = await tx.audit.find(1, **filters)
    assert [round((event.new.at - NOW) / MINUTE) for event in found] == expected


async def test_pages_of_the_log_follow_each_other(store: Store) -> None:
    """What was written meanwhile shifts nothing: a page begins before an event."""
    async with store.transaction() as tx:
        events = [await _added(tx.audit, an_event()) for _ in range(5)]
        first = await tx.audit.find(1, limit=2)
        await _added(tx.audit, an_event())
        assert first == [events[4], events[3]]
        assert await tx.audit.find(1, before=first[-1].id, limit=2) == [events[2], events[1]]
        assert await tx.audit.find(1, before=events[0].id) == []


async def test_an_event_can_be_undone_once(store: Store) -> None:
    """The second undo is not stored, and a later one of another event is."""
    async with store.transaction() as tx:
        events = [await _added(tx.audit, an_event()) for _ in range(2)]
        undo = await _added(tx.audit, an_event(Act.UNDO, undoes=events[0].id))
        assert undo.new.undoes == events[0].id
        assert await tx.audit.add(an_event(Act.UNDO, undoes=events[0].id, by=10)) is None
        other = await _added(tx.audit, an_event(Act.UNDO, undoes=events[1].id))
        assert await tx.audit.find(1) == [other, undo, events[1], events[0]]


async def test_what_stands_was_not_undone(store: Store) -> None:
    """Neither undone events nor undos stand; a limit counts what stands."""
    async with store.transaction() as tx:
        events = [await _added(tx.audit, an_event(slug="a")) for _ in range(4)]
        for event in events[2:]:
            await _added(tx.audit, an_event(Act.UNDO, slug="a", undoes=event.id))
        assert await tx.audit.find(1, standing=True) == [events[1], events[0]]
        assert await tx.audit.find(1, slug="a", standing=True, limit=1) == [events[1]]
        assert await tx.audit.find(1, acts={Act.UNDO}, standing=True) == []
