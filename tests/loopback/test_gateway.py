"""Faults of the gateway, and of the way to it."""

from __future__ import annotations

import time
from functools import partial

import pytest

from tests.loopback.double import Double
from tests.loopback.payloads import CHANNEL, GUILD, MEMBER, message, snowflake
from tests.loopback.process import Footnote
from tests.loopback.rest import TOKEN
from tests.loopback.scenes import CHAT, CLAIM, OTHER_CLAIM, answered, ends_well, made


async def test_a_cut_connection_is_resumed_and_nothing_is_missed(double: Double, footnote: Footnote) -> None:
    """What was posted meanwhile comes with the resumed session; no new one is begun."""
    await footnote.start()
    first = await double.post(CLAIM)
    await answered(double, first)
    double.tunnel.cut()
    await double.until(lambda: not double.gateway.connected, "the cut")
    second = await double.post(OTHER_CLAIM)
    await answered(double, second)
    assert (double.gateway.identifies, double.gateway.resumes) == (1, 1)
    await ends_well(double, footnote, answered=[first, second])


async def test_op_7_is_followed(double: Double, footnote: Footnote) -> None:
    """Discord asks for it whenever it moves a connection."""
    await footnote.start()
    await double.gateway.ask_to_reconnect()
    await double.until(lambda: double.gateway.resumes == 1, "the resumed session")
    post = await double.post(CLAIM)
    await answered(double, post)
    assert double.gateway.identifies == 1
    await ends_well(double, footnote, answered=[post])


@pytest.mark.parametrize("close", [None, 4009], ids=["op 9", "4009"])
async def test_what_a_lost_session_hid_is_caught_up_with(double: Double, footnote: Footnote, close: int | None) -> None:
    """Posted, edited and deleted while nobody could tell: each is found by its channel's history, once."""
    await footnote.start()
    stays = await double.post(CLAIM)
    goes = await double.post(OTHER_CLAIM)
    changes = await double.post(CLAIM)
    await answered(double, stays, goes, changes)
    double.gateway.forget_session()
    if close is None:
        double.tunnel.cut()
    else:
        await double.gateway.close(close)
    await double.until(lambda: not double.gateway.connected, "the cut")
    await double.delete(goes)
    await double.edit(changes, CHAT)
    missed = [await double.post(text) for text in (CHAT, OTHER_CLAIM)]
    assert len(double.gateway.lost) == 4
    await answered(double, missed[1])
    await double.until(lambda: not double.replies_to(goes), "that the note of the deleted post goes")
    await double.until(lambda: not double.replies_to(changes), "that the note of the edited post goes")
    await footnote.said("catching_up.done")
    assert double.gateway.identifies == 2
    await ends_well(double, footnote, answered=[stays, missed[1]])
    assert len(made(double)) == 4


async def test_what_was_posted_while_it_was_down_is_caught_up_with(double: Double, footnote: Footnote) -> None:
    """A stop and a start hide nothing either, and what was looked at before is left as it was."""
    await footnote.start()
    first = await double.post(CLAIM)
    await answered(double, first)
    assert await footnote.stop() == 0
    second = await double.post(OTHER_CLAIM)
    await footnote.start()
    await answered(double, second)
    await ends_well(double, footnote, answered=[first, second])
    assert made(double) == [first, second]


async def test_an_old_post_that_was_missed_goes_to_moderators(double: Double, footnote: Footnote) -> None:
    """The conversation has moved on."""
    await footnote.start()
    await answered(double, await double.post(CLAIM))
    assert await footnote.stop() == 0
    footnote.write("UPDATE watermarks SET at = datetime(at, '-2 hours')")
    old = snowflake(time.time() - 3600)
    double.put(message(old, CHANNEL, MEMBER, content=OTHER_CLAIM))
    await footnote.start()
    await footnote.said("catching_up.done", times=1)
    assert await footnote.stop() == 0
    [item] = footnote.rows("SELECT message_id, reasons FROM review_items")
    assert item["message_id"] == old
    assert "while Footnote was out of reach" in item["reasons"]
    assert len(made(double)) == 1


async def test_a_forgotten_intent_is_said_and_final(double: Double, footnote: Footnote) -> None:
    """Close code 4014: whoever started it reads where the switch is."""
    double.gateway.close_with = [4014]
    await footnote.start(connected=False)
    assert await footnote.ends() == 2
    assert "Message Content Intent" in footnote.lines[-1]
    assert double.gateway.identifies == 1


async def test_a_wrong_token_is_said_and_final(double: Double, footnote: Footnote) -> None:
    """It isn't tried again, and isn't shown."""
    await footnote.start(connected=False, DISCORD_TOKEN="another.wrong.token")
    assert await footnote.ends() == 2
    assert "DISCORD_TOKEN" in footnote.lines[-1]
    assert "another.wrong.token" not in footnote.log
    assert double.calls("GET", "/users/@me") == 1


async def test_a_token_that_is_taken_back_ends_it(double: Double, footnote: Footnote) -> None:
    """Close code 4004 in the middle of a run."""
    await footnote.start()
    double.gateway.close_with = [4004]
    double.tunnel.cut()
    assert await footnote.ends() == 2
    assert "DISCORD_TOKEN" in footnote.lines[-1]
    assert TOKEN not in footnote.log


async def test_a_network_that_comes_after_the_start_is_waited_for(double: Double, footnote: Footnote) -> None:
    """Connections refused, then served: it comes up by itself, and says meanwhile what it waits for."""
    double.tunnel.shut = True
    await footnote.start(connected=False)
    await footnote.said("discord.restarting")
    assert "can't be reached" in footnote.log
    assert double.tunnel.turned_away > 0
    post = await double.post(CLAIM)
    double.tunnel.shut = False
    await double.until(lambda: double.gateway.connected, "the connection")
    later = await double.post(OTHER_CLAIM)
    await answered(double, later)
    await ends_well(double, footnote, answered=[later])
    assert post in double.messages


async def test_an_event_that_cannot_be_read_ends_a_connection_and_not_the_bot(
    double: Double, footnote: Footnote
) -> None:
    """The library gives up on it; Footnote begins anew and looks at what came after."""
    await footnote.start()
    await answered(double, first := await double.post(CLAIM))
    await double.gateway.tell("MESSAGE_CREATE", {"id": str(snowflake()), "guild_id": str(GUILD)})
    await footnote.said("discord.restarting")
    post = await double.post(OTHER_CLAIM)
    await answered(double, post)
    assert double.gateway.identifies == 2
    await ends_well(double, footnote, answered=[first, post])


async def test_a_session_that_is_refused_again_and_again_is_not_hammered(double: Double, footnote: Footnote) -> None:
    """Between two beginnings of a session there are at least the five seconds that Discord asks for."""
    await footnote.start()
    for _ in range(2):
        double.gateway.forget_session()
        before = double.gateway.identifies
        double.tunnel.cut()
        await double.until(partial(_begun, double, before + 1), "a new session")
    first, *_, last = double.gateway.identified_at
    assert last - first >= 10
    assert await footnote.stop() == 0


def _begun(double: Double, count: int) -> bool:
    return double.gateway.identifies >= count
