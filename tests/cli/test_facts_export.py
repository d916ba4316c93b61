"""``footnote facts export | packs | key``: facts out, and in again."""

from __future__ import annotations

import csv
import io
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.fact import Fact
from tests.builders import a_fact, a_review
from tests.cli.conftest import Footnote
from tests.cli.test_facts import build, stored

DRAFT = a_fact(
    slug="draft",
    claim="Whales breathe sulphur underwater.",
    correction="",
    true_statement="",
    citations=(),
    phrasings=(),
    near_misses=(),
    verdict_label="Wrong",
    reviews=(a_review(claim="Whales breathe sulphur underwater."),),
)
HEAD = ("--name", "moon", "--title", "The moon", "--version", "1", "--licence", "CC0-1.0", "--provenance", "Made up.")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A database with a finished fact and a draft, in use."""
    build(tmp_path / "facts.db", a_fact(), DRAFT)
    return tmp_path / "facts.db"


def test_claim_reviews_hold_the_publishers_and_our_own(footnote: Footnote, facts: Path) -> None:
    """One object a review, as search engines read them; ours has its quotes with it."""
    draft, own = json.loads(footnote("facts", "export").out)
    assert {one["@type"] for one in (draft, own)} == {"ClaimReview"}
    assert (draft["author"]["name"], draft["reviewRating"]["alternateName"]) == ("Fact Office", "Wrong")
    assert (own["author"]["name"], own["reviewRating"]["alternateName"]) == ("Footnote", "False")
    assert (own["reviewBody"], own["citation"][0]["text"]) == (a_fact().correction, "The moon consists of rock.")
    [alone] = json.loads(footnote("facts", "export", "--no-drafts").out)
    assert alone == own


def test_nothing_to_give_out_is_an_empty_list(footnote: Footnote, tmp_path: Path) -> None:
    """Sound JSON all the same."""
    build(tmp_path / "facts.db")
    assert json.loads(footnote("facts", "export").out) == []


def test_a_sheet_goes_out_and_comes_in_again(footnote: Footnote, facts: Path, tmp_path: Path) -> None:
    """Into another database, every field comes back."""
    ran = footnote("facts", "export", "--as", "csv", "-o", "facts.csv")
    assert (ran.status, ran.out) == (0, "")
    text = (tmp_path / "facts.csv").read_text(encoding="utf-8")
    assert [row["slug"] for row in csv.DictReader(io.StringIO(text))] == ["draft", "moon-cheese"]
    before = stored(facts)
    facts.unlink()
    build(facts)
    assert footnote("facts", "import", "facts.csv").out.startswith("2 entries: 2 new.")
    assert comparable(stored(facts)) == comparable(before)


def test_a_pack_goes_out_signed_and_is_taken_in(footnote: Footnote, facts: Path, tmp_path: Path) -> None:
    """It is listed with its signer; taken in again it changes nothing."""
    before = stored(facts)
    made = footnote("facts", "key", "my.key").out
    assert stat.S_IMODE((tmp_path / "my.key").stat().st_mode) == 0o600
    footnote("facts", "export", "--as", "pack", *HEAD, "--sign", "my.key", "-o", "moon.json")
    facts.unlink()
    build(facts)
    assert footnote("facts", "import", "moon.json").out.startswith("2 entries: 2 new.")
    assert comparable(stored(facts)) == comparable(before)
    assert footnote("facts", "import", "moon.json").out == "2 entries: 2 same.\n"
    [pack] = footnote("facts", "packs", "--json").answers
    assert (pack["name"], pack["version"], pack["licence"]) == ("moon", "1", "CC0-1.0")
    assert pack["key"] in made
    again = footnote("facts", "export", "--as", "pack", "--pack", "moon", "--sign", "my.key").out
    assert json.loads(again) == json.loads((tmp_path / "moon.json").read_text(encoding="utf-8"))


def test_another_signer_is_refused_unless_it_is_accepted(footnote: Footnote, facts: Path, tmp_path: Path) -> None:
    """And so is a pack that was changed after it was signed."""
    for name in ("one", "two"):
        footnote("facts", "key", f"{name}.key")
        footnote("facts", "export", "--as", "pack", *HEAD, "--sign", f"{name}.key", "-o", f"{name}.json")
    footnote("facts", "import", "one.json")
    ran = footnote("facts", "import", "two.json")
    assert (ran.status, ran.out) == (1, "")
    assert "signed by another key" in ran.err
    assert footnote("facts", "import", "two.json", "--accept-key").status == 0
    text = (tmp_path / "two.json").read_text(encoding="utf-8")
    (tmp_path / "two.json").write_text(text.replace("made of rock", "made of lead"), encoding="utf-8")
    ran = footnote("facts", "import", "two.json", "--accept-key")
    assert "changed after it was signed" in ran.err


def test_a_pack_can_be_forgotten(footnote: Footnote, facts: Path) -> None:
    """Its facts stay."""
    footnote("facts", "import", "-", stdin=footnote("facts", "export", "--as", "pack", *HEAD).out)
    assert footnote("facts", "packs", "--forget", "moon").status == 0
    assert footnote("facts", "packs", "--json").answers == []
    assert len(stored(facts)) == 2
    ran = footnote("facts", "packs", "--forget", "moon")
    assert (ran.status, ran.err) == (1, "footnote: No pack moon was taken in; `footnote facts packs` lists them.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--as", "pack"), "A pack needs --name, --title, --version, --licence, --provenance."),
        (("--as", "pack", "--pack", "none"), "No pack none was taken in"),
        (("--as", "pack", *HEAD, "--sign", "none.key"), "none.key can't be read"),
        (("-o", "none/facts.json"), "none/facts.json can't be written"),
    ],
)
def test_what_can_not_be_given_out_is_one_sentence(
    footnote: Footnote, facts: Path, arguments: tuple[str, ...], told: str
) -> None:
    """And nothing is written."""
    ran = footnote("facts", "export", *arguments)
    assert ran.status in {1, 2}
    assert ran.out == ""
    assert told in ran.err
    assert facts.exists()


def test_a_key_is_never_overwritten(footnote: Footnote, tmp_path: Path) -> None:
    """It would be lost."""
    (tmp_path / "my.key").write_text("precious")
    ran = footnote("facts", "key", "my.key")
    assert (ran.status, (tmp_path / "my.key").read_text()) == (2, "precious")


def comparable(facts: dict[str, Fact]) -> list[Fact]:
    """Return facts without what an import makes anew: the identities of reviews, and what their tests said."""
    bare = [replace(fact, failed_tests=()) for _, fact in sorted(facts.items())]
    return [replace(fact, reviews=tuple(replace(one, identity="") for one in fact.reviews)) for fact in bare]
