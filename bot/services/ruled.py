"""What comes of a moderator's act."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ruled:
    """What came of an act, in one sentence. ``done`` is false where somebody else was first.

    ``event_id`` is the act's entry in the audit log, by which it can be undone.
    """

    done: bool
    message: str
    event_id: int | None = None


NO_ITEM = Ruled(done=False, message="There is no such item in this server's queue.")
