"""A post as the matcher sees it, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

MAX_WORDS = 4000
"""Characters of a post that a review item keeps: what the longest message holds."""


@dataclass(frozen=True, slots=True)
class Post:
    """Words to be checked.

    ``text`` is what the author wrote; ``shared`` holds other people's words that the post carries along (link
    embeds, forwarded messages). ``lang`` is an ISO 639-1 code where the sender says it. ``resolved`` are the addresses
    that its short links lead to: nobody's words, and never stored.
    """

    text: str
    shared: tuple[str, ...] = ()
    lang: str | None = None
    resolved: tuple[str, ...] = ()

    def words(self) -> str:
        """Return the author's words and those that the post carries along, as moderators read them."""
        return "\n".join(part for part in (self.text, *self.shared) if part)[:MAX_WORDS]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands, by numeric ids.

    In a thread, ``channel_id`` is the thread's and ``parent_id`` its channel's.
    """

    guild_id: int
    channel_id: int
    message_id: int
    author_id: int
    parent_id: int | None = None
    author_roles: frozenset[int] = frozenset()
