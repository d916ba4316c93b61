from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import StoreError
from bot.domain.note import NoteState
from bot.domain.policy import CONSOLE_GUILD
from bot.services.outbox import Outbox
from bot.services.watch import WatchPosts
from tests.builders import a_note
from tests.console.conftest import Desk

CLAIM = "The moon is made of cheese."
NOTE = "Context: The moon is made of rock."


async def test_a_claim_gets_its_note(desk: Desk) -> None:
    """The console's own default is auto: the first post shows what Footnote is for."""
    said = await desk.says(CLAIM)
    assert NOTE in said
    assert "The Lunar Society" in said
    assert "confidence 0.97, needed 0.90" in said


@pytest.mark.parametrize(
    ("post", "why"),
    [
        ("hello there", "nothing came near"),
        ("The moon is made of cheese.?", "asks about the claim"),
        ("it is false that the moon is made of cheese.", "denies the claim"),
    ],
)
async def test_silence_is_one_line_with_its_reason(desk: Desk, post: str, why: str) -> None:
    """Where nothing is posted, the console says why, and nothing else."""
    said = await desk.says(post)
    assert said.startswith("Nothing posted: ")
    assert why in said
    assert said.count("\n") == 1


async def test_a_repeat_points_to_the_note_above_and_then_is_silent(desk: Desk) -> None:
    """One note speaks for its fact on a screen."""
    said = await desk.says(*[CLAIM] * 6)
    assert said.count(NOTE) == 1
    assert said.count("Note 1 above answers this, too.") == 3
    assert said.count("shown often enough") == 2


async def test_a_new_session_shows_the_note_again(desk: Desk) -> None:
    """The old note stands on a screen that is gone."""
    await desk.says(CLAIM)
    assert NOTE in await desk.says(CLAIM)


async def test_lines_without_words_are_skipped(desk: Desk) -> None:
    """An empty line is no post."""
    assert await desk.says("", "   ", "\t") == ""


async def test_a_decided_note_survives_the_end_of_the_process(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was decided and not yet printed is printed by the next session, once."""

    async def dies(_self: Outbox) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "flush", dies)
        session = desk.session()
        with pytest.raises(KeyboardInterrupt):
            await session.post(CLAIM)
    assert (await desk.says()).count(NOTE) == 1
    assert await desk.says() == ""


async def test_a_note_that_may_have_been_printed_is_not_printed_twice(desk: Desk) -> None:
    """A process that died while it printed had its say; the note counts as posted and can be asked about."""
    async with desk.database.transaction() as tx:
        note = await tx.notes.add(a_note(guild_id=CONSOLE_GUILD, source_message_id=5))
        assert note is not None
        await tx.notes.move(
            note.id, to=NoteState.SENDING, at=note.new.created_at, cause="sending", only_from={NoteState.PENDING}
        )
    said = await desk.says(f"/why {note.id}")
    assert NOTE not in said
    assert "Matched" in said
    async with desk.database.transaction() as tx:
        after = await tx.notes.get(note.id)
    assert after is not None
    assert after.state is NoteState.POSTED


async def test_a_note_for_discord_is_not_printed(desk: Desk) -> None:
    """The console leaves a server's notes to the bot that serves it."""
    async with desk.database.transaction() as tx:
        note = await tx.notes.add(a_note(guild_id=77))
    assert note is not None
    assert await desk.says() == ""
    async with desk.database.transaction() as tx:
        after = await tx.notes.get(note.id)
    assert after is not None
    assert after.state is NoteState.PENDING


async def test_a_faulty_database_does_not_end_the_session(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is reported, and the next post is taken."""
    whole = WatchPosts.posted
    faults = [StoreError("The disk is full.")]

    async def full_at_first(self: WatchPosts, *args: Any) -> Any:
        if faults:
            raise faults.pop()
        return await whole(self, *args)

    monkeypatch.setattr(WatchPosts, "posted", full_at_first)
    said = await desk.says(CLAIM, CLAIM)
    assert said.startswith("footnote: The disk is full.\n")
    assert NOTE in said
