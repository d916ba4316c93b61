"""One session at the console: a channel, its posts, and what comes of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.console.ids import OPERATOR, MessageIds
from bot.console.screen import Screen
from bot.console.sender import ConsoleSender
from bot.domain.decision import Action, Decision
from bot.domain.policy import CONSOLE_GUILD, Mode
from bot.domain.post import Place, Post
from bot.services.bundle import Services
from bot.services.outbox import Outbox
from bot.services.watch import Watched

_LATEST = 10
"""How many of the newest review items are searched for the one that a post has just made."""


@dataclass(slots=True, kw_only=True)
class Session:
    """What the console's commands work on.

    Each session is a channel of its own: a new screen shows none of the notes that the last one did, so a repeat
    there gets the full note. The queue is the server's and goes on.
    """

    services: Services
    screen: Screen
    sender: ConsoleSender
    outbox: Outbox
    ids: MessageIds
    channel_id: int
    last: Decision | None = field(default=None)
    examples: int = field(default=0)

    async def post(self, text: str) -> None:
        """Take a post, print its note, or say in a line why there is none."""
        place = Place(CONSOLE_GUILD, self.channel_id, self.ids.next(), OPERATOR)
        watched = await self.services.watch.posted(Post(text), place)
        if watched is None:
            self.last = None
            self.screen.quiet("Nothing posted: the mode is off. /mode auto turns it on.")
            return
        self.last = watched.decision
        await self._tell(watched, place.message_id)

    async def deliver(self) -> list[int]:
        """Print what waits to be printed, and return the ids of the notes."""
        before = set(self.sender.printed)
        await self.outbox.flush()
        return [note_id for note_id in self.sender.printed if note_id not in before]

    async def mode(self) -> Mode:
        """Return how far Footnote goes by itself here."""
        return (await self.services.policies.get(CONSOLE_GUILD)).mode

    async def _tell(self, watched: Watched, message_id: int) -> None:
        decision = watched.decision
        if decision.action is Action.IGNORE:
            self.screen.quiet(f"Nothing posted: {_because(decision)}")
        elif await self.mode() is Mode.SHADOW:
            would = "would post a note" if decision.action is Action.REPLY else "would ask a moderator"
            self.screen.quiet(f"Nothing posted, this is shadow mode; {would}: {_because(decision)}")
        elif decision.action is Action.QUEUE:
            await self._tell_queued(decision, message_id)
        elif not watched.stored:
            self.screen.quiet("Nothing posted: this note was shown often enough for now.")
        else:
            await self._tell_posted(decision)

    async def _tell_posted(self, decision: Decision) -> None:
        posted = await self.deliver()
        if posted:
            confidence = decision.match.confidence if decision.match else 0.0
            numbers = f"confidence {confidence:.2f}, needed {decision.threshold:.2f}"
            self.screen.quiet(f"Note {posted[-1]}: {numbers}. /why says more.")
        else:
            self.screen.quiet("Nothing posted yet: the note could not be delivered; it is tried again.")

    async def _tell_queued(self, decision: Decision, message_id: int) -> None:
        reviews = self.services.reviews
        offset = max(0, await reviews.count(CONSOLE_GUILD) - _LATEST)
        found = await reviews.open(CONSOLE_GUILD, limit=_LATEST * 2, offset=offset)
        item = next((item for item, _ in found if item.new.message_id == message_id), None)
        if item is None:
            self.screen.quiet(f"Nothing posted: {_because(decision)}")
            return
        self.screen.line(f"Queued as item {item.id} for a moderator: {_because(decision)}", "yellow")
        self.screen.quiet(f"You are one: /approve {item.id}, /wrong {item.id} or /dismiss {item.id}. /why says more.")


def _because(decision: Decision) -> str:
    reasons = "; ".join(decision.reasons)
    if decision.match is None or "confidence" in reasons:
        return reasons
    return f"{reasons} (confidence {decision.match.confidence:.2f})"
