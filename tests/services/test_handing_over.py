"""No quiet link points to a note that is gone."""

from __future__ import annotations

import pytest

from bot.domain.note import NoteKind, NoteState
from bot.domain.policy import Mode
from bot.domain.review import Ruling
from tests.services.conftest import CLAIM, House
from tests.services.moderation import judge

POSTED, RETRACTED = NoteState.POSTED, NoteState.RETRACTED


@pytest.fixture
async def three(house: House) -> House:
    """A note under the first of three posts in a channel, and quiet links to it under the others."""
    await house.mode(Mode.AUTO, approvals_needed=0)
    for number in range(3):
        await house.post(CLAIM, 100 + number)
        await house.deliver()
    assert [kind for _, kind in house.texts()] == ["note", "link", "link"]
    return house


async def _stand(house: House) -> list[tuple[NoteKind, NoteState]]:
    return [(note.new.kind, note.state) for number in range(3) for note in await house.notes(100 + number)]


async def test_the_first_link_takes_the_place_of_a_note_whose_post_is_deleted(three: House) -> None:
    """It is edited into the note; the other link goes."""
    await three.services.watch.deleted([100])
    await three.deliver()
    assert await _stand(three) == [
        (NoteKind.NOTE, RETRACTED),
        (NoteKind.NOTE, POSTED),
        (NoteKind.LINK, RETRACTED),
    ]
    [(note, fact, _)] = three.desk.updates
    assert (note.new.source_message_id, fact.slug) == (101, "moon-cheese")


async def test_links_to_a_wrong_note_go_with_it(three: House) -> None:
    """What was ruled wrong is not repeated by the program."""
    [note] = await three.notes(100)
    await judge(three, note, Ruling.WRONG_MATCH)
    await three.deliver()
    assert [state for _, state in await _stand(three)] == [RETRACTED] * 3
    assert three.desk.updates == []


async def test_nothing_takes_its_place_where_nothing_is_posted_by_itself_any_more(three: House) -> None:
    """A link in a server that went back to the queue goes, too."""
    await three.mode(Mode.QUEUE)
    await three.services.watch.deleted([100])
    await three.deliver()
    assert [state for _, state in await _stand(three)] == [RETRACTED] * 3
