from __future__ import annotations

import pytest

from bot.console.commands import COMMANDS, EXAMPLES
from tests.console.conftest import Desk

CLAIM = "The moon is made of cheese."
NOTE = "Context: The moon is made of rock."


async def test_help_lists_every_command(desk: Desk) -> None:
    """Nothing has to be guessed."""
    said = await desk.says("/help")
    assert all(f"/{name}" in said for name in COMMANDS)
    assert "/quit" in said


async def test_queue_mode_asks_the_moderator(desk: Desk) -> None:
    """In mode queue a match waits; approving prints the note, by a moderator; ruling twice is refused."""
    said = await desk.says("/mode queue", CLAIM, "/queue", "/approve 1", "/approve #1", "/queue")
    assert "The mode is queue" in said
    assert "Queued as item 1" in said
    assert f"#1 {CLAIM}" in said
    assert "Approved" in said
    assert NOTE in said
    assert "Approved by a moderator" in said
    assert "Already closed" in said
    assert said.endswith("The queue is empty.\n")


@pytest.mark.parametrize("command", ["/wrong 1", "/dismiss 1"])
async def test_the_other_rulings_post_nothing(desk: Desk, command: str) -> None:
    """The item is closed and no note is printed."""
    said = await desk.says("/mode queue", CLAIM, command, "/queue")
    assert "nothing was posted" in said
    assert NOTE not in said
    assert said.endswith("The queue is empty.\n")


async def test_the_queue_and_the_mode_outlive_the_session(desk: Desk) -> None:
    """What was set and what waits is there the next time; the note of an old item is printed in full."""
    await desk.says("/mode queue", CLAIM)
    said = await desk.says("/mode", "/queue", "/approve 1")
    assert "The mode is queue" in said
    assert NOTE in said


async def test_shadow_and_off_post_nothing(desk: Desk) -> None:
    """Shadow says what would have been, off looks at nothing."""
    said = await desk.says("/mode shadow", CLAIM, "/mode off", CLAIM)
    assert NOTE not in said
    assert "would post a note" in said
    assert "the mode is off" in said


async def test_why_explains_the_last_decision_or_a_note(desk: Desk) -> None:
    """Without a number it is the last post, whether or not it got a note."""
    session = desk.session()
    assert "nothing to explain" in await desk.says("/why", session=session)
    for line in (CLAIM, f"{CLAIM}?"):
        said = await desk.says(line, "/why", session=session)
        assert "Known wording" in said
        assert "needed 90%" in said
    assert "Known wording" in await desk.says("/why 1", session=session)
    assert "no such note" in await desk.says("/why 99", session=session)


async def test_facts_are_listed_or_searched(desk: Desk) -> None:
    """By their words or all of them."""
    assert "moon-cheese" in await desk.says("/facts")
    assert "moon-cheese" in await desk.says("/facts moon")
    assert "No fact" in await desk.says("/facts xyz")


async def test_examples_come_in_turn(desk: Desk) -> None:
    """The claim first, then what it is not, then the claim again."""
    said = await desk.says(*["/example"] * 4)
    assert [line.strip("“”") for line in said.splitlines() if line.startswith("“")] == [*EXAMPLES, EXAMPLES[0]]


@pytest.mark.parametrize(
    "line",
    ["/frobnicate", "/approve", "/approve x", "/approve 99999999999999999999", "/mode loud", "/why x", "/wrong 7"],
)
async def test_a_mistake_is_answered_in_one_line(desk: Desk, line: str) -> None:
    """A command that can't be done says what would work."""
    said = await desk.says(line)
    assert said.count("\n") == 1


@pytest.mark.parametrize("line", ["/ is a slash", "/usr/bin is a folder", " /example", "/Shrug"])
async def test_what_only_looks_like_a_command_is_a_post(desk: Desk, line: str) -> None:
    """A slash alone makes no command."""
    assert (await desk.says(line)).startswith("Nothing posted")


@pytest.mark.parametrize("leave", ["/quit", "/exit", "/quit now"])
async def test_quitting_ends_the_session(desk: Desk, leave: str) -> None:
    """Nothing after it is read."""
    assert await desk.says(leave, CLAIM) == ""
