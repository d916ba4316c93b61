"""The Discord room, behind SimCord: the real library, a Discord in memory, no network."""
