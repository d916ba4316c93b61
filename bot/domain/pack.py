"""A pack: facts that are shared as one file, and what a store remembers of one that it took in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.fact import Fact


class Signature(StrEnum):
    """What a pack's signature is worth."""

    NONE = "unsigned"
    VALID = "signed"
    BROKEN = "tampered with"


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack says of itself; ``key`` is its signer's public one (Ed25519, base64), None where it is unsigned."""

    name: str
    title: str
    version: str
    licence: str
    provenance: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A pack that a server took in (None: the operator, for all servers).

    ``base`` holds each fact as the pack had it, by its slug in the pack, and ``slugs`` under which slug it is stored:
    what differs from the base was changed here, and stays so when the pack is updated.
    """

    pack: Pack
    guild_id: int | None
    at: datetime
    base: Mapping[str, Fact]
    slugs: Mapping[str, str]
