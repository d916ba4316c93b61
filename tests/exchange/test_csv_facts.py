from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings

import bot
from bot.domain.fact import Citation, Fact, NearMiss, Review, Source, Verdict
from bot.domain.slugs import web_source
from bot.exchange.incoming import SheetFact
from bot.exchange.pack import read_pack
from tests.builders import a_fact
from tests.exchange.sheets import CITED, NEEDED, facts_of, one, read, rejected, sheet
from tests.exchange.sound_facts import A_DAY, collections

CORE = Path(bot.__file__).with_name("packs") / "core.json"

TRICKY = a_fact(
    claim="'=cmd|' /C calc'!A0\r\n",
    correction="''+1",
    phrasings=('"quoted"', '"a" and "b"', "two\nlines", " edges ", "back\\slash", '"\\u00e9"', "{", "=1"),
    near_misses=(NearMiss("a | b", "c"), NearMiss("d", "e | f"), NearMiss('{"text": "x"}', "y"), NearMiss("z", " k ")),
    citations=(
        Citation(web_source("https://a.example/|", "P", "T"), "q"),
        Citation(web_source("https://a.example/", "P", "T"), "a quote | with bars | key=value"),
        Citation(web_source("https://a.example/b", "P", "T"), "key=value"),
        Citation(Source("web-x", "P |", "T", "https://a.example/c", note="a=b | key=c"), "two\r\nlines"),
    ),
)


@given(collections())
@example([TRICKY])
@settings(deadline=None)
def test_what_is_written_is_read(facts: list[Fact]) -> None:
    """Each fact is equal, drafts and reviews included, whatever signs stand in it."""
    assert facts_of(read(sheet(facts))) == facts


def test_the_core_pack_survives_a_sheet() -> None:
    """All of it."""
    facts = read_pack(CORE)
    assert facts_of(read(sheet(facts))) == facts


def test_what_people_write_is_what_is_written() -> None:
    """Lists have one entry a line, and JSON stands only where it must."""
    source = replace(web_source("https://a.example/", "P", "T"), published=date(2020, 5, 17))
    review = Review("", web_source("https://b.example/", "Q", "U"), "Cheese!", Verdict.MISSING_CONTEXT, "Half true")
    fact = a_fact(citations=(Citation(source, "q | r"), Citation(replace(source, key="k"), "s")), reviews=(review,))
    text = sheet([fact])
    for line in (
        '"The moon is a big cheese.\nCheese is what the moon is made of."',
        "Mars is made of cheese. | other object",
        "https://a.example/ | P | T | q | r | published=2020-05-17\n",
        "\nhttps://a.example/ | P | T | s | published=2020-05-17 | key=k",
        "https://b.example/ | Q | U | Cheese! | verdict=missing_context | label=Half true",
    ):
        assert line in text


def test_no_cell_is_a_formula() -> None:
    """A spreadsheet runs nothing of it."""
    assert ",'=1+1," in sheet([a_fact(correction="=1+1")])


def test_a_sheet_needs_no_more_than_its_columns() -> None:
    """A slug is made of the claim, and the fact holds for a year."""
    found = one(f"Zeppelins land tonight.,False,None do.,No zeppelin lands.,{CITED}")
    assert found == SheetFact(
        "line 2",
        Fact(
            slug=facts_of([found])[0].slug,
            claim="Zeppelins land tonight.",
            verdict=Verdict.FALSE,
            correction="None do.",
            true_statement="No zeppelin lands.",
            citations=(Citation(web_source("https://a.example/", "The Gazette", "On zeppelins"), "None ever came."),),
            phrasings=(),
            near_misses=(),
            as_of=A_DAY,
            review_by=date(2027, 3, 1),
        ),
    )
    assert facts_of([found])[0].slug.startswith("zeppelins-land-tonight-")


def test_cells_are_forgiving() -> None:
    """As to case, spaces and line breaks, where nothing hangs on them."""
    columns = f"{NEEDED},Near misses, LANGUAGE ,as_of,phrasings,claim_date"
    row = f'c,"Missing  context ",x,y,{CITED},"a \r\n b | asks ", EN ,9999-12-01,"p\r\n\rq", 2024 '
    (fact,) = facts_of([one(row, columns)])
    assert (fact.verdict, fact.language, fact.claim_date) == (Verdict.MISSING_CONTEXT, "en", "2024")
    assert fact.near_misses == (NearMiss("a", "other"), NearMiss("b", "asks"))
    assert fact.phrasings == ("p", "q")
    assert fact.review_by == date(9999, 12, 1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_sheet_is_read_as_spreadsheets_write_it(delimiter: str, end: str, mark: str) -> None:
    """Whatever separates cells and lines, and with a byte order mark or without."""
    header = delimiter.join(NEEDED.split(","))
    row = delimiter.join(("c", "true", "x", "y", CITED))
    blank = delimiter * 4
    found = read(mark + end.join((header, row, "", blank, row)))
    assert [one.place for one in found if isinstance(one, SheetFact)] == ["line 2", "line 5"]


def test_a_draft_needs_a_review() -> None:
    """As it does in a pack."""
    columns = f"{NEEDED},reviews"
    found = one("c,false,,,,https://a.example/ | P | T | Cheese! | verdict=False | rest={}", columns)
    (fact,) = facts_of([found])
    assert fact.draft
    assert fact.reviews == (Review("", web_source("https://a.example/", "P", "T"), "Cheese!", Verdict.FALSE),)
    assert rejected(one("c,false,,,,", columns)) == ("line 2", "correction is blank.")
    bad = "c,false,,,,https://a.example/ | P | T | Cheese! | verdict=false | rest="
    assert rejected(one(bad + "{", columns))[1].startswith("reviews[0]: rest is not sound JSON: ")
    assert rejected(one(bad + "[]", columns))[1] == "reviews[0]: rest must be an object, not a list."
