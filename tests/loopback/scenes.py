"""What the scenarios share: what is posted, and what must be true in the end."""

from __future__ import annotations

from collections.abc import Sequence

from tests.loopback.double import Double
from tests.loopback.payloads import MEMBER
from tests.loopback.process import Footnote

CLAIM = (
    "always wondered why NATO continued to exist even though its nemesis and reason to exist, The Warsaw Pact, "
    "had dissolved"
)
CHAT = "has anybody seen my keys?"

_UNSETTLED = {"pending", "sending", "retracting"}


def settled(double: Double, footnote: Footnote, *, answered: Sequence[int]) -> None:
    """Check that just these posts are answered, once each, and that the database and Discord say the same.

    Nothing stands that was not decided, and nothing that was decided is missing.
    """
    stored = footnote.notes()
    assert [note for note in stored if note["state"] in _UNSETTLED] == [], "something is left in the middle"
    decided = {note["message"]: note["post"] for note in stored if note["state"] in {"posted", "collapsed"}}
    standing = {int(note["id"]): int(note["message_reference"]["message_id"]) for note in double.notes()}
    assert standing == decided, "Discord and the database differ"
    assert sorted(standing.values()) == sorted(answered)


def made(double: Double) -> list[int]:
    """Return to which posts the bot ever replied, in order, those replies that were deleted since too."""
    return [int(one["message_reference"]["message_id"]) for one in double.created if "message_reference" in one]


def posts_of_members(double: Double) -> int:
    """Return how many of the standing messages a member wrote."""
    return sum(one["author"]["id"] == str(MEMBER) for one in double.messages.values())
