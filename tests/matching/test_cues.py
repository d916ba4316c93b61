from __future__ import annotations

import pytest

from bot.matching.cues import asks, debunks, negated_words, negations, opens_with_denial


@pytest.mark.parametrize(
    "text",
    [
        "Was the treaty signed in Oslo?",
        "did they ever publish the minutes",
        "so, is the tunnel finished?",
        "ok wait, has anybody seen the ruling?",
        "Who paid for the stadium?",
        "is it true that the bridge was closed?",
        "does anyone know when the tram was built",
        "can someone explain the tariff thing",
        "I wonder if the lake froze that year",
        "not sure whether the mayor resigned",
        "trying to find out how many ferries there are",
        "source on this",
        "the ferry sank in March?",
        "what year was that? ",
        'is that "deal" signed?"',
    ],
)
def test_questions_ask(text: str) -> None:
    """With or without a question mark."""
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "The treaty was signed in Oslo.",
        "the treaty was signed in Oslo, right?",
        "they closed the bridge, remember?",
        "they closed the bridge???",
        "they closed the bridge?!",
        "why did they even build a tunnel nobody needs?",
        "how come nobody mentions the ferry sank?",
        "how many times do we have to say the ferry sank?",
        "do not trust the mayor",
        "What a lovely day it is not.",
        "",
        "🎉",
    ],
)
def test_statements_and_rhetoric_do_not_ask(text: str) -> None:
    """A tag, an outburst or a question for effect states what it says."""
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "that's just false",
        "It's a myth, look it up",
        "thats bs and you know it",
        "this is complete misinformation",
        "the ferry thing was debunked ages ago",
        "stop spreading this nonsense",
        "there is no evidence for a second tunnel",
        "contrary to what you read, the bridge is open",
        "you're wrong about the tram",
        "Correction: the tram came later",
        "fact-check: the bridge never closed",
        "that claim isn't even true",
    ],
)
def test_calling_it_false_debunks(text: str) -> None:
    """In whatever words."""
    assert debunks(text)


@pytest.mark.parametrize(
    "text",
    ["the bridge was closed in spring", "a false dawn over the harbour", "the myths of Greece", "I lie in bed", ""],
)
def test_other_talk_does_not_debunk(text: str) -> None:
    """Words that merely sound alike don't count."""
    assert not debunks(text)


@pytest.mark.parametrize(
    "text", ["No, it opened in May", "nope. never did", "Wrong!", "“nah", "lol no", "false, sorry"]
)
def test_a_denial_at_the_start(text: str) -> None:
    """Who starts with no, denies."""
    assert opens_with_denial(text)


@pytest.mark.parametrize(
    "text",
    [
        "no one remembers the tram",
        "No way they closed it",
        "no longer open",
        "nobody knows",
        "north gate",
        "I say no",
        "",
    ],
)
def test_no_that_denies_nothing(text: str) -> None:
    """A "no one", a "no longer" and a later "no" deny nothing by themselves."""
    assert not opens_with_denial(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("they never came and did not call", 2),
        ("It Isn't, it won't, it CAN'T", 3),
        ("dont know nothing", 2),
        ("notable knots in the north", 0),
        ("", 0),
    ],
)
def test_negations_are_counted(text: str, count: int) -> None:
    """Whole words, contracted or not, with or without the apostrophe."""
    assert negations(text) == count


def test_a_negation_reaches_a_few_words() -> None:
    """What stands far behind it is not negated."""
    raw = ("the", "ferry", "did", "not", "sink", "in", "the", "cold", "harbour")
    assert negated_words(raw) == {4, 5, 6, 7}
    assert negated_words(("ferry", "sank")) == frozenset()
    assert negated_words(("never",)) == frozenset()
