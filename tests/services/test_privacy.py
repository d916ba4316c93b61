"""What is written down, byte by byte."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.domain.policy import Mode
from bot.domain.review import Ruling
from bot.services.compute import MatchingWorker
from bot.store.database import open_database
from tests.services.conftest import CLAIM, GUILD, HARMLESS, House

MARKER = b"xylophonequark"


def _files(folder: Path) -> dict[str, bytes]:
    """Return the database and whatever lies beside it."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.SHADOW, Mode.QUEUE])
async def test_chat_that_matches_nothing_is_never_written(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: Mode
) -> None:
    """Neither to the database nor beside it nor to the log, edited or not."""
    caplog.set_level(logging.DEBUG)
    await house.mode(mode)
    before = _files(tmp_path).keys()
    await house.post("I adore xylophonequark with jam")
    await house.edit("more xylophonequark, please")
    await house.watch.deleted([100])
    await house.post(f"no match for xylophonequark, though. {CLAIM}?", 101)
    await house.deliver()
    files = _files(tmp_path)
    assert files.keys() == before
    assert not any(MARKER in content for content in files.values())
    assert "xylophonequark" not in caplog.text


async def test_the_log_never_tells_what_was_posted(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Not even of a post that matches, is delivered and fails."""
    caplog.set_level(logging.INFO)
    house.desk.faults.append(RuntimeError("no luck"))
    await house.post(f"xylophonequark! {CLAIM}")
    await house.deliver()
    assert "note.failed" in caplog.text
    assert "xylophonequark" not in caplog.text


@pytest.mark.parametrize("how", ["ruled", "approved", "edited", "deleted"])
async def test_a_closed_items_words_are_gone_from_the_file(
    tmp_path: Path, seed: Path, worker: MatchingWorker, how: str
) -> None:
    """Overwritten, not just unlinked, once the database is closed; the words in common, too."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        house = House(database, worker)
        await house.post(f"xylophonequark! {CLAIM}")
        [item] = await house.items()
        assert "xylophonequark" in item.new.post_text
        if how in {"ruled", "approved"}:
            ruling = Ruling.APPROVE if how == "approved" else Ruling.WRONG_MATCH
            await house.rulings.rule(item.id, guild_id=GUILD, ruling=ruling, by=5)
        elif how == "edited":
            await house.edit(HARMLESS)
        else:
            await house.watch.deleted([100])
        [item] = await house.items()
        assert (item.new.post_text, item.new.evidence.matched_words) == ("", ())
    assert not any(MARKER in content for content in _files(tmp_path).values())


async def test_an_open_items_words_are_kept(tmp_path: Path, seed: Path, worker: MatchingWorker) -> None:
    """A moderator has to see them; and the test above can fail."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await House(database, worker).post(f"xylophonequark! {CLAIM}")
    assert any(MARKER in content for content in _files(tmp_path).values())


async def test_an_answered_posts_words_are_not_kept(house: House, tmp_path: Path) -> None:
    """A note holds the words in common with a known wording, and nothing else of the post."""
    await house.post(f"xylophonequark! {CLAIM}")
    await house.deliver()
    assert house.desk.sent == 1
    assert not any(MARKER in content for content in _files(tmp_path).values())
