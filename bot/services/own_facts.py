"""A server's own facts, before they are stored: where they start from, and what is refused. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.fact import Citation, Fact, Verdict
from bot.domain.rules import CITATION_LIMITS, excess, faults
from bot.domain.slugs import slug_of
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.notes.sanitise import safe_url

_SHELF_LIFE = timedelta(days=365)


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
    told = f"{guild_id} {claim}" + (f" {salt}" if salt else "")
    return slug_of(claim, told)


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
    yield from map(_plainly, faults(fact))
    for number, citation in enumerate(fact.citations, start=1):
        if lacking := lacks(citation):
            yield f"line {number} of the citations {lacking}"
    yield from map(_plainly, excess(fact))
    for text in fact.wordings():
        if why := refusal(words(normalise(text))):
            yield f"one of the wordings can't be matched, since {why}: “{text}”"


def _plainly(wrong: str) -> str:
    """Name a field as people do: the house's rules call it by its name in a pack."""
    name, _, rest = wrong.partition(" ")
    known = "_" in name and name.isidentifier()
    return f"{name.replace('_', ' ')} {rest.replace('as_of', 'as of')}" if known else wrong
