"""Which posts are in a language that the models don't cover."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.matching.language import ENGLISH, foreign

RUSSIAN = "Луна сделана из сыра, и все это давно знают"
GERMAN = "Der Mond besteht aus Käse, und das wissen doch alle schon lange"
PLAIN = "the moon is made of cheese and everybody has known it for ages"
MANY = frozenset({"en", "de", "ru"})


@pytest.mark.parametrize("said", [None, "en", "en-GB", "EN"])
def test_english_is_covered_from_the_start(said: str | None) -> None:
    """Said or unsaid."""
    assert not foreign(PLAIN, said=said, fact="en", covered=ENGLISH)


@pytest.mark.parametrize(("text", "said"), [(RUSSIAN, None), (RUSSIAN, "en"), (PLAIN, "de"), (GERMAN, "de-AT")])
def test_other_scripts_and_named_languages_are_not(text: str, said: str | None) -> None:
    """With the shipped models."""
    assert foreign(text, said=said, fact="en", covered=ENGLISH)


@pytest.mark.parametrize(
    ("text", "said"), [(RUSSIAN, None), (GERMAN, None), (PLAIN, None), (PLAIN, "de"), ("lol", None)]
)
def test_covered_languages_pass(text: str, said: str | None) -> None:
    """Told from the words where nobody says so, and whatever language the fact is in."""
    for fact in MANY:
        assert not foreign(text, said=said, fact=fact, covered=MANY)


@pytest.mark.parametrize("text", ["La luna está hecha de queso y todos lo saben", "сыр луна"])
def test_what_is_not_covered_or_too_short_in_another_script_is_held(text: str) -> None:
    """Any doubt waits for a moderator."""
    assert foreign(text, said=None, fact="en", covered=MANY)


def test_a_fact_in_a_language_that_is_not_covered_is_held() -> None:
    """Its wordings have vectors that say little."""
    assert foreign(GERMAN, said="de", fact="de", covered=ENGLISH)


def test_english_alone_loads_no_language_model() -> None:
    """The start of the shipped configuration doesn't wait for one."""
    code = "import sys, bot.matching.matcher; sys.exit('py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
