"""Why moderators' cards can't be shown, as somebody who can put it right should read it."""

from __future__ import annotations

from bot.domain.policy import Policy

GONE = "The channel for the queue or the log is gone; /settings names another."

_SETTINGS = ("queue_channel", "log_channel")


class Problems:
    """The problems of all servers: one at most for each of the settings that name a channel."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], tuple[int, str]] = {}

    def of(self, guild_id: int) -> str | None:
        """Return a server's problem in a sentence, or None where it has none."""
        found = (self._found.get((guild_id, setting)) for setting in _SETTINGS)
        return next((sentence for _, sentence in filter(None, found)), None)

    def add(self, policy: Policy, channel_id: int, sentence: str) -> None:
        """Say what is wrong with a channel of a server."""
        for setting in _SETTINGS:
            if getattr(policy, setting) == channel_id:
                self._found[policy.guild_id, setting] = (channel_id, sentence)

    def solve(self, policy: Policy, channel_id: int) -> None:
        """Say that a card was shown in a channel of a server."""
        for setting in _SETTINGS:
            if getattr(policy, setting) == channel_id:
                self._found.pop((policy.guild_id, setting), None)

    def look_again(self, policy: Policy) -> None:
        """Drop what was wrong with channels that the server doesn't use any more; a gone one needs another first."""
        for setting in _SETTINGS:
            now = getattr(policy, setting)
            channel_id, sentence = self._found.get((policy.guild_id, setting), (now, ""))
            if channel_id != now and not (sentence == GONE and now is None):
                del self._found[policy.guild_id, setting]
