"""``footnote facts add | edit | retire``: the operator's facts, those for all servers."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from bot.cli.parser import Group, LoadSettings, add_command
from bot.domain.errors import FootnoteError, PackError, UsageError
from bot.domain.fact import Fact

EPILOG = """\
A fact is a JSON object as in a fact pack (docs/facts.md), with each source
beside its quote. Without FILE it is opened in your editor (VISUAL or EDITOR).
Every change is a new version: `/facts history` and the notes that were posted
of it follow, and its tests are run."""

TEMPLATE = """\
{
 "slug": "words-of-the-claim",
 "claim": "",
 "verdict": "false",
 "correction": "",
 "true_statement": "",
 "language": "en",
 "topics": [],
 "overlaps": [],
 "as_of": "%(today)s",
 "review_by": "%(review_by)s",
 "phrasings": [""],
 "near_misses": [{"text": "", "kind": "other person"}],
 "citations": [{"source": {"publisher": "", "title": "", "url": "https://"}, "quote": ""}]
}
"""


def add(commands: Group) -> None:
    """Add the commands."""
    parser = add_command(commands, "add", add_fact, help_text="write a new fact for all servers", epilog=EPILOG)
    parser.add_argument("file", nargs="?", metavar="FILE", help="the fact, or - for standard input")
    parser = add_command(commands, "edit", edit_fact, help_text="change a fact for all servers", epilog=EPILOG)
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the fact as it is to be, or - for standard input")
    parser = add_command(commands, "retire", retire_fact, help_text="take a fact for all servers out of use")
    parser.add_argument("slug", metavar="SLUG")


async def add_fact(args: Namespace, load: LoadSettings) -> int:
    """Add a fact."""
    from bot.services.imports.merge import SHELF_LIFE  # noqa: PLC0415 -- with the rest
    from bot.wiring import open_app  # noqa: PLC0415 -- loads the model's libraries

    async with open_app(load()) as app:
        today = app.services.clock().date()
        blank = TEMPLATE % {"today": today, "review_by": today + SHELF_LIFE}
        fact = _read(args.file, blank)
        return _said(await app.services.operate.add(fact))


async def edit_fact(args: Namespace, load: LoadSettings) -> int:
    """Edit a fact."""
    from bot.exchange.fact_file import fact_text  # noqa: PLC0415 -- with the rest
    from bot.wiring import open_app  # noqa: PLC0415 -- loads the model's libraries

    async with open_app(load()) as app:
        before = await app.services.facts.get(args.slug)
        if before is None or before.guild_id is not None:
            raise FootnoteError(f"There is no fact {args.slug} for all servers; `footnote facts list` lists them.")
        fact = _read(args.file, fact_text(before))
        return _said(await app.services.operate.edit(before, fact))


async def retire_fact(args: Namespace, load: LoadSettings) -> int:
    """Retire a fact."""
    from bot.wiring import open_app  # noqa: PLC0415 -- loads the model's libraries

    async with open_app(load()) as app:
        return _said(await app.services.operate.retire(args.slug))


def _said(saved: object) -> int:
    """Print what came of it, and return the exit status."""
    from bot.services.edit_facts import Saved  # noqa: PLC0415 -- with the rest

    assert isinstance(saved, Saved)
    if not saved.done:
        raise FootnoteError(saved.message)
    slug = f"{saved.fact.slug}: " if saved.fact else ""
    print(f"{slug}{saved.message}")
    return 0


def _read(file: str | None, text: str) -> Fact:
    """Read a fact from a file, from standard input or from the editor."""
    from bot.exchange.fact_file import read_fact  # noqa: PLC0415 -- with the rest

    if file is None:
        return _edited(text)
    try:
        return read_fact(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} can't be read: give the path of a text file in UTF-8.") from error


def _edited(text: str) -> Fact:
    """Open a text in the editor, and return the fact in it; a text that is no sound fact is kept, and its path told."""
    from bot.exchange.fact_file import read_fact  # noqa: PLC0415 -- with the rest

    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command or not sys.stdin.isatty():
        raise UsageError("There is no editor: set EDITOR, or give a FILE (- for standard input).")
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False, encoding="utf-8") as file:
        file.write(text)
    path = Path(file.name)
    subprocess.run([*shlex.split(command), str(path)], check=True)  # noqa: S603 - the operator's own editor
    changed = path.read_text(encoding="utf-8")
    try:
        fact = read_fact(changed)
    except PackError as error:
        raise FootnoteError(f"{error} Nothing was saved; your text is in {path}.") from error
    path.unlink()
    return fact
