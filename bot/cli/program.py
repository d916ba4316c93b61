"""From arguments to an exit status: 0 done, 1 a check failed or was refused, 2 bad usage or settings."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from bot import __version__
from bot.cli import backup, bench, check, doctor, evaluate, facts, queue, ratings, run, stats
from bot.cli.log_faults import faults
from bot.cli.logs import log_as
from bot.cli.output import error_line, prepare_streams, silence_stdout
from bot.cli.parser import Parser
from bot.domain.errors import FootnoteError, SettingsError, UsageError
from bot.settings import Settings

log = logging.getLogger(__name__)

DONE, FAILED, MISUSED = 0, 1, 2


def build_parser() -> Parser:
    """Return the parser of all commands."""
    parser = Parser(
        prog="footnote",
        description="Answers pasted claims with a short, sourced note. Without a command: run.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"footnote {__version__}")
    parser.set_defaults(run=run.run, new_key=False)
    group = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for module in (run, check, evaluate, facts, queue, ratings, stats, backup, bench, doctor):
        module.add(group)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    prepare_streams()
    try:
        args = build_parser().parse_args(argv)
        status = asyncio.run(_run(args))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough, as in "| head".
        silence_stdout()
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except FootnoteError as error:
        print(error_line(error), file=sys.stderr)
        return MISUSED if isinstance(error, UsageError | SettingsError) else FAILED
    except Exception as error:
        log.debug("program.failed", exc_info=error)
        print(_unexpected(error), file=sys.stderr)
        return FAILED
    return status


async def _run(args: Namespace) -> int:
    status: int = await args.run(args, load_settings)
    return status


def load_settings() -> Settings:
    """Read the settings, and log as they say."""
    settings = Settings.from_env(os.environ, Path(".env"))
    log_as(settings, "warning")
    return settings


def _unexpected(error: Exception) -> str:
    """Return what is said of an error that nobody foresaw: its kind and place, since its text may hold anything."""
    fault = faults(error)[0]
    where = f" at {Path(fault.places[-1]).name}" if fault.places else ""
    advice = "This is a fault in Footnote; FOOTNOTE_LOG_LEVEL=debug shows the way."
    return f"footnote: unexpected {fault.said}{where}. {advice}"
