"""Whatever is posted, the text path ends well: it raises nothing, and its time and its words are bounded."""

from __future__ import annotations

import os
import re
import string
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import text_path
from benchmarks.hostile import hostile_texts
from benchmarks.noise import noise
from benchmarks.patterns import Named, growing, patterns
from bot.domain.fact import Fact
from bot.domain.post import Post
from bot.exchange.pack import read_pack
from bot.matching.matcher import HybridMatcher
from bot.matching.normalise import MAX_CHARACTERS, normalise
from bot.matching.spans import MAX_SENTENCES, MAX_SHARED, SpanKind, read, sentences
from bot.matching.words import words
from bot.notes.sanitise import markdown_safe, plain
from tests.matching.conftest import PACK, Bench

WORDINGS = [wording for fact in read_pack(PACK) for wording in fact.wordings()]
PLAIN = [text for text in WORDINGS if not re.search(r"https?:|[^\w\s,.'-]", text)]
"""Wordings without anything that Discord could read as markup."""

fuzzing = settings(
    derandomize=True,
    deadline=None,
    max_examples=int(os.environ.get("FOOTNOTE_FUZZ", "60")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
"""The same examples on every run; as many as ``FOOTNOTE_FUZZ`` says."""

ODD = st.characters(categories=["Cs", "Cf", "Cc", "Co", "Mn", "Me", "Nd", "No", "Nl", "So", "Lo", "Zs", "Zl"])
MARKUP = st.sampled_from(
    [*"*_~`|>\"'“”«»[]()<\n;.!?-–", "**", "||", "```", "> ", ">>> ", "\n", "https://a.b/", "<@1> "]
)
PIECES = st.one_of(
    st.text(max_size=20),
    st.text(ODD, max_size=20),
    MARKUP,
    st.sampled_from(WORDINGS),
    st.sampled_from(["\u200b", "\u202e", "\u0301", "\ufdfa", "👩\u200d👧", "\x00", "\ud800", "Ⅷ½", "٣", "a" * 500]),
)
SOUPS = st.lists(PIECES, max_size=12).map("".join)
NOISE = st.integers(0, 10**9).map(lambda number: noise(0, number, WORDINGS).post)
POSTS = st.one_of(NOISE, st.builds(Post, SOUPS, st.lists(SOUPS, max_size=3).map(tuple)))
UNSEEN = st.sampled_from(
    [*"\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c\u202e\u2066\u2069\x00\x07\ue000"]
)
FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in string.ascii_letters + string.digits}


@fuzzing
@given(post=POSTS)
def test_no_post_breaks_matching(core_matcher: HybridMatcher, core: list[Fact], post: Post) -> None:
    """Read, matched, decided, composed, explained and made safe to show; confidence stays a probability."""
    text_path(core_matcher, core)(post)
    reading = read(post)
    said = set(words(reading.text(*SpanKind)).raw)
    for match in core_matcher.match(post).matches:
        assert 0 <= match.confidence <= 1
        assert set(match.evidence.matched_words) <= said


@fuzzing
@given(post=POSTS)
def test_what_is_read_of_a_post_is_bounded(post: Post) -> None:
    """So no step of matching sees more, whatever a post turns into when its characters are brought into one form."""
    reading = read(post)
    assert len(reading.text(*(set(SpanKind) - {SpanKind.SHARED}))) <= 2 * MAX_CHARACTERS
    assert len(reading.text(SpanKind.SHARED)) <= MAX_SHARED + len(post.shared)
    for span in reading.spans:
        assert len(sentences(span.text)) <= MAX_SENTENCES


@fuzzing
@given(text=SOUPS)
def test_no_invisible_character_is_shown_or_matched(text: str) -> None:
    """Neither in what is compared nor in what moderators and members are shown."""
    for clean in (normalise(text), plain(text), markdown_safe(text).replace("\u200b", "")):
        assert {unicodedata.category(char) for char in clean} & {"Cc", "Cf", "Cs", "Co", "Cn"} <= {"Cc"}
        assert "\n" not in clean or set(clean) & {chr(code) for code in range(32)} == {"\n"}
    assert plain(plain(text)) == plain(text)


@fuzzing
@given(wording=st.sampled_from(PLAIN), noise=st.lists(st.tuples(st.integers(0, 400), UNSEEN), max_size=20))
def test_a_claim_with_unseen_characters_in_it_reads_as_the_claim(wording: str, noise: list[tuple[int, str]]) -> None:
    """Nobody gets around a note with characters that nobody sees."""
    text = wording
    for place, unseen in noise:
        text = text[:place] + unseen + text[place:]
    assert read(Post(text)) == read(Post(wording))


@fuzzing
@given(wording=st.sampled_from(PLAIN), code=st.text(string.ascii_letters + " .\n", max_size=50), number=st.integers(1))
def test_a_claim_beside_what_says_nothing_reads_as_the_claim(wording: str, code: str, number: int) -> None:
    """Code blocks and mentions say nothing about the world, and full-width letters are letters."""
    dressed = f"```{code}```{wording.translate(FULL_WIDTH)} <@{number}>"
    assert read(Post(dressed)) == read(Post(wording))


def test_words_that_a_post_carries_along_are_cut_like_its_own() -> None:
    """A webhook's embeds may be many and long: of all of them together no more is read than Discord lets be written."""
    long = ("alliance " * MAX_CHARACTERS,) * 50
    assert read(Post("", long)) == read(Post("", long[: MAX_SHARED // MAX_CHARACTERS]))
    assert len(read(Post("", ("\ufdfa" * MAX_CHARACTERS,) * 50)).text(SpanKind.SHARED)) <= MAX_SHARED + 50


@pytest.mark.parametrize("kind", hostile_texts("NATO", 1))
def test_a_hostile_embed_changes_nothing_about_the_claim_before_it(bench: Bench, kind: str) -> None:
    """The author's words are judged as without it, or a moderator looks; nothing breaks."""
    carried = (hostile_texts(WORDINGS[0], MAX_CHARACTERS)[kind],) * 21
    alone, beside = bench.decide(WORDINGS[0]), bench.decide(WORDINGS[0], *carried)
    assert alone.match is not None
    assert beside.match is not None
    assert beside.match.slug == alone.match.slug


def test_no_pattern_grows_faster_than_its_text() -> None:
    """Each is pumped with repeats of its own parts up to the longest message: twice the text, about twice the time."""
    found = patterns()
    assert len(found) > 100
    assert [str(one) for one in growing(found)] == []


@pytest.mark.parametrize("bad", [r"\s*\|", r"(?:a|aa)*b", r"[^:>]+:", r"^(\s*\d*)[-+]"])
def test_a_pattern_that_grows_is_found(bad: str) -> None:
    """Quadratic or worse: the pumping finds what it looks for."""
    [grown] = growing([Named("here", re.compile(bad, re.MULTILINE), anywhere=True)])
    assert grown.exponent > 1.5
