"""What moderators see of automatic notes that they rule on. Pure: words and buttons are handed in."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.discord_app.layouts import Button, text_layout
from bot.discord_app.places import jump_url
from bot.discord_app.text import safe, small, stamp
from bot.domain.fact import Fact
from bot.domain.note import Note, NoteKind
from bot.review.summary import share_in_words

_CLAIM_LIMIT = 350
_WORDING_LIMIT = 350
_MATCHED_LIMIT = 300


def shadow_view(
    note: Note, fact: Fact | None, *, words: str, head: str, outcome: str | None, buttons: Sequence[Button]
) -> ui.LayoutView:
    """Return what shadow mode would have posted; ``words`` are the post's, or say why they can't be shown."""
    new = note.new
    link = jump_url(new.guild_id, new.channel_id, new.source_message_id)
    kind = "a note" if new.kind is NoteKind.NOTE else "a quiet link to an earlier note"
    where = f"-# <#{new.channel_id}> · [go to the post]({link}) · {stamp(new.created_at)} · {kind}"
    return text_layout(
        head,
        small(outcome),
        f"**Note {note.id} would have been posted**\n{where}",
        f"**Post**\n{words}",
        _claim(note, fact),
        _matched(note),
        buttons=buttons,
    )


def shadow_head(count: int, right: int, judged: int) -> str:
    """Return how many notes of shadow mode wait, and how often it was right so far."""
    notes = "No note" if not count else "1 note" if count == 1 else f"{count:,} notes"
    record = f"so far {share_in_words(right, judged)}" if judged else "none was judged yet"
    return f"**{notes} of shadow mode to rule on** · {record}"


def note_ruling_view(note: Note, fact: Fact | None, *, buttons: Sequence[Button]) -> ui.LayoutView:
    """Return a note that was posted by itself, to be ruled on."""
    return text_layout(
        "**Was this note right?**\n-# Only you see this. A wrong one is taken down.",
        _claim(note, fact),
        _matched(note),
        buttons=buttons,
    )


def _claim(note: Note, fact: Fact | None) -> str:
    return f"**Claim**\n{safe(fact.claim if fact else note.new.slug, _CLAIM_LIMIT)}"


def _matched(note: Note) -> str:
    new = note.new
    wording = safe(" ".join(new.evidence.phrasing.split()), _WORDING_LIMIT)
    words = safe(", ".join(new.evidence.matched_words), _MATCHED_LIMIT) or "none are kept"
    sure = f"The post {new.relation.value} the claim · confidence {new.confidence:.2f}, needed {new.threshold:.2f}"
    return f"**Why it matched**\n{sure}\nKnown wording: {wording}\nWords in common: {words}"
