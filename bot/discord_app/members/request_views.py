"""What a member sees of their requests. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.discord_app.layouts import Button, note_texts, text_layout
from bot.discord_app.text import quoted, safe, small, stamp
from bot.domain.fact import Fact
from bot.domain.note import Provenance
from bot.domain.request import REQUEST_LIMIT, Answer, Request
from bot.notes.reviews import said
from bot.services.requests import Mine

_LIST_LIMIT = 3400
_SHORTEST = 40
_CLAIM_LIMIT = 600
_SOURCES_LIMIT = 1200

_EMPTY = (
    "**You asked for nothing**\nThe menu of a message (Apps, “Ask for a fact-check”) and `/request ask` pass a claim "
    "on to the moderators."
)
_HEAD = (
    "**What you asked to have checked**\n-# Only you see this. Stored without your name, for 90 days after it was last "
    "asked or answered"
)


def mine_view(mine: Sequence[Mine], shown: Sequence[Mine], outcome: str, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return a member's requests, each with its state.

    Args:
        mine: All of them.
        shown: Those that fit.
        outcome: What came of what they did before.
        buttons: What they may do.
    """
    if not mine:
        return text_layout(small(outcome), _EMPTY)
    lines = [_line(one, _LIST_LIMIT // len(shown)) for one in shown]
    lines += ["-# There are older ones; they show once some of these are taken back."] if len(mine) > len(shown) else []
    return text_layout(small(outcome), _HEAD, "\n".join(lines), buttons=buttons)


def one_view(one: Mine, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return one request of a member in full, with its answer."""
    words = quoted(one.request.text, 2 * REQUEST_LIMIT)
    return text_layout(
        "**You asked to have this checked**", words, *answer_texts(one.request, one.fact), buttons=buttons
    )


def answer_texts(request: Request, fact: Fact | None) -> list[str]:
    """Return how a request stands: that it waits, that no fact-check is needed, or the fact's claim and its note."""
    if request.answer is None or request.answered_at is None:
        return [f"It waits for the moderators; {_asked(request)}."]
    day = stamp(request.answered_at, "f")
    if request.answer is Answer.NOT_NEEDED:
        return [f"The moderators say that no fact-check is needed ({day})."]
    if fact is None:
        return [f"The moderators answered it with a fact ({day}), which is no longer in use."]
    claim = f"The moderators answered it ({day}) with what is known of this claim: {safe(fact.claim, _CLAIM_LIMIT)}"
    return [claim, *note_texts(fact, Provenance.REQUESTED, sources_limit=_SOURCES_LIMIT)]


def state(one: Mine) -> str:
    """Return how a request stands, in a few words."""
    if one.request.answer is None:
        return "waits"
    if one.request.answer is Answer.NOT_NEEDED:
        return "no fact-check needed"
    return "answered by a fact" if one.fact else "answered by a fact that is no longer in use"


def _line(one: Mine, share: int) -> str:
    request = one.request
    when = stamp(request.answered_at or request.last_at)
    told = f" · {state(one)}, {when}"
    left = max(_SHORTEST, share - len(told) - 3)
    if one.fact is None:
        return f"- {safe(request.text, left)}{told}"
    return f"- {safe(request.text, left // 2)}{told}: {safe(said(one.fact), max(_SHORTEST, left // 2 - 2))}"


def _asked(request: Request) -> str:
    others = request.asked - 1
    if others < 1:
        return "nobody else asked for it yet"
    return "one other member asked for it too" if others == 1 else f"{others:,} others asked for it too"
