"""Languages as others write them: tags, English names and their own names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from langcodes import Language
from langcodes.tag_parser import LanguageTagError

_LONGEST = 40
_UNTOLD = {"und", "mul", "mis", "zxx"}
_USUAL = {
    "cmn": "zh",
    "fil": "tl",
    "arb": "ar",
    "zsm": "ms",
    "pes": "fa",
    "prs": "fa",
    "swh": "sw",
    "lvs": "lv",
    "ekk": "et",
}
"""Codes of three letters beside which two letters are usual."""

_NAMES = {
    "af": "afrikaans",
    "am": "amharic አማርኛ",
    "ar": "arabic العربية عربي",
    "az": "azerbaijani azərbaycanca",
    "bg": "bulgarian български",
    "bn": "bengali bangla বাংলা",
    "bs": "bosnian bosanski",
    "ca": "catalan català",
    "cs": "czech čeština",
    "da": "danish dansk",
    "de": "german deutsch",
    "el": "greek ελληνικά",
    "en": "english",
    "es": "spanish español castellano castilian",
    "et": "estonian eesti",
    "eu": "basque euskara",
    "fa": "persian farsi فارسی",
    "fi": "finnish suomi",
    "fr": "french français",
    "gl": "galician galego",
    "gu": "gujarati ગુજરાતી",
    "ha": "hausa",
    "he": "hebrew עברית",
    "hi": "hindi हिन्दी हिंदी",
    "hr": "croatian hrvatski",
    "hu": "hungarian magyar",
    "hy": "armenian հայերեն",
    "id": "indonesian indonesia",
    "is": "icelandic íslenska",
    "it": "italian italiano",
    "ja": "japanese 日本語",
    "ka": "georgian ქართული",
    "kk": "kazakh қазақша",
    "kn": "kannada ಕನ್ನಡ",
    "ko": "korean 한국어",
    "lt": "lithuanian lietuvių",
    "lv": "latvian latviešu",
    "mk": "macedonian македонски",
    "ml": "malayalam മലയാളം",
    "mr": "marathi मराठी",
    "ms": "malay melayu",
    "my": "burmese မြန်မာ",
    "nb": "bokmål",
    "ne": "nepali नेपाली",
    "nl": "dutch nederlands flemish",
    "no": "norwegian norsk",
    "pa": "punjabi ਪੰਜਾਬੀ",
    "pl": "polish polski",
    "pt": "portuguese português",
    "ro": "romanian română",
    "ru": "russian русский",
    "si": "sinhala sinhalese සිංහල",
    "sk": "slovak slovenčina",
    "sl": "slovenian slovene slovenščina",
    "sq": "albanian shqip",
    "sr": "serbian српски srpski",
    "sv": "swedish svenska",
    "sw": "swahili kiswahili",
    "ta": "tamil தமிழ்",
    "te": "telugu తెలుగు",
    "th": "thai ไทย",
    "tl": "tagalog filipino",
    "tr": "turkish türkçe",
    "uk": "ukrainian українська",
    "ur": "urdu اردو",
    "vi": "vietnamese tiếng-việt",
    "zh": "chinese mandarin 中文 汉语 漢語",
}
_BY_NAME = {name.replace("-", " "): code for code, names in _NAMES.items() for name in names.split()}


def language_code(value: Any) -> str | None:
    """Return the ISO 639-1 code of a language (the three letters of ISO 639-3 where it has none), or None.

    Args:
        value: A tag, a name, a Language object of schema.org, or a list, of which the first that is known counts.
    """
    if isinstance(value, str):
        return _code(value.strip()) if len(value) <= _LONGEST else None
    told: Iterable[Any] = ()
    if isinstance(value, list):
        told = value[:_LONGEST]
    elif isinstance(value, dict):
        told = (value.get(name) for name in ("alternateName", "name", "@id", "@value", "identifier"))
    codes = (language_code(item) for item in told if isinstance(item, str) or isinstance(value, list))
    return next((code for code in codes if code), None)


@lru_cache(maxsize=1000)
def _code(text: str) -> str | None:
    named = _BY_NAME.get(text.casefold())
    if named is not None:
        return named
    try:
        language = Language.get(text.replace("_", "-"))
    except (LanguageTagError, ValueError):
        return None
    code = language.language or ""
    if len(code) not in (2, 3) or code in _UNTOLD or "qaa" <= code <= "qtz" or not language.is_valid():
        return None
    return _USUAL.get(code, code)
