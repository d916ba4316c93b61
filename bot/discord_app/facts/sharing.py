"""``/facts import``, ``/facts export`` and ``/facts packs``: facts as files, in and out of a server."""

from __future__ import annotations

import io
import re

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, refuse_unless_moderator, say, services_of
from bot.discord_app.controls import NumberButton
from bot.discord_app.facts.sharing_views import exported_card, packs_card, report_card
from bot.discord_app.files import named_file
from bot.domain.errors import ImportRefused
from bot.domain.pack import Pack
from bot.exchange.pack_out import write_pack
from bot.services.giving_out import SUFFIX, FormName, as_claim_reviews, as_csv
from bot.services.imports.report import Outcome, Report
from bot.services.imports.stream import Incoming, import_stream

MOST_BYTES = 8_000_000
MOST_UNPACKED = 64_000_000
MOST_ENTRIES = 5_000
"""What one command takes in: a matter of seconds, in which posts get their turn. The operator has no such limits."""
MOST_OWN = 20_000
"""Facts of a server's own, over which it takes in no more files: they share one index with all servers' facts."""
_MOST_OUT = 9_500_000
"""Bytes of a file that every server may be sent (Discord's documentation, uploading files), less the message's own."""
_GONE = "This file is gone, or was taken in already. Send it again with “/facts import”."
_NO_ROOM = f"A server has {MOST_OWN:,} facts of its own at most. The bot's operator can take in more for all servers."
_CHANGES = frozenset({Outcome.NEW, Outcome.JOINED, Outcome.CHANGED, Outcome.GONE, Outcome.CONFLICTING})


class ImportButton(NumberButton, kind="import", label="Import", style=discord.ButtonStyle.success):
    """Takes in the file whose difference was shown."""

    needs = "moderator"

    async def answer(self, interaction: Interaction) -> None:
        """Import, and say what came of it."""
        await interaction.response.defer()
        services, guild_id, by = services_of(interaction), interaction.guild_id or 0, interaction.user.id
        kept = services.pending_imports.take(self.number, guild_id=guild_id, by=by)
        if kept is None:
            await say(interaction, _GONE)
            return
        if await _own(interaction) >= MOST_OWN:
            await say(interaction, _NO_ROOM)
            return
        try:
            report = await _import(interaction, kept.data, kept.name, dry=False)
        except ImportRefused as refused:
            await say(interaction, str(refused))
        else:
            await finish(interaction, report_card(kept.name, report))


@app_commands.command(
    name="import", description="Take in fact-checks: ClaimReviews, a pack or a sheet; see first what changes"
)
@app_commands.describe(file="JSON-LD, a page, a Footnote pack or CSV; gzip or plain; 8 MB and 5,000 entries at most")
async def import_facts(interaction: Interaction, file: discord.Attachment) -> None:
    """Show what a file would change, with a button that takes it in."""
    if await refuse_unless_moderator(interaction):
        return
    if file.size > MOST_BYTES:
        await say(
            interaction, f"The file has {file.size:,} bytes; {MOST_BYTES:,} at most. The bot's operator can import it."
        )
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    data, name = await file.read(), file.filename
    try:
        report = await _import(interaction, data, name, dry=True)
    except ImportRefused as refused:
        await say(interaction, str(refused))
        return
    if await _own(interaction) + report.counts[Outcome.NEW] > MOST_OWN:
        await say(interaction, _NO_ROOM)
        return
    buttons = []
    if any(report.counts[outcome] for outcome in _CHANGES):
        guild_id, by = interaction.guild_id or 0, interaction.user.id
        number = services_of(interaction).pending_imports.add(data, name, guild_id=guild_id, by=by)
        buttons = [ImportButton(number)]
    await finish(interaction, report_card(name, report, buttons=buttons))


@app_commands.command(name="export", description="Get this server's own facts as a file")
@app_commands.describe(
    form="A pack holds tests and sources, too, and can be updated where it is taken in",
    licence="Under which licence others may use the pack, such as CC BY 4.0",
)
@app_commands.rename(form="as")
async def export_facts(
    interaction: Interaction, form: FormName = "pack", licence: app_commands.Range[str, 1, 100] = "not stated"
) -> None:
    """Send the server's facts as a file."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    facts = [fact async for fact in services.export.facts(guild_id)]
    if not facts:
        await say(interaction, "This server has no facts of its own yet. “/facts add” writes one.")
        return
    text = await _written(interaction, form, licence)
    data = text.encode()
    if len(data) > _MOST_OUT:
        await say(
            interaction,
            f"The file would have {len(data):,} bytes, too many for Discord. The bot's operator can export it.",
        )
        return
    name = f"facts-{guild_id}-{services.clock():%Y-%m-%d}.{SUFFIX[form]}"
    files = [named_file(name, data, description="This server's own facts")]
    await finish(interaction, exported_card(len(facts), files=files), files)


@app_commands.command(name="packs", description="List the packs of facts that this server took in")
async def list_packs(interaction: Interaction) -> None:
    """List the packs."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await finish(interaction, packs_card(await services_of(interaction).take_in.packs(interaction.guild_id or 0)))


async def _own(interaction: Interaction) -> int:
    return len(await services_of(interaction).facts.own(interaction.guild_id or 0))


async def _import(interaction: Interaction, data: bytes, name: str, *, dry: bool) -> Report:
    services = services_of(interaction)
    incoming = Incoming(
        stream=io.BytesIO(data),
        name=name,
        today=services.clock().date(),
        guild_id=interaction.guild_id or 0,
        by=interaction.user.id,
        dry=dry,
        unpacked=MOST_UNPACKED,
        most=MOST_ENTRIES,
    )
    return await import_stream(services.take_in, incoming)


async def _written(interaction: Interaction, form: FormName, licence: str) -> str:
    services, guild = services_of(interaction), interaction.guild
    guild_id = interaction.guild_id or 0
    facts = services.export.facts(guild_id)
    if form == "pack":
        title = guild.name if guild else str(guild_id)
        now = services.clock()
        name = "-".join(re.findall(r"[a-z0-9]+", title.casefold()))[:40].strip("-")
        pack = Pack(
            f"{name or 'server'}-{guild_id % 10_000:04}", title, f"{now:%Y-%m-%d}", licence, f"Moderators of {title}."
        )
        return write_pack(pack, [fact async for fact in facts], None)
    pieces = as_csv(facts) if form == "csv" else as_claim_reviews(facts)
    return "".join([piece async for piece in pieces])
