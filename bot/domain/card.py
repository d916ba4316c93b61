"""The messages that Footnote keeps up to date in the moderators' channels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CardKind(StrEnum):
    """What a card is about: the items of one fact, a note that was posted, a stop, expired facts, an appeal."""

    ITEMS = "items"
    NOTE = "note"
    STOP = "stop"
    EXPIRED = "expired"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class CardKey:
    """Which card: at most one of a kind and subject (a slug, a note's or an appeal's id) stands in a server."""

    guild_id: int
    kind: CardKind
    subject: str


@dataclass(frozen=True, slots=True)
class PostedCard:
    """A card as it was last shown. ``digest`` tells whether what it shows has changed since."""

    key: CardKey
    channel_id: int
    message_id: int
    digest: str
