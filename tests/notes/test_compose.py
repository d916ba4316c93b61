from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fact import Citation, Source
from bot.domain.note import Provenance
from bot.notes.compose import CORRECTION_LIMIT, as_markdown, as_text, compose, long_date
from tests.builders import A_SOURCE, a_fact


def _sources(count: int) -> tuple[Citation, ...]:
    return tuple(
        Citation(Source(f"key-{i}", f"Paper {i}", f"Title {i}", f"https://p{i}.example/x"), f"Quote {i}")
        for i in range(count)
    )


def test_a_note_in_markdown() -> None:
    """Heading and correction, the sources as links, the label in small print."""
    assert as_markdown(compose(a_fact(), Provenance.AUTO)) == (
        "**Context**\nThe moon is made of rock.",
        "The Lunar Society: [An Atlas of the Moon](<https://moon.example/atlas>) (17 May 2020)",
        "-# Matched automatically · as of 1 January 2026",
    )


def test_a_note_as_plain_text() -> None:
    """The same words, with the addresses written out."""
    assert as_text(compose(a_fact(), Provenance.MODERATOR)).splitlines() == [
        "Context: The moon is made of rock.",
        "Source: The Lunar Society, “An Atlas of the Moon” (17 May 2020) https://moon.example/atlas",
        "Approved by a moderator · as of 1 January 2026",
    ]


@pytest.mark.parametrize(
    ("provenance", "label"),
    [
        (Provenance.AUTO, "Matched automatically · as of 3 March 2024"),
        (Provenance.MODERATOR, "Approved by a moderator · as of 3 March 2024"),
        (Provenance.REQUESTED, "Asked for by a member · as of 3 March 2024"),
    ],
)
def test_the_label_says_who_stands_behind_it(provenance: Provenance, label: str) -> None:
    """A machine's match is never shown as anybody's opinion; and the date says when it was true."""
    assert compose(a_fact(as_of=date(2024, 3, 3)), provenance).label == label


@given(st.text(max_size=600))
def test_a_correction_is_short(correction: str) -> None:
    """280 characters at most, whatever an editor wrote."""
    assert len(compose(a_fact(correction=correction), Provenance.AUTO).correction) <= CORRECTION_LIMIT == 280


def test_a_long_correction_is_cut_at_a_word() -> None:
    """And says that it was cut; one of the right length is left whole."""
    shown = compose(a_fact(correction="rock " * 100), Provenance.AUTO).correction
    assert shown.endswith("rock…")
    whole = "r" * CORRECTION_LIMIT
    assert compose(a_fact(correction=whole), Provenance.AUTO).correction == whole


def test_three_sources_at_most() -> None:
    """The first three that are cited; each with publisher, title and link."""
    view = compose(a_fact(citations=_sources(5)), Provenance.AUTO)
    assert [(line.publisher, line.title, line.url) for line in view.sources] == [
        (f"Paper {i}", f"Title {i}", f"https://p{i}.example/x") for i in range(3)
    ]


def test_a_source_that_is_cited_twice_is_named_once() -> None:
    """Two quotes of one document are one source."""
    citations = (*_sources(1), replace(_sources(1)[0], quote="another"), *_sources(2)[1:])
    view = compose(a_fact(citations=citations), Provenance.AUTO)
    assert [line.publisher for line in view.sources] == ["Paper 0", "Paper 1"]


def test_a_source_without_a_web_address_is_named_without_a_link() -> None:
    """An address that isn't one is not shown as a link, and the title still is."""
    source = replace(A_SOURCE, url="javascript:alert(1)", published=None)
    view = compose(a_fact(citations=(Citation(source, "quote"),)), Provenance.AUTO)
    assert as_markdown(view)[1] == "The Lunar Society: An Atlas of the Moon"
    assert "javascript" not in as_text(view)


def test_a_long_title_is_cut() -> None:
    """A headline of three lines would push the correction out of sight."""
    citation = Citation(replace(A_SOURCE, title="word " * 100), "quote")
    [line] = compose(a_fact(citations=(citation,)), Provenance.AUTO).sources
    assert len(line.title) <= 120


def test_a_note_speaks_of_the_claim_alone() -> None:
    """Nothing of it depends on who wrote the post, and no verdict is thrown at anybody."""
    text = as_text(compose(a_fact(), Provenance.AUTO)).casefold()
    assert not any(word in text for word in ("you ", "your", "false", "wrong", "liar"))


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2024, 3, 3), "3 March 2024"), (date(1949, 4, 4), "4 April 1949"), (date(2026, 12, 31), "31 December 2026")],
)
def test_dates_read_the_same_everywhere(day: date, text: str) -> None:
    """No month can be taken for a day."""
    assert long_date(day) == text
