from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.match import Evidence
from bot.domain.note import Amendment, Note, NoteEvent, NoteKind, NoteState, Provenance
from bot.domain.ports import Store
from bot.domain.review import Ruling
from tests.builders import NOW, a_note

UNSEEN = {NoteState.SHADOW, NoteState.RETRACTING, NoteState.RETRACTED, NoteState.DROPPED}
LATER = NOW + timedelta(minutes=1)
RENEWED = a_note(
    fact_version=2,
    kind=NoteKind.LINK,
    provenance=Provenance.MODERATOR,
    confidence=0.5,
    threshold=0.6,
    rule_version="rules/2",
    evidence=Evidence("Another.", ("another",), {"other": 1.0}, ()),
    created_at=LATER,
    due_at=LATER,
    wording="Other words.",
)


@pytest.mark.parametrize("state", NoteState)
async def test_only_a_note_that_is_not_to_be_seen_is_renewed(store: Store, state: NoteState) -> None:
    """One that is seen, or on its way, stays as it is; a renewed one says what was decided last, under its old id."""
    async with store.transaction() as tx:
        note = await tx.notes.add(a_note())
        assert note is not None
        if state is not NoteState.PENDING:
            for step in (NoteState.SENDING, state):
                await tx.notes.move(note.id, to=step, at=NOW, cause="x", only_from=set(NoteState), message_id=99)
        await tx.notes.judge(note.id, Ruling.WRONG_MATCH)
        before = await tx.notes.get(note.id)
        assert before is not None
        assert await tx.notes.renew(RENEWED, cause="approved") is (state in UNSEEN)
        after = await tx.notes.get(note.id)
        renewed = Note(note.id, RENEWED, NoteState.PENDING, 99, before.attempts, "approved")
        assert after == (renewed if state in UNSEEN else before)
        events = await tx.notes.events(note.id)
        assert (events[-1] == NoteEvent(note.id, LATER, NoteState.PENDING, "approved")) is (state in UNSEEN)


async def test_other_notes_are_not_renewed(store: Store) -> None:
    """Neither another post's nor another fact's, and there is none where there was none."""
    async with store.transaction() as tx:
        others = [
            await tx.notes.add(a_note(state=NoteState.SHADOW, source_message_id=4)),
            await tx.notes.add(a_note(state=NoteState.SHADOW, slug="other")),
        ]
        assert not await tx.notes.renew(RENEWED, cause="approved")
        assert await tx.notes.find(1) == others[::-1]


async def test_what_was_changed_on_the_earlier_message_is_not_shown_on_the_new_one(store: Store) -> None:
    """The dated line and the repair belong to what was taken down."""
    async with store.transaction() as tx:
        note = await tx.notes.add(a_note(state=NoteState.POSTED))
        assert note is not None
        repair = await tx.notes.add_repair(guild_id=1, slug="moon-cheese", at=NOW, by=None, cause="edited", total=1)
        await tx.notes.amend(
            note.id,
            to=NoteState.POSTED,
            at=NOW,
            cause="edited",
            due_at=NOW,
            only_from={NoteState.POSTED},
            amendment=Amendment(NOW, "the fact was corrected."),
            repair_id=repair.id,
        )
        await tx.notes.move(note.id, to=NoteState.RETRACTED, at=NOW, cause="x", only_from={NoteState.POSTED})
        assert await tx.notes.renew(RENEWED, cause="approved")
        after = await tx.notes.get(note.id)
        assert after is not None
        assert (after.amendment, after.repair_id) == (None, None)
