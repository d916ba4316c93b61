"""Facts to choose from while a command is being typed, and the fact that was chosen.

An admin may show a command to any role; what is offered while it is typed is still for moderators and admins alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

from bot.discord_app.access import Interaction, may, moderates, say, services_of
from bot.discord_app.text import safe
from bot.domain.fact import Fact
from bot.domain.rules import plain_wording
from bot.notes.sanitise import plain, shorten

Choices = list[app_commands.Choice[str]]

_CHOICES = 25
_LIMIT = 100
"""Characters of a choice's name, and of its value (Discord's documentation, application commands)."""
_NEAREST = 5
_CLAIM = 200


async def fact_choices(interaction: Interaction, typed: str) -> Choices:
    """Offer the facts that the server sees: its own first, else those nearest to what is typed so far."""
    if not await _entitled(interaction):
        return []
    library, guild_id = services_of(interaction).facts, interaction.guild_id or 0
    if not typed.strip():
        return _choices(await library.seen(guild_id, limit=_CHOICES))
    own = [fact for fact in await library.own(guild_id) if not fact.retired and _holds(fact, typed)]
    return _choices([*own, *await library.search(typed, limit=_CHOICES, guild_id=guild_id)])


async def own_fact_choices(interaction: Interaction, typed: str) -> Choices:
    """Offer the server's own facts that are in use."""
    if not await _entitled(interaction):
        return []
    own = await services_of(interaction).facts.own(interaction.guild_id or 0)
    return _choices(fact for fact in own if not fact.retired and _holds(fact, typed))


async def kept_fact_choices(interaction: Interaction, typed: str) -> Choices:
    """Offer the server's own facts that were retired, too, then the others that it sees."""
    if not await _entitled(interaction):
        return []
    own = await services_of(interaction).facts.own(interaction.guild_id or 0)
    retired = _choices(fact for fact in own if fact.retired and _holds(fact, typed))
    return [*retired, *await fact_choices(interaction, typed)][:_CHOICES]


async def chosen_fact(interaction: Interaction, chosen: str) -> Fact | None:
    """Return the fact that was chosen, or whose claim was typed out; tell the member where there is none."""
    library, guild_id = services_of(interaction).facts, interaction.guild_id or 0
    chosen = chosen.strip()
    fact = await library.find(chosen, guild_id)
    if fact is not None:
        return fact
    nearest = await library.search(chosen, limit=_NEAREST, guild_id=guild_id) if chosen else []
    said = plain_wording(chosen)
    if same := next((one for one in nearest if plain_wording(one.claim) == said), None):
        return same
    hint = f" The nearest is “{safe(nearest[0].claim, _CLAIM)}”." if nearest else ""
    await say(interaction, f"There is no such fact in this server.{hint} Choose one of those offered while you type.")
    return None


async def _entitled(interaction: Interaction) -> bool:
    return may(interaction, "manage_guild") or await moderates(interaction)


def _choices(facts: Iterable[Fact]) -> Choices:
    unique = {fact.slug: fact for fact in facts if len(fact.slug) <= _LIMIT}
    return [app_commands.Choice(name=_name(fact), value=slug) for slug, fact in unique.items()][:_CHOICES]


def _name(fact: Fact) -> str:
    mark = " (retired)" if fact.retired else "" if fact.guild_id is None else " (this server's)"
    return shorten(plain(fact.claim), _LIMIT - len(mark)) + mark


def _holds(fact: Fact, typed: str) -> bool:
    return typed.strip().casefold() in fact.claim.casefold()
