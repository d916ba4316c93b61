"""Composing a note from a fact: at most 280 characters of correction, then the sources, then who stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.fact import Fact, Source, SourceState
from bot.domain.note import Amendment, Provenance
from bot.domain.rating import NoteStanding, NoteStatus
from bot.notes.reviews import said, strongest
from bot.notes.sanitise import markdown_safe, plain, safe_url, shorten

CORRECTION_LIMIT = 280
SOURCE_LIMIT = 3
TITLE_LIMIT = 120
HEADING = "Context"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as shown: who, what, when, where. ``url`` is None where the address is not a web address."""

    publisher: str
    title: str
    url: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class NoteView:
    """What a reader sees, not yet escaped for any medium."""

    heading: str
    correction: str
    sources: tuple[SourceLine, ...]
    label: str
    amendment: str | None = None


def compose(
    fact: Fact, provenance: Provenance, *, standing: NoteStanding | None = None, amendment: Amendment | None = None
) -> NoteView:
    """Return the note for a fact.

    The wording speaks to the claim, never to the person, and says who stands behind the match.

    Args:
        fact: In the version that the note shows.
        provenance: Who stands behind the match.
        standing: What members made of the note, where anything was counted.
        amendment: The dated line of its latest change.
    """
    label = f"{provenance.value.capitalize()} · as of {long_date(fact.as_of)}"
    return NoteView(
        heading=HEADING,
        correction=shorten(said(fact), CORRECTION_LIMIT),
        sources=tuple(_source_line(source, fact) for source in shown_sources(fact)),
        label=" · ".join(filter(None, (label, _rated(standing)))),
        amendment=dated(amendment) if amendment else None,
    )


def as_text(view: NoteView) -> str:
    """Return the note as plain text, for a terminal or a pipe."""
    lines = [f"{view.heading}: {view.correction}"]
    lines += [f"Source: {line.publisher}, “{line.title}”{_when(line)}{_where(line)}" for line in view.sources]
    lines += [view.amendment] if view.amendment else []
    return "\n".join([*lines, view.label])


def as_markdown(view: NoteView) -> tuple[str, str, str]:
    """Return body, sources and label in Discord's markdown, every word from the fact escaped."""
    body = f"**{view.heading}**\n{markdown_safe(view.correction)}"
    body += f"\n-# {markdown_safe(view.amendment)}" if view.amendment else ""
    sources = "\n".join(f"{markdown_safe(line.publisher)}: {_linked(line)}{_when(line)}" for line in view.sources)
    return body, sources, f"-# {markdown_safe(view.label)}"


def dated(amendment: Amendment) -> str:
    """Return the line that says when a note was changed, and how."""
    return f"{long_date(amendment.at.date())}: {plain(amendment.text)}"


def _rated(standing: NoteStanding | None) -> str | None:
    if standing is None or standing.shown is not NoteStatus.HELPFUL:
        return None
    return f"rated helpful by members{' (provisional)' if standing.score.provisional else ''}"


def long_date(day: date) -> str:
    """Return a date that reads the same on both sides of an ocean: 3 March 2024."""
    return f"{day.day} {day:%B %Y}"


def shown_sources(fact: Fact) -> tuple[Source, ...]:
    """Return the sources that a note links to: those that the fact quotes, then the strongest reviews."""
    found = (*(cited.source for cited in fact.citations), *(review.source for review in strongest(fact)))
    return tuple({source.key: source for source in found}.values())[:SOURCE_LIMIT]


def _source_line(source: Source, fact: Fact) -> SourceLine:
    gone = source.check is not None and source.check.state is SourceState.GONE
    copy = source.copy_url if gone else None
    return SourceLine(
        publisher=plain(source.publisher) + (" (archived copy)" if copy else ""),
        title=shorten(plain(source.title or fact.claim), TITLE_LIMIT),
        url=safe_url(copy or source.url),
        published=source.published,
    )


def _linked(line: SourceLine) -> str:
    title = markdown_safe(line.title)
    return f"[{title}](<{line.url}>)" if line.url else title


def _when(line: SourceLine) -> str:
    return f" ({long_date(line.published)})" if line.published else ""


def _where(line: SourceLine) -> str:
    return f" {line.url}" if line.url else ""
