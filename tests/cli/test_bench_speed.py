from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.bench_speed import Pair, Timing, claims
from bot.cli.messages import ORDINARY
from bot.cli.peers import full_text
from bot.domain.fact import Fact
from bot.store.seed import build_seed
from tests.builders import a_fact
from tests.cli.conftest import Footnote

TIMES = ["p50_ms", "p95_ms", "p99_ms", "per_second"]


@pytest.fixture
def other() -> Fact:
    """Another fact than the usual one."""
    return a_fact(slug="trains", claim="The trains in Utopia ran on lemonade until 1968.", phrasings=())


def test_both_are_measured_on_the_same_messages(footnote: Footnote, tmp_path: Path, fact: Fact) -> None:
    """Ordinary messages and the facts' own wordings, in mind of the facts that were named."""
    build_seed([fact], {}, tmp_path / "my.db")
    ran = footnote("bench", "speed", "--json", "--rounds", "1", "--facts", "my.db")
    assert (ran.status, ran.err) == (0, "")
    [measured] = ran.answers
    assert list(measured) == ["facts", "wordings", "rounds", "ordinary", "claims"]
    assert (measured["facts"], measured["wordings"], measured["rounds"]) == (1, len(fact.wordings()), 1)
    assert measured["ordinary"]["messages"] == len(ORDINARY) >= 40
    assert measured["claims"]["messages"] == len(fact.wordings())
    for name in ("ordinary", "claims"):
        pair = measured[name]
        assert list(pair["footnote"]) == list(pair["fts5"]) == TIMES
        assert 0 < pair["footnote"]["p50_ms"] <= pair["footnote"]["p95_ms"] <= pair["footnote"]["p99_ms"]
        assert list(pair["ratios"]) == ["p50", "p95", "p99", "total"]
    assert [file.name for file in tmp_path.iterdir()] == ["my.db"]


def test_own_posts_take_the_place_of_the_built_in_ones(footnote: Footnote, tmp_path: Path) -> None:
    """A message a line, whatever bytes they are; the text names both programs and the ratio."""
    (tmp_path / "posts.txt").write_bytes(b'one\n\n  \ncaf\xe9 at noon?\nNATO AND (NEAR OR "\n')
    [measured] = footnote("bench", "speed", "--posts", "posts.txt", "--rounds", "2", "--json").answers
    assert measured["posts"]["messages"] == 3
    assert "ordinary" not in measured
    rows = [line.split("\t") for line in footnote("bench", "speed", "--posts", "posts.txt").out.splitlines()[2:]]
    assert [row[2] for row in rows] == ["Footnote", "SQLite FTS5", "ratio"]


def test_a_file_without_a_message_is_one_sentence(footnote: Footnote, tmp_path: Path) -> None:
    """There is nothing to measure."""
    (tmp_path / "posts.txt").write_text("\n \n")
    ran = footnote("bench", "speed", "--posts", "posts.txt")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_percentiles_are_times_that_were_measured() -> None:
    """By nearest rank; the rate is over all of them; a ratio above 1 says that the peer is faster."""
    slow, fast = Timing(tuple(number / 1000 for number in range(1, 101))), Timing((0.001,) * 100)
    assert [slow.percentile(percent) for percent in (50, 95, 99)] == pytest.approx([50, 95, 99])
    assert Timing((0.002,)).percentile(99) == pytest.approx(2)
    assert slow.per_second == pytest.approx(100 / 5.05)
    ratios = Pair(100, slow, fast).ratios()
    assert (ratios["p95"], ratios["total"]) == pytest.approx((95, 50.5))


def test_claims_are_spread_over_all_facts() -> None:
    """However many there are, 200 wordings at most, and not of the first facts alone."""
    facts = [a_fact(slug=f"fact-{number}", claim=f"claim {number}", phrasings=("a", "b")) for number in range(500)]
    chosen = claims(facts)
    assert 100 <= len(chosen) <= 200
    assert any(text.startswith("claim 4") for text in chosen)
    assert claims([]) == []
    assert claims(facts[:1]) == ["claim 0", "a", "b"]


@pytest.mark.parametrize(
    "odd", ['"', "NEAR(a b, 2)", "AND OR NOT", "* ^ : {a}", "it's", "𝐍𝐀𝐓𝐎 ｎａｔｏ", "\x00", "the of and"]
)
def test_the_peer_reads_words_not_syntax(fact: Fact, other: Fact, odd: str) -> None:
    """Whatever a message holds, the peer searches its words."""
    with full_text([fact, other]) as peer:
        assert peer.search(f"{odd} {other.claim}")[0] == other.slug
        assert isinstance(peer.search(odd), list)


def test_the_peer_takes_the_longest_message(fact: Fact) -> None:
    """A thousand different words are one query."""
    with full_text([replace(fact, phrasings=())]) as peer:
        assert peer.search(" ".join(f"word{number}" for number in range(1000)) + " " + fact.claim) == [fact.slug]
