from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.domain.member import KEY_BYTES, Pseudonyms
from bot.store.key import key_path, load_key
from tests.store.conftest import names_in


def test_the_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    """And every later one finds the same, so that pseudonyms last."""
    key = load_key(tmp_path / "facts.db", create=True)
    assert key is not None
    assert len(key) == KEY_BYTES
    assert key_path(tmp_path / "facts.db").stat().st_mode & 0o777 == 0o600
    assert load_key(tmp_path / "facts.db", create=True) == load_key(tmp_path / "facts.db", create=False) == key
    assert names_in(tmp_path) == {"facts.db.key"}
    assert Pseudonyms(key).of(7) == Pseudonyms(key).of(7)


def test_two_databases_have_two_keys(tmp_path: Path) -> None:
    """Nobody is found again in another database."""
    assert load_key(tmp_path / "a.db", create=True) != load_key(tmp_path / "b.db", create=True)


def test_whoever_only_reads_makes_none(tmp_path: Path) -> None:
    """And is told that there is none."""
    assert load_key(tmp_path / "facts.db", create=False) is None
    assert names_in(tmp_path) == set()


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    """One makes the key, and all have it."""
    keys: list[bytes | None] = []
    ready = threading.Barrier(8)

    def start() -> None:
        ready.wait()
        keys.append(load_key(tmp_path / "facts.db", create=True))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", [b"", b"short", bytes(KEY_BYTES + 1)])
def test_a_damaged_key_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    """The error names the file and says what to do: a new key would forget opt-outs in silence."""
    path = key_path(tmp_path / "facts.db")
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"facts\.db\.key is damaged: put the copy from your backup back, or delete"):
        load_key(tmp_path / "facts.db", create=True)
    assert path.read_bytes() == content


def test_a_key_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    """In one sentence."""
    key_path(tmp_path / "facts.db").mkdir()
    with pytest.raises(StoreError):
        load_key(tmp_path / "facts.db", create=True)
