"""Deterministic cues of how a text stands to a claim. Each is a small pattern; what they weigh is decided elsewhere."""

from __future__ import annotations

import re

NEGATIONS = frozenset(
    # One string reads better than fifty quoted ones.
    """no not never none nobody nothing neither nor without cannot cant can't don't dont doesn't doesnt didn't didnt
    isn't isnt aren't arent wasn't wasnt weren't werent won't wont wouldn't wouldnt hasn't hasnt haven't havent hadn't
    hadnt couldn't couldnt shouldn't shouldnt ain't aint nope nah""".split()  # noqa: SIM905
)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")

_OPENERS = (
    r"did|do|does|is|are|was|were|has|have|had|can|could|would|will|should|isn't|aren't|wasn't|weren't|didn't|doesn't|"
    r"don't|hasn't|haven't|who|whom|whose|what|when|where|why|how|which|anyone|anybody|any(?: \w+)? who"
)
_LEAD_IN = (
    r"(?:(?:so|and|but|wait|ok|okay|hey|hi|yo|um|also|serious q(?:uestion)?|genuine(?:ly)?|quick q(?:uestion)?|"
    r"question|lol|sorry|guys|hang on|hold on|like)\b[,:;]*\s+)*"
)
_QUESTION_OPENING = re.compile(rf"(?i)^\W*{_LEAD_IN}(?:{_OPENERS})\b")
_INVERTED = re.compile(
    rf"(?i)^\W*{_LEAD_IN}(?:did|do|does|is|are|was|were|has|have|had|can|could|isn't|wasn't|didn't|doesn't|hasn't)\s+"
    r"(?!not\b|you (?:know|see|realise|realize|think|believe)\b)\w+"
)
_ASKING = re.compile(
    r"(?i)\b(?:is (?:it|this|that) (?:really |actually |even )?(?:true|real|legit|right)|does (?:anyone|anybody) know|"
    r"(?:anyone|anybody|someone) (?:know|have|got|explain|confirm)|can (?:someone|anyone|somebody)|asking for|"
    r"i (?:wonder|was wondering|can't figure out|don't know|have no idea)|wondering (?:if|whether)|"
    r"not sure (?:if|whether)|trying to (?:settle|find out|figure out)|source on (?:this|that)|"
    r"fact[- ]?check(?:ing)? (?:this|that))\b"
)
_TAG_QUESTION = re.compile(
    r"(?i)(?:\b(?:right|huh|eh|ok|hello|really|seriously|remember|lol|smh)\s*\?+|\?{3,}|[?!]*\?![?!]*|!\?[?!]*)\W*$"
)
_TAIL = 200
"""Characters at the end in which a tag question is looked for: each of a long run of marks would look for the end."""
_RHETORICAL = re.compile(
    r"(?i)\b(?:why (?:did|do|does|is|are|has|won't|isn't|doesn't|should) |how (?:come|many times)|who (?:else|needs))"
)

_DEBUNK = re.compile(
    r"(?i)\b(?:(?:it'?s|that'?s|this is|thats|its) (?:just |simply |completely |totally |a |an |such a )*"
    r"(?:false|wrong|untrue|incorrect|not true|not right|bogus|nonsense|bs|bullshit|made up|fake|a?\s?myth|lie|hoax|"
    r"misinfo\w*|backwards)|(?:false|wrong|untrue|bogus|fake) (?:claim|that)|"
    r"(?:isn't|wasn't|not) (?:even )?(?:true|real|correct|established|proven)|"
    r"debunk\w*|myth\b|misinformation|disproven|fact[- ]check(?:ed)?:|stop (?:saying|spreading|repeating)|"
    r"no (?:evidence|proof) (?:that|of|for)|nobody (?:ever )?(?:said|claimed)|contrary to|read it again|"
    r"not what (?:he|she|it|they) said|makes no sense|"
    r"(?:you(?:'re| are)|ur|he's|she's) (?:wrong|mistaken|mixing|confusing)|correction:)"
)
_DENIAL_OPENING = re.compile(
    r"(?i)^\W*(?:no|nope|nah|wrong|false|incorrect|lol no|uh no|um no|not true|actually no)\b"
    r"(?!\s+(?:one|body|way|longer|more|european|nato|country|matter))"
)


def negations(text: str) -> int:
    """Return how many negations a text holds."""
    return sum(word in NEGATIONS for word in _WORD.findall(text.lower()))


def negated_words(raw: tuple[str, ...], reach: int = 4) -> frozenset[int]:
    """Return the positions of the words that stand close behind a negation, which they are likely to be under."""
    negation = [i for i, word in enumerate(raw) if word.lower() in NEGATIONS]
    return frozenset(j for i in negation for j in range(i + 1, min(i + 1 + reach, len(raw))))


def asks(text: str) -> bool:
    """Tell whether a sentence asks, with or without a question mark, and not for effect ("..., right?", "??!")."""
    stripped = text.rstrip(" \"')*_")
    if _ASKING.search(text):
        return True
    if "?" not in stripped[-3:]:
        return _INVERTED.match(text) is not None
    if _QUESTION_OPENING.match(text) and not _RHETORICAL.search(text):
        return True
    return not (_TAG_QUESTION.search(stripped[-_TAIL:]) or _RHETORICAL.search(text))


def debunks(text: str) -> bool:
    """Tell whether a text calls something false."""
    return _DEBUNK.search(text) is not None


def opens_with_denial(text: str) -> bool:
    """Tell whether a text starts by saying no."""
    return _DENIAL_OPENING.match(text) is not None
