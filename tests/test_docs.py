"""The documentation says what is there, and what it shows comes out."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot.cli.program import build_parser
from bot.discord_app.commands import build_tree
from bot.domain.stored import STORED
from bot.domain.told import EXPANDING, LEAVING, NOT_OURS, TOPICS
from bot.settings import VARIABLES

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("bot/**/*.md"),
        *ROOT.glob("tests/**/*.md"),
        *ROOT.glob("benchmarks/**/*.md"),
    ]
)
TOLERANCE = 0.03
"""Processors differ in the last bits of int8 arithmetic, so that a post at the very threshold may fall either way."""


def read(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def bot(*arguments: str) -> str:
    """Run the program in a process of its own, on the shipped facts."""
    command = [sys.executable, "-m", "bot", *arguments]
    done = subprocess.run(command, cwd=ROOT, env={"FOOTNOTE_DB": "none.db"}, capture_output=True, check=False)
    assert not done.stderr, done.stderr.decode()
    return done.stdout.decode()


def commands(parser: argparse.ArgumentParser, path: str = "footnote") -> Iterator[str]:
    """Every command of the parser, written out."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from commands(inner, f"{path} {name}")
            return
    yield path


def test_every_command_stands_in_the_reference() -> None:
    """A command that can be typed is documented."""
    reference = read("docs/reference.md")
    assert [name for name in commands(build_parser()) if f"`{name}" not in reference] == []


def test_every_setting_stands_in_the_reference() -> None:
    """A variable that is read is documented."""
    reference = read("docs/reference.md")
    assert [name for name in VARIABLES if f"`{name}`" not in reference] == []


async def test_every_discord_command_stands_in_the_reference() -> None:
    """A command of the bot is documented by its full name."""
    tree = build_tree(discord.Client(intents=discord.Intents.none()))
    names = {
        f"/{command.qualified_name}" for command in tree.walk_commands() if isinstance(command, app_commands.Command)
    }
    names |= {command.name for command in tree.get_commands(type=discord.AppCommandType.message)}
    assert len(names) > 5
    reference = read("docs/reference.md")
    assert [name for name in names if f"`{name}`" not in reference] == []


def test_the_privacy_page_says_what_the_registry_says() -> None:
    """Every table with why and until when, every column that is about a person, and what members read."""
    page = read("docs/privacy.md")
    for stored in STORED:
        columns = ", ".join(f"`{name}`" for name in stored.personal()) or "-"
        assert f"| `{stored.table}` | {stored.why} | {stored.until} | {columns} |" in page
    assert all(topic.words in page for topic in TOPICS)
    assert NOT_OURS in page
    assert EXPANDING in page
    assert LEAVING in page


def test_one_command_runs_the_checks_everywhere() -> None:
    """README, CONTRIBUTING and CI run the very same line."""
    line = "python3 -m venv .venv && .venv/bin/pip install -qr tests/requirements.lock && .venv/bin/python -m tests"
    assert all(line in read(page).splitlines() for page in ("README.md", "CONTRIBUTING.md", ".ci/run"))


def test_the_check_in_the_readme_prints_what_stands_there() -> None:
    """The command in the README gives the output below it, letter by letter."""
    found = re.search(
        r'-m bot check "(?P<post>[^"]+)"\n```\n\n```text\n(?P<output>.*?)```', read("README.md"), re.DOTALL
    )
    assert found is not None
    assert bot("check", found["post"]) == found["output"]


@pytest.mark.parametrize("post", re.findall(r'`"([^"`]+)"`', read("README.md")))
def test_posts_that_the_readme_says_get_no_note_get_none(post: str) -> None:
    """A question and a true statement stay unanswered."""
    assert json.loads(bot("check", "--json", post))["action"] == "ignore"


def test_the_measured_numbers_are_those_of_the_command() -> None:
    """The table in the README is what the command beside it prints."""
    shown = re.findall(r"\| (precision|recall)[^|]* \| (\d\.\d+) \| [^|]+ \| (\d+) of (\d+) \|", read("README.md"))
    measured = json.loads(bot("eval", "--json", "tests/corpus/posts_dev.jsonl"))
    values = [measured["precision"]["value"], measured["recall"]["value"], measured["recall_with_queue"]["value"]]
    assert [float(value) for _, value, _, _ in shown] == pytest.approx(values, abs=TOLERANCE)
    for _, value, right, count in shown:
        assert float(value) == pytest.approx(int(right) / int(count), abs=0.0006)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    """No page points at a file that isn't there."""
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_locks_name_no_index_and_pin_every_hash() -> None:
    """A lock holds names, versions and hashes, and no address."""
    for lock in ("requirements.lock", "tests/requirements.lock"):
        text = read(lock)
        assert "://" not in text
        assert "index-url" not in text
        pins = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
        assert len(re.findall(r"^[\w.\[\]-]+==[^\n]+\\\n +--hash=sha256:", text, re.MULTILINE)) == len(pins) > 0
