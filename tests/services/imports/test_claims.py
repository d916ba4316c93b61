from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.imports.claims import claim_key, identity, key_of
from tests.builders import a_fact


def _key(claim: str, speaker: str | None = None, language: str = "en", alone: str = "") -> str:
    return claim_key(claim, speaker=speaker, language=language, alone=alone or claim)


@pytest.mark.parametrize(
    "other",
    [
        "the Moon is made of cheese",
        "Moon is made of cheese!",
        "“The moon is made of cheese.”",
        "  The  moon is made\nof cheese … ",
        "Says the moon is made of cheese",
        "Says that the moon is made of cheese.",
    ],
)
def test_the_same_words_are_the_same_claim(other: str) -> None:
    """Letter case, articles, punctuation, spaces, quotation marks and how a publisher begins it aside."""
    assert _key(other) == _key("The moon is made of cheese.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It killed 1,500 people", "It killed 1500 people"),
        ("Five people died", "5 people died"),
        ("Taxes rose by 5 percent", "Taxes rose by 5%"),
        ("A man bit a dog", "Man bit the dog"),
        ("It’s false that COVID-19 kills", "It's false that COVID 19 kills"),
    ],
)
def test_near_identical_claims_are_the_same(one: str, other: str) -> None:
    """Also where a number is written in another way."""
    assert _key(one) == _key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dogs bite men", "Men bite dogs"),
        ("Trump sued Biden", "Biden sued Trump"),
        ("The shark has eaten", "The shark was eaten"),
        ("The police shot", "The police were shot"),
        ("Russia has attacked", "Russia was attacked"),
        ("500 people died", "5,000 people died"),
        ("It grew by 1,5 metres", "It grew by 15 metres"),
        ("It was -5 degrees", "It was 5 degrees"),
        ("It was –5 degrees", "It was 5 degrees"),
        ("Taxes rose by 5%", "Taxes rose by $5"),
        ("The risk is < 5%", "The risk is > 5%"),
        ("Vaccines cause autism", "Vaccines don't cause autism"),
        ("Masks work", "Masks never work"),
        ("Masks may kill", "Masks kill"),
        ("All masks kill", "Masks kill"),
        ("He died before 1990", "He died after 1990"),
        ("The queen died before the war", "The queen died the war"),
        ("The law was repealed", "The law is repealed"),
        ("The universe is expanding", "The university is expanding"),
        ("A Muslim attacked a church", "Muslims attacked a church"),
        ("Hepatitis A is deadly", "Hepatitis is deadly"),
        ("The attack on Kyiv", "The attack in Kyiv"),
        ("Is the moon hollow?", "Is the moon hollow"),
        ("Only vaccines kill", "Vaccines only kill"),
        ("सच की जीत", "सच का जीत"),
    ],
)
def test_claims_that_differ_in_meaning_never_join(one: str, other: str) -> None:
    """Roles, numbers, signs, negations, time, and whatever small word says something else."""
    for language in ("en", "und", "hi"):
        assert _key(one, "Ada", language) != _key(other, "Ada", language)


@pytest.mark.parametrize(
    "claim",
    [
        "This photo shows a shark in Houston",
        "That video shows a shark in Houston",
        "That's a shark in Houston",
        "A shark was seen here in Houston",
        "The king of Norway died today",
    ],
)
def test_what_points_at_something_stands_alone(claim: str) -> None:
    """The same words under another picture, or on another day, are another claim."""
    assert _key(claim, "Ada", alone="1") != _key(claim, "Ada", alone="2")


@pytest.mark.parametrize(
    ("claim", "language"),
    [("Este vídeo muestra un tiburón", "es"), ("Cette photo montre un requin", "fr"), ("Dieses Foto zeigt ihn", "de")],
)
def test_what_points_in_other_languages_stands_alone(claim: str, language: str) -> None:
    """Where the language is known, or not."""
    for told in (language, "und"):
        assert _key(claim, "Ada", told, alone="1") != _key(claim, "Ada", told, alone="2")


@pytest.mark.parametrize(
    "claim",
    ["I never voted for a tax", "I'm the best president ever", "They're eating our dogs", "My father met Lenin"],
)
def test_who_speaks_counts_where_somebody_speaks_of_himself(claim: str) -> None:
    """The same speaker's words join, another's don't, and without a speaker none do."""
    assert _key(claim, "Ada", alone="1") == _key(claim, "ADA ", alone="2")
    assert _key(claim, "Ada") != _key(claim, "Bob")
    assert _key(claim, alone="1") != _key(claim, alone="2")


def test_who_speaks_does_not_count_elsewhere() -> None:
    """A claim of many mouths is one claim; the United States are no person."""
    assert _key("The US bombed the moon", "Ada") == _key("US bombed the moon")
    assert _key("THEY LIED TO US", alone="1") != _key("THEY LIED TO US", alone="2")


def test_in_other_languages_the_speaker_always_counts() -> None:
    """A verb may say "I" there, which nothing here can tell."""
    assert _key("Nunca dije eso", "Ada", "es", alone="1") != _key("Nunca dije eso", "Bob", "es", alone="2")
    assert _key("Die Erde ist flach.", None, "de") == _key("die Erde ist flach", None, "de")
    assert _key("Pedro mató a Juan", None, "es") != _key("Pedro mató Juan", None, "es")


def test_claims_of_several_languages_never_join() -> None:
    """The same letters say something else."""
    assert _key("Gift in Berlin", None, "de") != _key("Gift in Berlin", None, "en")


@pytest.mark.parametrize("claim", ["", "...", "  "])
def test_a_claim_without_words_stands_alone(claim: str) -> None:
    """There is nothing to compare."""
    assert _key(claim, alone="1") != _key(claim, alone="2")


@given(st.text(max_size=60), st.sampled_from(["en", "und", "de"]), st.none() | st.text(max_size=5))
def test_any_claim_has_one_key(claim: str, language: str, speaker: str | None) -> None:
    """Always the same one."""
    assert len(_key(claim, speaker, language, "x")) == 24
    assert _key(claim, speaker, language, "x") == _key(claim, speaker, language, "x")


@given(st.lists(st.sampled_from(["not", "5", "%", "A", "a", "may", "Bob", "the", "US", "-5", "?"]), max_size=6))
def test_only_articles_and_case_are_left_out(parts: list[str]) -> None:
    """Claims with the same key hold the same other words, in order."""
    claim = " ".join(["Ada", *parts, "swims"])
    plain = " ".join(["Ada", *(part for part in parts if part not in {"a", "the"}), "swims"])
    assert _key(claim) == _key(plain)
    assert _key(claim) != _key(f"{plain} not")


def test_a_review_is_known_by_its_page_and_claim() -> None:
    """However the address is written, and whatever the letter case; another claim there is another review."""
    one = identity("https://www.checks.example/1/?utm_source=x", "The moon is hollow.")
    assert one == identity("http://checks.example/1", "the  moon is HOLLOW.")
    assert one != identity("https://checks.example/1", "The moon is solid.")
    assert one != identity("https://checks.example/2", "The moon is hollow.")
    assert identity("not an address", "A") != identity("another", "A")


def test_a_stored_fact_has_the_key_of_its_claim() -> None:
    """So that reviews join facts that people wrote."""
    assert key_of(a_fact()) == _key(a_fact().claim)
