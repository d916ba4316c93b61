"""A server's own facts, before they are stored: where they start from, and what is refused. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.fact import Citation, Fact, Source, Verdict
from bot.domain.rules import faults
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.notes.sanitise import safe_url

TRUE_STATEMENT_LIMIT = 1000
WORDING_LIMIT = 300
KIND_LIMIT = 40
MOST_WORDINGS = 40
"""Of phrasings, and of near misses; with the limits below, what fits into one of Discord's forms."""
MOST_CITATIONS = 10
CITATION_LIMITS = {"url": 450, "publisher": 100, "title": 300, "quote": 1000}
DETAIL_LIMIT = 300

_SHELF_LIFE = timedelta(days=365)
_SLUG_WORDS = 60
_TELLING = 4
_KEY_BYTES = 5


def visible(fact: Fact | None, guild_id: int) -> Fact | None:
    """Return a fact that a server may see, its own or a global one, or None."""
    return fact if fact is not None and fact.guild_id in (None, guild_id) else None


def own(fact: Fact | None, guild_id: int) -> Fact | None:
    """Return a fact that a server may change, or None."""
    return fact if fact is not None and fact.guild_id == guild_id else None


def blank_fact(guild_id: int, claim: str, *, today: date) -> Fact:
    """Return a new fact of which only the claim is known."""
    return Fact(
        slug=new_slug(guild_id, claim),
        claim=claim,
        verdict=Verdict.FALSE,
        correction="",
        true_statement="",
        citations=(),
        phrasings=(),
        near_misses=(),
        as_of=today,
        review_by=today + _SHELF_LIFE,
        guild_id=guild_id,
    )


def own_version(fact: Fact, guild_id: int) -> Fact:
    """Return a server's own version of a global fact, as it begins: the same but for whose it is."""
    overlaps = tuple(dict.fromkeys((fact.slug, *fact.overlaps)))
    slug = new_slug(guild_id, fact.claim)
    fact = replace(fact, slug=slug, overlaps=overlaps, version=1, failed_tests=())
    return replace(fact, guild_id=guild_id, overrides=overlaps[0])


def new_slug(guild_id: int, claim: str, salt: int = 0) -> str:
    """Return the slug of a server's new fact: words of the claim, and four characters that tell servers apart.

    ``salt`` makes another one, where one is taken.
    """
    return slug_of(claim, f"{guild_id} {claim}" + (f" {salt}" if salt else ""), telling=_TELLING)


def slug_of(claim: str, told: str, *, telling: int = 8) -> str:
    """Return a slug: words of the claim, and so many characters that ``told`` decides, which tell it from others."""
    ascii_only = unicodedata.normalize("NFKD", claim).encode("ascii", "ignore").decode().casefold()
    start = "-".join(re.findall(r"[a-z0-9]+", ascii_only.replace("'", "")))[: _SLUG_WORDS + 1]
    if len(start) > _SLUG_WORDS:
        start = start[:_SLUG_WORDS] if "-" not in start else start.rpartition("-")[0]
    return f"{start or 'fact'}-{_short_hash(told)[:telling]}"


def web_source(url: str, publisher: str, title: str) -> Source:
    """Return a source that a moderator cites."""
    return Source(f"web-{_short_hash(chr(10).join((url, publisher, title)))}", publisher, title, url)


def refused(fact: Fact) -> str | None:
    """Return why a fact can't be saved, in one sentence, or None where it can. It computes: not for the event loop."""
    found = next(_faults(fact), None)
    return None if found is None else f"{found[:1].upper()}{found[1:]}."


def lacks(citation: Citation) -> str | None:
    """Return what a citation lacks, or has too much of, or None where it is whole."""
    source = citation.source
    given = {"url": source.url, "publisher": source.publisher, "title": source.title, "quote": citation.quote}
    for name, text in given.items():
        if not text.strip():
            return f"lacks {'an address' if name == 'url' else f'a {name}'}"
        if len(text) > CITATION_LIMITS[name]:
            return f"has {len(text)} characters of {name}; {CITATION_LIMITS[name]} at most"
    return None if safe_url(source.url) else "has no address that begins with https:// or http://"


def _faults(fact: Fact) -> Iterator[str]:
    for wrong in faults(fact):
        # The house's rules call the fields by their names in a pack.
        name, space, rest = wrong.partition(" ")
        yield f"{name.replace('_', ' ')}{space}{rest.replace('as_of', 'as of')}" if "_" in name else wrong
    for number, citation in enumerate(fact.citations, start=1):
        if lacking := lacks(citation):
            yield f"line {number} of the citations {lacking}"
    yield from _too_much(fact)
    for text in fact.wordings():
        if why := refusal(words(normalise(text))):
            yield f"one of the wordings can't be matched, since {why}: “{text}”"


def _too_much(fact: Fact) -> Iterator[str]:
    for name, texts in (("phrasings", fact.phrasings), ("near misses", [miss.text for miss in fact.near_misses])):
        if len(texts) > MOST_WORDINGS:
            yield f"a fact has {MOST_WORDINGS} {name} at most, and this one {len(texts)}"
        if long := next((text for text in texts if len(text) > WORDING_LIMIT), None):
            yield f"one of the {name} has {len(long)} characters; {WORDING_LIMIT} at most"
    if len(fact.citations) > MOST_CITATIONS:
        yield f"a fact has {MOST_CITATIONS} citations at most, and this one {len(fact.citations)}"
    if len(fact.true_statement) > TRUE_STATEMENT_LIMIT:
        yield f"true statement is {len(fact.true_statement)} characters; {TRUE_STATEMENT_LIMIT} at most"
    if long_kind := next((miss.kind for miss in fact.near_misses if len(miss.kind) > KIND_LIMIT), None):
        yield f"“{long_kind}” is too long for a kind of near miss; {KIND_LIMIT} characters at most"


def _short_hash(text: str) -> str:
    digest = hashlib.blake2s(text.encode(), digest_size=_KEY_BYTES).digest()
    return base64.b32encode(digest).decode().lower()
