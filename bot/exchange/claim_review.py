"""schema.org's ClaimReview, read field by field: tolerant where that is harmless, and with a reason where it isn't."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from bot.domain.fact import Review, Source
from bot.exchange.claim_review_out import REST_LIMIT, left_over, rest_json, written
from bot.exchange.dates import day, partial_day
from bot.exchange.incoming import Rejected, ReviewedClaim
from bot.exchange.json_stream import Entry
from bot.exchange.languages import language_code
from bot.exchange.nodes import Nodes, claim_reviews
from bot.exchange.review_fields import first_object, first_text, links, people, rating, text_of
from bot.exchange.text import host_of, kind, shortened, web_address
from bot.exchange.verdicts import verdict_of

CLAIM_LIMIT = 1000
LABEL_LIMIT = 200
TITLE_LIMIT = 300
NAME_LIMIT = 100
"""Characters of a publisher's, an author's or a speaker's name."""
MOST_APPEARANCES = 20

_FIRST_DAY = date(1990, 1, 1)
_KEY_BYTES = 10


class _UnusableError(Exception):
    """A field that a review can't do without can't be used."""


def read_entry(
    entry: Entry, nodes: Nodes, *, today: date, base_url: str | None = None
) -> Iterator[ReviewedClaim | Rejected]:
    """Yield what the ClaimReviews in an entry say, which may refer to ``nodes``; ``base_url`` is the page's address."""
    try:
        nodes.see(entry)
        for node in claim_reviews(entry):
            yield read_claim_review(nodes.resolved(node), entry.place, today=today, base_url=base_url)
    except RecursionError:
        yield Rejected(entry.place, "is nested too deeply.")


def read_claim_review(
    node: dict[str, Any], place: str, *, today: date, base_url: str | None = None
) -> ReviewedClaim | Rejected:
    """Return what a ClaimReview with plain names says, or why it can't be used."""
    try:
        return _Reading(node, today, base_url).claim(place)
    except _UnusableError as error:
        return Rejected(place, str(error))


@dataclass(slots=True)
class _Reading:
    node: dict[str, Any]
    today: date
    base_url: str | None
    remarks: list[str] = field(default_factory=list)

    def claim(self, place: str) -> ReviewedClaim:
        item = first_object(self.node.get("itemReviewed"))
        claim = self._claim_text(item)
        told = rating(self.node.get("reviewRating"))
        language = language_code(self.node.get("inLanguage"))
        source = self._source(language)
        review = Review(
            identity="",
            source=source,
            claim=claim,
            verdict=verdict_of(
                told.label,
                publisher=source.publisher,
                host=host_of(source.url),
                value=told.value,
                best=told.best,
                worst=told.worst,
            ),
            label=self._short("rating", told.label, LABEL_LIMIT),
        )
        speaker = next((name for name, _ in people(item.get("author"))), None)
        return self._with_rest(
            ReviewedClaim(
                place,
                review,
                language=language,
                speaker=self._short("speaker's name", speaker, NAME_LIMIT),
                claim_date=self._claim_date(item, language),
                appearances=self._appearances(item),
            )
        )

    def _claim_text(self, item: dict[str, Any]) -> str:
        value = self.node.get("claimReviewed")
        if value is None:
            text = first_text(item, "name", "text")
            if text is None:
                raise _UnusableError("claimReviewed is missing.")
        elif isinstance(value, str) or (isinstance(value, dict) and "@value" in value):
            text = text_of(value)
            if text is None:
                raise _UnusableError("claimReviewed is blank.")
        else:
            raise _UnusableError(f"claimReviewed must be a text, not {kind(value)}.")
        if len(text) > CLAIM_LIMIT:
            raise _UnusableError(f"claimReviewed is over {CLAIM_LIMIT:,} characters.")
        return text

    def _source(self, language: str | None) -> Source:
        url = self._url()
        publisher, author = self._names()
        publisher = self._short("publisher's name", publisher or host_of(url), NAME_LIMIT) or ""
        author = self._short("author's name", author, NAME_LIMIT)
        title = self._short("title", first_text(self.node, "headline", "name"), TITLE_LIMIT) or ""
        published = self._published(language)
        told = "\n".join((url, publisher, title, str(published)))
        digest = hashlib.blake2s(told.encode("utf-8", "ignore"), digest_size=_KEY_BYTES).digest()
        key = f"review-{base64.b32encode(digest).decode().lower()}"
        return Source(key, publisher, title, url, author=author, published=published, retrieved=self.today)

    def _url(self) -> str:
        """Return the page that the review stands on. Where only this page tells it in full, it is noted in full."""
        for name in ("url", "mainEntityOfPage", "@id"):
            value = self.node.get(name)
            if (url := next(links(value), None)) is not None:
                return url
            if self.base_url is not None and (url := web_address(value, self.base_url)) is not None:
                break
        else:
            url = web_address(self.base_url)
        if url is None:
            raise _UnusableError("url is missing." if self.node.get("url") is None else "url is no sound web address.")
        self.node = {**self.node, "url": url}
        return url

    def _names(self) -> tuple[str | None, str | None]:
        """Return the publisher's name and the author's; who writes without a publisher is one."""
        named = [person for name in ("author", "publisher", "sdPublisher") for person in people(self.node.get(name))]
        person = next((name for name, is_person in named if is_person), None)
        publisher = next((name for name, is_person in named if not is_person), None)
        writes = next((is_person for _, is_person in people(self.node.get("author"))), False)
        return (publisher, person if writes else None) if publisher else (person, None)

    def _published(self, language: str | None) -> date | None:
        values = [text_of(self.node.get(name)) for name in ("datePublished", "dateCreated", "dateModified")]
        languages = () if language is None else (language,)
        found = next((at for value in values if value and (at := day(value, languages))), None)
        if found is None and any(values):
            self.remarks.append("Its date can't be read for certain and was left out.")
        elif found is not None and found > self.today + timedelta(days=1):
            self.remarks.append(f"Its date, {found.isoformat()}, is in the future and was left out.")
        elif found is not None and found < _FIRST_DAY:
            self.remarks.append(f"Its date, {found.isoformat()}, is before {_FIRST_DAY.year} and was left out.")
        else:
            return found
        return None

    def _claim_date(self, item: dict[str, Any], language: str | None) -> str | None:
        value = text_of(item.get("datePublished"))
        found = partial_day(value, () if language is None else (language,)) if value else None
        if found is not None and found > (self.today + timedelta(days=1)).isoformat():
            self.remarks.append(f"The claim's date, {found}, is in the future and was left out.")
            return None
        return found

    def _appearances(self, item: dict[str, Any]) -> tuple[str, ...]:
        found = dict.fromkeys(
            url for name in ("firstAppearance", "appearance", "sameAs") for url in links(item.get(name))
        )
        if len(found) > MOST_APPEARANCES:
            self.remarks.append(f"Of the places where the claim appeared, the first {MOST_APPEARANCES} are kept.")
        return tuple(found)[:MOST_APPEARANCES]

    def _short(self, name: str, text: str | None, limit: int) -> str | None:
        if text is not None and len(text) > limit:
            self.remarks.append(f"The {name} was shortened to {limit} characters.")
            return shortened(text, limit)
        return text

    def _with_rest(self, claim: ReviewedClaim) -> ReviewedClaim:
        """Add what of the ClaimReview no field tells, for exports."""
        told = written(claim.review, claim.language, claim.speaker, claim.claim_date, claim.appearances)
        context = self.node.get("@context")
        if isinstance(context, str) and "schema.org" in context:
            self.node = {name: value for name, value in self.node.items() if name != "@context"}
        rest = rest_json(left_over(self.node, told))
        if len(rest) > REST_LIMIT:
            self.remarks.append(f"Its other fields are over {REST_LIMIT:,} characters and were left out.")
            rest = "{}"
        return replace(claim, review=replace(claim.review, rest=rest), remarks=tuple(self.remarks))
