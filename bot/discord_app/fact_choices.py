"""Facts to choose from while a command is being typed."""

from __future__ import annotations

from discord import app_commands

from bot.discord_app.access import Interaction, services_of
from bot.notes.sanitise import plain, shorten

_CHOICES = 25
_NAME_LIMIT = 100


async def fact_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return the facts nearest to what is typed so far, by their claims."""
    library = services_of(interaction).facts
    facts = await library.search(typed, limit=_CHOICES) if typed.strip() else (await library.all())[:_CHOICES]
    return [app_commands.Choice(name=shorten(plain(fact.claim), _NAME_LIMIT), value=fact.slug) for fact in facts]
