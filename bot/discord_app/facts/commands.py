"""``/facts``: moderators find, write, test and retire facts. Every command asks for the permission in code too."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator, say, services_of
from bot.discord_app.facts.cards import fact_card, list_card, outcome_card
from bot.discord_app.facts.choices import chosen_fact, fact_choices, kept_fact_choices, own_fact_choices
from bot.discord_app.facts.editor import open_new, open_part
from bot.discord_app.facts.history import show_history
from bot.discord_app.facts.repairs import repair_buttons
from bot.discord_app.facts.sharing import export_facts, import_facts, list_packs
from bot.domain.fact import Fact
from bot.services.edit_facts import NO_FACT

_FOUND = 10

facts = in_servers(
    app_commands.Group(
        name="facts",
        description="What Footnote knows in this server",
        default_permissions=discord.Permissions(manage_messages=True),
    )
)


@facts.command(name="search", description="Find the facts that are nearest to some words")
@app_commands.describe(words="What a post says, or what it is about")
async def search(interaction: Interaction, words: app_commands.Range[str, 1, 300]) -> None:
    """List the nearest facts."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    library = services_of(interaction).facts
    found = await library.search(words, limit=_FOUND, guild_id=interaction.guild_id)
    await finish(interaction, list_card("Facts found", found, empty="Nothing comes near. “/facts add” writes a fact."))


@facts.command(name="show", description="Show one fact with its wordings and sources")
@app_commands.autocomplete(fact=kept_fact_choices)
async def show(interaction: Interaction, fact: str) -> None:
    """Show a fact."""
    if found := await _chosen(interaction, fact):
        await finish(interaction, fact_card(found))


@facts.command(name="add", description="Write a new fact of this server's own")
async def add(interaction: Interaction) -> None:
    """Open the form of a new fact."""
    if not await refuse_unless_moderator(interaction):
        await open_new(interaction)


@facts.command(name="edit", description="Change a fact; of one for all servers, this server gets its own version")
@app_commands.autocomplete(fact=kept_fact_choices)
async def edit(interaction: Interaction, fact: str) -> None:
    """Begin a draft and open its first form."""
    if await refuse_unless_moderator(interaction):
        return
    found = await chosen_fact(interaction, fact)
    if found is None:
        return
    drafts = services_of(interaction).drafts
    draft = await drafts.begin(interaction.guild_id or 0, interaction.user.id, slug=found.slug)
    if draft is None:
        await say(interaction, NO_FACT.message)
    else:
        await open_part(interaction, draft, "text")


@facts.command(name="retire", description="Take a fact of this server's own out of use")
@app_commands.autocomplete(fact=own_fact_choices)
async def retire(interaction: Interaction, fact: str) -> None:
    """Retire a fact."""
    if found := await _chosen(interaction, fact):
        guild_id, by = interaction.guild_id or 0, interaction.user.id
        saved = await services_of(interaction).edits.retire(guild_id, found.slug, by=by)
        back = " “/facts history” brings it back." if saved.done else ""
        buttons = await repair_buttons(interaction, saved.fact) if saved.done and saved.fact else []
        await finish(interaction, outcome_card(f"{saved.message}{back}", buttons=buttons))


@facts.command(name="history", description="Show the versions of a fact, and bring one back")
@app_commands.describe(version="Show what changed in this one")
@app_commands.autocomplete(fact=kept_fact_choices)
async def history(
    interaction: Interaction, fact: str, version: app_commands.Range[int, 1, 100_000] | None = None
) -> None:
    """Show a fact's versions."""
    if found := await _chosen(interaction, fact):
        await show_history(interaction, found.slug, version)


@facts.command(name="test", description="Run the tests that a fact carries")
@app_commands.autocomplete(fact=fact_choices)
async def test(interaction: Interaction, fact: str) -> None:
    """Run a fact's tests; what comes of them is stored for the server's own facts."""
    found = await _chosen(interaction, fact)
    if found is None:
        return
    reports = await services_of(interaction).facts.test([found.slug], record=found.guild_id is not None)
    if not reports:
        await finish(interaction, outcome_card("This fact is retired, so it has nothing to pass."))
        return
    [report] = reports
    ran = f"{report.phrasings} wordings and {report.near_misses} near misses were tried"
    told = f"{ran}; {len(report.failures) or 'nothing'} failed."
    await finish(interaction, outcome_card(told, report.failures))


@facts.command(name="expired", description="List the facts whose review is due")
async def expired(interaction: Interaction) -> None:
    """List what is past its shelf life."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services = services_of(interaction)
    due = await services.facts.expired(interaction.guild_id or 0, today=services.clock().date())
    await finish(interaction, list_card("Facts whose review is due", due, empty="No fact is past its review date."))


facts.add_command(import_facts)
facts.add_command(export_facts)
facts.add_command(list_packs)


async def _chosen(interaction: Interaction, fact: str) -> Fact | None:
    """Begin the answer to a moderator, and return the fact that they chose; they are told where there is none."""
    if await refuse_unless_moderator(interaction):
        return None
    await interaction.response.defer(ephemeral=True, thinking=True)
    return await chosen_fact(interaction, fact)
