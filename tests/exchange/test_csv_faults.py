from __future__ import annotations

import io
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import ImportRefused
from bot.exchange.csv_in import read_csv
from bot.exchange.incoming import Rejected
from tests.builders import a_fact
from tests.exchange.sheets import CITED, NEEDED, Found, facts_of, one, read, rejected, sheet
from tests.exchange.sound_facts import A_DAY, mutated, one_sentence

REFUSED = [
    ("", "The first line must name the columns of facts (claim, verdict, correction, true_statement, citations) or of"),
    ("\n\n", "The first line must name the columns"),
    ("claim,verdict\n", "The first line must name the columns"),
    ('"claim,correction', "The first line must name the columns"),
    (
        "claim,correction,mood,\u2028moon,x,y",
        'There is no column "mood", "moon", "x", ...; known are appearances, as_of',
    ),
    ("claim,url,rating,verdict", 'There is no column "verdict"; known are'),
    ("claim,url,rating,", 'There is no column ""; known are'),
    ("claim,correction,claim", 'The column "claim" stands twice.'),
    ("claim,correction", 'The first line lacks the column "verdict", "true_statement", "citations".'),
    ("claim,rating", 'The first line lacks the column "url".'),
    ("claim," * 100_000, "The first line has 100001 columns; 100 at most."),
    ("c" * 2_000_000, "The first line is too long to name columns."),
    (NEEDED.encode("utf-16"), "The file is not UTF-8."),
    ("claim\0,url,rating", "The file is not UTF-8."),
    (b"\xff\n", "The file is not UTF-8."),
]


@pytest.mark.parametrize(("content", "why"), REFUSED, ids=range(len(REFUSED)))
def test_a_sheet_of_other_columns_is_refused(content: str | bytes, why: str) -> None:
    """The message names them."""
    with pytest.raises(ImportRefused) as caught:
        read(content)
    assert str(caught.value).startswith(why)
    assert one_sentence(str(caught.value))


GOOD = f"c,false,x,y,{CITED}"
REJECTED = [
    (f",false,x,y,{CITED}", "claim is missing."),
    ("c,false,x,y,", "a fact needs a citation."),
    (f"c,false,,y,{CITED}", "correction is blank."),
    (f"c,wrong,x,y,{CITED}", 'the verdict "wrong" is unknown; known are false'),
    (f"c,,x,y,{CITED}", "verdict is missing."),
    (f"{'c' * 301},false,x,y,{CITED}", "claim is 301 characters; 300 at most."),
    (f"{'c' * 900_000},false,x,y,{CITED}", "claim is 900000 characters; 300 at most."),
    (f"c\0,false,x,y,{CITED}", "claim holds a NUL character."),
    ("c,false,x,y,https://a.example/ | P", "citations[0]: title is missing."),
    ("c,false,x,y,https://a.example/ | P | | q", "citations[0]: title is blank."),
    ("c,false,x,y,ftp://a | P | T | q", 'citations[0]: url is "ftp://a"; a web address'),
    ("c,false,x,y,https://a.example/ | P | T | q | published=May", 'citations[0]: published is "May"; a date looks'),
    ('c,false,x,y,"{""url"": ""https://a.example/"", ""mood"": 1}"', "citations[0]: publisher is missing."),
    (f'c,false,x,y,"{CITED}\n{CITED} | note=n"', 'citations[1]: two sources have the key "web-'),
    (f"c,false,x,y,{CITED} | verdict=false", 'citations[0]: there is no field "verdict"'),
    ("c,false,x,y," + "| key=a" * 140_000, "citations[0]: url is blank."),
    ("c,false,x,y,P" + " " * 990_000 + "|", "citations[0]: publisher is blank."),
    ("c,false,x,y," + "{" * 990_000, "citations[0]: publisher is missing."),
    ('c,false,x,y,"' + "a\n" * 400_000 + '"', "citations[0]: publisher is missing."),
    (GOOD + ",", "the row has 6 cells, and the first line 5."),
    ("c,false,x", "the row has 3 cells, and the first line 5."),
    (",".join("c" * 100_000), "the row has 100000 cells, and the first line 5."),
    ('"c" ,false,x,y,z', "the row is not sound CSV: "),
    ("c," * 600_000, "the row has more than 1000000 characters"),
]


@pytest.mark.parametrize(("line", "why"), REJECTED, ids=range(len(REJECTED)))
def test_a_fault_rejects_the_row_alone(line: str, why: str) -> None:
    """Its place is where it begins, and the rows around it come in."""
    first, found, last = read(f"{NEEDED}\r\n{GOOD}\r\n{line}\r\n{GOOD}")
    assert [facts_of([first]), facts_of([last])] == [facts_of([one(GOOD)])] * 2
    place, said = rejected(found)
    assert place == "line 3"
    assert said.startswith(why)


def test_bytes_that_are_not_utf_8_reject_their_row() -> None:
    """The rows around it come in."""
    content = "\n".join((NEEDED, GOOD, GOOD.replace("x", "ü"), GOOD))
    first, found, last = read(content.replace("ü", "\xff").encode("latin-1"))
    assert rejected(found) == ("line 3", "the row is not UTF-8.")
    assert facts_of([first, last])


def test_a_quotation_mark_that_is_never_closed_eats_neither_the_memory_nor_the_rest() -> None:
    """Reading goes on at the line where the row has become too long."""
    filler = "x" * 99_999 + "\n"
    found = read(f'{NEEDED}\n{GOOD}\n"c{filler * 10}{GOOD}\n')
    assert [one.place for one in found] == ["line 2", "line 3", "line 13"]
    assert rejected(found[1])[1] == (
        "the row has more than 1000000 characters, as if a quotation mark were not closed."
    )
    (_, short) = read(f'{NEEDED}\n{GOOD}\n"c,false\n')
    assert rejected(short) == ("line 3", "the row is not sound CSV: unexpected end of data.")


def test_rows_are_read_one_by_one() -> None:
    """However many there are: a sheet without an end has a first row, too."""

    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self._next = io.BytesIO(f"{NEEDED}\n".encode())

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            piece = self._next.read(len(buffer)) or f"{GOOD}\n".encode()[: len(buffer)]
            buffer[: len(piece)] = piece
            return len(piece)

    rows = read_csv(io.BufferedReader(cast("io.RawIOBase", Endless())), today=A_DAY)
    assert [row.place for _, row in zip(range(3), rows, strict=False)] == ["line 2", "line 3", "line 4"]


FACTS = sheet([a_fact(), a_fact(correction='"=1', phrasings=("a\nb",))]).encode()
REVIEWS = b'claim;url;rating;appearances\nc;https://a.example/;False;"https://b.example/\nhttps://c.example/"\n'
TEXTS = st.text("claim,uratgbe\n\"'|;\t=\0").map(str.encode)


@given(mutated(FACTS) | mutated(REVIEWS) | st.binary(max_size=100) | TEXTS.map(REVIEWS.__add__))
@settings(deadline=None, max_examples=300)
def test_no_sheet_is_worse_than_refused(content: bytes) -> None:
    """Whatever comes, the answers are sentences."""
    refused = ""
    found: list[Found] = []
    try:
        found = read(content)
    except ImportRefused as error:
        refused = str(error)
    assert not refused or one_sentence(refused)
    assert all(one_sentence(each.why) for each in found if isinstance(each, Rejected))
