"""``footnote run``: the Discord bot, or without a token the console."""

from __future__ import annotations

import asyncio
import signal
from argparse import Namespace
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any

from bot.cli.logs import log_as
from bot.cli.output import loading
from bot.cli.parser import Group, LoadSettings, add_command
from bot.settings import Settings

EPILOG = """\
DISCORD_TOKEN in the environment or in .env makes it the Discord bot; see
.env.example for every setting."""


def add(group: Group) -> None:
    """Add the command."""
    parser = add_command(
        group,
        "run",
        run,
        help_text="run the Discord bot; without DISCORD_TOKEN, a console to try Footnote in",
        epilog=EPILOG,
    )
    parser.add_argument(
        "--new-key",
        action="store_true",
        help="where the key file beside the database is lost, start with a new one and forget opt-outs and ratings",
    )


async def run(args: Namespace, load: LoadSettings) -> int:
    """Run until stopped. Ctrl-C and SIGTERM are the ordinary ways to stop, so they end well."""
    settings = load()
    if settings.token:
        await _discord(settings, settings.token, new_key=args.new_key)
    else:
        await _console(settings, new_key=args.new_key)
    return 0


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do the work until it ends or the process is told to stop.

    Only the first signal counts: one more, while things are being closed, would tear a transaction or a connection.
    """
    task = asyncio.ensure_future(work)
    told: list[bool] = []

    def stop() -> None:
        if not told:
            told.append(True)
            task.cancel()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C cancels by itself
            loop.add_signal_handler(name, stop)
    with suppress(asyncio.CancelledError):
        await task


async def _discord(settings: Settings, token: str, *, new_key: bool) -> None:
    # Each of the two is heavy, and only one runs.
    from bot.discord_app.run import run_discord  # noqa: PLC0415
    from bot.store.instance import alone_on  # noqa: PLC0415
    from bot.wiring import open_app  # noqa: PLC0415
    from bot.wiring_monitor import open_monitor  # noqa: PLC0415

    # Whoever runs a server wants to see that it is connected.
    log_as(settings, "info")
    with alone_on(settings.database):  # it waits for half a second at most, and nothing else goes on yet
        async with (
            open_monitor(settings) as monitor,
            open_app(settings, new_key=new_key, meter=monitor.meter) as app,
            monitor.watching(app, console=False),
            app.running(),
        ):
            await until_stopped(run_discord(app.services, token, proxy=settings.proxy))


async def _console(settings: Settings, *, new_key: bool) -> None:
    async with AsyncExitStack() as stack:
        with loading("Loading the facts and the model"):
            from bot.console.run import run_console  # noqa: PLC0415
            from bot.wiring import open_app  # noqa: PLC0415
            from bot.wiring_monitor import open_monitor  # noqa: PLC0415

            # At a terminal nobody edits a post that was just sent.
            at_once = replace(settings, settle_seconds=0)
            monitor = await stack.enter_async_context(open_monitor(settings))
            app = await stack.enter_async_context(open_app(at_once, new_key=new_key, meter=monitor.meter))
            await stack.enter_async_context(monitor.watching(app, console=True))
        await stack.enter_async_context(app.running())
        await until_stopped(run_console(app.services))
