"""The pages on security and on faults claim nothing that no test holds."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.domain.stored import STORED

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
FAULTS = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
ID = re.compile(r"`(?P<path>tests/[\w/]+\.py)(?:::(?P<name>[\w:]+))?`")
OPEN = "not defended"
RULE = re.compile(r"\|[-| ]+\|")


def _tables(page: str) -> list[list[list[str]]]:
    """Return the tables of the page: rows of cells, the heading first."""
    blocks = re.findall(r"(?:^\|.*\n?)+", page, re.MULTILINE)
    return [
        [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in block.splitlines()
            if not RULE.fullmatch(line)
        ]
        for block in blocks
    ]


ROWS = [row for table in _tables(PAGE) if table[0][-1] == "test" for row in table[1:]]


def _tests_of(path: str) -> set[str]:
    """Return the tests of a file, those in classes with their class."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}::{one.name}" for one in inner}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


def test_the_page_has_its_rows() -> None:
    """Those with tests, and those that are honest about having none."""
    assert len(ROWS) > 80
    assert sum(OPEN in " ".join(row) for row in ROWS) > 10


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:50])
def test_a_row_names_a_test_or_says_that_it_is_not_defended(row: list[str]) -> None:
    """And why."""
    if not ID.search(row[-1]):
        assert OPEN in " ".join(row[:-1])
        assert row[-1] == "-"


@pytest.mark.parametrize("path", sorted({found["path"] for found in ID.finditer(PAGE + FAULTS)}))
def test_every_test_that_is_named_is_there(path: str) -> None:
    """Also one that was renamed since."""
    named = {found["name"] for found in ID.finditer(PAGE + FAULTS) if found["path"] == path}
    assert (ROOT / path).is_file()
    assert named - {None} - _tests_of(path) == set()


def test_every_fault_has_its_test() -> None:
    """And what happens then."""
    rows = [row for table in _tables(FAULTS) for row in table[1:]]
    assert len(rows) > 35
    assert [row[0] for row in rows if not ID.search(row[-1]) or len(row) != 3 or not row[1]] == []


def test_every_bound_is_about_something_that_is_stored() -> None:
    """Every table of the database stands in the list of what grows, those that hang on facts with them."""
    [growth] = [table for table in _tables(PAGE) if table[0][0] == "what" and table[0][-1] == "test"]
    listed = set(re.findall(r"`(\w+)`", " ".join(row[0] for row in growth[1:])))
    with_facts = {
        *("phrasings", "near_misses", "sources", "citations", "claim_reviews", "source_checks"),
        *("pack_facts", "appearances", "vectors"),
    }
    assert {stored.table for stored in STORED} - with_facts - listed == set()
