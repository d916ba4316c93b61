"""In what language a text is, where it is long enough to tell, and whether the models cover it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from bot.matching.normalise import latin_share

ENGLISH = frozenset({"en"})
"""What the shipped models cover."""

MIN_WORDS = 4
MIN_PROBABILITY = 0.75
"""What short English slang is taken for by mistake stays under it."""
_MOSTLY_LATIN = 0.5


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language, or None where the text is too short or too mixed to tell."""
    if len(text.split()) < MIN_WORDS:
        return None
    code, probability = _identifier().classify(text)
    return str(code) if probability >= MIN_PROBABILITY else None


def foreign(text: str, *, said: str | None, fact: str, covered: AbstractSet[str]) -> bool:
    """Tell whether a post or a fact is in a language that the models don't cover.

    Args:
        text: The author's own words.
        said: The post's language as its sender gives it, or None.
        fact: The fact's language, ISO 639-1.
        covered: The languages that the models cover, ISO 639-1.
    """
    if fact not in covered:
        return True
    latin = latin_share(text) >= _MOSTLY_LATIN
    if covered == ENGLISH and not latin:
        return True  # whatever its sender's settings say
    code = said or language_of(text)
    return not latin if code is None else code[:2].lower() not in covered


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 -- slow: a start does without

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
