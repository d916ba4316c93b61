"""What gets into a log, and above all what doesn't."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import aiosqlite
import discord
import pytest
from discord.gateway import DiscordWebSocket
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.cli.logs import JsonLine, Line, set_up_logging
from bot.domain.errors import StoreError

WORDS = "my neighbour Jane says the moon is made of cheese"
TOKEN = 'MTk4.G"a\\b.cdefghijklmnop'
ours = logging.getLogger("bot.test")
OURS_ALONE: list[logging.Handler] = []
"""The handler that was set up; during a test pytest has handlers beside it."""


@pytest.fixture(params=["text", "json"])
def logged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Logging as at the most talkative level, in both forms; returns what was written."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logging("debug", request.param, secrets=(TOKEN, None, "short"))
    OURS_ALONE[:] = logging.getLogger().handlers[:1]
    yield stream.getvalue
    logging.getLogger().setLevel(logging.WARNING)


def _raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    async def fail() -> None:
        raise error from cause

    try:
        fail().send(None)
    except type(error) as caught:
        return caught
    raise AssertionError


def test_a_record_is_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time, level, logger and event, and each field with its own kind; a name that is taken gets an underline."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logging("info", "json")
    ours.info("note.posted", extra={"note_id": 7, "share": 0.5, "event": "edit", "none": None, "odd": float("nan")})
    said = json.loads(stream.getvalue())
    when = datetime.fromisoformat(said.pop("time"))
    assert when.utcoffset() is not None
    assert not when.utcoffset()
    fields = {"note_id": 7, "share": 0.5, "event_": "edit", "none": None, "odd": "nan"}
    assert said == {"level": "info", "logger": "bot.test", "event": "note.posted", **fields}


def test_a_line_of_text_ends_with_its_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """As people read it."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logging("info")
    ours.warning("note.dropped", extra={"note_id": 7, "cause": "SourceGone"})
    ours.debug("note.unseen")
    assert stream.getvalue().split("Z ", 1)[1] == "WARNING bot.test note.dropped note_id=7 cause=SourceGone\n"


@pytest.mark.parametrize("form", [Line(), JsonLine()], ids=["text", "json"])
@given(value=st.text())
def test_no_field_breaks_a_line_or_deceives_its_reader(form: Line, value: str) -> None:
    """Line ends, colours, turned directions, half letters: all of it is written out."""
    record = ours.makeRecord("bot.test", logging.INFO, __file__, 1, value or "e", (), None, extra={"field": value})
    assert form.format(record).isprintable()


def test_an_exception_is_told_without_what_it_failed_on(logged: Callable[[], str]) -> None:
    """Kinds, places and codes of the whole chain."""
    refused = discord.HTTPException(cast("Any", _Answer()), {"code": 50035, "message": WORDS})
    chain = _raised(KeyError(WORDS), _raised(ValueError(WORDS), refused))
    group = ExceptionGroup(WORDS, [OSError(28, WORDS), UnicodeError(WORDS)])
    ours.error("note.failed", exc_info=chain)
    ours.error("outbox.failed", exc_info=group)
    said = logged()
    assert WORDS not in said
    for part in ("KeyError", "ValueError", "HTTPException (status=400, code=50035)", "UnicodeError", "errno=28"):
        assert part in said
    assert f"{__file__}:" in said
    assert " fail" in said


def test_an_error_of_our_own_is_told_in_its_words(logged: Callable[[], str]) -> None:
    """They are safe to show, and say what to do."""
    ours.error("outbox.failed", exc_info=StoreError("The disk of facts.db is full."))
    assert "bot.domain.errors.StoreError: The disk of facts.db is full." in logged()


async def test_what_the_database_is_asked_never_gets_there(logged: Callable[[], str], tmp_path: Path) -> None:
    """The driver writes each statement with its values at ``debug``, SQLAlchemy where its level says so."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    logging.getLogger("aiosqlite").setLevel(logging.DEBUG)
    try:
        async with aiosqlite.connect(tmp_path / "a.db") as database:
            await database.execute("SELECT ?", (WORDS,))
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
        async with engine.connect() as connection:
            await connection.execute(text("SELECT :words"), {"words": WORDS})
        await engine.dispose()
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
        logging.getLogger("aiosqlite").setLevel(logging.NOTSET)
    assert logged() == ""


@pytest.mark.parametrize("name", ["discord.gateway", "discord.http", "discord.client", "discord.state", "httpx", "x.y"])
def test_other_libraries_dont_talk_below_info(logged: Callable[[], str], name: str) -> None:
    """discord.py's ``debug`` is every event and every body as it came, whatever level it was given."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("For Shard ID %s: WebSocket Event: %s", 0, {"content": WORDS})
    finally:
        logger.setLevel(logging.NOTSET)
    assert logged() == ""


async def test_an_event_of_the_gateway_leaves_no_trace(logged: Callable[[], str]) -> None:
    """Driven through the library's own code, with what every message is at first: a line of JSON."""
    gateway: Any = DiscordWebSocket(cast("Any", None), loop=asyncio.get_running_loop())
    seen: list[object] = []
    gateway.shard_id, gateway._keep_alive, gateway.sequence = 0, None, None
    gateway._dispatch = lambda *_: None
    gateway._discord_parsers = {"MESSAGE_CREATE": seen.append}
    logger = logging.getLogger("discord.gateway")
    logger.setLevel(logging.DEBUG)
    try:
        await gateway.received_message(json.dumps({"op": 0, "t": "MESSAGE_CREATE", "s": 1, "d": {"content": WORDS}}))
    finally:
        logger.setLevel(logging.NOTSET)
    assert seen == [{"content": WORDS}]
    assert logged() == ""


def test_objects_of_other_libraries_are_named_by_kind(logged: Callable[[], str]) -> None:
    """A menu of a message shows its choices when it is written out; numbers and words stay."""
    menu = discord.ui.Select[Any](placeholder=WORDS, options=[discord.SelectOption(label=WORDS[:9])])
    logging.getLogger("discord.ui.view").error("Ignoring exception in view %r for item %r", menu, menu)
    logging.getLogger("discord.x").warning("%(shard)s %(payload)s", {"shard": 3, "payload": {"content": WORDS}})
    said = logged()
    assert WORDS[:9] not in said
    assert "view <Select> for item <Select>" in said
    assert "3 <dict>" in said


def test_a_pass_in_an_address_is_left_out(logged: Callable[[], str]) -> None:
    """Whoever knows an interaction's can answer in its place."""
    slow = "We are being rate limited. %s %s responded with 429. Retrying in %.2f seconds."
    for path in ("webhooks/12/aW50ZX-Jh_Y3.x/messages/@original", "interactions/12/aW50ZX-Jh_Y3.x/callback"):
        logging.getLogger("discord.http").warning(slow, "PATCH", f"https://discord.com/api/v10/{path}", 1.5)
    assert "aW50ZX" not in logged()
    assert "/12/[secret]/messages/@original responded with 429. Retrying in 1.50 seconds." in logged()


async def test_a_forgotten_task_names_no_words(logged: Callable[[], str]) -> None:
    """Asyncio would write out the exception and the arguments of functions."""
    loop = asyncio.get_running_loop()

    async def fail() -> None:
        raise KeyError(WORDS)

    def given(_words: str) -> None:
        raise ValueError(WORDS)

    task = loop.create_task(fail())
    loop.call_soon(given, WORDS)
    await asyncio.sleep(0.01)
    assert task.done()
    del task
    said = logged()
    assert WORDS not in said
    assert WORDS[:20] not in said
    assert "Task exception was never retrieved" in said
    assert "Exception in callback" in said
    assert "KeyError" in said


def test_a_secret_never_comes_through(logged: Callable[[], str]) -> None:
    """A last line of defence, wherever it would stand; what is too short to be one is left alone."""
    ours.warning("login.failed", extra={"answer": f"Bot {TOKEN}", "short": "short"})
    logging.getLogger("discord.x").error("with %s", TOKEN, exc_info=StoreError(f"{TOKEN} is wrong."))
    said = logged()
    assert said.count("[secret]") == 3
    assert "cdefghijklmnop" not in said
    assert "short" in said


def test_a_line_that_cant_be_written_out_shows_no_value(logged: Callable[[], str]) -> None:
    """The library would print the record with all of them."""
    for name, event in (("bot.test", ""), ("discord.x", "%d is there")):
        record = logging.makeLogRecord({"name": name, "levelno": 40, "msg": "%d is there", "args": (WORDS,)})
        OURS_ALONE[0].handle(record)
        assert event in logged()
    assert WORDS not in logged()


class _Answer:
    """As much of an answer of Discord's as its exception reads."""

    status = 400
    reason = "Bad Request"
