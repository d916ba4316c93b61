"""``footnote bench retrieval``: rankings beside peers, on a benchmark that the test writes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bot.cli.bench_retrieval import DEPTH, measures, read_benchmark
from bot.domain.errors import FootnoteError, UsageError
from tests.cli.conftest import Footnote

CLAIMS = [
    {"id": "cheese", "vclaim": "The Moon is made of cheese.", "title": "Is the Moon Cheese?"},
    {"id": "zeppelins", "vclaim": "Zeppelins crossed Patagonia every week until 1987.", "title": None},
    {"id": "turnips", "vclaim": "Turnips are taxed twice in Denmark."},
]
POSTS = [
    {"id": "1", "text": "they want us to believe the moon is a rock. it's CHEESE"},
    {"id": "2", "text": "my gran took the weekly zeppelin over Patagonia in 1985"},
    {"id": "3", "text": "nobody judged this one"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Claims gzipped, posts plain."""
    with gzip.open(tmp_path / "claims.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(claim) + "\n" for claim in CLAIMS)
    (tmp_path / "posts_dev.jsonl").write_text("".join(json.dumps(post) + "\n" for post in POSTS), encoding="utf-8")
    (tmp_path / "qrels_dev.tsv").write_text("1\tcheese\n2\tzeppelins\n9\tturnips\n", encoding="utf-8")
    return tmp_path


def test_it_ranks_and_measures_beside_its_peers(footnote: Footnote, folder: Path) -> None:
    """Footnote first; each system with all measures, on the judged posts alone."""
    done = footnote("bench", "retrieval", "--json", str(folder))
    [answer] = done.answers
    systems = answer["systems"]
    assert [system["name"] for system in systems] == ["Footnote", "SQLite FTS5", "BM25 (bm25s)"]
    assert systems[0]["map_5"] == systems[0]["p_1"] == 1.0
    assert all(
        set(system) >= {"map_5", "mrr", "p_1", "recall_5", f"recall_{DEPTH}", "ms_per_post"} for system in systems
    )


def test_it_prints_a_table(footnote: Footnote, folder: Path) -> None:
    """With the time of each as a multiple of Footnote's."""
    done = footnote("bench", "retrieval", str(folder))
    assert "MAP@5" in done.out
    assert "1.00 x" in done.out


def test_a_split_that_is_not_there_is_named(footnote: Footnote, folder: Path) -> None:
    """In one line, with what to do."""
    done = footnote("bench", "retrieval", "--split", "test", str(folder))
    assert done.status == 2
    assert "There is no posts_test.jsonl or posts_test.jsonl.gz" in done.err


def test_a_malformed_line_is_told_with_its_number(folder: Path) -> None:
    """Nothing is measured on half a benchmark."""
    (folder / "posts_dev.jsonl").write_text('{"id": "1", "text": "fine"}\n{"id": "2"}\n', encoding="utf-8")
    with pytest.raises(FootnoteError, match=r"posts_dev\.jsonl, line 2: not an object with id and text"):
        read_benchmark(folder, "dev")


def test_judgements_of_other_posts_are_no_benchmark(folder: Path) -> None:
    """A file that judges nothing is told apart from a missing one."""
    (folder / "qrels_dev.tsv").write_text("7\tcheese\n", encoding="utf-8")
    with pytest.raises(FootnoteError, match="relates no post of the split to a claim"):
        read_benchmark(folder, "dev")
    (folder / "qrels_dev.tsv").unlink()
    with pytest.raises(UsageError, match=r"There is no .*qrels_dev"):
        read_benchmark(folder, "dev")


def test_the_measures_are_the_usual_ones() -> None:
    """By hand: one post found at once, one at the third place with one of its two claims, one not at all."""
    ranked = {"a": ["x"], "b": ["p", "q", "y"], "c": ["p"]}
    relevant = {"a": frozenset({"x"}), "b": frozenset({"y", "z"}), "c": frozenset({"w"})}
    found = measures(ranked, relevant)
    assert found["map_5"] == pytest.approx((1 + (1 / 3) / 2 + 0) / 3)
    assert found["mrr"] == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert found["p_1"] == pytest.approx(1 / 3)
    assert found["recall_5"] == pytest.approx((1 + 1 / 2 + 0) / 3)
