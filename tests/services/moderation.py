"""What the tests of moderators' acts have in common."""

from __future__ import annotations

from typing import Any

from bot.domain.audit import Act, AuditEvent
from bot.domain.note import Note
from bot.domain.policy import Mode
from bot.domain.review import ReviewItem, Ruling
from bot.services.ruled import Ruled
from tests.services.conftest import CLAIM, GUILD, House

MODERATOR, OTHER = 5, 6
BY_PROGRAM = {Ruling.SOURCE_GONE, Ruling.SOURCE_EDITED, Ruling.EXPIRED, Ruling.AUTHOR_LEFT}
BY_MODERATORS = [ruling for ruling in Ruling if ruling not in BY_PROGRAM]


async def queued(house: House, message_id: int = 100, text: str = CLAIM, **place: Any) -> ReviewItem:
    """Post something in a server whose moderators see everything first."""
    await house.mode(Mode.QUEUE)
    await house.post(text, message_id, **place)
    [item] = await house.items(message_id)
    return item


async def rule(house: House, item: ReviewItem, ruling: Ruling = Ruling.APPROVE, **over: Any) -> Ruled:
    """Rule on an item as a moderator."""
    return await house.rulings.rule(item.id, **{"guild_id": GUILD, "ruling": ruling, "by": MODERATOR, **over})


async def undo(house: House, ruled: Ruled, **over: Any) -> Ruled:
    """Take a ruling back as the same moderator."""
    assert ruled.event_id is not None
    asked = {"guild_id": GUILD, "by": MODERATOR, "post_text": CLAIM, **over}
    return await house.services.undo.undo(ruled.event_id, **asked)


async def posted(house: House, message_id: int = 100, text: str = CLAIM, **place: Any) -> Note:
    """Post something that is answered by itself, and return the note."""
    await house.post(text, message_id, **place)
    await house.deliver()
    [note] = await house.notes(message_id)
    return note


async def judge(house: House, note: Note, ruling: Ruling = Ruling.WRONG_MATCH, **over: Any) -> Ruled:
    """Rule on a note as a moderator."""
    asked = {"guild_id": GUILD, "ruling": ruling, "by": MODERATOR, **over}
    return await house.services.notes.judge(note.id, **asked)


async def audit(house: House, *acts: Act, guild_id: int = GUILD) -> list[AuditEvent]:
    """Return what was done in the server, oldest first; all but changes of settings unless acts are named."""
    async with house.store.transaction() as tx:
        found = await tx.audit.find(guild_id, acts=acts or set(Act) - {Act.SETTING})
    return found[::-1]
