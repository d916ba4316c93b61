"""What is installed is whole: it runs outside a checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_wheel_runs_far_from_the_repository(tmp_path: Path) -> None:
    """A wheel brings its seed, migrations, models and pack along, and makes its database where it is started."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("footnote-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def footnote(*arguments: str, stdin: str = "") -> str:
        # -P keeps the folder that tests run in off the path: only what was installed is found.
        start = f"sys.path.insert(0, {str(tmp_path / 'installed')!r})"
        code = f"import sys; {start}; from bot.cli import main; sys.exit(main())"
        command = [sys.executable, "-P", "-c", code, *arguments]
        done = subprocess.run(command, cwd=elsewhere, input=stdin.encode(), env={}, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode()

    assert json.loads(footnote("check", "--json", "NATO was founded in 1955."))["action"] == "reply"
    assert list(elsewhere.iterdir()) == []
    assert "Source: Newsweek" in footnote(stdin="NATO was founded in 1955.\n")
    assert (elsewhere / "facts.db").is_file()
