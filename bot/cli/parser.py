"""The argument parser, and what every command group shares."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bot.domain.errors import UsageError
from bot.domain.policy import CONSOLE_GUILD
from bot.settings import Settings

LoadSettings = Callable[[], Settings]
Run = Callable[[argparse.Namespace, LoadSettings], Coroutine[Any, Any, int]]

_LARGEST_ID = 2**63 - 1


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line instead of printing the usage."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments.

        Raises:
            UsageError: Always.
        """
        raise UsageError(f"{' '.join(message.split())} (see {self.prog} --help)")


if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers returns.
    Group = argparse._SubParsersAction[Parser]  # noqa: SLF001
else:
    Group = argparse.Action


def add_command(group: Group, name: str, run: Run, *, help_text: str, epilog: str | None = None) -> Parser:
    """Add a command and say what runs it."""
    parser = group.add_parser(
        name,
        help=help_text,
        description=textwrap.fill(help_text[0].upper() + help_text[1:] + ".", width=78),
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def add_group(group: Group, name: str, *, help_text: str) -> Group:
    """Add a command that has commands of its own."""
    parser = group.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)


def add_json(parser: Parser, what: str) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help=f"print {what} and nothing else on standard output")


def add_server(parser: Parser) -> None:
    """Add ``--server``."""
    parser.add_argument(
        "--server",
        type=whole_id,
        default=CONSOLE_GUILD,
        metavar="ID",
        help="the Discord server's id (default: the console)",
    )


def whole_id(text: str) -> int:
    """Read an id.

    Raises:
        ArgumentTypeError: It is none.
    """
    if not (text.isascii() and text.isdecimal() and int(text) <= _LARGEST_ID):
        raise argparse.ArgumentTypeError(f"{text!r} is not an id; ids are whole numbers")
    return int(text)


def add_facts(parser: Parser) -> None:
    """Add ``--facts``."""
    parser.add_argument(
        "--facts", type=Path, metavar="DB", help="the database of facts (default: FOOTNOTE_DB, or the shipped facts)"
    )
