"""``footnote doctor``: whether everything that Footnote needs is there, and what to do where it isn't."""

from __future__ import annotations

import asyncio
import os
import platform
import sqlite3
import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from bot import __version__
from bot.cli.doctor_machine import examine_disk, examine_port
from bot.cli.doctor_models import examine_models
from bot.cli.finding import Finding, guarded
from bot.cli.output import print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_json
from bot.console.screen import Screen
from bot.domain.errors import SettingsError
from bot.settings import VARIABLES, Settings

_OLDEST_PYTHON = (3, 11)
_NAMED = 5


def add(group: Group) -> None:
    """Add the command."""
    parser = add_command(
        group,
        "doctor",
        run,
        help_text="check settings, database, disk, facts, models, the port of health and, with a token, Discord",
        epilog="Changes nothing. Exits with 1 where something needs doing.",
    )
    add_json(parser, "the findings as one JSON object")


async def run(args: Namespace, load: LoadSettings) -> int:
    """Look at everything and report."""
    findings = [_program()]
    try:
        settings = load()
    except SettingsError as error:
        findings.append(
            Finding("settings", ok=False, detail=str(error), advice="Correct it in .env or where it is set.")
        )
    else:
        findings += await _examine(settings)
    well = all(finding.ok for finding in findings)
    if args.json:
        print_json({"ok": well, "checks": [asdict(finding) for finding in findings]})
    else:
        _show(Screen(sys.stdout), findings, well=well)
    return 0 if well else 1


async def _examine(settings: Settings) -> list[Finding]:
    findings = [_settings(settings)]
    findings.append(await guarded("database", _database(settings)))
    findings.append(examine_disk(settings))
    findings.append(await guarded("facts", _facts(settings)))
    findings += await examine_models(settings)
    findings += await examine_port(settings)
    if settings.token is None:
        findings.append(Finding("discord", ok=True, detail="no token is set; `footnote run` opens the console"))
    else:
        findings += await _discord(settings.token, settings.proxy)
    return findings


def _program() -> Finding:
    python = platform.python_version()
    detail = f"Footnote {__version__}, Python {python}, SQLite {sqlite3.sqlite_version}"
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("program", ok=False, detail=detail, advice="Install Python 3.11 or newer.")
    return Finding("program", ok=True, detail=detail)


def _settings(settings: Settings) -> Finding:
    if settings.unknown:
        return Finding(
            "settings",
            ok=False,
            detail=f"{', '.join(settings.unknown)}: there is no such setting",
            advice=f"The settings are {', '.join(VARIABLES)}.",
        )
    token = "a token is set" if settings.token else "no token"
    way = f", through the proxy {settings.proxy}" if settings.proxy else ""
    return Finding("settings", ok=True, detail=f"database {settings.database}, {token}{way}")


async def _database(settings: Settings) -> Finding:
    from bot.store import paths  # noqa: PLC0415 -- loads the database's libraries
    from bot.store.instance import is_taken  # noqa: PLC0415
    from bot.store.key import key_path, lost_key  # noqa: PLC0415
    from bot.store.migrate import stored_revision  # noqa: PLC0415
    from bot.wiring import open_store  # noqa: PLC0415

    exists = settings.database.exists()
    path = settings.database if exists else paths.seed()
    async with open_store(settings, readonly=True) as store:
        revision = await asyncio.to_thread(stored_revision, path, "ro")
        async with store.reading() as tx:
            lost = exists and await tx.members.known() and not key_path(path).exists()
    if not _writable(settings.database):
        return Finding(
            "database",
            ok=False,
            detail=f"{settings.database} can't be written to",
            advice="Make the file and its folder writable, or set FOOTNOTE_DB to another place.",
        )
    if lost:
        said, _, advice = lost_key(path).partition(": ")
        return Finding("database", ok=False, detail=said, advice=f"{advice[0].upper()}{advice[1:]}")
    if not exists:
        return Finding("database", ok=True, detail=f"not there yet; the first start copies the seed ({revision})")
    running = "; a bot runs on it" if await asyncio.to_thread(is_taken, path) else ""
    return Finding("database", ok=True, detail=f"{path} is sound, at revision {revision}{running}")


async def _facts(settings: Settings) -> Finding:
    from bot.wiring import now, open_store  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(settings, readonly=True) as store, store.transaction() as tx:
        facts = await tx.facts.finished()
        _, drafts = await tx.facts.count()
    expired = [fact.slug for fact in facts if fact.expired(now().date())]
    failing = [fact.slug for fact in facts if fact.failed_tests]
    detail = f"{len(facts)} facts, {len(expired)} past their review date, {len(failing)} that fail their own tests"
    detail += f"; {drafts:,} drafts from imports" if drafts else ""
    if not facts and not drafts:
        return Finding("facts", ok=False, detail=detail, advice="Without facts nothing is ever answered.")
    if expired or failing:
        names = list(dict.fromkeys([*expired, *failing]))
        listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        advice = f"Until they are revised these only reach the queue: {listed}. `footnote facts test` says what fails."
        return Finding("facts", ok=False, detail=detail, advice=advice)
    return Finding("facts", ok=True, detail=detail)


async def _discord(token: str, proxy: str | None) -> list[Finding]:
    from bot.discord_app.run import diagnose  # noqa: PLC0415 -- loads discord.py

    return [
        Finding(line.name, ok=line.ok, detail=line.sentence, advice=None if line.ok else "Then run the doctor again.")
        for line in await diagnose(token, proxy=proxy)
    ]


def _writable(path: Path) -> bool:
    if path.exists():
        return os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    folder = path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK)


def _show(screen: Screen, findings: list[Finding], *, well: bool) -> None:
    for finding in findings:
        mark, style = ("ok", "green") if finding.ok else ("PROBLEM", "bold red")
        screen.line(f"{mark} {finding.name}: {finding.detail}", style)
        if not finding.ok and finding.advice:
            screen.items([finding.advice])
    screen.line("All is well." if well else "Something needs doing.", "bold")
