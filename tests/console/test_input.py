from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.console.ids import MessageIds
from bot.console.lines import Lines
from bot.console.prompt import CommandCompleter, Prompt

COMMANDS = {"help": "list the commands", "example": "post an example"}


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    """A keyboard."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


async def test_a_paste_of_many_lines_is_one_post(keys: PipeInput) -> None:
    """A terminal marks what is pasted; its line breaks don't send."""
    keys.send_text("\x1b[200~one\ntwo\r\nthree\x1b[201~\r")
    assert await Prompt(COMMANDS, lambda: "").next() == "one\ntwo\nthree"


async def test_leaving_and_giving_up(keys: PipeInput) -> None:
    """Ctrl-C gives up what was typed and leaves where there is nothing; Ctrl-D leaves."""
    prompt = Prompt(COMMANDS, lambda: "")
    keys.send_text("abc\x03")
    assert await prompt.next() == ""
    keys.send_text("\x03")
    assert await prompt.next() is None
    keys.send_text("\x04")
    assert await prompt.next() is None


def test_commands_complete() -> None:
    """A slash offers the commands, a post offers nothing."""
    completer = CommandCompleter(COMMANDS)

    def offered(text: str) -> list[str]:
        return [found.text for found in completer.get_completions(Document(text), CompleteEvent())]

    assert offered("/") == ["/help", "/example"]
    assert offered("/e") == ["/example"]
    assert offered("/example ") == offered("he") == offered("a /h") == []


async def test_lines_of_a_pipe() -> None:
    """Lines come as they are written, whatever their ending and their bytes; a long one comes whole."""
    reader, writer = os.pipe()
    lines = Lines(reader)
    waiting = asyncio.create_task(lines.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    os.write(writer, b"\xef\xbb\xbfone\r\ntw")
    assert await waiting == "one"
    os.write(writer, b"o\n\n\xff\n\xc3")
    assert [await lines.next() for _ in range(3)] == ["two", "", "\ufffd"]
    os.write(writer, b"\xa9\n")
    assert await lines.next() == "é"
    long = asyncio.create_task(lines.next())
    await asyncio.to_thread(os.write, writer, b"x" * 50_000)
    await asyncio.to_thread(os.write, writer, b"x" * 50_000 + b"\nlast")
    assert await long == "x" * 100_000
    os.close(writer)
    assert await lines.next() == "last"
    assert await lines.next() is None
    assert await lines.next() is None
    os.close(reader)


async def test_waiting_for_a_line_can_be_cancelled() -> None:
    """A signal ends the wait, and a line that comes later is no fault."""
    reader, writer = os.pipe()
    waiting = asyncio.create_task(Lines(reader).next())
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    os.write(writer, b"late\n")
    await asyncio.sleep(0.01)
    os.close(writer)


def test_ids_increase_and_differ_between_sessions() -> None:
    """They follow the clock, also where it stands still or is set back."""
    times = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)]
    ids = MessageIds(iter(times).__next__)
    first, second, third = ids.next(), ids.next(), ids.next()
    assert first < second < third
    assert MessageIds(lambda: datetime(2026, 1, 1, second=1, tzinfo=UTC)).next() > third
    assert third < 2**63
