"""Footnote as an operator runs it: a process, with nothing but its environment to say where it is."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.policy import Mode, Policy
from bot.store.database import open_database
from tests.builders import NOW
from tests.loopback.double import PATIENCE, Double
from tests.loopback.payloads import GUILD, MOD_ROLE, QUEUE, Json
from tests.loopback.rest import TOKEN

ROOT = Path(__file__).resolve().parents[2]


async def prepare(path: Path, **over: Any) -> None:
    """Make a database in which the server answers by itself, at once."""
    policy = Policy(
        GUILD,
        mode=Mode.AUTO,
        approvals_needed=0,
        queue_channel=QUEUE,
        moderator_roles=frozenset({MOD_ROLE}),
        window_minutes=0,
    )
    async with await open_database(path) as store, store.transaction() as tx:
        await tx.policies.save(replace(policy, **over), at=NOW)


class Footnote:
    """One process after another on one database."""

    def __init__(self, double: Double, folder: Path) -> None:
        self.double = double
        self.folder = folder
        self.database = folder / "facts.db"
        self.lines: list[str] = []
        """What it wrote to standard error, over all its lives."""
        self.status: int | None = None
        self.health_port = _free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self, *arguments: str, connected: bool = True, **environment: str) -> None:
        """Start it, and wait until it listens to the gateway, unless that isn't to be expected."""
        assert self._process is None
        sessions = self.double.gateway.identifies
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=self.folder,
            env={**self._environment(), **environment},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read())
        if connected:
            await self.double.until(
                lambda: self.double.gateway.identifies > sessions or self._over(), "a session of the gateway"
            )
            assert not self._over(), self.log

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process is not None
        return self._process.pid

    async def said(self, words: str, *, times: int = 1) -> None:
        """Return once it has logged some words so often."""
        await self.double.until(
            lambda: self.count(words) >= times or self._over(), f"{words} {times} times in the log of the process"
        )
        assert self.count(words) >= times, self.log

    def count(self, words: str) -> int:
        """Return how many lines of its log hold some words."""
        return sum(words in line for line in self.lines)

    @property
    def log(self) -> str:
        """Everything that it logged."""
        return "\n".join(self.lines)

    async def ends(self) -> int:
        """Return its exit status once it has ended."""
        assert self._process is not None
        async with asyncio.timeout(PATIENCE):
            self.status = await self._process.wait()
        assert self._reading is not None
        await self._reading
        self._process = None
        return self.status

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, and return its exit status."""
        self.signal(how)
        return await self.ends()

    async def kill(self) -> None:
        """Kill it as a power failure does."""
        await self.stop(signal.SIGKILL)

    def signal(self, which: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(which)

    async def close(self) -> None:
        """Make sure that nothing is left of it."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self.ends()

    def rows(self, question: str, *values: object) -> list[Mapping[str, Any]]:
        """Ask the database, as it stands on the disk."""
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(question, values)]

    async def stores(self, question: str, *values: object) -> None:
        """Return once a question has an answer in the database. It is asked again and again."""
        async with asyncio.timeout(PATIENCE):
            while not self.rows(question, *values):  # noqa: ASYNC110 - another process writes it, and tells nobody
                await asyncio.sleep(0.05)

    def write(self, statement: str) -> None:
        """Change the database of a process that has ended."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement)

    def lock(self) -> sqlite3.Connection:
        """Hold the database's write lock, as another program might, until the connection is closed."""
        connection = sqlite3.connect(self.database, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    def memory(self) -> float:
        """Return the most memory that it ever had, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024

    async def health(self) -> Json:
        """Ask the port of health how it does; it was started with ``FOOTNOTE_HEALTH``."""
        url = f"http://127.0.0.1:{self.health_port}/health"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            told: Json = await answer.json(content_type=None)
            return told

    async def command(self, *arguments: str) -> str:
        """Run another command with the same settings, to its good end, and return what it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=self.folder,
            env=self._environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0, printed.decode()
        return printed.decode()

    def notes(self) -> list[Mapping[str, Any]]:
        """Return the notes in the database."""
        return self.rows("SELECT source_message_id AS post, message_id AS message, state FROM notes ORDER BY id")

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "DISCORD_TOKEN": TOKEN,
            "FOOTNOTE_DB": str(self.database),
            "FOOTNOTE_SETTLE_SECONDS": "0",
            "FOOTNOTE_PROXY": f"http://127.0.0.1:{self.double.tunnel.port}",
            "SSL_CERT_FILE": str(self.folder / "authority.pem"),
        }

    def _over(self) -> bool:
        return self._process is None or self._process.returncode is not None

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            async with self.double.changed:
                self.lines.append(re.sub(r"\s+$", "", line.decode("utf-8", "replace")))
                self.double.changed.notify_all()
        await self._process.wait()
        async with self.double.changed:
            self.double.changed.notify_all()


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port
