from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from bot.domain.errors import PackError
from bot.exchange.pack import read_pack
from tests.exchange.test_pack import PACK


def test_a_pack_is_read_from_its_file(tmp_path: Path) -> None:
    """In the file's order."""
    pack = copy.deepcopy(PACK)
    pack["facts"] = [{**pack["facts"][0], "slug": slug} for slug in ("b", "a")]
    path = tmp_path / "pack.json"
    path.write_text(json.dumps(pack), encoding="utf-8")
    assert [fact.slug for fact in read_pack(path)] == ["b", "a"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not sound JSON"),
        (b'{"a": 1, "a": 2}', '"a" stands twice'),
        (b"\xff", "not UTF-8"),
        (b"[]", "pack must be an object"),
    ],
)
def test_a_file_that_is_no_pack_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """The message says what it is not."""
    path = tmp_path / "pack.json"
    path.write_bytes(content)
    with pytest.raises(PackError, match=words):
        read_pack(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message holds the path."""
    with pytest.raises(PackError, match=r"pack\.json can't be read"):
        read_pack(tmp_path / "pack.json")
