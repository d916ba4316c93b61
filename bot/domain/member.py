"""Members, as the store knows them: by a keyed hash, which tells nobody who they are."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

KEY_BYTES = 32
"""Bytes of the key."""
_HEX_DIGITS = 32


class Pseudonyms:
    """Turns the ids of members into what is stored in their place.

    The key is kept outside the database, so that the database alone doesn't tell whom a pseudonym stands for: the ids
    of Discord are few enough to try them all.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key has at least {KEY_BYTES} bytes")
        self._key = key

    def __repr__(self) -> str:
        return "Pseudonyms()"

    def of(self, member_id: int) -> str:
        """Return the pseudonym of a member: the same in every server, HMAC-SHA256 in 32 hexadecimal digits."""
        return hmac.new(self._key, str(member_id).encode(), hashlib.sha256).hexdigest()[:_HEX_DIGITS]


class Mark(StrEnum):
    """What is remembered of a member for as long as it holds."""

    OPTED_OUT = "opted out"
    DISCOUNTED = "ratings discounted"


EVERYWHERE = 0
"""The server id of a mark that holds in all servers."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is stored about one member: rows by table, each with what it holds, as they are exported."""

    rows: dict[str, list[dict[str, object]]]

    def count(self) -> int:
        """Return how many rows there are."""
        return sum(len(rows) for rows in self.rows.values())
