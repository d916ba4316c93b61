"""When two reviews are the same one, and when two claims are the same claim. Pure.

Claims are joined only where they are the same words in the same order, articles and punctuation aside: a note under the
wrong claim does more harm than two facts for one claim. Words are not cut to their stems, which would make one of
"was eaten" and "has eaten", or of the universe and a university.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from bot.domain.fact import Fact, Source
from bot.domain.rules import folded
from bot.matching.links import canonical_url
from bot.matching.normalise import normalise
from bot.matching.words import words

_BYTES = 12
_MINUS = re.compile(r"(?<!\w)[-–−](?=\d)")
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]")
"""Numbers, words, and every other character by itself: "5%" is not "$5"."""
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_SILENT = frozenset(".,;:!\"'()[]{}-–—*|")
"""What two wordings may differ in. A question mark is not among it: it changes what is said."""
_ENGLISH = "en"
_SMALL = frozenset(["an", "the", "that"])
"""English words that two wordings may differ in, "a" aside: "hepatitis A" is not any hepatitis."""
_SAME = {"percent": "%"}
_POINTING = frozenset(["this", "these", "those", "here", "above", "below", "today", "yesterday", "tomorrow", "tonight"])
"""Words that point at a picture, a place or a day: the same words about another one are another claim."""
_POINTING_ELSEWHERE = frozenset(
    # One string reads better than fifty quoted ones.
    """este esta esto estos estas ese esa eso esos esas aquel aquella aquí aqui isto isso esse essa esses essas estes
    ce cet cette ces ceci cela ici dies diese dieser dieses diesem diesen hier questo questa questi queste
    """.split()  # noqa: SIM905
)
"""The same in Spanish, Portuguese, French, German and Italian."""
_PERSONS = frozenset(
    """i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers
    herself they them their theirs themselves""".split()  # noqa: SIM905
)
"""English words whose meaning hangs on who speaks."""


def identity(url: str, claim: str) -> str:
    """Return what tells a review from others: its page and the claim. Another claim on the same page is another review.

    Returns:
        24 hex digits.
    """
    return _digest(f"{canonical_url(url) or url}\n{folded(claim)}")


def source_key(source: Source) -> str:
    """Return the key of a review's page, which no other document can have: a corrected page is another one."""
    told = (source.publisher, source.title, source.url, source.author, source.published, source.retrieved)
    return f"review-{_digest(repr((*map(str, told), source.archive_url, source.note)))}"


def key_of(fact: Fact) -> str:
    """Return the key of a stored fact's claim."""
    return claim_key(fact.claim, speaker=fact.speaker, language=fact.language, alone=fact.slug)


def claim_key(claim: str, *, speaker: str | None, language: str, alone: str) -> str:
    """Return the key that near-identical claims share.

    Args:
        claim: The claim.
        speaker: Who made it, where that is known.
        language: Its language.
        alone: What stands for a claim that can't be compared with others, such as the review's identity.

    Returns:
        24 hex digits.
    """
    found = _TOKEN.findall(_MINUS.sub(" minus ", normalise(claim)))
    tokens = [token for token in found if token not in _SILENT]
    whose = folded(speaker or "")
    if not tokens or _points(tokens, language) or (not whose and _speaks(tokens, language)):
        return _digest(f"alone\n{alone}")
    if language == _ENGLISH:
        # In other languages nothing tells here whether somebody speaks of himself, so that the speaker always counts.
        whose = whose if _speaks(tokens, language) else ""
        tokens = list(_plain_english(tokens)) or tokens
    return _digest(f"{language}\n{whose}\n{' '.join(tokens).casefold()}")


def _points(tokens: list[str], language: str) -> bool:
    pointing = _POINTING if language == _ENGLISH else _POINTING | _POINTING_ELSEWHERE
    heads = [_head(token) for token in tokens]
    return heads[0] == "that" or not pointing.isdisjoint(heads)


def _speaks(tokens: list[str], language: str) -> bool:
    """Tell whether a claim hangs on who speaks; "US" is a country, unless all is written so."""
    shouted = all(one.isupper() for one in tokens if one.isalpha())
    return language in {_ENGLISH, "und"} and any(_head(one) in _PERSONS and (one != "US" or shouted) for one in tokens)


def _plain_english(tokens: list[str]) -> Iterator[str]:
    """Yield what counts of an English claim: without articles, numbers as digits."""
    if tokens[0].lower() == "says":
        tokens = tokens[1:]  # how some publishers begin each claim: the speaker says that...
    for place, one in enumerate(tokens):
        small = one.lower()
        if small in _SMALL or one == "a" or (one == "A" and place == 0):
            continue
        if _THOUSANDS.fullmatch(one):
            yield one.replace(",", "")
        elif one.isalpha():
            yield next(iter(words(one).numbers), _SAME.get(small, small))
        else:
            yield small


def _head(token: str) -> str:
    """Return a word without what is contracted with it: "i" of "I'm"."""
    return token.lower().partition("'")[0]


def _digest(text: str) -> str:
    return hashlib.blake2s(text.encode(), digest_size=_BYTES).hexdigest()
