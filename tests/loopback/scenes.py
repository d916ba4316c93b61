"""What the scenarios share: what is posted, and what must be true in the end."""

from __future__ import annotations

from collections.abc import Sequence

from tests.loopback.double import Double
from tests.loopback.process import Footnote

CLAIM = (
    "always wondered why NATO continued to exist even though its nemesis and reason to exist, The Warsaw Pact, "
    "had dissolved"
)
OTHER_CLAIM = "Elon Musk founded Twitter."
UNSURE = "The Warsaw Pact was formed first and NATO was a response to it"
"""A post whose match is for moderators."""
CHAT = "has anybody seen my keys?"

UNSETTLED = ("pending", "sending", "retracting")


async def ends_well(double: Double, footnote: Footnote, *, answered: Sequence[int]) -> None:
    """Wait until nothing is under way, stop, and check what is left."""
    await footnote.stores(f"SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM notes WHERE state IN {UNSETTLED})")
    assert await footnote.stop() == 0
    settled(double, footnote, answered=answered)


def settled(double: Double, footnote: Footnote, *, answered: Sequence[int]) -> None:
    """Check that just these posts are answered, once each, and that the database and Discord say the same.

    Nothing stands that was not decided, and nothing that was decided is missing.
    """
    stored = footnote.notes()
    assert [note for note in stored if note["state"] in UNSETTLED] == [], footnote.log
    decided = {note["message"]: note["post"] for note in stored if note["state"] in {"posted", "collapsed"}}
    standing = {int(note["id"]): int(note["message_reference"]["message_id"]) for note in double.notes()}
    assert standing == decided, "Discord and the database differ"
    assert sorted(standing.values()) == sorted(answered)


async def answered(double: Double, *posts: int) -> None:
    """Return once each of some posts has a reply."""
    await double.until(lambda: all(double.replies_to(post) for post in posts), f"replies to {len(posts)} posts")


def made(double: Double) -> list[int]:
    """Return to which posts the bot ever replied, in order, those replies that were deleted since too."""
    return [int(one["message_reference"]["message_id"]) for one in double.created if "message_reference" in one]
