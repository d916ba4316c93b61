"""Lists become lines and lines lists again, without loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.discord_app.facts.lines import (
    citation_lines,
    near_miss_lines,
    packed,
    phrasing_lines,
    read_citations,
    read_near_misses,
    read_phrasings,
)
from bot.domain.fact import Citation, NearMiss, Source
from bot.domain.slugs import web_source
from tests.builders import A_SOURCE, a_fact

FACT = a_fact(
    phrasings=("One\ntwo.", "Three | four."),
    near_misses=(NearMiss("A | b", "other  person"), NearMiss("C", "x")),
    citations=(
        Citation(A_SOURCE, "Rock,\nnothing | else."),
        Citation(replace(A_SOURCE, key="b", title="A | B", retrieved=date(2026, 1, 1), note="A copy."), "Rock."),
    ),
)


def test_what_was_not_touched_stays_as_it_was() -> None:
    """Line breaks, bars, and all that a line doesn't say."""
    assert read_phrasings("\n".join(phrasing_lines(FACT)), FACT) == FACT.phrasings
    assert read_near_misses("\n".join(near_miss_lines(FACT)), FACT) == FACT.near_misses
    assert read_citations("\n".join(citation_lines(FACT)), FACT) == FACT.citations


def test_a_new_quote_of_a_known_document_keeps_the_document() -> None:
    """With its author and dates, also where its title has a bar, which stands as a slash."""
    line = "https://moon.example/atlas | The Lunar Society | A / B | Another quote, with a | bar."
    [cited] = read_citations(line, FACT)
    assert cited == Citation(FACT.citations[1].source, "Another quote, with a | bar.")


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("https://a.example|P|T|Q", ("https://a.example", "P", "T", "Q")),
        ("https://a.example | P | T", ("https://a.example", "P", "T", "")),
        ("just words", ("just words", "", "", "")),
        ("| | T | Q", ("", "", "T", "Q")),
    ],
)
def test_a_line_is_kept_however_incomplete(line: str, parts: tuple[str, str, str, str]) -> None:
    """It comes back as it was written, but for spaces at the bars."""
    [cited] = read_citations(f"\n {line} \n\n", FACT)
    assert cited == Citation(web_source(*parts[:3]), parts[3])
    [again] = citation_lines(replace(FACT, citations=(cited,)))
    assert read_citations(again, FACT) == (cited,)
    assert again.replace(" ", "") == line.replace(" ", "")


def test_a_source_from_the_web_is_one_document() -> None:
    """Its key says which: the same address, publisher and title are the same."""
    one = web_source("https://a.example", "P", "T")
    assert one == Source(one.key, "P", "T", "https://a.example")
    assert one.key.startswith("web-")
    assert one.key != web_source("https://a.example", "PT", "").key


@pytest.mark.parametrize(
    ("line", "miss"),
    [
        ("Mars is cheese. | other place", NearMiss("Mars is cheese.", "other place")),
        ("Mars is cheese.|other place", NearMiss("Mars is cheese.", "other place")),
        ("Mars is cheese.", NearMiss("Mars is cheese.", "other")),
        ("Mars is cheese. |", NearMiss("Mars is cheese.", "other")),
        ("A | b | truth", NearMiss("A | b", "truth")),
    ],
)
def test_a_near_miss_has_its_kind_after_the_last_bar(line: str, miss: NearMiss) -> None:
    """Without one, its kind is "other"."""
    assert read_near_misses(line, FACT) == (miss,)


def test_lines_are_packed_whole_or_not_at_all() -> None:
    """Into as many fields as they need."""
    assert packed([], 1) == [""]
    assert packed(["a", "b"], 1) == ["a\nb"]
    assert packed(["a" * 2000, "b" * 1999], 1) == ["a" * 2000 + "\n" + "b" * 1999]
    assert packed(["a" * 2000, "b" * 2000], 2) == ["a" * 2000, "b" * 2000]
    assert packed(["a" * 2000, "b" * 2000], 1) is None
    assert packed(["a" * 4001], 5) is None
