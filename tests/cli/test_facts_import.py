"""``footnote facts import``: files, pipes, dry runs, kills."""

from __future__ import annotations

import gzip
import json
import signal
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.store.seed import build_seed, describe
from tests.builders import a_fact
from tests.cli.conftest import Footnote
from tests.cli.test_facts import build, stored
from tests.cli.test_process import started

MANY = 4000


def review(number: int, **over: Any) -> dict[str, Any]:
    """Return a ClaimReview of a claim of its own."""
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": f"The volcano number {number} runs on underground lemonade.",
        "url": f"https://office.example/{number}",
        "author": {"@type": "Organization", "name": "Fact Office"},
        "datePublished": "2025-02-03",
        "inLanguage": "en",
        "reviewRating": {"@type": "Rating", "alternateName": "False"},
        **over,
    }


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A database with one fact, in use."""
    build(tmp_path / "facts.db", a_fact())
    return tmp_path / "facts.db"


def test_a_file_goes_in_and_goes_in_again(footnote: Footnote, tmp_path: Path, facts: Path) -> None:
    """The second time, nothing is new; nothing is lost of what is there."""
    feed = tmp_path / "feed.json"
    feed.write_text(json.dumps([review(1), review(2)]))
    ran = footnote("facts", "import", "feed.json")
    assert (ran.status, ran.out, ran.err) == (0, "2 entries: 2 new.\n", "")
    assert len(stored(facts)) == 3
    assert footnote("facts", "import", "feed.json").out == "2 entries: 2 same.\n"


def test_a_dry_run_changes_nothing_and_says_what_would(footnote: Footnote, tmp_path: Path, facts: Path) -> None:
    """New, changed and rejected, with the place of each."""
    (tmp_path / "feed.json").write_text(json.dumps(review(1)))
    footnote("facts", "import", "feed.json")
    before = describe(facts)
    changed = review(1, reviewRating={"@type": "Rating", "alternateName": "Misleading"})
    (tmp_path / "feed.json").write_text(
        json.dumps([changed, review(2), review(3, url=None), review(4, claimReviewed=[])])
    )
    [report] = footnote("facts", "import", "feed.json", "--dry-run", "--json").answers
    counts = {name: report[name] for name in ("read", "new", "changed", "rejected", "same")}
    assert counts == {"read": 4, "new": 1, "changed": 1, "rejected": 2, "same": 0}
    assert report["dry_run"] is True
    assert [line["place"] for line in report["lines"]] == ["entry 1 (line 1)", "entry 3 (line 1)", "entry 4 (line 1)"]
    assert describe(facts) == before


@pytest.mark.parametrize("packed", [False, True])
def test_it_reads_pipes(footnote: Footnote, facts: Path, *, packed: bool) -> None:
    """Lines of JSON, gzipped or not."""
    lines = "\n".join(json.dumps(review(number)) for number in range(3)).encode()
    ran = footnote("facts", "import", "-", stdin=gzip.compress(lines) if packed else lines)
    assert ran.out == "3 entries: 3 new.\n"
    assert len(stored(facts)) == 4


def test_a_servers_own_facts_are_its_own(footnote: Footnote, facts: Path) -> None:
    """With ``--server``."""
    footnote("facts", "import", "-", "--server", "77", stdin=json.dumps(review(1)))
    assert sorted(fact.guild_id or 0 for fact in stored(facts).values()) == [0, 77]


def test_what_can_not_be_read_is_one_sentence(footnote: Footnote, facts: Path, tmp_path: Path) -> None:
    """With the status for it."""
    for source, status in (("none.json", 2), (str(tmp_path), 2), ("http://127.0.0.1:9/feed", 1), ("-", 1)):
        ran = footnote("facts", "import", source)
        assert (ran.status, ran.out) == (status, "")
        assert ran.err.startswith("footnote: ")
        assert ran.err.count("\n") == 1
    assert len(stored(facts)) == 1


def test_broken_entries_are_told_and_the_rest_goes_in(footnote: Footnote, facts: Path) -> None:
    """A feed that was cut off in the middle, too."""
    text = json.dumps([review(1), review(2, claimReviewed=[]), review(3)])
    ran = footnote("facts", "import", "-", stdin=text.replace('"Fact Office"', "Fact Office", 1) + "[{")
    assert ran.status == 0
    assert "entry 1" in ran.out
    assert "claimReviewed" in ran.out
    assert len(stored(facts)) == 2


def test_killed_in_the_middle_and_run_again_it_is_as_if_it_never_was(tmp_path: Path) -> None:
    """Whatever batch it is in."""
    feed = tmp_path / "feed.json"
    feed.write_text(json.dumps({"dataFeedElement": [{"item": review(number)} for number in range(MANY)]}))
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
        build_seed([a_fact()], {}, tmp_path / name / "facts.db")
    finish(tmp_path / "whole")
    with started(tmp_path / "killed", "facts", "import", str(feed)) as process:
        wait_for(tmp_path / "killed" / "facts.db", 501)
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = count(tmp_path / "killed" / "facts.db")
    assert 500 < there < MANY
    told = finish(tmp_path / "killed")
    assert f"{there - 1:,} same" in told
    assert f"{MANY - there + 1:,} new" in told
    assert describe(tmp_path / "killed" / "facts.db") == describe(tmp_path / "whole" / "facts.db")


def finish(folder: Path) -> str:
    """Import the feed to its end, and return what is said."""
    with started(folder, "facts", "import", str(folder.parent / "feed.json")) as process:
        out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, b"")
    return out.decode()


def wait_for(path: Path, facts: int) -> None:
    """Wait until so many facts are in."""
    for _ in range(2000):
        if count(path) >= facts:
            return
        time.sleep(0.01)
    raise AssertionError


def count(path: Path) -> int:
    """Return how many facts a database holds, that another process may be writing."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        return int(file.execute("SELECT count(*) FROM facts").fetchone()[0])
    return 0
