"""What is stored, column by column, as data: what it is, why it is kept and until when.

``/privacy``, ``docs/privacy.md`` and the exports are written from it, and a test walks the real schema, so that no
column is added without a thought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ITEM_DAYS = 30
"""Days after which a match that nobody ruled on is closed, and the post's words go."""
REQUEST_DAYS = 90
"""Days after which a request goes that nobody repeated."""
DRAFT_DAYS = 1
"""Days for which the draft of a fact waits for its moderator."""
GRACE_DAYS = 30
"""Days after Footnote left a server until everything of it is deleted: it may come back."""
BACKUP_DAYS = 30
"""Days for which copies are kept that were made before an update or a restore: they hold what was erased since."""


class Kind(StrEnum):
    """What a column holds. Each personal kind has one way to be found or to be purged."""

    PLAIN = "nothing about anybody"
    MEMBER = "a keyed hash that stands for a member"
    MODERATOR = "the id of a moderator"
    POST_WORDS = "words of a post"
    MEMBER_WORDS = "words that a member wrote to Footnote"
    OFFICE_WORDS = "words of moderators, or of Footnote about their acts"
    SAID = "what a member chose"
    PLACE = "the id of a server, channel, role or message"
    TIME = "a time"
    FACT = "a fact, its wording or its source"


WORDS = frozenset({Kind.POST_WORDS, Kind.MEMBER_WORDS})
"""The kinds that hold members' words: each such column says when it is emptied."""

PERSONAL = WORDS | {Kind.MEMBER, Kind.MODERATOR, Kind.SAID}
"""The kinds that are about a person."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One table.

    ``columns`` says of each column what it is, ``purged`` of those with members' words when they are emptied, and
    ``harmless`` why a column that could hold anything is about nobody.
    """

    table: str
    why: str
    until: str
    columns: Mapping[str, Kind]
    purged: Mapping[str, str] = field(default_factory=dict)
    harmless: Mapping[str, str] = field(default_factory=dict)

    def personal(self) -> list[str]:
        """Return the columns that are about a person."""
        return [name for name, kind in self.columns.items() if kind in PERSONAL]


def _of(kind: Kind, *names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, kind)


_ENDS = "until the server's retention is over (a year, where its admins set nothing else)"
_WITH_SERVER = f"while Footnote is in the server, and {GRACE_DAYS} days longer"
_WITH_NOTE = "as long as its note"
_ALWAYS = "as long as the fact"

_DECIDED = {
    **_of(Kind.PLACE, "guild_id", "channel_id"),
    **_of(Kind.PLAIN, "slug", "fact_version", "relation", "confidence", "threshold", "rule_version"),
    **_of(Kind.POST_WORDS, "evidence"),
    **_of(Kind.TIME, "created_at"),
}
_SLUG = "the name of a fact"
_RULES = "the name and version of a rule"

STORED: tuple[Stored, ...] = (
    Stored(
        "ratings",
        "what members say of notes decides whether a note stands",
        f"until the member takes it back, {_ENDS}, or the note is deleted",
        {
            **_of(Kind.MEMBER, "rater"),
            **_of(Kind.SAID, "said", "reasons"),
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.TIME, "at"),
            **_of(Kind.PLAIN, "note_id"),
        },
    ),
    Stored(
        "note_standings",
        "what the ratings of a note add up to; it names nobody",
        _WITH_NOTE,
        {
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.TIME, "since", "changing_since", "locked_at"),
            **_of(Kind.PLAIN, "note_id", "shown", "status", "rule", "provisional", "count", "why", "intercept"),
            **_of(Kind.PLAIN, "factor"),
        },
        harmless={"rule": _RULES, "why": "the arithmetic of a count, in which nobody is named"},
    ),
    Stored(
        "appeals",
        "an author says that a note should not stand, and moderators answer",
        f"answered ones {_ENDS}; the words until they are answered",
        {
            **_of(Kind.MEMBER, "by"),
            **_of(Kind.MEMBER_WORDS, "text"),
            **_of(Kind.OFFICE_WORDS, "answer"),
            **_of(Kind.MODERATOR, "ruled_by"),
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.TIME, "at", "ruled_at"),
            **_of(Kind.PLAIN, "id", "note_id", "kind", "outcome"),
        },
        purged={"text": "when moderators answer"},
    ),
    Stored(
        "requests",
        "what members asked to have checked, for moderators to answer",
        f"{REQUEST_DAYS} days after somebody last asked, or it was answered",
        {
            **_of(Kind.MEMBER_WORDS, "text", "digest"),
            **_of(Kind.MODERATOR, "answered_by"),
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.TIME, "first_at", "last_at", "answered_at"),
            **_of(Kind.PLAIN, "id", "unnamed", "answer", "slug"),
        },
        purged=dict.fromkeys(
            ("text", "digest"), f"after {REQUEST_DAYS} days, or when the last who asked erases their data"
        ),
        harmless={"slug": _SLUG},
    ),
    Stored(
        "request_members",
        "who asked, so that each counts once and gets the answer",
        "as long as the request",
        {**_of(Kind.MEMBER, "member"), **_of(Kind.TIME, "at"), **_of(Kind.PLAIN, "request_id")},
    ),
    Stored(
        "member_marks",
        "an opt-out has to be known to hold; so has what moderators decided about a rater",
        "until it is taken back",
        {
            **_of(Kind.MEMBER, "member"),
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.TIME, "at"),
            **_of(Kind.PLAIN, "mark"),
        },
    ),
    Stored(
        "review_items",
        "a match on which a moderator has to rule; they read the post",
        f"the words and the author until it is closed, at most {ITEM_DAYS} days; the rest {_ENDS}",
        {
            **_DECIDED,
            **_of(Kind.MEMBER, "author"),
            **_of(Kind.POST_WORDS, "post_text"),
            **_of(Kind.MODERATOR, "ruled_by", "assigned_to"),
            **_of(Kind.PLACE, "message_id"),
            **_of(Kind.TIME, "ruled_at", "assigned_until", "snoozed_until"),
            **_of(Kind.PLAIN, "id", "reasons", "state", "ruling"),
        },
        purged=dict.fromkeys(("post_text", "evidence"), f"when the item is closed, after {ITEM_DAYS} days at most"),
        harmless={
            "slug": _SLUG,
            "rule_version": _RULES,
            "reasons": "why the rules sent it to the queue; no words of the post",
        },
    ),
    Stored(
        "notes",
        "what stands under a post, why, and in answer to which message",
        f"while it stands; one that is taken down {_ENDS}",
        {
            **_DECIDED,
            **_of(Kind.PLACE, "source_message_id", "message_id"),
            **_of(Kind.OFFICE_WORDS, "wording", "amendment"),
            **_of(Kind.TIME, "due_at", "amended_at"),
            **_of(Kind.PLAIN, "id", "kind", "first_state", "provenance", "links_to", "state", "attempts", "last_error"),
            **_of(Kind.PLAIN, "ruling", "revision", "shown_revision", "failed_edits", "repair_id"),
        },
        purged={"evidence": "the words in common when the note is taken down, or at the end of the retention"},
        harmless={
            "slug": _SLUG,
            "rule_version": _RULES,
            "last_error": "what kept Discord from taking the note, without its words",
        },
    ),
    Stored(
        "note_events",
        "the steps of a note's life",
        _WITH_NOTE,
        {**_of(Kind.TIME, "at"), **_of(Kind.PLAIN, "id", "note_id", "state", "cause")},
        harmless={"cause": "why a note was moved: a ruling, an edit, a refusal"},
    ),
    Stored(
        "note_repairs",
        "an update of posted notes after their fact was changed",
        _ENDS,
        {
            **_of(Kind.MODERATOR, "by"),
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.TIME, "at"),
            **_of(Kind.PLAIN, "id", "slug", "cause", "total"),
        },
        harmless={"slug": _SLUG, "cause": "what was changed of the fact"},
    ),
    Stored(
        "audit_events",
        "who ruled or changed what: a server holds its moderators to account",
        f"who it was {_ENDS}; the event itself {_WITH_SERVER}",
        {
            **_of(Kind.MODERATOR, "by"),
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.OFFICE_WORDS, "detail"),
            **_of(Kind.TIME, "at"),
            **_of(Kind.PLAIN, "id", "act", "item_id", "note_id", "slug", "fact_version", "rule_version", "confidence"),
            **_of(Kind.PLAIN, "automatic", "undoes"),
        },
        harmless={"slug": _SLUG, "rule_version": _RULES},
    ),
    Stored(
        "policies",
        "the settings of a server",
        _WITH_SERVER,
        {
            **_of(Kind.PLACE, "guild_id", "watched_channels", "ignored_channels", "ignored_roles", "moderator_roles"),
            **_of(Kind.PLACE, "escalation_role", "queue_channel", "log_channel"),
            **_of(Kind.TIME, "stopped_at", "updated_at"),
            **_of(Kind.PLAIN, "mode", "threshold", "window_minutes", "language", "quiet_from", "quiet_until"),
            **_of(Kind.PLAIN, "quiet_zone", "approvals_needed", "precision_floor", "stopped_because", "shift"),
            **_of(Kind.PLAIN, "shift_rulings", "rater_age_days", "retention_days"),
        },
        harmless={
            "language": "a language's code",
            "quiet_zone": "the name of a time zone",
            "stopped_because": "figures: why automatic replies stopped",
        },
    ),
    Stored(
        "fact_limits",
        "how far single facts may go in a server",
        _WITH_SERVER,
        {**_of(Kind.PLACE, "guild_id", "channel_id"), **_of(Kind.PLAIN, "slug", "mode")},
        harmless={"slug": _SLUG},
    ),
    Stored(
        "cards",
        "which messages in the moderators' channels Footnote keeps up to date",
        "as long as the card",
        {
            **_of(Kind.PLACE, "guild_id", "channel_id", "message_id"),
            **_of(Kind.PLAIN, "kind", "subject", "digest"),
        },
        harmless={
            "subject": "the name of a fact, or the number of a note or an appeal",
            "digest": "a fingerprint, to see whether the card has changed",
        },
    ),
    Stored(
        "watermarks",
        "until when posts were looked at, to catch up with those that came while Discord was out of reach",
        _WITH_SERVER,
        {**_of(Kind.PLACE, "guild_id"), **_of(Kind.TIME, "at")},
    ),
    Stored(
        "departures",
        "since when Footnote is away from a server, whose data then goes",
        f"{GRACE_DAYS} days, or until it is back",
        {**_of(Kind.PLACE, "guild_id"), **_of(Kind.TIME, "at")},
    ),
    Stored(
        "facts",
        "the claims that were checked, with their corrections",
        _ALWAYS,
        {
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.FACT, "slug", "claim", "verdict_label", "correction", "true_statement", "speaker", "claim_date"),
            **_of(Kind.FACT, "context", "language", "topics", "overlaps", "failed_tests", "overrides"),
            **_of(Kind.FACT, "claim_key"),
            **_of(Kind.TIME, "as_of", "review_by"),
            **_of(Kind.PLAIN, "id", "verdict", "version", "retired"),
        },
    ),
    Stored(
        "fact_versions",
        "how a fact was changed, and by which moderator",
        f"as long as the fact; who it was {_ENDS}",
        {
            **_of(Kind.MODERATOR, "by"),
            **_of(Kind.FACT, "slug", "fact"),
            **_of(Kind.TIME, "at"),
            **_of(Kind.PLAIN, "id", "version", "act"),
        },
        harmless={"act": "added, edited, retired or restored"},
    ),
    Stored(
        "fact_drafts",
        "a fact that a moderator is writing",
        "a day",
        {
            **_of(Kind.MODERATOR, "by"),
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.FACT, "fact"),
            **_of(Kind.TIME, "at"),
            **_of(Kind.PLAIN, "id", "base_version"),
        },
    ),
    Stored(
        "phrasings",
        "wordings that a fact answers; a moderator may have taken one from a post, without its author",
        _ALWAYS,
        {**_of(Kind.FACT, "text"), **_of(Kind.PLAIN, "fact_id", "position")},
    ),
    Stored(
        "near_misses",
        "wordings that a fact must not answer; likewise",
        _ALWAYS,
        {**_of(Kind.FACT, "text", "kind"), **_of(Kind.PLAIN, "fact_id", "position")},
    ),
    Stored(
        "sources",
        "where a correction is published",
        _ALWAYS,
        {
            **_of(Kind.FACT, "key", "publisher", "title", "url", "author", "archive_url", "note"),
            **_of(Kind.TIME, "published", "retrieved"),
            **_of(Kind.PLAIN, "id"),
        },
    ),
    Stored(
        "citations",
        "which sources a fact quotes",
        _ALWAYS,
        {**_of(Kind.FACT, "quote"), **_of(Kind.PLAIN, "fact_id", "position", "source_id")},
    ),
    Stored(
        "claim_reviews",
        "what publishers found of a claim",
        _ALWAYS,
        {
            **_of(Kind.FACT, "claim", "label", "rest", "identity"),
            **_of(Kind.PLAIN, "fact_id", "position", "source_id", "verdict"),
        },
    ),
    Stored(
        "source_checks",
        "whether a source's address still answers",
        "as long as the source",
        {
            **_of(Kind.FACT, "moved_to", "archive_url"),
            **_of(Kind.TIME, "at", "since"),
            **_of(Kind.PLAIN, "source_id", "state", "status"),
        },
    ),
    Stored(
        "packs",
        "which packs of facts were taken in",
        f"until it is removed; a server's {_WITH_SERVER}",
        {
            **_of(Kind.PLACE, "guild_id"),
            **_of(Kind.FACT, "name", "title", "version", "licence", "provenance", "key"),
            **_of(Kind.TIME, "at"),
            **_of(Kind.PLAIN, "id"),
        },
    ),
    Stored(
        "pack_facts",
        "each fact as its pack had it, to tell what was changed here",
        "as long as the pack",
        {**_of(Kind.FACT, "key", "slug", "base"), **_of(Kind.PLAIN, "pack_id")},
    ),
    Stored(
        "appearances",
        "addresses at which a claim is known to stand",
        _ALWAYS,
        {**_of(Kind.FACT, "url"), **_of(Kind.PLAIN, "fact_id", "position")},
    ),
    Stored(
        "vectors",
        "numbers computed from the facts' wordings, to find them faster",
        _ALWAYS,
        _of(Kind.PLAIN, "model", "text_sha256", "blob"),
        harmless={
            "model": "the name of a model",
            "text_sha256": "the fingerprint of a fact's wording",
            "blob": "numbers computed from a fact's wording",
        },
    ),
)
"""Every table."""

BY_TABLE: Mapping[str, Stored] = {stored.table: stored for stored in STORED}
