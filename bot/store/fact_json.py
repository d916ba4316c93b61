"""Facts as JSON: how versions and drafts keep them whole, whatever becomes of the fact itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from bot.domain.fact import Citation, Fact, NearMiss, Review, Source, Verdict

_DAYS = ("as_of", "review_by")
_LISTS = ("phrasings", "topics", "overlaps", "appearances", "failed_tests")


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """Return a fact as JSON's types, without which of its tests failed: that belongs to the store of the day."""
    values = asdict(fact)
    values.pop("failed_tests")
    values |= {name: getattr(fact, name).isoformat() for name in _DAYS}
    for holder in (*values["citations"], *values["reviews"]):
        holder["source"].pop("check")
        holder["source"] |= {name: _text(holder["source"][name]) for name in ("published", "retrieved")}
    return values


def fact_from_json(stored: dict[str, Any]) -> Fact:
    """Return the fact that ``fact_to_json`` wrote."""
    values = {**stored, "verdict": Verdict(stored["verdict"])}
    values |= {name: date.fromisoformat(stored[name]) for name in _DAYS}
    values |= {name: tuple(stored[name]) for name in _LISTS if name in stored}
    values["near_misses"] = tuple(NearMiss(**miss) for miss in stored["near_misses"])
    values["citations"] = tuple(Citation(_source(cited["source"]), cited["quote"]) for cited in stored["citations"])
    values["reviews"] = tuple(_review(review) for review in stored.get("reviews", ()))
    return Fact(**values)


def _review(stored: dict[str, Any]) -> Review:
    return Review(**{**stored, "source": _source(stored["source"]), "verdict": Verdict(stored["verdict"])})


def _source(stored: dict[str, Any]) -> Source:
    days = {name: _day(stored[name]) for name in ("published", "retrieved")}
    return Source(**{**stored, **days})


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
