"""Discord: the only room that imports discord. Knows the services, and neither the store nor the console."""

import discord

# Footnote has no voice; discord.py would warn about it at every start.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False
