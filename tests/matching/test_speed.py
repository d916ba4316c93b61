"""No post may keep the matcher busy: patterns that backtrack are found by comparing with plain words."""

from __future__ import annotations

import time

import pytest

from bot.domain.post import Post
from bot.matching import cues
from bot.matching.links import canonical_url
from bot.matching.normalise import MAX_CHARACTERS
from bot.matching.spans import SpanKind, read, sentences
from bot.matching.words import words

BOUND = 12
"""How many times as long as plain words of the same length a post may take. The worst known one takes four times."""

UNITS = [
    *("?!", "?", "!", "? ", '"', "'", ">", "> ", "\n>", ">>> ", "(", ")", "no ", "a.", "a. ", "A. ", "...", "… "),
    *("||", "|", "|| ", "||a", "`", "``a", "`a ", "```", "*", "* ", "*a ", "**a ", "***", "_", "__a ", "~~a ", "*a*"),
    *(
        "a",
        "a'",
        "-1",
        "1,",
        "1.",
        "\u200b",
        "\u202e",
        "\u0301",
        "\ufdfa",
        "\ufdfa ",
        "\U0001f389",
        "<@",
        "<@1> ",
        "<t:",
    ),
    *("so ", "hey, ", "any a who ", "not even ", "it's just totally ", "right", "right ?", "stop ", "is it ", "don't "),
    *(
        "http://",
        "https://a ",
        "<https://",
        "RT @a ",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\n ",
        " - ",
        "- ",
        ";",
        "\u2028",
        "\x00",
    ),
    *('"a ', '"aaaa bbbb cccc dddd', '." ', "ש ", "НА "),
]


TRIES = 4
"""Of which one must be fast enough: the machine may have been busy with something else."""


def _seconds(text: str) -> float:
    """Return the processor's time for everything pure about a post."""
    start = time.process_time()
    reading = read(Post(text))
    for span in reading.spans:
        for part in (*sentences(span.text), span.text):
            cues.asks(part)
            cues.negations(part)
            words(part)
    own = reading.text(SpanKind.OWN, SpanKind.SPOILER)
    for tell in (cues.asks, cues.debunks, cues.opens_with_denial):
        tell(own)
    for url in reading.urls:
        canonical_url(url)
    return time.process_time() - start


@pytest.fixture(scope="module")
def plain_seconds() -> float:
    """What plain words of the longest length take."""
    plain = ("The alliance was founded long ago by ten states. " * 100)[:MAX_CHARACTERS]
    return min(_seconds(plain) for _ in range(TRIES))


@pytest.mark.parametrize("unit", UNITS, ids=[ascii(unit) for unit in UNITS])
def test_no_pattern_explodes(unit: str, plain_seconds: float) -> None:
    """Four thousand characters of anything, alone or around words, take about as long as words."""
    repeated = (unit * MAX_CHARACTERS)[:MAX_CHARACTERS]
    for text in (repeated, f"NATO {repeated}"[:MAX_CHARACTERS], repeated[:-5] + " NATO"):
        assert any(_seconds(text) < BOUND * plain_seconds for _ in range(TRIES))
