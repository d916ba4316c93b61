"""What must hold after every step, whatever happened."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from bot.domain.note import STANDING, NoteState, Provenance
from bot.domain.policy import Mode
from bot.domain.review import WAITING, ReviewState
from tests.services.lives.world import Seen, World

S = NoteState
LEGAL: dict[NoteState, set[NoteState]] = {
    S.SHADOW: {S.PENDING, S.DROPPED},
    S.PENDING: {S.SENDING, S.RETRACTING, S.DROPPED},
    S.SENDING: {S.POSTED, S.PENDING, S.RETRACTING, S.DROPPED},
    S.POSTED: {S.POSTED, S.COLLAPSED, S.RETRACTING, S.RETRACTED},
    S.COLLAPSED: {S.POSTED, S.COLLAPSED, S.RETRACTING, S.RETRACTED},
    S.RETRACTING: {S.RETRACTING, S.RETRACTED, S.PENDING, S.DROPPED},
    S.RETRACTED: {S.RETRACTED, S.PENDING},
    S.DROPPED: {S.DROPPED, S.PENDING},
}
"""A step may repeat a state where something is said of a note that stands or is down."""
SETTLED = STANDING | {S.SHADOW, S.RETRACTED, S.DROPPED}
ANSWERING = STANDING | {S.SHADOW, S.PENDING}


def one_of_each(seen: Seen) -> None:
    """Every post and fact have one note and one item at most."""
    for counted in (
        Counter((note.new.source_message_id, note.new.slug) for note in seen.notes),
        Counter((item.new.message_id, item.new.slug) for item in seen.items),
    ):
        assert set(counted.values()) <= {1}, f"doubled: {counted.most_common(1)}"


def nothing_doubled(world: World, seen: Seen) -> None:
    """No note lies twice on the desk, and none that nobody decided on."""
    lying = Counter(posted.note_id for posted in world.desk.lying.values())
    assert set(lying.values()) <= {1}, f"note {lying.most_common(1)} lies twice"
    seen_ids = {note.id: note for note in seen.notes}
    for note_id in lying.keys() - world.desk.refused:
        assert note_id in seen_ids, f"note {note_id} lies there and is stored nowhere"
        assert seen_ids[note_id].state is not S.SHADOW, f"note {note_id} of shadow mode lies there"


def legal_lives(seen: Seen) -> None:
    """Notes move along the ways that there are, and their history says where they are."""
    for note in seen.notes:
        states = [event.state for event in seen.events[note.id]]
        assert states[0] in {S.SHADOW, S.PENDING}
        for before, after in pairwise(states):
            assert after in LEGAL[before], f"note {note.id} went from {before} to {after}: {states}"
        assert note.state is states[-1], f"note {note.id} is {note.state}, and its history says {states}"


def no_words_left(world: World, seen: Seen) -> None:
    """A closed item has no words of its post, and neither has anything else once the post is gone."""
    for item in seen.items:
        if item.state is ReviewState.CLOSED:
            assert (item.new.post_text, item.new.author, item.new.evidence.matched_words) == ("", None, ())
            assert item.ruling is not None
        else:
            assert item.ruling is None
            assert not world.posts[item.new.message_id].gone, f"item {item.id} waits on a post that is gone"
            assert world.posts[item.new.message_id].author_id not in world.opted_out
    for note in seen.notes:
        if world.posts[note.new.source_message_id].gone:
            assert note.state not in ANSWERING, f"note {note.id} answers a post that is gone, {note.state}"
        if note.state in {S.RETRACTED, S.DROPPED}:
            assert note.new.evidence.matched_words == ()


def nothing_forgotten(before: Seen, now: Seen) -> None:
    """What was done stays in the log as it was; a name in it may go."""
    kept = {event.id: (event.new.act, event.new.at, event.new.note_id, event.new.item_id) for event in now.audit}
    for event in before.audit:
        assert kept.get(event.id) == (event.new.act, event.new.at, event.new.note_id, event.new.item_id)


def closed_stays_closed(before: Seen, now: Seen, undone: bool) -> None:  # noqa: FBT001 -- reads better where it stands
    """A closed item opens again by an undo alone."""
    states = {item.id: item.state for item in now.items}
    for item in before.items:
        if item.state is ReviewState.CLOSED and not undone:
            assert states.get(item.id, ReviewState.CLOSED) is ReviewState.CLOSED


def sent_rightly(seen: Seen, new: set[int], mode: Mode) -> None:
    """What was just posted may be posted in the server's mode."""
    for note in seen.notes:
        if note.id in new:
            assert mode is not Mode.OFF, f"note {note.id} was sent in mode off"
            if note.new.provenance is Provenance.AUTO:
                assert mode is Mode.AUTO, f"note {note.id} was sent by itself in mode {mode}"


def nothing_waits(seen: Seen) -> None:
    """Nothing is left to be sent or to be taken down."""
    for note in seen.notes:
        assert note.state in SETTLED, f"note {note.id} waits for ever: {note.state}, due {note.new.due_at}"


def delivered(world: World, seen: Seen) -> None:
    """Nothing waits any more; each note that stands lies there once, and none that was taken back does."""
    nothing_waits(seen)
    lying = {posted.note_id: number for number, posted in world.desk.lying.items()}
    for note in seen.notes:
        if note.state in STANDING:
            assert note.shown_revision == note.revision, f"note {note.id} never shows its revision {note.revision}"
            assert lying.get(note.id) == note.message_id, f"note {note.id} is {note.state} and lies nowhere"
        elif note.id not in world.desk.refused:
            assert note.id not in lying, f"note {note.id} is {note.state}, and lies there"
    gone = {number for number, post in world.posts.items() if post.gone}
    for posted in world.desk.lying.values():
        assert posted.replies_to not in gone or posted.note_id in world.desk.refused


def all_rules(world: World, before: Seen, now: Seen, *, undone: bool) -> None:
    """Check what holds at any time."""
    one_of_each(now)
    nothing_doubled(world, now)
    legal_lives(now)
    no_words_left(world, now)
    nothing_forgotten(before, now)
    closed_stays_closed(before, now, undone)


def waiting(seen: Seen) -> list[int]:
    """Return the ids of the items that wait."""
    return [item.id for item in seen.items if item.state in WAITING]
