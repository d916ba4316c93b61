"""``footnote doctor``, the machine's part: is there room beside the database, and what is at the port of health?"""

from __future__ import annotations

import asyncio
import shutil

from bot.cli.finding import Finding
from bot.settings import Settings

LEAST_ROOM = 256 * 2**20
"""Bytes that must be free beyond a copy of the database: for its log, the index of its facts, and a day's growth."""
_MIB = 2**20


def examine_disk(settings: Settings) -> Finding:
    """Look at how much room is where the database is, or will be: a backup or a migration needs a copy of it."""
    folder = settings.database.absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    size = settings.database.stat().st_size if settings.database.is_file() else 0
    detail = f"{free / _MIB:,.0f} MiB are free beside the database, which has {size / _MIB:,.0f}"
    if free < size + LEAST_ROOM:
        need = (
            f"Make room for {(size + LEAST_ROOM) / _MIB:,.0f} MiB: an update copies the database before it changes it."
        )
        return Finding("disk", ok=False, detail=detail, advice=need)
    return Finding("disk", ok=True, detail=detail)


async def examine_port(settings: Settings) -> list[Finding]:
    """Look at the port of health and metrics, where one is set: whether it is free, ours, or another program's."""
    if settings.health is None:
        return []
    from bot.monitor.probe import Found, look_at  # noqa: PLC0415 -- loads libraries that other commands don't need

    host, port = settings.health.host, settings.health.port
    found = await asyncio.to_thread(look_at, host, port)
    said = {
        Found.FREE: (True, "is free; `footnote run` opens it"),
        Found.WELL: (True, "is answered by a Footnote that is well"),
        Found.UNWELL: (False, "is answered by a Footnote that is not well"),
        Found.TAKEN: (False, "is taken by another program"),
        Found.IMPOSSIBLE: (False, "can't be opened here"),
    }
    ok, words = said[found]
    advice = (
        "Ask it for /health, and look into its log." if found is Found.UNWELL else "Set FOOTNOTE_HEALTH to another."
    )
    return [Finding("health port", ok=ok, detail=f"{host}, port {port}, {words}", advice=None if ok else advice)]
