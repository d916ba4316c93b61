"""Facts and sources as a pack's JSON says them, read field by field."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import PackError
from bot.domain.fact import Citation, Fact, NearMiss, Review, Source, Verdict
from bot.exchange.fields import Fields
from bot.exchange.sentences import shown
from bot.exchange.sound_json import canonical

SOURCE = ("publisher", "title", "url", "author", "published", "retrieved", "archive_url", "note")
FACT = (
    *("slug", "claim", "verdict", "verdict_label", "correction", "true_statement", "speaker", "claim_date", "context"),
    *("language", "topics", "overlaps", "appearances", "as_of", "review_by", "phrasings", "near_misses", "citations"),
    "reviews",
)


Sources = Mapping[str, Source | PackError]
"""By their keys. An error stands for one that is malformed, and is raised where a fact needs the source."""


def place_of(number: int, value: object) -> str:
    """Return where a fact stands, such as ``facts[3] (moon-cheese)``."""
    slug = value.get("slug") if isinstance(value, dict) else None
    return f"facts[{number}] ({shown(slug)})" if isinstance(slug, str) else f"facts[{number}]"


def read_source(key: str, value: object, place: str | None = None) -> Source:
    """Return a source, which stands in its place among the sources if in no other.

    Raises:
        PackError: It is malformed.
    """
    place = place or f"sources[{shown(key)}]"
    fields = Fields.of(place, value)
    fields.only(SOURCE)
    return Source(
        key=Fields(place, {"key": key}).text("key"),
        publisher=fields.text("publisher"),
        title=fields.text("title"),
        url=fields.url("url"),
        author=fields.optional_text("author"),
        published=fields.optional_day("published"),
        retrieved=fields.optional_day("retrieved"),
        archive_url=fields.optional_url("archive_url"),
        note=fields.optional_text("note"),
    )


def read_fact(fields: Fields, sources: Sources) -> Fact:
    """Return a fact, without asking the house's rules.

    Raises:
        PackError: It is malformed.
    """
    fields.only(FACT)
    return Fact(
        slug=fields.text("slug"),
        claim=fields.text("claim"),
        verdict=_verdict(fields),
        verdict_label=fields.optional_text("verdict_label"),
        correction=fields.loose_text("correction"),
        true_statement=fields.loose_text("true_statement"),
        speaker=fields.optional_text("speaker"),
        claim_date=fields.optional_text("claim_date"),
        context=fields.optional_text("context"),
        language=fields.text("language"),
        topics=fields.texts("topics"),
        overlaps=fields.texts("overlaps"),
        appearances=fields.optional_texts("appearances"),
        as_of=fields.day("as_of"),
        review_by=fields.day("review_by"),
        phrasings=fields.texts("phrasings"),
        near_misses=tuple(_near_miss(miss) for miss in fields.objects("near_misses")),
        citations=tuple(_citation(cited, sources) for cited in fields.objects("citations")),
        reviews=tuple(_review(review, sources) for review in fields.optional_objects("reviews")),
    )


def _verdict(fields: Fields) -> Verdict:
    value = fields.text("verdict")
    if value not in set(Verdict):
        raise fields.error(f'the verdict "{shown(value)}" is unknown; known are {", ".join(Verdict)}')
    return Verdict(value)


def _near_miss(fields: Fields) -> NearMiss:
    fields.only(("text", "kind"))
    return NearMiss(text=fields.text("text"), kind=fields.text("kind"))


def _citation(fields: Fields, sources: Sources) -> Citation:
    fields.only(("source", "quote"))
    return Citation(source=_source(fields, sources), quote=fields.text("quote"))


def _review(fields: Fields, sources: Sources) -> Review:
    fields.only(("source", "claim", "verdict", "label", "rest"))
    return Review(
        identity="",
        source=_source(fields, sources),
        claim=fields.text("claim"),
        verdict=_verdict(fields),
        label=fields.optional_text("label"),
        rest=canonical(fields.optional_object("rest")),
    )


def _source(fields: Fields, sources: Sources) -> Source:
    key = fields.text("source")
    found = sources.get(key)
    if found is None:
        raise fields.error(f'the source "{shown(key)}" is not among the sources')
    if isinstance(found, PackError):
        raise PackError(str(found))
    return found
