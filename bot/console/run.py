"""Run the console: greet, then take one post or command after the other until the end."""

from __future__ import annotations

import re
import sys

from bot import __version__
from bot.console.commands import COMMANDS, run_command
from bot.console.ids import MessageIds
from bot.console.lines import Lines
from bot.console.prompt import Prompt, Source
from bot.console.screen import Screen
from bot.console.sender import ConsoleSender
from bot.console.session import Session
from bot.domain.errors import FootnoteError
from bot.domain.policy import CONSOLE_GUILD
from bot.services.bundle import Services

_COMMAND = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)
_LEAVE = {"quit", "exit"}


async def run_console(services: Services) -> None:
    """Serve standard input and output: a prompt where both are a terminal, otherwise a line a post, and no prompt."""
    screen = Screen(sys.stdout)
    ids = MessageIds(services.clock)
    sender = ConsoleSender(screen=screen, ids=ids)
    session = Session(
        services=services,
        screen=screen,
        sender=sender,
        outbox=services.outbox(sender),
        ids=ids,
        channel_id=ids.next(),
    )
    if screen.pretty and sys.stdin.isatty():
        await _with_prompt(session)
    else:
        await serve(session, Lines(sys.stdin.fileno()))


async def serve(session: Session, source: Source) -> None:
    """Settle what an earlier session left behind, then answer everything that comes."""
    await session.outbox.recover()
    await session.deliver()
    while (text := await source.next()) is not None:
        if not text.strip():
            continue
        command = _COMMAND.fullmatch(text.rstrip())
        if command and command[1] in _LEAVE:
            return
        try:
            if command:
                await run_command(session, command[1], (command[2] or "").strip())
            else:
                await session.post(text)
        except FootnoteError as error:
            # A full disk or a locked database is no reason to lose the session.
            session.screen.line(f"footnote: {error}", "red")
        session.screen.gap()


async def _with_prompt(session: Session) -> None:
    finished, drafts = await session.services.facts.count()
    mode = await session.mode()
    session.screen.line(f"Footnote {__version__} · {finished + drafts:,} facts · mode {mode.value}", "bold")
    session.screen.line("Paste a post and press Enter, or try /example. More: /help. Leave: Ctrl-D.")
    session.screen.gap()
    await serve(session, _WithStatus(session))


class _WithStatus:
    """The prompt, with a line under it that says how things stand."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._status = ""
        commands = {name: command.help for name, command in COMMANDS.items()} | {"quit": "leave"}
        self._prompt = Prompt(commands, lambda: self._status)

    async def next(self) -> str | None:
        mode = await self._session.mode()
        waiting = await self._session.services.reviews.count(CONSOLE_GUILD)
        self._status = f"mode {mode.value} · {waiting} in the queue · /help"
        return await self._prompt.next()
