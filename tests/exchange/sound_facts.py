"""Facts as others may send them, of every kind that hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from bot.domain.fact import Citation, Fact, NearMiss, Review, Source, Verdict
from bot.domain.rules import plain_wording
from bot.exchange.sound_json import canonical

_SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from("|\\\"'=+-@\r\n\t,; {[")


def texts(limit: int = 40) -> st.SearchStrategy[str]:
    """Return texts that aren't blank."""
    return st.text(_SIGNS, min_size=1, max_size=limit).filter(lambda text: text.strip() != "")


NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(_SIGNS, max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(_SIGNS, max_size=6), inner, max_size=3),
    max_leaves=8,
)
ADDRESSES = st.text("abc/|?=,;'\"&%ü", max_size=12).map("https://a.example/{}".format)
SLUGS = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True)
SOURCES = st.builds(
    Source,
    key=texts(12),
    publisher=texts(),
    title=texts(),
    url=ADDRESSES,
    author=st.none() | texts(),
    published=st.none() | st.dates(),
    retrieved=st.none() | st.dates(),
    archive_url=st.none() | ADDRESSES,
    note=st.none() | texts(),
)
POOLS = st.lists(SOURCES, min_size=1, max_size=3, unique_by=lambda source: source.key)


def reviews(pool: list[Source]) -> st.SearchStrategy[Review]:
    """Return reviews that stand on some of these pages."""
    return st.builds(
        Review,
        identity=st.just(""),
        source=st.sampled_from(pool),
        claim=texts(),
        verdict=st.sampled_from(Verdict),
        label=st.none() | texts(),
        rest=st.dictionaries(texts(6), JSON.filter(lambda value: value is not None), max_size=3).map(canonical),
    )


@st.composite
def facts(draw: st.DrawFn, pool: list[Source] | None = None, slug: str | None = None) -> Fact:
    """Return a fact, whole or a draft, that cites some of the sources."""
    sources = draw(POOLS) if pool is None else pool
    wordings = draw(st.lists(texts(), min_size=1, max_size=6, unique_by=plain_wording))
    phrasings = draw(st.integers(1, len(wordings)))
    days = sorted((draw(st.dates()), draw(st.dates())))
    fact = Fact(
        slug=slug or draw(SLUGS),
        claim=wordings[0],
        verdict=draw(st.sampled_from(Verdict)),
        correction=draw(texts()),
        true_statement=draw(texts()),
        citations=tuple(
            draw(st.lists(st.builds(Citation, st.sampled_from(sources), texts()), min_size=1, max_size=3)),
        ),
        phrasings=tuple(wordings[1:phrasings]),
        near_misses=tuple(NearMiss(text, draw(texts(12))) for text in wordings[phrasings:]),
        as_of=days[0],
        review_by=days[1],
        verdict_label=draw(st.none() | texts()),
        speaker=draw(st.none() | texts()),
        claim_date=draw(st.sampled_from([None, "2024", "2024-08", "2024-08-31"])),
        context=draw(st.none() | texts()),
        language=draw(st.sampled_from(["en", "de", "yue"])),
        topics=tuple(draw(st.lists(texts(), max_size=3, unique=True))),
        overlaps=tuple(draw(st.lists(SLUGS, max_size=2, unique=True))),
        appearances=tuple(draw(st.lists(ADDRESSES, max_size=3, unique=True))),
        reviews=tuple(draw(st.lists(reviews(sources), max_size=2))),
    )
    as_draft = draw(st.booleans())
    if fact.reviews and as_draft:
        return replace(fact, correction="", true_statement="", citations=())
    return fact


@st.composite
def collections(draw: st.DrawFn) -> list[Fact]:
    """Return facts that share their sources."""
    pool = draw(POOLS)
    slugs = draw(st.lists(SLUGS, max_size=3, unique=True))
    return [draw(facts(pool, slug)) for slug in slugs]


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """Return a file with some of its bytes lost, doubled or replaced."""
    cuts = st.lists(st.integers(0, len(good)), min_size=2, max_size=2).map(sorted)
    middle = st.binary(max_size=6) | st.sampled_from([b'"', b"\n", b"\0", b"{", b"]", b",", b"null", b"1e999", b"\xff"])
    return st.builds(lambda cut, between: good[: cut[0]] + between + good[cut[1] :], cuts, middle)


def one_sentence(why: str) -> bool:
    """Tell whether a text is a sentence of one line."""
    return why.endswith(".") and why.isprintable() and len(why) < 400 and why[:-1].strip() != ""


A_DAY = date(2026, 3, 1)
