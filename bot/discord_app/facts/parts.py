"""The forms in which a fact is written, part by part: their fields, and what of a fact they change. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from discord import ui

from bot.discord_app.facts.lines import (
    citation_lines,
    near_miss_lines,
    packed,
    phrasing_lines,
    read_citations,
    read_near_misses,
    read_phrasings,
)
from bot.discord_app.fields import TEXT_LIMIT, choice_field, option, text_field
from bot.discord_app.modals import Submitted
from bot.domain.fact import Fact, Verdict
from bot.domain.rules import CLAIM_LIMIT, CORRECTION_LIMIT, DETAIL_LIMIT, TRUE_STATEMENT_LIMIT

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST_FIELDS = 5
_ROOM = 600
"""Characters that should be left in a list's last field, so that something can be added."""
_CITED = "One a line: url | publisher | title | quote, the quote word by word"

Fields = list[ui.Label[Any]]
Written = tuple[Fact, str]
"""What came of a form: the fact, and a sentence on what of it was not understood."""


@dataclass(frozen=True, slots=True)
class Part:
    """One form: its title, its fields as they begin (None: too long for a form), and what comes of it."""

    title: str
    fields: Callable[[Fact], Fields | None]
    read: Callable[[Fact, Submitted], Written]


def _text_fields(fact: Fact) -> Fields:
    verdicts = [option(verdict_name(one), one.value, default=one is fact.verdict) for one in Verdict]
    cited = packed(citation_lines(fact), 1)
    fields = [
        text_field("claim", "Claim", default=fact.claim, limit=CLAIM_LIMIT, placeholder="As people say it"),
        choice_field("verdict", "Verdict", verdicts),
        text_field(
            "correction",
            "Correction",
            default=fact.correction,
            limit=CORRECTION_LIMIT,
            long=True,
            required=False,
            description="What the note says; it speaks to the claim, never to the person.",
        ),
        text_field(
            "truth",
            "True statement",
            default=fact.true_statement,
            limit=TRUE_STATEMENT_LIMIT,
            long=True,
            required=False,
            description="What is so instead, in one sentence; posts that say this get no note.",
        ),
    ]
    return fields if cited is None else [*fields, _lines_field("lines0", "Citations", cited[0], _CITED)]


def _read_text(fact: Fact, sent: Submitted) -> Written:
    verdicts = sent.chosen("verdict")
    return replace(
        _with_citations(fact, sent) if "lines0" in sent.values else fact,
        claim=" ".join(sent.text("claim").split()),
        verdict=Verdict(verdicts[0]) if verdicts else fact.verdict,
        correction=sent.text("correction").strip(),
        true_statement=" ".join(sent.text("truth").split()),
    ), ""


def _lists(lines: Callable[[Fact], list[str]], label: str, description: str) -> Callable[[Fact], Fields | None]:
    def fields(fact: Fact) -> Fields | None:
        texts = packed(lines(fact), _MOST_FIELDS)
        if texts is None:
            return None
        if len(texts[-1]) > TEXT_LIMIT - _ROOM and len(texts) < _MOST_FIELDS:
            texts.append("")
        return [
            _lines_field(f"lines{place}", f"{label}{f', part {place + 1}' if place else ''}", text, description)
            for place, text in enumerate(texts)
        ]

    return fields


def _lines_field(field: str, label: str, text: str, description: str) -> ui.Label[Any]:
    return text_field(field, label, default=text, long=True, required=False, description=description)


def _with_citations(fact: Fact, sent: Submitted) -> Fact:
    return replace(fact, citations=read_citations(_all_lines(sent), fact))


def _all_lines(sent: Submitted) -> str:
    return "\n".join(sent.text(f"lines{place}") for place in range(_MOST_FIELDS))


def _detail_fields(fact: Fact) -> Fields:
    rows: Sequence[tuple[str, str, str, int, str]] = (
        ("as_of", "As of", fact.as_of.isoformat(), 10, "The day as of which it holds, as 2026-12-31."),
        ("review_by", "Review by", fact.review_by.isoformat(), 10, "After this day it waits for a moderator."),
        ("language", "Language", fact.language, 3, "Two letters, such as en."),
        ("speaker", "Speaker", fact.speaker or "", DETAIL_LIMIT, "Who said it, where that matters."),
        ("context", "Context", fact.context or "", DETAIL_LIMIT, "Where and when it was said."),
    )
    return [
        text_field(field, label, default=default, limit=limit, required=False, description=description)
        for field, label, default, limit, description in rows
    ]


def _read_details(fact: Fact, sent: Submitted) -> Written:
    remarks: list[str] = []
    changes: dict[str, Any] = {name: _day(sent.text(name), remarks) for name in ("as_of", "review_by")}
    language = sent.text("language").strip().casefold()
    changes["language"] = language if _LANGUAGE.fullmatch(language) else None
    if language and changes["language"] is None:
        remarks.append(f"“{language}” is no language code; it looks like en.")
    understood = {name: value for name, value in changes.items() if value is not None}
    speaker, context = (" ".join(sent.text(name).split()) or None for name in ("speaker", "context"))
    return replace(fact, speaker=speaker, context=context, **understood), " ".join(remarks)


def _day(text: str, remarks: list[str]) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        if text.strip():
            remarks.append(f"“{text.strip()}” is no date; it looks like 2026-12-31.")
        return None


def verdict_name(verdict: Verdict) -> str:
    """Return a verdict as people read it."""
    return verdict.value.replace("_", " ").capitalize()


PARTS: dict[str, Part] = {
    "text": Part("Claim and correction", _text_fields, _read_text),
    "citations": Part(
        "Citations", _lists(citation_lines, "Citations", _CITED), lambda fact, sent: (_with_citations(fact, sent), "")
    ),
    "phrasings": Part(
        "Phrasings",
        _lists(phrasing_lines, "Wordings that must match", "One a line, as people write it."),
        lambda fact, sent: (replace(fact, phrasings=read_phrasings(_all_lines(sent), fact)), ""),
    ),
    "misses": Part(
        "Near misses",
        _lists(near_miss_lines, "Wordings that must not match", "One a line, with what is different: text | kind"),
        lambda fact, sent: (replace(fact, near_misses=read_near_misses(_all_lines(sent), fact)), ""),
    ),
    "details": Part("Dates and details", _detail_fields, _read_details),
}
"""Every form, by the name that its custom id bears."""


def joined(sentences: Iterable[str]) -> str:
    """Return sentences in one line, empty ones left out."""
    return " ".join(filter(None, sentences))
