"""What arrives in a soak, and when: chat, claims and near misses in many servers, edits and deletions of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from bot.cli.messages import ORDINARY
from bot.domain.fact import Fact
from bot.domain.post import Place, Post

CHANNELS = 20
"""Channels of a server."""
_REMEMBERED = 500
"""Posts that may yet be edited or deleted."""

What = Literal["post", "edit", "delete"]
_KINDS = ("chat", "claim", "near miss", "edit", "delete")
_WEIGHTS = (80, 6, 6, 5, 3)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that happens ``at`` seconds after the start."""

    at: float
    what: What
    post: Post
    place: Place


def arrivals(facts: Sequence[Fact], *, guilds: int, per_second: float, seconds: float, seed: int) -> Iterator[Arrival]:
    """Give what arrives, in order and evenly, always the same of a seed.

    Args:
        facts: What claims and near misses are taken from.
        guilds: How many servers there are.
        per_second: Arrivals in all servers together.
        seconds: How long they go on.
        seed: Seed, which also tells posts of one run from those of another by their ids.
    """
    chance = Random(seed)  # noqa: S311 -- the same on every run
    claims = [wording for fact in facts for wording in fact.wordings()]
    near = [miss.text for fact in facts for miss in fact.near_misses] or claims
    lately: deque[Place] = deque(maxlen=_REMEMBERED)
    for number in range(int(per_second * seconds)):
        kind = chance.choices(_KINDS, weights=_WEIGHTS)[0]
        text = {"claim": chance.choice(claims), "near miss": chance.choice(near)}.get(kind)
        post = Post(text or f"{chance.choice(ORDINARY)} {number}")
        if kind in {"edit", "delete"} and lately:
            place = lately[chance.randrange(len(lately))]
            if kind == "delete":
                lately.remove(place)
            yield Arrival(number / per_second, "edit" if kind == "edit" else "delete", post, place)
            continue
        guild = 1 + chance.randrange(guilds)
        channel = guild * 1000 + chance.randrange(CHANNELS)
        place = Place(guild, channel, (seed + 1) * 1_000_000_000 + number, author_id=chance.randrange(1, 10_000))
        lately.append(place)
        yield Arrival(number / per_second, "post", post, place)
