"""The whole pipeline on the core pack. The posts about NATO are those of the issue that Footnote began with."""

from __future__ import annotations

import pytest

from bot.domain.decision import Action
from bot.domain.match import Relation
from tests.matching.conftest import APPEARANCE, HARMLESS, NATO, NEMESIS, Bench


@pytest.mark.parametrize(
    "text",
    [
        NEMESIS,
        f"{NEMESIS}.",
        NEMESIS.upper(),
        f"RT @somebody: “{NEMESIS}” 💯",
        f"**{NEMESIS}** #NATO",
        NEMESIS.replace(" ", "\t"),
        NEMESIS.replace("a", "\u200ba"),
        "".join(chr(ord(char) + 0xFEE0) if char.isalpha() else char for char in NEMESIS),
        f"good morning all\n\n{NEMESIS}\n\nanyway, who is up for lunch",
    ],
)
def test_the_claim_gets_a_reply(bench: Bench, text: str) -> None:
    """However it is dressed up."""
    assert bench.reply(text) == NATO


@pytest.mark.parametrize(
    "text",
    [
        "NATO was founded in 1949, six years before the Warsaw Pact",
        "did NATO really start because of the Warsaw Pact?",
        "did NATO really lose its purpose when the Warsaw Pact dissolved?",
        f"> {NEMESIS}\nthis did not age well",
        f"lol, what a take\n>>> {NEMESIS}",
        f"he wrote “{NEMESIS}” and nobody in the room laughed",
        f"no. {NEMESIS}? they were founded first",
        f"It is a myth: {NEMESIS}",
        f"{NEMESIS} <- this is false",
        f"`{NEMESIS}`",
        "`" + NEMESIS.replace(", ", ",\n") + "`",
        f"```\n{NEMESIS}\n```",
        f"||{NEMESIS}||",
        f"is it true that {NEMESIS}",
    ],
)
def test_the_truth_questions_quotes_denials_code_and_spoilers_get_none(bench: Bench, text: str) -> None:
    """They don't repeat the claim, or not in a way that may be answered without a moderator."""
    assert bench.reply(text) is None


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        (f"is it true that {NEMESIS}", Relation.ASKS),
        (f"nope. {NEMESIS}", Relation.DENIES),
        (f"> {NEMESIS}\nthis did not age well", Relation.MENTIONS),
        ("NATO was founded in 1949 and the Warsaw Pact was formed in 1955, in reaction to it", Relation.TRUTH),
    ],
)
def test_the_relation_is_told(bench: Bench, text: str, relation: Relation) -> None:
    """Such posts are not even worth a moderator's time."""
    decision = bench.decide(text)
    match = next((match for match in decision.candidates if match.slug == NATO), decision.candidates[0])
    assert match.relation is relation
    assert decision.action is Action.IGNORE


@pytest.mark.parametrize("lang", ["de", "DE-at", "ru"])
def test_another_language_waits_for_a_moderator(bench: Bench, lang: str) -> None:
    """At most."""
    assert bench.decide(NEMESIS, lang=lang).action is Action.QUEUE


@pytest.mark.parametrize("lang", [None, "en", "en-GB"])
def test_the_facts_own_language_is_answered(bench: Bench, lang: str | None) -> None:
    """Said or unsaid."""
    assert bench.decide(NEMESIS, lang=lang).action is Action.REPLY


@pytest.mark.parametrize(
    "text",
    [
        "НАТО было создано из-за Варшавского договора, а договора больше нет",
        "Die NATO wurde nur gegen den Warschauer Pakt gegründet und ist seit 1991 überflüssig",
        "L'OTAN n'existait que pour contrer le pacte de Varsovie",
        "北约的存在只是为了对抗华沙条约组织",
        "الناتو تأسس فقط لمواجهة حلف وارسو",
        f"{'НАТО и Варшавский договор ' * 20} {NEMESIS}",
    ],
)
def test_other_languages_get_no_reply(bench: Bench, text: str) -> None:
    """Also where nobody says which one it is."""
    assert bench.reply(text) is None


@pytest.mark.parametrize(
    "link",
    [
        APPEARANCE,
        "https://twitter.com/anybody/status/1234567890123?s=20&t=abc",
        "<https://mobile.twitter.com/anybody/status/1234567890123>",
        f"<@42> {APPEARANCE}",
    ],
)
def test_a_link_to_where_the_claim_stands_is_the_claim(bench: Bench, link: str) -> None:
    """By whatever mirror and with whatever trackers."""
    decision = bench.decide(link)
    assert decision.match is not None
    assert (decision.action, decision.match.slug, decision.match.confidence) == (Action.REPLY, NATO, 0.99)


@pytest.mark.parametrize("text", [f"lol {APPEARANCE}", f"{APPEARANCE} debunked", f"||fake|| {APPEARANCE}"])
def test_a_link_with_a_comment_waits_for_a_moderator(bench: Bench, text: str) -> None:
    """A machine can't tell what the comment makes of it."""
    assert bench.decide(text).action is Action.QUEUE


@pytest.mark.parametrize(
    "text",
    [f"||{APPEARANCE}||", f"`{APPEARANCE}`", "https://x.com/somebody/status/1234567890124", "https://x.com/somebody"],
)
def test_a_hidden_or_another_link_gets_no_reply(bench: Bench, text: str) -> None:
    """Spoilers and code are left alone, and a neighbour's number is another post."""
    assert bench.reply(text) is None


def test_a_link_without_its_appearance_is_nothing(bench: Bench) -> None:
    """It is the store that knows the page, not the words in its address."""
    assert bench.decide("https://news.example/nato-only-existed-to-counter-the-warsaw-pact").match is None


def test_shared_words_are_answered_only_without_a_comment(bench: Bench) -> None:
    """A forwarded claim is passed on; one with words of one's own beside it waits for a moderator."""
    assert bench.reply("", NEMESIS) == NATO
    assert bench.decide("what do we make of this", NEMESIS).action is Action.QUEUE
    assert bench.decide("this is nonsense", NEMESIS).action is Action.IGNORE
    assert bench.reply(HARMLESS) is None


@pytest.mark.parametrize(
    "text",
    [
        "NATO",
        "NATO NATO NATO NATO NATO",
        "nemesis",
        "Starlink!!!",
        "Zelenskyy Zelenskyy",
        "the Warsaw Pact",
        "NATO, 1955",
        "Musk and Putin",
        "my nemesis is the printer and it had dissolved the toner",
        "1949 1955 1991",
        "🎉" * 200,
        "",
        ".",
        HARMLESS,
    ],
)
def test_a_rare_word_or_two_are_no_claim(bench: Bench, text: str) -> None:
    """Nothing is said, so nothing is answered, nor queued."""
    assert bench.decide(text).action is Action.IGNORE


def test_every_rare_word_of_the_store_alone_gets_nothing(bench: Bench) -> None:
    """No word of any claim is enough by itself, said once or many times."""
    vocabulary = {word.strip(".,:;\"'()") for fact in bench.facts.values() for word in fact.claim.split()}
    assert len(vocabulary) > 200
    for word in vocabulary:
        for text in (word, f"{word} " * 5):
            assert bench.decide(text).action is Action.IGNORE
