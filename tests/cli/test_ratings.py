from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.notes.ratings.model import fit
from tests.cli.conftest import Footnote
from tests.notes.ratings.rows import VECTORS, vector

ROOT = Path(__file__).resolve().parents[2]
HEAD = "note,rater,rating\n"


def table(rows: Iterable[Iterable[object]], head: str = HEAD) -> str:
    """Rows as CSV."""
    return head + "".join(f"{','.join(map(str, row))}\n" for row in rows)


def vectors(name: str) -> str:
    """A set of vectors as a table."""
    with (VECTORS / name / "ratings.csv").open(encoding="utf-8", newline="") as file:
        return table([row["noteId"], row["raterParticipantId"], row["helpfulNum"]] for row in csv.DictReader(file))


def scored(footnote: Footnote, text: str | bytes, *options: str) -> Any:
    """The JSON of a table on standard input."""
    ran = footnote("ratings", "score", "-", "--json", *options, stdin=text)
    assert (ran.status, ran.err) == (0, "")
    [answer] = ran.answers
    return answer


def test_it_gives_the_model_and_a_status(footnote: Footnote, tmp_path: Path) -> None:
    """A file comes out as the model that ``fit`` finds, with a status, a rule and reasons for each note."""
    file = tmp_path / "ratings.csv"
    file.write_text(vectors("small_30x20"), encoding="utf-8")
    ran = footnote("ratings", "score", str(file), "--json", "--no-filter")
    [answer] = ran.answers
    values = vector("small_30x20")
    expected = fit(values)
    assert answer.keys() == {"mu", "notes", "raters"}
    assert answer["mu"] == pytest.approx(expected.mu, abs=1e-5)
    assert [row["note"] for row in answer["notes"]] == [str(note) for note in sorted(expected.notes)]
    assert [row["rater"] for row in answer["raters"]] == [str(rater) for rater in sorted(expected.raters)]
    for row in answer["notes"]:
        assert row.keys() == {"note", "n", "intercept", "factor", "status", "rule", "why"}
        place = expected.notes[int(row["note"])]
        assert (row["intercept"], abs(row["factor"])) == pytest.approx((place.intercept, abs(place.factor)), abs=1e-5)
        assert row["n"] == sum(note == int(row["note"]) for note, _ in values)
        assert row["rule"] == "sides-1"
        assert row["why"][0].startswith(f"{row['n']} rating")
    assert {row["status"] for row in answer["notes"]} == {"needs more ratings", "helpful", "not helpful"}
    assert all(row.keys() == {"rater", "intercept", "factor"} for row in answer["raters"])


def test_what_the_filter_leaves_out_has_no_place(footnote: Footnote) -> None:
    """Null where a note or a rater isn't in the model; with ``--no-filter`` everything is in it."""
    text = vectors("tiny_8x12") + "99,77,1\n"
    filtered, whole = scored(footnote, text), scored(footnote, text, "--no-filter")
    for answer, absent in ((filtered, True), (whole, False)):
        [note] = [row for row in answer["notes"] if row["note"] == "99"]
        [rater] = [row for row in answer["raters"] if row["rater"] == "77"]
        assert [(row["intercept"] is None, row["factor"] is None) for row in (note, rater)] == [(absent, absent)] * 2
        assert note["n"] == 1


def test_without_any_model_there_is_a_status_still(footnote: Footnote) -> None:
    """Five members who agree on the only note make it provisionally helpful."""
    answer = scored(footnote, table(("a", rater, 1) for rater in "vwxyz"))
    assert answer["mu"] is None
    assert (answer["notes"][0]["status"], answer["notes"][0]["rule"]) == ("helpful", "cold-start-1")


@pytest.mark.parametrize(
    ("notes", "order"),
    [(["10", "9", "-1"], ["-1", "9", "10"]), (["10", "9", "b"], ["10", "9", "b"]), (["7", "07"], ["07", "7"])],
)
def test_names_are_in_order(footnote: Footnote, notes: list[str], order: list[str]) -> None:
    """As numbers where all of them are, else as words; what is written differently is another name."""
    answer = scored(footnote, table((note, note, 1) for note in notes))
    assert [row["note"] for row in answer["notes"]] == order
    assert [row["rater"] for row in answer["raters"]] == order


def test_the_last_row_of_a_pair_wins(footnote: Footnote) -> None:
    """A rater may think again."""
    answer = scored(footnote, table([("a", "r", 1), ("a", "s", 1), ("a", "r", "0.5")]))
    assert answer["notes"][0]["n"] == 2
    assert "2 ratings: 1 helpful, 1 somewhat helpful, 0 not helpful = 1.5 of 2." in answer["notes"][0]["why"]


@pytest.mark.parametrize("rating", ["1", "1.0", " 1 ", "1.00"])
def test_numbers_may_be_written_in_any_way(footnote: Footnote, rating: str) -> None:
    """One is one."""
    assert "1 rating: 1 helpful" in scored(footnote, table([("a", "r", rating)]))["notes"][0]["why"][1]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffnote,rater,rating\na,r,1\n",
        "note,rater,rating\r\na,r,1\r\n",
        "Note, Rater ,RATING\na,r,1",
        "when,rating,rater,note\nnow,1,r,a\n",
        'note,rater,rating\n\n"a","r","1"\n\n',
    ],
    ids=["byte order mark", "CRLF", "spelt otherwise", "other columns", "blank lines and quotes"],
)
def test_tables_come_in_many_ways(footnote: Footnote, text: str) -> None:
    """What a spreadsheet writes is read."""
    answer = scored(footnote, text)
    assert [(row["note"], row["n"]) for row in answer["notes"]] == [("a", 1)]
    assert [row["rater"] for row in answer["raters"]] == ["r"]


@pytest.mark.parametrize(
    ("reasons", "status"),
    [
        (["clear;good-sources"] * 2, "helpful"),
        (["clear good-sources"] * 2, "helpful"),
        (["clear ; good-sources", "good-sources;clear"], "helpful"),
        (["clear;good-sources", "clear"], "needs more ratings"),
        ([], "needs more ratings"),
    ],
)
def test_reasons_count_where_there_is_a_column(footnote: Footnote, reasons: list[str], status: str) -> None:
    """With the column, a status needs two reasons that two raters each gave; without it, none."""
    cells = [*reasons, *[""] * (6 - len(reasons))]
    with_them = table((("a", rater, 1, cell) for rater, cell in enumerate(cells)), "note,rater,rating,reasons\n")
    without = table(("a", rater, 1) for rater in range(6))
    assert scored(footnote, with_them)["notes"][0]["status"] == status
    assert scored(footnote, without)["notes"][0]["status"] == "helpful"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "standard input holds no ratings."),
        ("\n", "standard input holds no ratings."),
        (HEAD, "standard input holds no ratings."),
        ("note,rater\na,r\n", "standard input, line 1: the first line must name the columns note, rater, rating."),
        ("a,r,1\n", "standard input, line 1: the first line must name the columns note, rater, rating."),
        ("note,rater,rating,note\na,r,1,b\n", "standard input, line 1: the column note is there twice."),
        (HEAD + "a,r,1\na,s,2\n", "standard input, line 3: the rating must be 1, 0.5 or 0, and is '2'."),
        (HEAD + "a,r,\n", "standard input, line 2: the rating must be 1, 0.5 or 0, and is ''."),
        (HEAD + "a,r,nan\n", "standard input, line 2: the rating must be 1, 0.5 or 0, and is 'nan'."),
        (HEAD + "a,r,helpful\n", "standard input, line 2: the rating must be 1, 0.5 or 0, and is 'helpful'."),
        (HEAD + "\n\n,r,1\n", "standard input, line 4: the note is empty."),
        (HEAD + "a, ,1\n", "standard input, line 2: the rater is empty."),
        (HEAD + "a,r\n", "standard input, line 2: it has 2 cells, and the first line has 3."),
        (HEAD + "a,r,1,0\n", "standard input, line 2: it has 4 cells, and the first line has 3."),
        (HEAD + '"a,r,1\n', "standard input, line 2: not CSV (unexpected end of data)."),
        ("note,rater,rating,reasons\na,r,1,nice\n", "standard input, line 2: 'nice' is no reason; reasons are clear, "),
        (b"note,rater,rating\n\xff,r,1\n", "standard input can't be read: it is not UTF-8."),
    ],
)
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_bad_tables_get_one_sentence(footnote: Footnote, text: str | bytes, message: str, options: list[str]) -> None:
    """With the number of the line, on standard error, and nothing is scored."""
    ran = footnote("ratings", "score", "-", *options, stdin=text)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"footnote: {message}")
    assert ran.err.count("\n") == 1


def test_a_file_that_is_not_there_is_named(footnote: Footnote) -> None:
    """One sentence, as for every command."""
    ran = footnote("ratings", "score", "no/such.csv")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "footnote: no/such.csv can't be read: No such file or directory.\n"


def test_as_text_it_is_a_table(footnote: Footnote) -> None:
    """A row a note with tabs between, and a line on the model."""
    ran = footnote("ratings", "score", "-", stdin=vectors("tiny_8x12"))
    lines = ran.out.splitlines()
    assert lines[0] == "note\tn\tstatus\tintercept\tfactor\trule"
    [ten] = [line for line in lines if line.startswith("10\t")]
    assert ten.split("\t")[:3] == ["10", "8", "helpful"]
    assert ten.endswith("\tsides-1")
    assert lines[-1] == "The model: mu 0.152, 12 notes, 8 raters. --json holds the arithmetic of each note."


def test_as_text_a_provisional_status_says_so(footnote: Footnote) -> None:
    """Nobody takes it for bridging."""
    ran = footnote("ratings", "score", "-", stdin=table(("a", rater, 1) for rater in range(5)))
    assert "a\t5\thelpful (provisional)\t-\t-\tcold-start-1" in ran.out
    assert "There is no model" in ran.out


def test_it_loads_no_model_of_language() -> None:
    """A table is scored in a fraction of a second, whatever else is installed."""
    code = (
        "import io, sys; from bot.cli import main; "
        "assert main(['ratings', 'score', '-']) == 0; "
        "print(sorted({'onnxruntime', 'tokenizers', 'discord', 'sqlalchemy', 'tantivy'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, input=f"{HEAD}a,r,1\n", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"
