"""What members are told about what is stored: the plain words of ``/privacy`` and of the privacy page."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.stored import BACKUP_DAYS, GRACE_DAYS, ITEM_DAYS, REQUEST_DAYS


@dataclass(frozen=True, slots=True)
class Topic:
    """One paragraph, about some of the tables that say something about people."""

    heading: str
    words: str
    tables: tuple[str, ...]


TOPICS: tuple[Topic, ...] = (
    Topic(
        "Posts",
        "A post that matches no fact is never written down. While a match waits for a moderator, the post's words and "
        f"a mark that stands for its author are kept, {ITEM_DAYS} days at most. Of a note there remain the id of the "
        "message it answers and, while it stands, the words in common with the known claim. Deleting the post takes "
        "the note and these words away.",
        ("review_items", "notes"),
    ),
    Topic(
        "What you say of notes",
        "Your ratings with their reasons, and your appeals; an appeal's words until it is answered. The rest goes "
        "after the time that the server has set, a year by default.",
        ("ratings", "appeals"),
    ),
    Topic(
        "What you ask",
        f"The words that you pass on, for {REQUEST_DAYS} days after somebody last asked the same. Moderators see them, "
        "and members who ask for the same.",
        ("requests", "request_members"),
    ),
    Topic(
        "How you are named in it",
        "Not by name or id: by a keyed hash, whose key is kept outside the database. Moderators don't see it.",
        ("member_marks",),
    ),
    Topic(
        "If you moderate",
        "Your id stands at your rulings, answers and changes of facts and settings, for the server's other moderators "
        "to see, for the same time.",
        ("audit_events", "fact_versions", "fact_drafts", "note_repairs"),
    ),
)
"""The paragraphs, in the order in which they are told."""

NOT_OURS = "Discord itself keeps messages and what you press; Footnote has no say in that."
"""What an erasure doesn't reach."""

EXPANDING = (
    "Whoever runs this Footnote lets it ask services such as bit.ly where short links in posts lead. They see the link "
    "and Footnote's address, neither the post nor its author; nothing of it is written down."
)
"""What is told where short links are expanded."""

LEAVING = (
    f"A server that removes Footnote loses its data after {GRACE_DAYS} days. A copy of the database that was made "
    f"before an update or a restore goes after {BACKUP_DAYS} days."
)
