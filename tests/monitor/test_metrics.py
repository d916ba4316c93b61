"""``/metrics``: what is counted, what is looked up, and what is never told."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot import __version__
from bot.domain.policy import Mode
from bot.domain.post import Post
from bot.monitor.gauges import Disk
from bot.monitor.meter import BUCKETS, MOST_PLACES
from bot.services.intake import AT_ONCE
from tests.fakes import FakeMatcher
from tests.monitor.conftest import LOOPBACK, Watch, until
from tests.services.conftest import CLAIM, SUN, a_place

pytestmark = pytest.mark.allow_hosts([LOOPBACK])

ODD = (
    "Jane Doe of 12 Cheese Street, +44 20 7946 0000, says so",
    'a "quote", a back\\slash and {braces="in"} it',
    "first line\n# HELP footnote_decisions_total mine\nfootnote_decisions_total 99",
    "\u202eturned\u202c \x1b[31mred\x1b[0m \ud800",
)


async def test_what_the_services_report_is_counted(watch: Watch) -> None:
    """Each under its outcome; what has not happened yet stands at 0, so that a first time is seen to be one."""
    told = await watch.ask("/metrics")
    assert told.kind == CONTENT_TYPE_PLAIN_0_0_4
    for outcome in ("reply", "queue", "ignore", "unseen"):
        assert told.value("footnote_decisions_total", outcome=outcome) == 0
    meter = watch.meter
    meter.decided("reply", 0.02)
    meter.decided("ignore", 70)
    meter.dropped("full")
    meter.delivered("posted")
    meter.delivered("given_up")
    meter.failed("outbox")
    told = await watch.ask("/metrics")
    assert told.value("footnote_decisions_total", outcome="reply") == 1
    assert told.value("footnote_decision_seconds_count") == 2
    assert told.value("footnote_decision_seconds_sum") == pytest.approx(70.02)
    assert told.value("footnote_decision_seconds_bucket", le="0.01") == 0
    assert told.value("footnote_decision_seconds_bucket", le="0.025") == 1
    assert told.value("footnote_decision_seconds_bucket", le=str(float(BUCKETS[-1]))) == 1
    assert told.value("footnote_posts_dropped_total", why="full") == 1
    assert told.value("footnote_deliveries_total", outcome="posted") == 1
    assert told.value("footnote_deliveries_total", outcome="given_up") == 1
    assert told.value("footnote_faults_total", where="outbox") == 1


async def test_places_of_faults_are_few_and_fixed_words(watch: Watch) -> None:
    """What isn't one counts all the same, under a name that says so."""
    for strange in (*ODD, "", "Upper", "x" * 33, "81234567890123456", "a-b"):
        watch.meter.failed(strange)
    for number in range(2 * MOST_PLACES):
        watch.meter.failed(f"place_{chr(97 + number % 26)}{chr(97 + number // 26)}")
    told = await watch.ask("/metrics")
    samples = [one for one in told.metrics["footnote_faults"].samples if one.name == "footnote_faults_total"]
    assert len(samples) == MOST_PLACES
    assert sum(sample.value for sample in samples) == len(ODD) + 5 + 2 * MOST_PLACES
    assert told.value("footnote_faults_total", where="other") == len(ODD) + 5 + MOST_PLACES + 1


async def test_what_waits_is_looked_up(watch: Watch) -> None:
    """In the outbox, in the queue and before the matcher, with the age of the oldest."""
    house = watch.house
    await house.post(CLAIM)
    await house.mode(Mode.QUEUE)
    await house.post(SUN, 101)
    house.clock.forward(minutes=10)
    async with AsyncExitStack() as stack:
        for _ in range(AT_ONCE):
            await stack.enter_async_context(house.services.intake.turn(1))
        waiting = asyncio.create_task(house.services.intake.turn(1).__aenter__())
        await until(lambda: house.services.intake.waiting == 1)
        told = await watch.ask("/metrics")
        waiting.cancel()
        await asyncio.wait([waiting])
    assert told.value("footnote_outbox_notes", work="send") == 1
    assert told.value("footnote_outbox_notes", work="edit") == 0
    assert told.value("footnote_outbox_overdue_seconds") == 595
    assert told.value("footnote_queue_items") == 1
    assert told.value("footnote_queue_oldest_seconds") == 600
    assert told.value("footnote_intake_posts") == 1
    assert 0 < told.value("footnote_intake_oldest_seconds") < 60
    assert told.value("footnote_check_ok", check="outbox") == 0
    assert told.value("footnote_check_ok", check="gateway") == 1


async def test_the_connection_is_one_state_of_a_few(watch: Watch) -> None:
    """With the time since it began, the shards, and how often it began."""
    connection = watch.house.services.connection
    connection.starting()
    connection.identifies = 2
    connection.up(0, of=2)
    connection.up(1, of=2)
    connection.down(1)
    connection.failed()
    connection.up(0, of=2)
    watch.house.clock.forward(seconds=90)
    told = await watch.ask("/metrics")
    states = {sample.labels["state"]: sample.value for sample in told.metrics["footnote_gateway_state"].samples}
    assert states == {"unused": 0, "starting": 0, "connected": 0, "lost": 1}
    assert told.value("footnote_gateway_state_seconds") == 90
    assert told.value("footnote_gateway_shards", which="known") == 1
    assert told.value("footnote_gateway_shards", which="up") == 1
    assert told.value("footnote_gateway_restarts_total") == 1
    assert told.value("footnote_gateway_identifies_total") == 2


async def test_the_program_and_its_files_are_described(watch: Watch) -> None:
    """Which one it is, what it takes, and how much room there is."""
    told = await watch.ask("/metrics")
    assert told.value("footnote_build_info", version=__version__) == 1
    assert told.value("footnote_database_bytes", file="database") > 4096
    assert told.value("footnote_database_bytes", file="wal") > 0
    assert told.value("footnote_disk_free_bytes") > 0
    assert told.value("footnote_index_wordings") == 41
    assert told.value("footnote_index_behind") == 0
    if sys.platform == "linux":
        assert told.value("process_resident_memory_bytes") > 1e6


async def test_files_that_are_gone_have_no_size(watch: Watch) -> None:
    """No number is made up."""
    folder = watch.pages.watched.database.parent if watch.pages.watched else None
    assert folder is not None
    assert Disk.beside(folder / "none" / "facts.db") == Disk(None, None, None)
    assert watch.pages.watched is not None
    watch.pages.watched = replace(watch.pages.watched, database=folder / "none" / "facts.db")
    told = await watch.ask("/metrics")
    assert told.metrics["footnote_database_bytes"].samples == []
    assert "footnote_disk_free_bytes" not in told.metrics


async def test_nothing_tells_of_a_server_a_member_or_a_text(watch: Watch, matcher: FakeMatcher) -> None:
    """After a session of odd posts in many servers, each with a decision, and with notes and items in store."""
    house, meter = watch.house, watch.meter
    ids = [81234567890123456 + 1_000_003 * number for number in range(40)]
    for number in range(20):
        place = a_place(ids[number], channel_id=ids[-1], author_id=ids[20 + number])
        words = f"{ODD[number % len(ODD)]} {(CLAIM, SUN, '')[number % 3]}"
        watched = await house.watch.posted(Post(words), place)
        assert watched is not None
        meter.decided(watched.decision.action.value, 0.01)
        meter.failed(words)
    house.services.connection.starting()
    house.services.connection.down(0)
    async with house.store.reading() as tx:
        assert (await tx.notes.unsent(console=False)).count > 1
    for path in ("/metrics", "/health"):
        told = (await watch.ask(path)).text
        assert not any(str(number) in told for number in ids)
        for text in (*ODD, CLAIM, SUN, *(fact.slug for fact in matcher.facts)):
            for word in re.findall(r"\w{5,}", text):
                if word not in {"first", "footnote_decisions_total"}:
                    assert word not in told


async def test_every_label_has_few_values(watch: Watch) -> None:
    """However long it runs."""
    series = [sample for metric in (await watch.ask("/metrics")).metrics.values() for sample in metric.samples]
    assert len(series) < 100
    assert all(re.fullmatch(r"[\w.+-]*", value) for sample in series for value in sample.labels.values())
