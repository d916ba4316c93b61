"""``/health``: well, or not, and which part isn't."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import DeliveryDelayed
from bot.services import health
from bot.services.connection import Connection
from bot.services.intake import AT_ONCE
from bot.store.database import Database
from tests.monitor.conftest import LOOPBACK, Watch, until, watching
from tests.services.conftest import CLAIM, GUILD

pytestmark = pytest.mark.allow_hosts([LOOPBACK])
SECOND = timedelta(seconds=1)


async def checks(watch: Watch) -> tuple[int, dict[str, dict[str, Any]]]:
    """Ask, and return the status and the checks."""
    told = await watch.ask("/health")
    said = json.loads(told.text)
    assert told.kind == "application/json"
    assert said["ok"] is (told.status == 200) is all(check["ok"] for check in said["checks"].values())
    return told.status, said["checks"]


async def unwell(watch: Watch) -> set[str]:
    """Return the checks that aren't as they should be."""
    return {name for name, check in (await checks(watch))[1].items() if not check["ok"]}


async def test_a_program_that_works_is_well(watch: Watch) -> None:
    """Every part is named, with its figures."""
    status, said = await checks(watch)
    assert status == 200
    assert {name: set(check) for name, check in said.items()} == {
        "database": {"ok", "answered_in_seconds"},
        "gateway": {"ok", "state", "for_seconds"},
        "outbox": {"ok", "notes", "overdue_seconds"},
        "intake": {"ok", "posts", "oldest_seconds"},
    }
    assert said["gateway"]["state"] == "unused"


async def test_before_it_has_started_it_is_not_well(watch: Watch) -> None:
    """Whoever sends it work would do so too early; that it lives is true."""
    watch.pages.watched = None
    assert await unwell(watch) == {"start"}
    assert (await watch.ask("/live")).status == 200
    assert "footnote_build_info" in (await watch.ask("/metrics")).text


@pytest.mark.parametrize("lost", [False, True])
async def test_a_connection_that_is_away_for_long_is_found(watch: Watch, *, lost: bool) -> None:
    """At the start and later; a short while is nothing, and one that is back is well."""
    connection = watch.house.services.connection
    connection.starting()
    if lost:
        connection.up(0, of=1)
        connection.down(0)
    watch.house.clock.now += health.LONGEST_AWAY
    assert await unwell(watch) == set()
    watch.house.clock.now += SECOND
    connection.starting()
    assert await unwell(watch) == {"gateway"}
    connection.up(0, of=1)
    watch.house.clock.now += timedelta(days=1)
    assert await unwell(watch) == set()


async def test_a_note_that_is_overdue_is_found(watch: Watch) -> None:
    """From the time at which it was due, and until it is sent; its tries have put it off meanwhile."""
    house = watch.house
    await house.post(CLAIM)
    house.clock.forward(seconds=5)
    house.clock.now += health.LONGEST_OVERDUE
    assert await unwell(watch) == set()
    house.clock.now += SECOND
    assert await unwell(watch) == {"outbox"}
    assert (await checks(watch))[1]["outbox"] == {"ok": False, "notes": 1, "overdue_seconds": 301.0}
    house.desk.faults.append(DeliveryDelayed("later"))
    await house.outbox.flush()
    assert await unwell(watch) == set()
    house.clock.forward(minutes=1)
    await house.outbox.flush()
    assert (await checks(watch))[1]["outbox"] == {"ok": True, "notes": 0, "overdue_seconds": 0.0}


async def test_a_post_that_waits_for_long_is_found(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """All turns are taken, and nobody gives one back."""
    monkeypatch.setattr(health, "LONGEST_WAIT", timedelta(seconds=0.05))
    intake = watch.house.services.intake
    async with AsyncExitStack() as stack:
        for _ in range(AT_ONCE):
            await stack.enter_async_context(intake.turn(GUILD))
        waiting = asyncio.create_task(intake.turn(GUILD).__aenter__())
        await until(lambda: intake.oldest > 0.05)
        assert await unwell(watch) == {"intake"}
        assert (await checks(watch))[1]["intake"]["posts"] == 1
        intake.close()
        await asyncio.wait([waiting])
    assert await unwell(watch) == set()


async def test_a_database_that_does_not_answer_is_found_in_time(watch: Watch, database: Database) -> None:
    """All its connections are busy: the answer comes all the same, and one reading waits, however often one asks."""
    async with AsyncExitStack() as stack, watching(watch.house, database, patience=0.05) as hasty:
        for _ in range(4):
            await stack.enter_async_context(database.reading())
        for _ in range(3):
            assert await unwell(hasty) == {"database", "outbox"}
        assert sum(task.get_name() == "health" for task in asyncio.all_tasks()) == 1
        told = await hasty.ask("/metrics")
        assert told.value("footnote_check_ok", check="database") == 0
        assert "footnote_outbox_notes" not in told.metrics
    assert all(task.get_name() != "health" for task in asyncio.all_tasks())
    assert await unwell(watch) == set()


async def test_a_database_that_is_gone_is_found(watch: Watch, database: Database) -> None:
    """It can't be opened any more."""
    await database.close()
    database.path.rename(database.path.with_suffix(".gone"))
    assert await unwell(watch) == {"database", "outbox"}


async def test_a_database_that_is_locked_for_writing_is_read(watch: Watch, database: Database) -> None:
    """A long import keeps no watcher waiting."""
    async with database.transaction():
        assert await unwell(watch) == set()


async def test_a_fault_in_the_looking_is_logged_and_is_not_well(
    watch: Watch, database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In doubt it is not well."""

    def fail() -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(database, "reading", fail)
    assert await unwell(watch) == {"database", "outbox"}
    assert [record.message for record in caplog.records] == ["health.failed"]


async def test_time_that_runs_back_is_no_finding(watch: Watch) -> None:
    """A clock is set right now and then."""
    await watch.house.post(CLAIM)
    connection: Connection = watch.house.services.connection
    connection.starting()
    watch.house.clock.forward(hours=-1)
    status, said = await checks(watch)
    assert status == 200
    assert (said["outbox"]["overdue_seconds"], said["gateway"]["for_seconds"]) == (0.0, 0.0)
