"""What moderators see of requests. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ui

from bot.discord_app.layouts import Button, text_layout
from bot.discord_app.text import quoted, safe, small, stamp
from bot.domain.fact import Fact
from bot.domain.request import REQUEST_LIMIT, Answer, Request

_LIST_LIMIT = 3300
_CLAIM_LIMIT = 600
_OUTCOME_LIMIT = 300
_SHORTEST = 20

_EMPTY = {
    "waiting": "**No request waits**\nWhat members ask to have checked and no fact answers stands here.",
    "answered": "**No request was answered**\nWhat is answered stands here for 90 days, and can be reopened.",
}
_HEADS = {
    "waiting": "**Asked, and no fact answers it**\n-# Kept without names, for 90 days after it was last asked",
    "answered": "**Answered requests**, the latest first\n-# Kept without names, for 90 days",
}
_MORE = "-# There are more; they show once some of these are answered or removed."
_HOW = (
    "-# “New fact” opens the editor with these words. When the fact is saved, come back with `/requests` and answer "
    "with it: members who asked then see its note in `/request mine`."
)


def list_view(
    kind: str, shown: Sequence[Request], *, more: bool, outcome: str, buttons: Sequence[Button]
) -> ui.LayoutView:
    """Return a list of requests.

    Args:
        kind: "waiting" or "answered".
        shown: Those that a select offers.
        more: Whether there are others.
        outcome: What came of what was done before.
        buttons: What may be done.
    """
    if not shown:
        return text_layout(small(safe(outcome, _OUTCOME_LIMIT)), _EMPTY[kind], buttons=buttons)
    lines = [_line(one, _LIST_LIMIT // len(shown)) for one in shown]
    lines += [_MORE] if more else []
    return text_layout(small(safe(outcome, _OUTCOME_LIMIT)), _HEADS[kind], "\n".join(lines), buttons=buttons)


def card(request: Request, fact: Fact | None, *, outcome: str, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return one request with its words and its answer, by whom."""
    head = (
        f"**Request {request.id}** · {members(request)}, first {stamp(request.first_at)}, last {stamp(request.last_at)}"
    )
    words = quoted(request.text, 2 * REQUEST_LIMIT)
    return text_layout(small(safe(outcome, _OUTCOME_LIMIT)), head, words, _answer(request, fact), buttons=buttons)


def file_view(count: int, *, files: Sequence[discord.File]) -> ui.LayoutView:
    """Return the message that carries the requests that wait as a file."""
    waiting = "1 request" if count == 1 else f"{count:,} requests"
    return text_layout(f"**Asked and not answered** · {waiting}, without names; times are UTC", files=files)


def members(request: Request) -> str:
    """Return how many asked for it."""
    return "asked by 1 member" if request.asked == 1 else f"asked by {request.asked:,} members"


def _answer(request: Request, fact: Fact | None) -> str:
    if request.answer is None or request.answered_at is None:
        return _HOW
    who = "" if request.answered_by is None else f" by <@{request.answered_by}>"
    when = f"{who}, {stamp(request.answered_at, 'f')}"
    if request.answer is Answer.NOT_NEEDED:
        return f"Answered{when}: no fact-check needed."
    claim = "a fact that is no longer in use" if fact is None else safe(fact.claim, _CLAIM_LIMIT)
    return f"Answered{when}, with the fact: {claim}"


def _line(request: Request, limit: int) -> str:
    told, when = members(request), request.last_at
    if request.answer is not None and request.answered_at is not None:
        told, when = request.answer.value, request.answered_at
    tail = f" ({told}, {stamp(when)})"
    return f"- {safe(request.text, max(_SHORTEST, limit - len(tail) - 3))}{tail}"
