"""In what language a text is, where it is long enough to tell."""

from __future__ import annotations

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

MIN_WORDS = 4
MIN_PROBABILITY = 0.6
"""What short English slang is taken for by mistake stays under it."""


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language, or None where the text is too short or too mixed to tell."""
    if len(text.split()) < MIN_WORDS:
        return None
    code, probability = _identifier().classify(text)
    return str(code) if probability >= MIN_PROBABILITY else None


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
