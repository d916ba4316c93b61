"""Faults of the REST side while a note is on its way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.loopback.double import Double
from tests.loopback.faults import Fault, refusal, too_many
from tests.loopback.payloads import CHANNEL
from tests.loopback.process import Footnote
from tests.loopback.scenes import CHAT, CLAIM, OTHER_CLAIM, answered, ends_well, made, settled

MESSAGES = rf"/channels/{CHANNEL}/messages"
HTML = "<html><title>Access denied</title></html>"


def a_fault(**over: Any) -> Fault:
    """Return a fault of sending a message."""
    return Fault("POST", MESSAGES, **over)


PASSING = {
    "429 of a route": a_fault(**too_many(0.3)),
    "429 of everything": a_fault(**too_many(0.3, everywhere=True)),
    "429 before Discord": a_fault(status=429, body=HTML),
    "403 before Discord": a_fault(status=403, body=HTML),
    "500": a_fault(status=500),
    "502 after it was done": a_fault(status=502, after=True),
    "503": a_fault(status=503),
    "503 after it was done": a_fault(status=503, after=True),
    "cut off before": a_fault(how="drop"),
    "cut off after it was done": a_fault(how="drop", after=True),
    "half an answer": a_fault(how="truncate", after=True),
    "half an answer, and nothing done": a_fault(how="truncate"),
    "an answer that is no JSON": a_fault(status=200, body=HTML),
    "a slow answer": a_fault(delay=1.5, after=True, status=502),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=list(PASSING))
async def test_a_fault_that_passes_neither_loses_nor_doubles_the_note(
    double: Double, footnote: Footnote, fault: Fault
) -> None:
    """Whatever is said of it, and whether or not it was done: there is one note in the end."""
    double.rest.faults.append(fault)
    await footnote.start()
    post = await double.post(CLAIM)
    await double.until(lambda: fault.hit == 1, "the fault")
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'posted'")
    await ends_well(double, footnote, answered=[post])
    assert made(double) == [post]


async def test_a_slow_discord_keeps_nothing_else_waiting(double: Double, footnote: Footnote) -> None:
    """A post is decided on while the note of another is under way."""
    double.rest.faults.append(a_fault(how="hang"))
    await footnote.start()
    first = await double.post(CLAIM)
    await double.until(lambda: double.calls("POST", "/messages") == 1, "the request that hangs")
    second = await double.post(OTHER_CLAIM)
    await footnote.stores("SELECT 1 FROM notes WHERE source_message_id = ?", second)
    double.rest.held.set()
    await answered(double, first, second)
    await footnote.stores("SELECT count(*) AS n FROM notes WHERE state = 'posted' GROUP BY state HAVING n = 2")
    await ends_well(double, footnote, answered=[first, second])


@pytest.mark.parametrize("what", ["permission", "channel", "server", "thread"])
async def test_what_is_taken_away_in_flight_ends_the_note(double: Double, footnote: Footnote, what: str) -> None:
    """The right to write, the channel, the server, an open thread: nothing is posted, or tried for ever."""
    hang = a_fault(how="hang")
    double.rest.faults.append(hang)
    await footnote.start()
    await double.post(CLAIM)
    await double.until(lambda: hang.hit == 1, "the note on its way")
    match what:
        case "permission":
            double.mute.add(CHANNEL)
        case "channel":
            await double.delete_channel(CHANNEL)
        case "server":
            await double.kick()
        case _:
            double.rest.faults.append(a_fault(**refusal(403, 160005, "Thread is locked")))
    double.rest.held.set()
    await footnote.stores("SELECT 1 FROM notes WHERE state IN ('dropped', 'retracted')")
    await ends_well(double, footnote, answered=[])
    assert made(double) == []


async def test_a_post_that_is_deleted_while_its_note_is_on_the_way_keeps_none(
    double: Double, footnote: Footnote
) -> None:
    """The note arrives a moment after the deletion, and is taken down again; nothing is left of the post's words."""
    hang = a_fault(how="hang", after=True)
    double.rest.faults.append(hang)
    await footnote.start()
    post = await double.post(CLAIM)
    await double.until(lambda: len(made(double)) == 1, "that the note stands")
    await double.delete(post)
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'retracting'")
    double.rest.held.set()
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'retracted'")
    await ends_well(double, footnote, answered=[])


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (400, 30034), (503, 0)])
async def test_refused_commands_do_not_keep_it_from_working(
    double: Double, footnote: Footnote, status: int, code: int
) -> None:
    """Missing scope, too many creations in a day, a fault: the log says so, and notes go out."""
    double.rest.faults.append(Fault("PUT", r"/applications/\d+/commands", 9, **refusal(status, code, "no")))
    await footnote.start()
    assert footnote.count("commands.not_synced") == 1
    post = await double.post(CLAIM)
    await answered(double, post)
    await ends_well(double, footnote, answered=[post])


async def test_a_burst_is_bounded_and_loses_no_decision(double: Double, footnote: Footnote) -> None:
    """5,000 messages at once, some of them claims: every claim is decided on, and memory stays where it was."""
    await footnote.start(FOOTNOTE_HEALTH=str(footnote.health_port))
    warm = await double.post(CLAIM)
    await answered(double, warm)
    before = footnote.memory()
    claims = []
    for number in range(5000):
        if number % 500 == 250:
            claims.append(await double.post(OTHER_CLAIM, author=600 + number))
        else:
            await double.post(f"{CHAT} {number}", author=600 + number % 40)
    last = await double.post(CLAIM)
    oldest, most = 0.0, 0
    async with asyncio.timeout(240):
        while not footnote.rows(f"SELECT 1 FROM ({DECIDED}) WHERE post = ?", last):
            intake = (await footnote.health())["checks"]["intake"]
            oldest, most = max(oldest, intake["oldest_seconds"]), max(most, intake["posts"])
            await asyncio.sleep(0.2)
    print(f"of 5,000 posts up to {most} waited, the oldest for {oldest:.1f} s")  # noqa: T201 - to be read with -rP
    assert (await footnote.health())["ok"]
    grown = footnote.memory() - before
    assert await footnote.stop() == 0
    assert sorted(row["post"] for row in footnote.rows(DECIDED)) == [warm, *claims, last]
    assert grown < 200, f"{grown:.0f} MB for 5,000 messages"
    standing = [note["post"] for note in footnote.notes() if note["state"] == "posted"]
    settled(double, footnote, answered=standing)


DECIDED = "SELECT source_message_id AS post FROM notes UNION SELECT message_id AS post FROM review_items"
