"""The command line, ``footnote``. What people and scripts may rely on: exit status, ``--json``, one line per error.

One file a command group. Nothing heavy is imported until a command runs, so that ``--help`` is instant.
"""

from bot.cli.program import main

__all__ = ["main"]
