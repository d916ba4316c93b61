"""A whole bot at its most talkative, watched: what its port and its log say, and what they don't."""

from __future__ import annotations

import json
import re

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.loopback.double import Double
from tests.loopback.payloads import CHANNEL, GUILD
from tests.loopback.process import Footnote
from tests.loopback.rest import TOKEN
from tests.loopback.scenes import CHAT, CLAIM, answered, ends_well


async def _asked(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def test_a_bot_is_watched_without_being_overheard(double: Double, footnote: Footnote) -> None:
    """Connected, one note posted, a post ignored; the log is one object a line, and holds no word of a post."""
    port = footnote.health_port
    await footnote.start(FOOTNOTE_LOG_LEVEL="debug", FOOTNOTE_LOG_FORMAT="json", FOOTNOTE_HEALTH=str(port))
    await footnote.said("discord.ready")
    await double.post(CHAT)
    post = await double.post(CLAIM)
    await answered(double, post)
    await footnote.stores("SELECT 1 FROM notes WHERE state = 'posted'")
    status, said = await _asked(port, "/health")
    assert status == 200, said
    assert json.loads(said)["checks"]["gateway"]["state"] == "connected"
    _, metrics = await _asked(port, "/metrics")
    figures = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
    }
    # At least: what the catching up at the start reads again is decided again.
    assert figures["footnote_decisions_total", "reply"] >= 1
    assert figures["footnote_decisions_total", "ignore"] >= 1
    assert figures["footnote_decisions_total", "queue"] == 0
    assert figures["footnote_deliveries_total", "posted"] == 1
    assert figures["footnote_gateway_state", "connected"] == 1
    assert figures["footnote_gateway_identifies_total",] == 1
    assert figures["footnote_gateway_shards", "up"] == figures["footnote_gateway_shards", "known"] == 1
    await ends_well(double, footnote, answered=[post])

    events = [json.loads(line) for line in footnote.lines]
    assert {"health.open", "discord.ready"} <= {event["event"] for event in events}
    assert all(event["level"] != "debug" for event in events if not event["logger"].startswith("bot."))
    for told in (said, metrics, footnote.log):
        assert not any(words in told for words in (TOKEN, CHAT, CLAIM, "seen my keys", "wondered why", "nemesis"))
    for number in (GUILD, CHANNEL, post):
        assert not re.search(rf"(?<![\d.]){number}(?!\d)", metrics + said)


async def test_a_connection_that_goes_is_seen_and_comes_back(double: Double, footnote: Footnote) -> None:
    """The state is what it is at the time of the question."""
    port = footnote.health_port
    await footnote.start(FOOTNOTE_HEALTH=str(port))
    await footnote.said("discord.ready")
    await double.gateway.close(4000)
    await footnote.said("discord.lost")
    await footnote.said("discord.resumed")
    _, metrics = await _asked(port, "/metrics")
    assert 'footnote_gateway_state{state="connected"} 1.0' in metrics
    assert await footnote.stop() == 0


async def test_a_token_that_discord_refuses_is_in_no_line(double: Double, footnote: Footnote) -> None:
    """Who pastes the log into a report gives nothing away."""
    await footnote.start(connected=False, FOOTNOTE_LOG_LEVEL="debug", DISCORD_TOKEN=f"{TOKEN}x")
    assert await footnote.ends() == 2
    assert footnote.lines
    assert TOKEN not in footnote.log
