from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fact import Fact, Review, SourceCheck, SourceState, Verdict
from bot.domain.note import Provenance
from bot.notes.compose import CORRECTION_LIMIT, NoteView, as_text, compose
from bot.notes.reviews import rated, said, strongest
from tests.builders import NOW, a_fact, a_review


def _draft(*reviews: Review, verdict: Verdict = Verdict.FALSE) -> Fact:
    return a_fact(correction="", true_statement="", citations=(), reviews=reviews, verdict=verdict)


def _names(fact: Fact) -> list[str]:
    return [review.source.publisher for review in strongest(fact)]


def _note(fact: Fact) -> NoteView:
    return compose(fact, Provenance.MODERATOR)


def test_a_draft_s_note_says_who_rated_the_claim() -> None:
    """In the publisher's own words, with the link to the review."""
    assert as_text(_note(_draft(a_review()))).splitlines() == [
        "Context: Fact Office rated this: Wrong.",
        "Source: Fact Office, “Cheese?” (3 February 2025) https://office.example/1",
        "Approved by a moderator · as of 1 January 2026",
    ]


def test_a_note_names_the_strongest_two() -> None:
    """Each with its link; a third publisher is left out, and one that says the same twice counts once."""
    reviews = [
        a_review(publisher="Office", published=date(2025, 1, 1), key="a", url="https://office.example/1"),
        a_review(publisher="Desk", published=date(2025, 3, 1), key="b", url="https://desk.example/1", label="Nope"),
        a_review(publisher="OFFICE", published=date(2025, 2, 1), key="c", url="https://office.example/2"),
        a_review(publisher="Late", published=date(2024, 1, 1), key="d", url="https://late.example/1"),
    ]
    note = _note(_draft(*reviews))
    assert note.correction == "Desk rated this: Nope. OFFICE rated this: Wrong."
    assert [source.url for source in note.sources] == ["https://desk.example/1", "https://office.example/2"]


@pytest.mark.parametrize(
    "stronger",
    [
        {"verdict": Verdict.FALSE},
        {"label": "Wrong", "verdict": Verdict.TRUE, "published": None},
        {"published": date(2025, 6, 1), "label": None, "verdict": Verdict.TRUE},
        {"publisher": "A Desk", "label": None, "verdict": Verdict.TRUE},
    ],
)
def test_what_makes_a_review_stronger(stronger: dict[str, object]) -> None:
    """The fact's own verdict, then a rating in words, then the newer date, and else the name."""
    weaker = a_review(verdict=Verdict.TRUE, label=None, publisher="B Desk", key="b")
    strong = a_review(**{"publisher": "C Desk", **stronger})
    assert _names(_draft(weaker, strong))[0] == strong.source.publisher
    assert _names(_draft(strong, weaker))[0] == strong.source.publisher


def test_a_written_correction_is_what_a_note_says() -> None:
    """What the fact quotes is linked first, then the reviews, three sources at most."""
    others = [a_review(publisher=f"Desk {n}", key=f"k{n}", url=f"https://desk.example/{n}") for n in range(3)]
    note = _note(a_fact(reviews=tuple(others)))
    assert note.correction == "The moon is made of rock."
    assert [source.publisher for source in note.sources] == ["The Lunar Society", "Desk 0", "Desk 1"]


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("Pants on Fire!", "Fact Office rated this: Pants on Fire!"),
        ("Four\n Pinocchios ", "Fact Office rated this: Four Pinocchios."),
        ("Really?", "Fact Office rated this: Really?"),
        (None, "Fact Office reviewed this."),
        (" \u200b ", "Fact Office reviewed this."),
    ],
)
def test_a_rating_reads_as_a_sentence(label: str | None, sentence: str) -> None:
    """Whatever a publisher's words end with; without words it is said that there is a review."""
    assert rated(a_review(label=label)) == sentence


@given(st.lists(st.tuples(st.text(max_size=120), st.none() | st.text(max_size=200)), min_size=1, max_size=3))
def test_a_draft_s_note_is_short(reviews: list[tuple[str, str | None]]) -> None:
    """Whatever publishers write, it fits whole: one line, and no sentence is cut off but where it says so."""
    fact = _draft(*(a_review(publisher=name, label=label, key=name) for name, label in reviews))
    assert len(said(fact)) <= CORRECTION_LIMIT
    assert _note(fact).correction == said(fact)
    assert "\n" not in said(fact)


def test_a_review_whose_page_is_gone_is_linked_as_a_copy() -> None:
    """Where an archive has one."""
    check = SourceCheck(SourceState.GONE, NOW, NOW, status=404, archive_url="https://archive.example/1")
    review = a_review(source=replace(a_review().source, check=check))
    [source] = _note(_draft(review)).sources
    assert (source.publisher, source.url) == ("Fact Office (archived copy)", "https://archive.example/1")
