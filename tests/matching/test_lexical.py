"""The lexical index: what it finds, and what it keeps through kills, damage and other processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.fact import Fact
from bot.matching import view
from bot.matching.lexical import IndexUnwritable, LexicalIndex, open_lexical
from bot.matching.normalise import normalise
from bot.matching.words import words
from tests.builders import a_fact

FACTS = [
    a_fact(phrasings=("Cheddar, that is what the moon consists of.",), true_statement="Basalt."),
    a_fact(slug="mars", claim="Mars is a potato.", phrasings=(), appearances=("https://www.x.com/a/status/1?s=20",)),
    a_fact(slug="sun", claim="The sun is a cold potato, and the moon its cheese.", phrasings=(), version=4),
]

KILLED = """
import os, sys
from pathlib import Path
from bot.matching.lexical import LexicalIndex
from tests.builders import a_fact

def facts():
    yield a_fact(slug="new", claim="Venus is a turnip.")
    os._exit(9)

LexicalIndex(Path(sys.argv[1])).update(drop=["mars"], add=facts(), state="two")
"""


def stems(text: str) -> frozenset[str]:
    """The content stems of a text."""
    return words(normalise(text)).content


def filled(folder: Path | None = None, facts: list[Fact] = FACTS) -> LexicalIndex:
    """An index of facts."""
    if folder:
        folder.mkdir()
    index = LexicalIndex(folder)
    index.update(drop=None, add=facts, state="one")
    return index


def slugs(index: LexicalIndex, text: str) -> list[str]:
    """What a text finds."""
    return [hit.slug for hit in index.view().search(stems(text), limit=10)]


def content(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(params=["folder", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> LexicalIndex:
    """The three facts, in either place."""
    return filled(tmp_path / "index" if request.param == "folder" else None)


def test_a_fact_is_found_once_by_its_nearest_wording(index: LexicalIndex) -> None:
    """With the stems of that wording, so that it can be judged without the fact."""
    first, second = index.view().search(stems("the moon is one big cheddar"), limit=10)
    assert (first.slug, first.stems) == ("moon-cheese", stems("Cheddar, that is what the moon consists of."))
    assert (second.slug, first.bm25 > second.bm25 > 0) == ("sun", True)
    assert [hit.slug for hit in index.view().search(stems("moon cheese potato"), limit=1)] == ["sun"]


def test_what_counts_for_nothing_finds_nothing(index: LexicalIndex) -> None:
    """No stems, unknown ones, or a wording that isn't worth it."""
    assert slugs(index, "") == []
    assert slugs(index, "turnips are taxed") == []
    assert index.view().search(stems("the moon"), limit=10, worth=lambda hit: hit.bm25 > 99) == []
    assert [
        hit.slug for hit in index.view().search(stems("the moon"), limit=10, worth=lambda hit: hit.slug == "sun")
    ] == ["sun"]


def test_a_true_statement_is_known_and_finds_nothing(index: LexicalIndex) -> None:
    """Its words tell what a post is about, but nobody who says them repeats the claim."""
    assert index.view().known("basalt")
    assert slugs(index, "basalt") == []
    assert not index.view().known("turnip")


def test_a_rare_stem_tells_more(index: LexicalIndex) -> None:
    """And one that nothing holds tells most."""
    assert index.view().idf("turnip") > index.view().idf("chees") > index.view().idf("moon") > 0


def test_an_appearance_leads_to_its_fact(index: LexicalIndex) -> None:
    """By the canonical address alone."""
    assert index.view().appearance("x.com/i/status/1") == "mars"
    assert index.view().appearance("x.com/i/status/2") is None


def test_facts_come_and_go(index: LexicalIndex) -> None:
    """Dropped, edited, added: in one step, seen at once, and nothing else is touched."""
    before = index.view().idf("turnip")
    edited = a_fact(slug="sun", claim="The sun is a cold turnip.", phrasings=(), version=5)
    index.update(drop=["mars", "sun"], add=[edited, a_fact(slug="new", claim="A new potato.")], state="two")
    assert index.versions() == {"moon-cheese": 1, "sun": 5, "new": 1}
    assert slugs(index, "turnip") == ["sun"]
    assert slugs(index, "potato") == ["new"]
    assert index.view().appearance("x.com/i/status/1") is None
    assert (index.state, index.view().idf("turnip") < before) == ("two", True)
    index.update(drop=None, add=[], state="three")
    assert (index.versions(), index.state, index.wordings) == ({}, "three", 0)


def test_wordings_that_don_t_differ_are_kept_once() -> None:
    """A thousand ways to shout the same words cost no more than one."""
    assert (
        filled(
            facts=[a_fact(claim="The moon: cheese!", phrasings=("the MOON is cheese", "it is cheese, the moon"))]
        ).wordings
        == 1
    )


def test_folder_and_memory_agree(tmp_path: Path) -> None:
    """And so does a folder that was closed meanwhile."""
    made, memory = filled(tmp_path / "index"), filled()
    again = LexicalIndex(tmp_path / "index")
    assert again.state == "one"
    for text in ("the moon is one big cheddar", "cold potato", "Mars"):
        assert made.view().search(stems(text), limit=9) == memory.view().search(stems(text), limit=9)
        assert again.view().search(stems(text), limit=9) == memory.view().search(stems(text), limit=9)


def test_another_s_commit_is_seen_after_a_reload(tmp_path: Path) -> None:
    """Two processes may share a folder."""
    first = filled(tmp_path / "index")
    second = LexicalIndex(tmp_path / "index")
    second.update(drop=["mars"], add=[], state="two")
    assert first.state == "one"
    first.reload()
    assert (first.state, set(first.versions())) == ("two", {"moon-cheese", "sun"})


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    """The second is told, changes nothing, and can try again."""
    first = filled(tmp_path / "index")
    held = first._index.writer(heap_size=15_000_000, num_threads=1)
    second = LexicalIndex(tmp_path / "index")
    with pytest.raises(IndexUnwritable):
        second.update(drop=None, add=[], state="two")
    assert (second.state, len(second.versions())) == ("one", 3)
    held.wait_merging_threads()
    second.update(drop=None, add=[], state="two")
    assert second.state == "two"


def test_a_kill_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    """Facts and state move together or not at all, and the lock dies with its holder."""
    filled(tmp_path / "index")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "index")], check=False)
    assert done.returncode == 9
    index = LexicalIndex(tmp_path / "index")
    assert (index.state, set(index.versions())) == ("one", {"moon-cheese", "mars", "sun"})
    index.update(drop=["mars"], add=[], state="two")
    assert set(index.versions()) == {"moon-cheese", "sun"}


DAMAGES: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "junk": lambda file: file.write_bytes(os.urandom(1000)),
}


@pytest.mark.parametrize("kind", ["meta.json", ".managed.json", ".idx", ".term", ".store", ".fast", ".fieldnorm"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_made_anew(tmp_path: Path, kind: str, damage: str) -> None:
    """Where it may be written to; else it is left as it is, and what is in memory serves."""
    filled(tmp_path / "index")
    [file] = [file for file in (tmp_path / "index").iterdir() if file.name.endswith(kind)]
    DAMAGES[damage](file)
    before = content(tmp_path / "index")
    for writable in (False, True):
        index = open_lexical(tmp_path / "index", writable=writable)
        if index.state == "one":  # the loss of a mere list of files is no loss
            assert slugs(index, "potato") == ["mars", "sun"]
            continue
        assert (index.state, index.versions()) == ("", {})
        assert writable or content(tmp_path / "index") == before
        index.update(drop=None, add=FACTS, state="new")
        assert slugs(index, "potato") == ["mars", "sun"]
    assert LexicalIndex(tmp_path / "index").state in {"one", "new"}


def test_something_else_in_its_place(tmp_path: Path) -> None:
    """A file there is left alone; what is in memory serves."""
    (tmp_path / "index").write_text("mine")
    for writable in (False, True):
        assert open_lexical(tmp_path / "index", writable=writable).folder is None
    assert (tmp_path / "index").read_text() == "mine"


def test_reading_makes_and_changes_no_file(tmp_path: Path) -> None:
    """Neither where there is an index nor where there is none."""
    assert open_lexical(tmp_path / "index", writable=False).folder is None
    assert not (tmp_path / "index").exists()
    filled(tmp_path / "index")
    before = content(tmp_path / "index")
    index = open_lexical(tmp_path / "index", writable=False)
    index.reload()
    assert (index.folder, slugs(index, "Mars")) == (tmp_path / "index", ["mars"])
    assert content(tmp_path / "index") == before


def test_common_words_rank_and_don_t_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where going through all that holds them would take too long."""
    facts = [a_fact(slug=f"f{n}", claim=f"Common words {n}", phrasings=()) for n in range(50)]
    facts.append(a_fact(slug="two", claim="The common walrus.", phrasings=()))
    facts.append(a_fact(slug="one", claim="The arctic walrus.", phrasings=()))
    index = filled(facts=facts)
    assert len(index.view().search(stems("common walrus"), limit=99)) > 40
    monkeypatch.setattr(view, "_POSTINGS_PER_STEM", 1)
    monkeypatch.setattr(view, "_MIN_TERMS", 1)
    assert set(slugs(index, "common walrus")) == {"two", "one"}
    assert len(index.view().search(stems("common"), limit=99)) > 40


def test_a_folder_can_be_deleted_at_any_time(tmp_path: Path) -> None:
    """It is made again."""
    filled(tmp_path / "index")
    shutil.rmtree(tmp_path / "index")
    index = open_lexical(tmp_path / "index", writable=True)
    assert (index.folder, index.state) == (tmp_path / "index", "")


def test_a_crowd_of_another_server_takes_nobody_s_place(index: LexicalIndex) -> None:
    """Not even where its wordings alone would fill all that is looked at, nor in what a word tells."""
    crowd = [a_fact(slug=f"c{n}", claim=f"The moon is cheese {n}", guild_id=5, phrasings=()) for n in range(200)]
    before = [(hit.slug, hit.stems) for hit in index.view().search(stems("moon cheese"), limit=9)]
    index.update(drop=[], add=[*crowd, a_fact(slug="own", claim="Their moon is cheese", guild_id=6)], state="two")
    for guild_id in (None, 7):
        found = index.view(guild_id).search(stems("moon cheese"), limit=9)
        assert [(hit.slug, hit.stems) for hit in found] == before
    own = index.view(6).search(stems("moon cheese"), limit=9)
    assert {hit.slug for hit in own} == {"own", "moon-cheese", "sun"}
    assert index.view(5).idf("chees") < index.view(6).idf("chees") < index.view().idf("chees")
    assert len(index.view(5).search(stems("moon cheese"), limit=9)) == 9
    assert index.view().known("199") is False
    assert index.view(5).known("199")


def test_an_overridden_fact_takes_nobody_s_place(index: LexicalIndex) -> None:
    """Others move up, however many wordings it has."""
    many = tuple(f"The moon is cheese {n}" for n in range(150))
    index.update(
        drop=["moon-cheese"],
        add=[
            a_fact(claim="The moon is cheese", phrasings=many),
            a_fact(
                slug="far", claim="Nobody who lives by the sea ever called a far moon cheese or cheddar", phrasings=()
            ),
            a_fact(slug="own", claim="Mud.", guild_id=5, phrasings=(), overrides="moon-cheese"),
        ],
        state="two",
    )
    assert slugs(index, "the moon is cheese") == ["moon-cheese"]
    assert {hit.slug for hit in index.view(5).search(stems("the moon is cheese"), limit=10)} == {"far", "sun"}
    assert index.view(6).search(stems("moon"), limit=10) == index.view().search(stems("moon"), limit=10)
    index.update(drop=["own"], add=[], state="three")
    assert [hit.slug for hit in index.view(5).search(stems("the moon is cheese"), limit=10)] == ["moon-cheese"]
