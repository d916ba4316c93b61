from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import seed
from bot.store import paths
from tests.cli.conftest import Footnote


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first two facts of the shipped pack as the pack, and a seed of their own."""
    content = json.loads(seed.PACK.read_text(encoding="utf-8"))
    content["facts"] = content["facts"][:2]
    used = {citation["source"] for fact in content["facts"] for citation in fact["citations"]}
    content["sources"] = {key: source for key, source in content["sources"].items() if key in used}
    path = tmp_path / "core.json"
    path.write_text(json.dumps(content))
    monkeypatch.setattr(seed, "PACK", path)
    monkeypatch.setattr(paths, "seed", lambda: tmp_path / "facts.db.seed")
    return path


def test_the_seed_is_what_the_pack_says(footnote: Footnote, pack: Path) -> None:
    """It is built from the pack, found up to date, usable at once, and out of date when the pack changes."""
    missing = footnote("facts", "seed", "--check")
    assert (missing.status, missing.err.count("\n")) == (1, 1)
    assert footnote("facts", "seed").status == 0
    built = paths.seed().read_bytes()
    assert footnote("facts", "seed", "--check").status == 0
    assert len(footnote("facts", "list", "--json").answers) == 2
    pack.write_text(pack.read_text().replace("NATO was founded in 1949", "NATO was founded in April 1949"))
    stale = footnote("facts", "seed", "--check")
    assert (stale.status, stale.out, stale.err.count("\n")) == (1, "", 1)
    assert "footnote facts seed" in stale.err
    assert paths.seed().read_bytes() == built


def test_a_malformed_pack_is_one_sentence(footnote: Footnote, pack: Path) -> None:
    """The seed stays as it is."""
    pack.write_text("{}")
    ran = footnote("facts", "seed")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert not paths.seed().exists()
