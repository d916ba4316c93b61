"""Putting notes into Discord: as a reply that pings nobody, found again after a crash, taken down on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2s

import discord
from discord import ui

from bot.discord_app.faults import RefusalLog, delivery_faults
from bot.discord_app.layouts import Button, collapsed_layout, link_layout, note_layout
from bot.discord_app.places import jump_url
from bot.discord_app.why import WhyButton
from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone
from bot.domain.fact import Fact
from bot.domain.note import Note, NoteKind, NoteState
from bot.domain.ports import Clock
from bot.domain.rating import NoteStanding
from bot.notes.compose import compose, dated

_LOOK_BACK = 300
"""Messages after the post among which a note is looked for: three requests."""

_UNDER_WAY = frozenset({NoteState.PENDING, NoteState.SENDING})


NoteButtons = Callable[[Note], Sequence[Button]]
"""What members can press under a note, besides "Why this?"."""


class DiscordSender:
    """The outbox's way into Discord."""

    console = False

    def __init__(self, client: discord.Client, clock: Clock, buttons: NoteButtons) -> None:
        self._client = client
        self._buttons = buttons
        self._refusals = RefusalLog(clock)

    async def send(self, note: Note, fact: Fact, original: Note | None) -> int:
        """Send a note as a reply to its post, and return its message id.

        A quiet link whose original was taken down in the meantime, or never came to be, becomes the note itself: the
        post of a proxying bot is such a one, since the member's own is deleted.

        Raises:
            SourceGone: The post or its channel is gone.
            DeliveryRefused: Not allowed there.
            DeliveryDelayed: A passing fault.
        """
        new = note.new
        link = _link(note, original) if new.kind is NoteKind.LINK else None
        view = link or self._view(replace(note, state=NoteState.POSTED), fact, None)
        with self._faults(note):
            message = await self._channel(note).send(
                view=view,
                reference=discord.MessageReference(
                    message_id=new.source_message_id, channel_id=new.channel_id, guild_id=new.guild_id
                ),
                mention_author=False,
                allowed_mentions=discord.AllowedMentions.none(),
                silent=link is not None,
                nonce=_nonce(note),
            )
        return message.id

    async def update(self, note: Note, fact: Fact, standing: NoteStanding | None) -> None:
        """Edit a note's message so that it shows the note as it is now; a quiet link shows nothing that could change.

        Raises:
            SourceGone: The message is gone.
            DeliveryRefused: Not allowed there.
            DeliveryDelayed: A passing fault.
        """
        if note.new.kind is NoteKind.LINK or note.message_id is None:
            return
        with self._faults(note):
            message = self._channel(note).get_partial_message(note.message_id)
            await message.edit(view=self._view(note, fact, standing), allowed_mentions=discord.AllowedMentions.none())

    async def find(self, note: Note) -> int | None:
        """Return the message id of a note that may have been sent before the process died, or None."""
        after = discord.Object(note.new.source_message_id)
        try:
            with self._faults(note):
                async for message in self._channel(note).history(after=after, oldest_first=True, limit=_LOOK_BACK):
                    if self._is_note(message, note):
                        return message.id
        except SourceGone:
            return None
        return None

    async def retract(self, note: Note) -> None:
        """Take a posted note down; succeed where it is gone already."""
        if note.message_id is None:
            return
        try:
            with self._faults(note):
                await self._channel(note).get_partial_message(note.message_id).delete()
        except SourceGone:
            return

    def _view(self, note: Note, fact: Fact, standing: NoteStanding | None) -> ui.LayoutView:
        why = WhyButton(note.id)
        if note.state is NoteState.COLLAPSED and note.amendment is not None:
            return collapsed_layout(f"Note put aside · {dated(note.amendment)}", why=why, buttons=self._buttons(note))
        view = compose(fact, note.new.provenance, standing=standing, amendment=note.amendment)
        return note_layout(view, why=why, buttons=self._buttons(note))

    def _channel(self, note: Note) -> discord.PartialMessageable:
        # Not from the cache, which lacks archived threads; Discord knows best whether the channel is there.
        return self._client.get_partial_messageable(note.new.channel_id, guild_id=note.new.guild_id)

    def _is_note(self, message: discord.Message, note: Note) -> bool:
        if self._client.user is None or message.author.id != self._client.user.id or not message.flags.components_v2:
            return False
        parts = ui.LayoutView.from_message(message, timeout=None).walk_children()
        return any(getattr(part, "custom_id", None) == WhyButton.id_of(note.id) for part in parts)

    @contextmanager
    def _faults(self, note: Note) -> Iterator[None]:
        channel_id = note.new.channel_id
        thread = isinstance(self._client.get_channel(channel_id), discord.Thread)
        try:
            with delivery_faults(channel_id, thread=thread):
                yield
        except DeliveryRefused as refusal:
            self._refusals.tell(channel_id, refusal)
            raise


def _link(note: Note, original: Note | None) -> ui.LayoutView | None:
    """Return the quiet link to a note that stands, or None where it doesn't stand."""
    if original is None:
        return None
    if original.state in _UNDER_WAY:
        raise DeliveryDelayed("The note that this one links to is still on its way.")
    if original.state is not NoteState.POSTED or original.message_id is None:
        return None
    url = jump_url(original.new.guild_id, original.new.channel_id, original.message_id)
    return link_layout(url, why=WhyButton(note.id))


def _nonce(note: Note) -> str:
    """Return what makes Discord answer a second try, within minutes, with the message of the first.

    A note that is sent anew after its message was taken down must not get that message again: it is in the nonce.
    """
    named = f"{note.new.source_message_id}-{note.id}-{note.message_id}"
    return blake2s(named.encode(), digest_size=12).hexdigest()  # 24 characters; Discord allows 25
