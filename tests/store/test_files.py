from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.files import _move_new, filled, leftovers, place_new, replace


def test_a_new_file_appears_and_an_old_one_stays(tmp_path: Path) -> None:
    """Nothing is overwritten, and nothing else is left in the folder."""
    target = tmp_path / "a"
    assert place_new(target, lambda path: _put(path, "one"))
    assert not place_new(target, lambda path: _put(path, "two"))
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a", "one")]


def test_where_links_are_unknown_nothing_is_overwritten_either(tmp_path: Path) -> None:
    """The way for file systems without hard links keeps the promise, and that only the owner reads it."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.touch(mode=0o600)
    source.write_text("one")
    assert _move_new(source, target)
    assert target.stat().st_mode & 0o777 == 0o600
    source.write_text("two")
    assert not _move_new(source, target)
    assert target.read_text() == "one"


def test_what_a_killed_process_leaves_can_be_told_by_its_name(tmp_path: Path) -> None:
    """So that it can be swept."""
    with filled(tmp_path / "a", lambda path: _put(path, "one")) as temporary:
        assert leftovers("a").fullmatch(temporary.name)
        assert not leftovers("b").fullmatch(temporary.name)
    assert not leftovers("a").fullmatch("a")


@pytest.mark.parametrize("make", [place_new, replace])
def test_a_file_that_can_not_be_filled_never_appears(tmp_path: Path, make: object) -> None:
    """A fault on the way leaves what was there."""
    target = tmp_path / "a"
    with pytest.raises(ZeroDivisionError):
        make(target, lambda _: 1 / 0)  # type: ignore[operator]
    assert list(tmp_path.iterdir()) == []


def test_replacing_is_whole_and_readable(tmp_path: Path) -> None:
    """The new content is there for all to read."""
    target = tmp_path / "a"
    target.write_text("one")
    replace(target, lambda path: _put(path, "two"))
    assert target.read_text() == "two"
    assert target.stat().st_mode & 0o777 == 0o644


def _put(path: Path, text: str) -> None:
    path.write_text(text)
