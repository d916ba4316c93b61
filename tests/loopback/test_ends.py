"""Kills, stops, and what goes wrong on this computer."""

from __future__ import annotations

import resource
import signal
import time
from contextlib import closing

import pytest

from tests.loopback.double import Double
from tests.loopback.faults import Fault
from tests.loopback.payloads import CHANNEL, QUEUE
from tests.loopback.process import Footnote
from tests.loopback.scenes import CHAT, CLAIM, OTHER_CLAIM, UNSURE, answered, ends_well, made

MESSAGES = rf"/channels/{CHANNEL}/messages"
TEN_SECONDS = 10.0


@pytest.mark.parametrize("done", [False, True], ids=["before it is sent", "between sending and storing"])
async def test_a_kill_while_a_note_is_sent_neither_loses_nor_doubles_it(
    double: Double, footnote: Footnote, *, done: bool
) -> None:
    """The next life looks for it where it would stand."""
    double.rest.faults.append(Fault("POST", MESSAGES, how="hang", after=done))
    await footnote.start()
    post = await double.post(CLAIM)
    await double.until(lambda: double.calls("POST", "/messages") == 1, "the note on its way")
    await footnote.kill()
    assert [note["state"] for note in footnote.notes()] == ["sending"]
    assert len(made(double)) == int(done)
    await footnote.start()
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'posted'")
    await ends_well(double, footnote, answered=[post])
    assert made(double) == [post]


async def test_a_kill_between_decision_and_sending_loses_nothing(double: Double, footnote: Footnote) -> None:
    """The note waits in the database for its moment."""
    await footnote.start(FOOTNOTE_SETTLE_SECONDS="60")
    post = await double.post(CLAIM)
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'pending'")
    await footnote.kill()
    footnote.write("UPDATE notes SET due_at = created_at")
    await footnote.start()
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'posted'")
    await ends_well(double, footnote, answered=[post])


async def test_a_post_that_nobody_had_looked_at_when_it_was_killed_is_looked_at(
    double: Double, footnote: Footnote
) -> None:
    """The watermark stays before it."""
    await footnote.start()
    await answered(double, first := await double.post(CLAIM))
    with closing(footnote.lock()):
        post = await double.post(OTHER_CLAIM)
        await footnote.said("store.awaited")
        await footnote.kill()
    await footnote.start()
    await answered(double, post)
    await ends_well(double, footnote, answered=[first, post])


async def test_a_stop_finishes_what_is_under_way_and_ends_in_ten_seconds(double: Double, footnote: Footnote) -> None:
    """With a few hundred posts in its hands and a Discord that doesn't answer; the next life does the rest, once."""
    await footnote.start()
    await answered(double, first := await double.post(CLAIM))
    hang = Fault("POST", MESSAGES, how="hang")
    double.rest.faults.append(hang)
    posts = [await double.post(OTHER_CLAIM)]
    for number in range(300):
        await double.post(f"{CHAT} {number}")
    posts.append(await double.post(CLAIM))
    await double.until(lambda: hang.hit == 1, "the request that hangs")
    began = time.monotonic()
    assert await footnote.stop() == 0
    assert time.monotonic() - began < TEN_SECONDS
    await footnote.start()
    await answered(double, *posts)
    await footnote.stores("SELECT count(*) AS n FROM notes WHERE state = 'posted' GROUP BY state HAVING n = 3")
    await ends_well(double, footnote, answered=[first, *posts])
    assert sorted(made(double)) == sorted([first, *posts])


async def test_a_stop_while_the_network_is_gone_ends_in_ten_seconds(double: Double, footnote: Footnote) -> None:
    """Also in the middle of connecting."""
    double.tunnel.shut = True
    await footnote.start(connected=False)
    await footnote.said("discord.restarting")
    began = time.monotonic()
    assert await footnote.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < TEN_SECONDS


async def test_a_locked_database_is_waited_for(double: Double, footnote: Footnote) -> None:
    """Another program holds it for longer than SQLite waits: the post is answered once it is free."""
    await footnote.start()
    await answered(double, first := await double.post(CLAIM))
    with closing(footnote.lock()):
        post = await double.post(OTHER_CLAIM)
        await footnote.said("store.awaited")
        assert made(double) == [first]
    await answered(double, post)
    await footnote.stores("SELECT count(*) AS n FROM notes WHERE state = 'posted' GROUP BY state HAVING n = 2")
    await ends_well(double, footnote, answered=[first, post])


async def test_a_full_disk_posts_nothing_and_loses_nothing(double: Double, footnote: Footnote) -> None:
    """No file may grow (the kernel refuses, as a full disk does): what can't be stored isn't posted; later it is."""
    await footnote.start()
    await answered(double, first := await double.post(CLAIM))
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'posted'")
    _, hard = resource.prlimit(footnote.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    post = await double.post(OTHER_CLAIM)
    await footnote.said("store.awaited")
    assert made(double) == [first]
    resource.prlimit(footnote.pid, resource.RLIMIT_FSIZE, (hard, hard))
    await answered(double, post)
    await footnote.stores("SELECT count(*) AS n FROM notes WHERE state = 'posted' GROUP BY state HAVING n = 2")
    await ends_well(double, footnote, answered=[first, post])


async def test_a_damaged_database_keeps_it_from_starting(double: Double, footnote: Footnote) -> None:
    """It says so in one sentence, connects to nothing, and leaves the file as it is."""
    data = bytearray(footnote.database.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xa5" * 4096
    footnote.database.write_bytes(data)
    await footnote.start(connected=False)
    assert await footnote.ends() == 1
    assert "is damaged" in footnote.lines[-1]
    assert footnote.database.read_bytes() == bytes(data)
    assert double.rest.calls == []


async def test_two_bots_never_share_a_database(double: Double, footnote: Footnote) -> None:
    """The second ends in one sentence; the first one's notes go out once."""
    await footnote.start()
    second = Footnote(double, footnote.folder)
    try:
        await second.start(connected=False)
        assert await second.ends() == 1
    finally:
        await second.close()
    assert "Another Footnote" in second.lines[-1]
    post = await double.post(CLAIM)
    await answered(double, post)
    await ends_well(double, footnote, answered=[post])
    assert double.gateway.identifies == 1


async def test_a_commands_ruling_and_the_bots_work_do_not_collide(double: Double, footnote: Footnote) -> None:
    """An operator approves at the command line while the bot runs on the same database."""
    await footnote.start()
    post = await double.post(UNSURE)
    await footnote.stores("SELECT 1 FROM review_items")
    await footnote.command("queue", "approve", "1", "--server", str(7001))
    assert await footnote.stop() == 0
    await footnote.start()
    await answered(double, post)
    await ends_well(double, footnote, answered=[post])


@pytest.mark.parametrize("late", [False, True])
async def test_a_ruling_counts_once_whether_or_not_its_answer_came_in_time(
    double: Double, footnote: Footnote, *, late: bool
) -> None:
    """Discord drops an answer after three seconds: the moderator presses again, and one note goes out."""
    await footnote.start()
    post = await double.post(UNSURE)
    await double.until(lambda: bool(double.in_channel(QUEUE)), "the card")
    card = double.in_channel(QUEUE)[0]
    first = await double.click("footnote:rule:1:approve", card, late=late)
    await double.until(lambda: first in double.tried, "the answer")
    if late:
        again = await double.click("footnote:rule:1:approve", card)
        await double.until(lambda: again in double.tried, "the second answer")
    await answered(double, post)
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'posted'")
    await ends_well(double, footnote, answered=[post])
    assert len(footnote.rows("SELECT 1 FROM audit_events WHERE act = 'approve'")) == 1
