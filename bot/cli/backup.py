"""``footnote backup`` and ``footnote restore``: a copy of the database, and the way back.

Both block the loop, on which nothing else waits: so one Ctrl-C ends neither between what it did and what it says, and
a second one stops it.
"""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.output import loading, print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_json
from bot.domain.errors import UsageError

if TYPE_CHECKING:
    from bot.store.backup import Contents
    from bot.store.restore import Restored

BACKUP_EPILOG = """\
TARGET is a new file, or a folder, in which a file is named after the time. It
works while the bot runs. The key of the members' pseudonyms is copied beside it
(TARGET.key). A backup holds what is erased later: delete old ones."""

RESTORE_EPILOG = """\
Stop the bot first. The database that is there is kept beside it for 30 days, as
NAME.before-restore-TIME.backup, which can be restored in the same way."""

_NAMED = {"facts": "facts", "notes": "notes", "review_items": "review items"}


def add(group: Group) -> None:
    """Add the commands."""
    parser = add_command(
        group, "backup", backup, help_text="copy the database of FOOTNOTE_DB and check the copy", epilog=BACKUP_EPILOG
    )
    add_json(parser, "what was made as one JSON object")
    parser.add_argument(
        "--keep", type=_number, metavar="N", help="with a folder: then delete the oldest there, so that N are left"
    )
    parser.add_argument(
        "--without-key", action="store_true", help="leave out the key of the members' pseudonyms, to keep it apart"
    )
    parser.add_argument("--verify", action="store_true", help="only check the backup TARGET and say what it holds")
    parser.add_argument("target", metavar="TARGET", help="the file to make, or the folder to make it in")
    parser = add_command(
        group, "restore", restore, help_text="put a backup in the place of the database", epilog=RESTORE_EPILOG
    )
    add_json(parser, "what was done as one JSON object")
    parser.add_argument("file", metavar="FILE", type=Path, help="the backup, checked before anything is changed")


async def backup(args: Namespace, load: LoadSettings) -> int:
    """Make a backup, or check one."""
    return _verify(args, Path(args.target)) if args.verify else _back_up(args, load)


async def restore(args: Namespace, load: LoadSettings) -> int:
    """Put a backup in the place of the database."""
    return _restore(args, load)


def _back_up(args: Namespace, load: LoadSettings) -> int:
    target = Path(args.target)
    if args.keep is not None and not target.is_dir():
        raise UsageError(f"--keep needs a folder, and {target} is none. Make it first, or leave --keep out.")
    if args.target.endswith(os.sep) and not target.is_dir():
        raise UsageError(f"There is no folder {target}. Make it first.")
    from bot.store.backup import back_up  # noqa: PLC0415 -- loads the database's libraries
    from bot.store.backup_folder import back_up_into  # noqa: PLC0415
    from bot.wiring import now  # noqa: PLC0415

    settings, with_key = load(), not args.without_key
    deleted: list[Path] = []
    with loading("Copying the database"):
        if target.is_dir():
            target, contents, deleted = back_up_into(
                target, settings.database, at=now(), keep=args.keep, with_key=with_key
            )
        else:
            contents = back_up(settings.database, target, with_key=with_key)
    if args.json:
        print_json({**_described(target, contents), "deleted": [str(file) for file in deleted]})
    else:
        print(f"{target}: {_in_words(contents)}.")
        for file in deleted:
            print(f"Deleted {file}.")
    return 0


def _restore(args: Namespace, load: LoadSettings) -> int:
    from bot.store.restore import restore as put_back  # noqa: PLC0415 -- loads the database's libraries
    from bot.wiring import index_folder, now  # noqa: PLC0415

    database = load().database
    with loading("Restoring the database"):
        done = put_back(args.file, database, at=now(), index=index_folder(database))
    if args.json:
        print_json(
            {
                "database": str(database),
                "restored": str(args.file),
                "revision": done.revision,
                "migrated_to": done.contents.revision,
                "tables": done.contents.tables,
                "kept": str(done.kept) if done.kept else None,
                "opt_outs_carried_over": done.carried,
                "key": done.key,
            }
        )
    else:
        _say(args.file, database, done)
    return 0


def _verify(args: Namespace, path: Path) -> int:
    from bot.store.backup import verify  # noqa: PLC0415 -- loads the database's libraries

    if args.keep is not None or args.without_key:
        raise UsageError("--verify only looks at a backup; leave --keep and --without-key out.")
    with loading("Checking the backup"):
        contents = verify(path)
    if args.json:
        print_json(_described(path, contents))
    else:
        print(f"{path} is sound, written {contents.made:%Y-%m-%d %H:%M} UTC: {_in_words(contents)}.")
    return 0


def _say(file: Path, database: Path, done: Restored) -> None:
    kept = f" What was there is kept for 30 days as {done.kept}." if done.kept else ""
    print(f"{database} is restored from {file}: {_in_words(done.contents, key=False)}.{kept}")
    if done.kept and not done.carried:
        print("The old database couldn't be read: who opted out since the backup has to do so again.")
    if done.key == "kept":
        print(f"The backup has no key beside it, so {database}.key stays; it must be the one that it was made with.")
    elif done.key == "missing":
        print(f"The backup has no key beside it: put its key at {database}.key before the bot starts.")


def _described(path: Path, contents: Contents) -> dict[str, Any]:
    return {
        "file": str(path),
        "revision": contents.revision,
        "made": contents.made.isoformat(),
        "tables": contents.tables,
        "key": f"{path}.key" if contents.has_key else None,
    }


def _in_words(contents: Contents, *, key: bool = True) -> str:
    held = ", ".join(f"{contents.tables.get(table, 0):,} {name}" for table, name in _NAMED.items())
    beside = (", with its key" if contents.has_key else ", without a key") if key else ""
    return f"{held}, at revision {contents.revision}{beside}"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of backups; it is 1 at least")
    return int(text)
