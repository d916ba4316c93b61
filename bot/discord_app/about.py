"""``/footnote``: what this is and what it keeps."""

from __future__ import annotations

from discord import app_commands

from bot import __version__
from bot.discord_app.access import Interaction, in_servers
from bot.discord_app.layouts import text_layout

_WHAT = (
    f"**Footnote {__version__}** adds a short, sourced note to posts that repeat a claim which its fact store has "
    "checked. It answers the claim, never the person, and pings nobody."
)
_KEEPS = (
    "**What it stores.** Posts that match no fact are never written down. Footnote keeps no record of who posts "
    "what. Deleting a post takes its note down. `/privacy` says what is stored and for how long, shows what is kept "
    "about you, and lets you export it, erase it, or opt out of being checked at all."
)
_HOW = (
    "**How to see the reasons.** “Why this?” under a note shows the wording that matched, the confidence, every check "
    "on the way and the quotes. `/check`, or the menu of a message (Apps, “Check this message”), shows what Footnote "
    "would say; only you see the answer."
)
_MODERATORS = (
    "-# Moderators: `/queue` rules on matches that wait, `/stats` shows how that goes, `/settings` says how far "
    "Footnote goes by itself."
)


@in_servers
@app_commands.command(name="footnote", description="What Footnote is, what it stores, and how to see its reasons")
async def about(interaction: Interaction) -> None:
    """Say what Footnote is."""
    await interaction.response.send_message(view=text_layout(_WHAT, _KEEPS, _HOW, _MODERATORS), ephemeral=True)
