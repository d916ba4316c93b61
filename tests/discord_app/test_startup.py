from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import pytest
import simcord

from bot.discord_app.client import FootnoteClient, named_intents
from bot.discord_app.doctor import NEEDED, diagnose, examine
from bot.discord_app.errors import in_words
from bot.discord_app.run import run_discord
from bot.domain.errors import FootnoteError, SettingsError
from bot.services.bundle import Services
from tests.discord_app.world import Stage, World


def _closed(code: int) -> discord.ConnectionClosed:
    """Return the error of a gateway connection that Discord closed."""
    error = discord.ConnectionClosed.__new__(discord.ConnectionClosed)
    error.code = code
    return error


def _syncs(env: simcord.Env) -> int:
    return sum(request.method == "PUT" and request.path.endswith("/commands") for request in env.http_requests)


async def test_commands_are_sent_when_they_are_new(world: World) -> None:
    """The first start tells Discord of every command, all of them in servers only."""
    assert _syncs(world.env) == 1
    commands = world.env.backend.commands[None].values()
    assert {c["name"] for c in commands} == {command.name for command in world.client.tree.get_commands()}
    assert all(c["contexts"] == [0] and c["integration_types"] == [0] for c in commands)


async def test_commands_are_not_sent_again_when_nothing_changed(world: World) -> None:
    """A restart costs no write, in whichever form Discord returns what it was told."""
    for command in world.env.backend.commands[None].values():
        if command["default_member_permissions"] is not None:
            command["default_member_permissions"] = str(command["default_member_permissions"])
        command.update(version="1", nsfw=False, name_localizations=None)
    await world.restart()

    assert _syncs(world.env) == 1


async def test_commands_are_sent_again_when_a_definition_changed(world: World) -> None:
    """A command that Discord has in another form is sent anew, and so is one that it lacks."""
    known = world.env.backend.commands[None]
    known["check", 1]["description"] = "something else"
    await world.restart()
    assert _syncs(world.env) == 2
    known = world.env.backend.commands[None]
    known["queue", 1]["default_member_permissions"] = "0"
    await world.restart()
    assert _syncs(world.env) == 3
    del world.env.backend.commands[None]["queue", 1]
    await world.restart()
    assert _syncs(world.env) == 4


async def test_a_failed_sync_does_not_keep_the_bot_from_starting(world: World) -> None:
    """Notes matter more than commands."""
    world.env.inject_error("GET", "/applications/*/commands", status=500)
    await world.restart()

    assert world.env.bot.is_ready()


async def test_no_more_intents_than_named(world: World) -> None:
    """Servers, their messages, and what the messages say."""
    assert dict(named_intents()) == {
        **dict(discord.Intents.none()),
        "guilds": True,
        "guild_messages": True,
        "message_content": True,
    }
    assert world.env.bot.intents == named_intents()
    assert world.env.bot.allowed_mentions is not None
    assert world.env.bot.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()


async def test_a_missing_intent_is_said_in_words(stage: Stage) -> None:
    """Who forgot the switch in the portal reads where it is."""
    approved = discord.Intents.all()
    approved.message_content = False
    env = simcord.Env(stage.client(), approved_intents=approved)
    stage.time.env = env
    with pytest.raises(discord.PrivilegedIntentsRequired) as caught:
        await env.start()

    reason = in_words(caught.value)
    assert isinstance(reason, SettingsError)
    assert "“Message Content Intent”" in str(reason)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (discord.LoginFailure("Improper token has been passed."), SettingsError, "DISCORD_TOKEN"),
        (aiohttp.ServerDisconnectedError(), FootnoteError, "network connection"),
        (OSError("no route to host"), FootnoteError, "network connection"),
        (TimeoutError(), FootnoteError, "network connection"),
        (_closed(4000), FootnoteError, "a few minutes"),
        (_closed(4004), SettingsError, "DISCORD_TOKEN"),
        (_closed(4014), SettingsError, "Message Content Intent"),
    ],
)
async def test_faults_at_start_are_one_sentence(error: Exception, kind: type[Exception], words: str) -> None:
    """Each says what to do, and none shows what the library said."""
    reason = in_words(error)

    assert type(reason) is kind
    assert words in str(reason)
    assert str(error) not in str(reason) or not str(error)


class Scripted(FootnoteClient):
    """A client whose starts end as written."""

    endings: list[Exception | None]
    ready = True

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        self.was_connected = self.ready
        ending = self.endings.pop(0)
        if ending is not None:
            raise ending


async def _run(stage: Stage, *endings: Exception | None, ready: bool = True) -> list[Exception | None]:
    left = list(endings)

    def build(services: Services, **_: Any) -> Scripted:
        client = Scripted(services, shard_count=1)
        client.endings, client.ready = left, ready
        return client

    await run_discord(stage.services(), "token", build=build, first_pause=0)
    return left


async def test_once_it_was_there_the_bot_is_started_again(stage: Stage) -> None:
    """An event that the library can't read ends its run, not the bot's."""
    assert not await _run(stage, KeyError("author"), OSError("reset"), None)


async def test_a_network_that_comes_late_is_waited_for(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """A computer that starts up may start the bot before its network; the log says in words what is awaited."""
    assert not await _run(stage, OSError("no route"), OSError("no route"), None, ready=False)
    causes = [vars(one)["cause"] for one in caplog.records if one.getMessage() == "discord.restarting"]
    assert len(causes) == 2
    assert "network connection" in causes[0]


async def test_before_it_was_there_a_fault_that_nobody_foresaw_is_told(stage: Stage) -> None:
    """Starting again and again would hide it."""
    with pytest.raises(KeyError):
        await _run(stage, KeyError("author"), ready=False)


async def test_a_wrong_token_is_final(stage: Stage) -> None:
    """Waiting won't mend a token, even where it worked before."""
    with pytest.raises(SettingsError, match="DISCORD_TOKEN"):
        await _run(stage, KeyError("author"), discord.LoginFailure("401"))


async def test_an_error_of_our_own_goes_through_as_it_is(stage: Stage) -> None:
    """It is in words already."""
    with pytest.raises(FootnoteError, match="disk is full"):
        await _run(stage, FootnoteError("The disk is full."))


async def test_stopping_is_prompt(stage: Stage) -> None:
    """Cancelling ends the bot, also in the pause before a new start."""

    def build(services: Services, **_: Any) -> Scripted:
        client = Scripted(services, shard_count=1)
        client.endings = [KeyError("author")]
        return client

    task = asyncio.create_task(run_discord(stage.services(), "token", build=build, first_pause=60))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_doctor_finds_a_forgotten_intent(stage: Stage) -> None:
    """The application's flags say whether messages may be read, without a connection."""
    env = simcord.Env(stage.client())
    stage.time.env = env
    await env.start()
    try:
        with env._bot_scope():
            login, content, _, servers = await examine(env.bot, "token")
    finally:
        await env.shutdown()

    assert login.ok
    assert "TestBot" in login.sentence
    assert not content.ok
    assert "“Message Content Intent”" in content.sentence
    assert not servers.ok
    assert "invite it: https://discord.com/oauth2/authorize?" in servers.sentence


@pytest.mark.parametrize(("given", "ok"), [(NEEDED, True), (NEEDED[:-1], False)])
async def test_the_doctor_tells_which_permission_a_server_withholds(
    world: World, given: tuple[str, ...], *, ok: bool
) -> None:
    """What the bot's own roles and everyone's allow is looked at in every server."""
    for role in world.env.backend.guilds[world.guild.id].roles.values():
        role.permissions = discord.Permissions(**dict.fromkeys(given, True)).value
    with world.env._bot_scope():
        *_, servers = await examine(world.env.bot, "token")

    assert servers.ok is ok
    assert ("read message history" in servers.sentence) is not ok


@pytest.mark.parametrize(("left", "ok"), [(1000, True), (200, True), (199, False), (0, False)])
async def test_the_doctor_tells_how_many_sessions_may_still_be_begun(
    world: World, monkeypatch: pytest.MonkeyPatch, left: int, *, ok: bool
) -> None:
    """A bot that starts again and again uses them up; what Discord doesn't answer is a finding of its own."""

    async def gateway() -> tuple[int, str, dict[str, int]]:
        return 3, "wss://gateway", {"total": 1000, "remaining": left, "reset_after": 9_000_000, "max_concurrency": 1}

    with world.env._bot_scope():
        *_, unknown, servers = await examine(world.env.bot, "token")
        monkeypatch.setattr(world.env.bot.http, "get_bot_gateway", gateway)
        *_, starts, again = await examine(world.env.bot, "token")

    assert (unknown.name, unknown.ok) == ("Session starts", False)
    assert starts.ok is ok
    assert f"{left} of 1000 session starts are left for 2.5 hours; Discord advises 3 shard(s)." in starts.sentence
    assert ("again and again" in starts.sentence) is not ok
    assert again == servers


async def test_the_doctor_needs_no_network_to_say_that_there_is_none() -> None:
    """One sentence, no traceback, and never the token."""
    [only] = await diagnose("not.a.token")

    assert not only.ok
    assert only.sentence.endswith(".")
    assert "not.a.token" not in only.sentence
