"""Dates as others write them. What can be read in two ways is no date, and a missing one is never today's."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

_LONGEST = 60

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?![\d./-])", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4})(?![\d./-])", re.ASCII)
_NUMBERS = re.compile(r"\d{1,4}\s?[-/. ]\s?\d{1,2}\s?[-/. ]\s?\d{1,4}", re.ASCII)
_NAMED = re.compile(r"(?=.*[^\W\d_])(?=.*\d{4})", re.DOTALL)

_LANGUAGES = (
    *(
        "en",
        "es",
        "pt",
        "fr",
        "de",
        "it",
        "nl",
        "pl",
        "tr",
        "ru",
        "uk",
        "id",
        "ar",
        "fa",
        "hi",
        "bn",
        "sw",
        "fil",
        "vi",
    ),
    *("th", "zh", "ja", "ko", "cs", "sk", "hu", "ro", "bg", "el", "da", "sv", "nb", "fi", "ca", "hr", "sr", "mk", "he"),
)
"""Those in which the names of months are looked for."""


def day(text: str, languages: Iterable[str] = ()) -> date | None:
    """Return the day that a text tells, in UTC where it tells a time zone, or None where it tells none for certain.

    Args:
        text: ISO 8601, or what people write.
        languages: Codes of the languages that its month may be named in, tried before all others.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if (found := _ISO.fullmatch(text)) is not None:
        return _iso(text, found)
    return _written(text, tuple(code for code in languages if code in _LANGUAGES))


def partial_day(text: str, languages: Iterable[str] = ()) -> str | None:
    """Return a date as ISO text, with no day or month where the text has none, or None."""
    text = text.strip()
    if _MONTH.fullmatch(text) or _YEAR.fullmatch(text):
        return text
    found = day(text, languages)
    return None if found is None else found.isoformat()


def _iso(text: str, found: re.Match[str]) -> date | None:
    year, month, number = (int(part) for part in found.groups())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # A time that is written in another way; the day is clear all the same.
        return _date(year, month, number)
    return _in_utc(moment)


def _in_utc(moment: datetime) -> date | None:
    try:
        return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
    except OverflowError:
        return None


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _written(text: str, languages: tuple[str, ...]) -> date | None:
    if (found := _YEAR_FIRST.match(text)) is not None:
        return _date(*(int(part) for part in found.groups()))
    if (found := _YEAR_LAST.match(text)) is not None:
        return _year_last(int(found[1]), int(found[3]), int(found[4]), dotted=found[2] == ".")
    if _NUMBERS.search(text) is not None or _NAMED.match(text) is None:
        return None
    try:
        return _in_utc(parsedate_to_datetime(text))
    except (ValueError, IndexError, OverflowError):
        return _named(text, languages)


def _year_last(first: int, second: int, year: int, *, dotted: bool) -> date | None:
    # Where dates are written with full stops, the day comes first; with slashes it depends on the country.
    if dotted or first == second or first > 12:  # noqa: PLR2004 -- months
        return _date(year, second, first)
    return _date(year, first, second) if second > 12 else None  # noqa: PLR2004


def _named(text: str, languages: tuple[str, ...]) -> date | None:
    import dateparser  # noqa: PLC0415 -- slow: most dates are read without

    settings: dict[str, Any] = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
    }
    tries = (list(languages), list(_LANGUAGES)) if languages else (list(_LANGUAGES),)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for codes in tries:
            try:
                moment: datetime | None = dateparser.parse(text, languages=codes, settings=settings)
            except (ValueError, OverflowError, TypeError, LookupError):
                moment = None
            if moment is not None:
                return _in_utc(moment)
    return None
