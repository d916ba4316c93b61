"""How much Footnote makes of what members post: of notes, and of what waits for moderators."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.note import NoteState, Provenance
from bot.domain.policy import CONSOLE_GUILD
from bot.domain.ports import Transaction
from bot.domain.post import Place
from bot.domain.review import WAITING, Wanted

WINDOW = timedelta(hours=1)

PER_CHANNEL = 10
"""Automatic notes, quiet links among them, in one channel in ``WINDOW``: one in six minutes is as much as a
conversation bears; more is a raid, a game with the bot, or a fact that answers everything."""

PER_SERVER = 60
"""The same in a whole server: one a minute is what its moderators can still look over."""

MOST_WAITING = 2_000
"""Posts of a server that wait for its moderators: more than they can look at in the 30 days after which they close."""

MOST_OF_ONE = 50
"""The same of one member, so that nobody fills a server's queue alone."""

_UNSEEN = frozenset({NoteState.SHADOW, NoteState.DROPPED})


async def too_many(tx: Transaction, place: Place, now: datetime) -> str | None:
    """Return why one more automatic note would be too many in a place now, or None where it may be posted.

    On the console there is nobody to disturb.
    """
    if place.guild_id == CONSOLE_GUILD:
        return None
    seen = frozenset(NoteState) - _UNSEEN
    recent = await tx.notes.find(place.guild_id, since=now - WINDOW, states=seen, provenance=Provenance.AUTO)
    if sum(note.new.channel_id == place.channel_id for note in recent) >= PER_CHANNEL:
        return f"this channel got {PER_CHANNEL} automatic notes in an hour"
    if len(recent) >= PER_SERVER:
        return f"this server got {PER_SERVER} automatic notes in an hour"
    return None


async def queue_is_full(tx: Transaction, guild_id: int, author: str | None = None) -> bool:
    """Tell whether nothing more may wait in a server, or of one member: what comes then is let go.

    On the console there is nobody else to protect.
    """
    if guild_id == CONSOLE_GUILD:
        return False
    if await tx.reviews.count(guild_id, Wanted(states=WAITING)) >= MOST_WAITING:
        return True
    return author is not None and await tx.reviews.count(guild_id, Wanted(states=WAITING, author=author)) >= MOST_OF_ONE
