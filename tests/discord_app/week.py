"""A server over days of virtual time, on a real database: what members post and what moderators make of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import simcord

from bot.discord_app.client import FootnoteClient
from bot.domain.fact import Fact
from bot.domain.note import Note, Provenance
from bot.domain.policy import Policy
from bot.domain.review import ReviewItem
from bot.review.autonomy import approvals
from bot.services.bundle import Services
from bot.services.standings import acts_on
from bot.store.database import Database
from tests.builders import a_fact
from tests.discord_app.world import buttons, words

FIRST = date(2026, 1, 1)
"""The day on which SimCord's clock begins."""

FACTS = [
    a_fact(slug="moon-cheese", claim="The moon is made of cheese.", phrasings=("The moon is cheese.",)),
    a_fact(slug="sun-cold", claim="The sun is cold.", phrasings=("The sun is freezing.",)),
    a_fact(slug="sea-sweet", claim="The sea is sweet.", phrasings=("Sea water is sweet.",)),
    # Its shelf life ends in the middle of the week.
    a_fact(
        slug="tea-lethal",
        claim="Tea is lethal.",
        phrasings=("Tea kills.",),
        as_of=date(2025, 1, 1),
        review_by=FIRST + timedelta(days=3),
    ),
]
CHATTER = ("Good morning all", "Who is in for chess tonight?", "Nice weather", "That match was something", "lol")


@dataclass
class Book:
    """What the script knows to be true, beside what the database says."""

    right: dict[int, bool] = field(default_factory=dict)
    claims: int = 0
    stops: int = 0
    chatter: int = 0


@dataclass
class Server:
    """The server of the week."""

    env: simcord.Env
    store: Database
    guild: simcord.GuildHandle
    channels: list[simcord.ChannelHandle]
    queue: simcord.ChannelHandle
    log: simcord.ChannelHandle
    members: list[simcord.MemberActor]
    moderators: list[simcord.MemberActor]
    book: Book
    random: random.Random

    async def post(self, fact: Fact | None, *, right: bool = True) -> int:
        """Let a member post chatter, a claim, or a claim's words that mean something else."""
        channel = self.random.choice(self.channels)
        member = self.random.choice(self.members)
        if fact is None:
            self.book.chatter += 1
            message = await member.send(channel, f"{self.random.choice(CHATTER)} {self.random.randrange(10**6)}")
        else:
            self.book.claims += 1
            lead = "They say:" if right else "In my new novel:"
            text = f"{lead} {self.random.choice(fact.wordings())} ({self.random.randrange(10**6)})"
            message = await member.send(channel, text)
            self.book.right[message.id] = right
        return message.id

    @property
    def services(self) -> Services:
        """Return the services of the client that is connected."""
        assert isinstance(self.env.bot, FootnoteClient)
        return self.env.bot.services

    async def notes(self, message_id: int) -> list[Note]:
        """Return the notes of a post."""
        async with self.store.transaction() as tx:
            return await tx.notes.for_source(message_id)

    async def items(self, message_id: int) -> list[ReviewItem]:
        """Return the review items of a post."""
        async with self.store.transaction() as tx:
            return await tx.reviews.for_message(message_id)

    async def wait(self, span: timedelta) -> None:
        """Let time pass."""
        await self.env.advance_time(span.total_seconds())

    async def policy(self) -> Policy:
        """Return the policy as it is stored."""
        async with self.store.transaction() as tx:
            return await tx.policies.get(self.guild.id)

    async def rule_on_cards(self) -> None:
        """Let the moderators, in turn, rule on everything that waits, as they know it to be."""
        for turn in range(400):
            async with self.store.transaction() as tx:
                waiting = await tx.reviews.find(self.guild.id)
            if not waiting:
                return
            by_id = {item.id: item for item in waiting}
            card, item = next(
                (card, by_id[int(shown.split(":")[2])])
                for card in self.queue.history()
                for shown in buttons(card)[:1]
                if shown.startswith("footnote:rule:") and int(shown.split(":")[2]) in by_id
            )
            label = "Approve" if self.book.right[item.new.message_id] else "Wrong match"
            await self.moderators[turn % 2].click(card, label=label)
        raise AssertionError("the queue never empties")

    async def resume(self) -> None:
        """Let a moderator lift a stop, which its notice in the queue channel explains."""
        policy = await self.policy()
        assert policy.stop is not None
        self.book.stops += 1
        notice = next(card for card in self.queue.history() if buttons(card) == ["footnote:resume"])
        assert "Automatic replies are stopped" in words(notice)
        await self.moderators[1].click(notice, label="Resume automatic replies")
        assert (await self.policy()).stop is None

    async def approvals(self, fact: Fact) -> int:
        """Return how many approvals a fact has now."""
        async with self.store.transaction() as tx:
            return approvals(await acts_on(tx, fact, guild_id=self.guild.id))

    async def judge_log(self) -> None:
        """Let a moderator say of every automatic note whether it was right."""
        async with self.store.transaction() as tx:
            notes = {note.id: note for note in await tx.notes.find(self.guild.id, provenance=Provenance.AUTO)}
        for card in self.log.history():
            ids = buttons(card)
            if ids and ids[0].startswith("footnote:judge:"):
                note = notes[int(ids[0].split(":")[2])]
                label = "Right" if self.book.right[note.new.source_message_id] else "Wrong match"
                await self.moderators[0].click(card, label=label)
