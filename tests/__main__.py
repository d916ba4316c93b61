"""Run every check of the project, as CI does: ``python -m tests``.

Lint, format, types, import contracts, the seed against its pack, then the tests (those of the documentation too).
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lint", ("ruff", "check")),
    ("format", ("ruff", "format", "--check", "--quiet")),
    ("types", ("mypy",)),
    ("import contracts", ("lint-imports",)),
    ("seed", ("bot", "facts", "seed", "--check")),
    ("tests", ("pytest",)),
)


def command(words: tuple[str, ...]) -> list[str]:
    """Return the command line of a check in this very environment."""
    if words[0] == "lint-imports":  # has no module of its own to run
        return [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", *words[1:]]
    return [sys.executable, "-m", *words]


def main() -> int:
    """Run all checks, also after one failed, and return 1 where any did."""
    failed = []
    for name, words in CHECKS:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        if subprocess.run(command(words), cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
