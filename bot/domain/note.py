"""A note: the correction as shown, and its way through the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.match import Evidence, Relation
from bot.domain.review import Ruling


class Provenance(StrEnum):
    """Who stands behind a note. Shown on it."""

    AUTO = "matched automatically"
    MODERATOR = "approved by a moderator"
    REQUESTED = "asked for by a member"


class NoteKind(StrEnum):
    """A full note, or the quiet link to one that already speaks for its fact in the channel."""

    NOTE = "note"
    LINK = "link"


class NoteState(StrEnum):
    """Where a note is on its way.

    shadow: recorded, never sent. pending -> sending -> posted -> retracting -> retracted; dropped: given up before
    it was seen (source gone, not allowed, cancelled). ``sending`` found at start means that the process died in the
    middle: the sender is asked first whether the note is there. A collapsed note stands in one line, behind which it
    can be read; posted and collapsed turn into each other.
    """

    SHADOW = "shadow"
    PENDING = "pending"
    SENDING = "sending"
    POSTED = "posted"
    COLLAPSED = "collapsed"
    RETRACTING = "retracting"
    RETRACTED = "retracted"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class NewNote:
    """A decided note, before it is stored.

    ``due_at`` is when it may be sent: a short wait lets the author's own delete or edit, or a proxying bot, come first.
    ``wording`` stands in the place of the fact's correction where a moderator edited it for this post.
    """

    guild_id: int
    channel_id: int
    source_message_id: int
    slug: str
    fact_version: int
    kind: NoteKind
    state: NoteState
    provenance: Provenance
    relation: Relation
    confidence: float
    threshold: float
    rule_version: str
    evidence: Evidence
    created_at: datetime
    due_at: datetime
    links_to: int | None = None
    wording: str | None = None


STANDING = frozenset({NoteState.POSTED, NoteState.COLLAPSED})
"""The states of a note whose message stands in its channel."""


LONGEST_WAIT = timedelta(minutes=15)
"""What a note that is to be sent or taken down waits at most. One that is due later was stored while the clock was
ahead, and is due at once: it would wait until the clock has caught up."""
LONGEST_REPAIR = timedelta(days=1)
"""The same of an edit: a repair of thousands of notes takes hours."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """The dated line under a note that was changed after it was posted: what changed, in words for members."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A stored note. ``message_id`` is the posted message's, once it is known.

    ``ruling`` is what a moderator said of a note that was decided automatically, in shadow or in earnest.
    ``revision`` grows with every change of what a posted note shows, and ``shown_revision`` is the one that stands
    there: where they differ the outbox edits the message. ``failed_edits`` counts the tries for this revision.
    ``repair_id`` is the latest repair that changed it.
    """

    id: int
    new: NewNote
    state: NoteState
    message_id: int | None
    attempts: int
    last_error: str | None
    ruling: Ruling | None = None
    revision: int = 0
    shown_revision: int = 0
    failed_edits: int = 0
    amendment: Amendment | None = None
    repair_id: int | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """An update of the notes that were posted of a fact, which was edited, retired or found expired.

    ``total`` is how many notes it changes. ``by`` is the moderator who asked for it.
    """

    id: int
    guild_id: int
    slug: str
    at: datetime
    by: int | None
    cause: str
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a repair is: how many of its notes show what they should, and how many of those could not be edited."""

    repair: Repair
    done: int
    refused: int


@dataclass(frozen=True, slots=True)
class NoteEvent:
    """One step in a note's life."""

    note_id: int
    at: datetime
    state: NoteState
    cause: str
