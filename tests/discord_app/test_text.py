from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.settings.card import settings_card
from bot.discord_app.text import quoted, safe, whole_lines
from bot.domain.policy import Policy


@given(st.text(max_size=400), st.integers(min_value=20, max_value=300))
def test_safe_words_never_exceed_the_limit(text: str, limit: int) -> None:
    """However much the escaping adds."""
    assert len(safe(text, limit)) <= limit


@pytest.mark.parametrize("text", ["*" * 1000, "@" * 1000, "https://" * 300, "1. " * 400, "word " * 400])
def test_words_that_grow_by_escaping_still_fill_the_limit(text: str) -> None:
    """Shortening takes no more than it must."""
    assert 60 < len(safe(text, 100)) <= 100


def test_short_words_stay_whole() -> None:
    """What fits is not touched."""
    assert safe("It's fine", 100) == "It's fine"


@given(st.text(max_size=300))
def test_every_line_of_a_quotation_is_quoted(text: str) -> None:
    """No line of a post stands outside of the quotation."""
    assert all(line.startswith(">") for line in quoted(text, 200).split("\n") if line)


def test_lines_are_kept_whole() -> None:
    """A link that is cut is no link."""
    assert whole_lines(["12345", "12345", "1"], 11) == "12345\n12345"
    assert not whole_lines(["123456"], 5)


def test_a_long_list_of_channels_is_counted() -> None:
    """A server may name more channels than a message holds."""
    view = settings_card(Policy(1, ignored_channels=frozenset(range(10**18, 10**18 + 400))))

    assert "and 388 more" in str([item.to_component_dict() for item in view.children])
    assert view.content_length() <= 4000
