"""Draw the pictures of the documentation: the real client in SimCord's Discord, seen in a real browser.

pip install "simcord[screenshot]"
python docs/screenshot.py                    # all of them; --chromium PATH for a browser of your own
python docs/screenshot.py card setup         # some
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import discord
import simcord
from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.domain.audit import Act, NewAuditEvent  # noqa: E402
from bot.domain.note import NoteState  # noqa: E402
from bot.domain.policy import Mode, Policy  # noqa: E402
from bot.domain.review import Ruling  # noqa: E402
from bot.exchange.pack import read_pack  # noqa: E402
from bot.matching.matcher import matcher_over  # noqa: E402
from bot.matching.model_set import load_models  # noqa: E402
from bot.services.compute import MatchingWorker  # noqa: E402
from tests.builders import a_note, an_item  # noqa: E402
from tests.discord_app.world import PATIENCE, Stage, World  # noqa: E402
from tests.fakes import FakeStore  # noqa: E402

POST = (
    "I always wondered why NATO continued to exist even though its nemesis and reason to exist, the Warsaw Pact, "
    "had dissolved."
)
PACK = ROOT / "bot" / "packs" / "core.json"
FACTS = read_pack(PACK)
FACT = next(fact for fact in FACTS if fact.slug == "nato-reason-was-warsaw-pact")
WIDTH, HEIGHT, MARGIN = 760, 600, 8
MORNING = timedelta(hours=10, minutes=12)
LATER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is photographed: a channel as somebody sees it, once some words are there."""

    channel: simcord.ChannelHandle
    viewer: simcord.MemberActor
    shows: str
    last: int | None = None
    """How many of the channel's last messages; None for all of them."""


async def note(world: World) -> Picture:
    """A note under a post."""
    world.set_policy(mode=Mode.AUTO, approvals_needed=0)
    await world.member.send(world.channel, POST)
    await world.settle()
    return Picture(world.channel, world.member, "Why this?")


async def card(world: World) -> Picture:
    """A review card in the queue channel."""
    queue = world.queue_channel()
    await world.member.send(world.channel, POST)
    await world.moderator.click(world.bot_messages(queue)[0], label="Approve")
    for text in (
        "They only made NATO because of the Warsaw Pact, and that is long gone. " + POST,
        "As I said: " + POST,
    ):
        await world.member.send(world.channel, text)
    return Picture(queue, world.moderator, "Approve", last=1)


async def stats(world: World) -> Picture:
    """The figures of a month."""
    world.stage.time.idle = timedelta(days=1).total_seconds()
    random = Random(7)  # noqa: S311 - a picture's numbers
    await world.env.advance_time(timedelta(days=30).total_seconds())
    now, guild_id = world.env.now(), world.guild.id
    async with world.store.transaction() as tx:
        for number in range(240):
            at = now - timedelta(hours=random.uniform(1, 29 * 24))
            place = {"guild_id": guild_id, "channel_id": world.channel.id, "slug": FACT.slug, "created_at": at}
            if number % 3:
                item = await tx.reviews.add(an_item(message_id=number, **place))
                assert item is not None
                if number % 12 != 1:
                    ruling = Ruling.APPROVE if random.random() < 0.7 else Ruling.WRONG_MATCH  # noqa: PLR2004
                    ruled_at = min(now, at + timedelta(hours=random.expovariate(0.3)))
                    await tx.reviews.close(item.id, ruling=ruling, by=world.moderator.id, at=ruled_at)
                    await tx.audit.add(NewAuditEvent(ruled_at, Act.of(ruling), guild_id, by=5, item_id=item.id))
            else:
                note = await tx.notes.add(a_note(source_message_id=number, state=NoteState.POSTED, **place))
                assert note is not None
                act = Act.APPROVE if random.random() < 0.96 else Act.WRONG_MATCH  # noqa: PLR2004
                await tx.audit.add(NewAuditEvent(at, act, guild_id, by=5, note_id=note.id, automatic=True))
        for member in "abc":
            await tx.requests.ask(guild_id, "Did Sweden pay to get into NATO?", member=member, at=now)
    await world.moderator.slash(world.channel, "stats")
    return Picture(world.channel, world.moderator, "The last 30 days", last=1)


async def setup(world: World) -> Picture:
    """The set-up walk, half-way."""
    queue = world.queue_channel()
    world.set_policy(queue_channel=queue.id, moderator_roles=frozenset({world.guild.roles["Moderators"].id}))
    await world.moderator.slash(world.channel, "settings setup")
    return Picture(world.channel, world.moderator, "Queue channel", last=1)


async def editor(world: World) -> Picture:
    """A new fact in the editor, with what came of its examination."""
    source, quote = FACT.citations[0].source, FACT.citations[0].quote
    opened = await world.moderator.slash(world.channel, "facts add")
    fields = {
        "claim": "NATO lost its reason to exist when the Warsaw Pact dissolved.",
        "verdict": ["missing_context"],
        "correction": "NATO was founded in 1949, six years before the Warsaw Pact; it has taken on other tasks since.",
        "truth": "NATO is older than the Warsaw Pact.",
        "lines0": f"{source.url} | {source.publisher} | {source.title} | {quote}",
    }
    await world.moderator.submit_modal(opened, fields)
    return Picture(world.channel, world.moderator, "Examination", last=1)


async def aside(world: World) -> Picture:
    """A note that the author of the post put aside, and what they were told."""
    world.set_policy(mode=Mode.AUTO, approvals_needed=0)
    await world.member.send(world.channel, POST)
    await world.settle()
    await world.member.click(world.bot_messages()[0], label="Not what I said")
    return Picture(world.channel, world.member, "Show the note", last=2)


async def status(world: World) -> Picture:
    """A note that members rate helpful, and the arithmetic behind that."""
    world.stage.time.idle = 0
    world.set_policy(mode=Mode.AUTO, approvals_needed=0, rater_age_days=0)
    await world.member.send(world.channel, POST)
    await world.settle()
    message = world.bot_messages()[0]
    for number in range(7):
        rater = world.guild.add_member(world.env.create_user(f"rater{number}"))
        answer = (await rater.click(message, label="Somewhat" if number == 0 else "Helpful")).response
        assert answer is not None
        await rater.select(answer, values=["clear", "good-sources"])
    await world.env.advance_time(timedelta(minutes=31).total_seconds())
    await world.member.slash(world.channel, "note why-status", note="1")
    return Picture(world.channel, world.member, "provisional", last=2)


SCENES: dict[str, Callable[[World], Awaitable[Picture]]] = {
    "note": note,
    "card": card,
    "stats": stats,
    "setup": setup,
    "editor": editor,
    "aside": aside,
    "status": status,
}


async def main() -> None:
    """Draw the pictures that were named."""
    parser = argparse.ArgumentParser(description="Draw the pictures in docs/.")
    parser.add_argument("scenes", nargs="*", help=f"which: {', '.join(SCENES)} (default: all)")
    parser.add_argument("--chromium", help="path of a Chromium to use instead of Playwright's")
    parser.add_argument("--to", type=Path, default=ROOT / "docs", help="the folder for the pictures")
    arguments = parser.parse_args()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=arguments.chromium)
        for name in arguments.scenes or SCENES:
            target = arguments.to / f"{name}.png"
            await draw(SCENES[name], browser, target)
            print(target)
        await browser.close()


async def draw(scene: Callable[[World], Awaitable[Picture]], browser: Browser, target: Path) -> None:
    """Play a scene in a server of its own, and photograph it."""
    store = FakeStore(FACTS)
    async with MatchingWorker(matcher_over(FACTS, load_models())) as worker:
        stage = Stage(store, worker)
        env = simcord.Env(stage.client(), settle_timeout=PATIENCE)
        stage.time.env, stage.time.idle = env, MORNING.total_seconds()
        await env.start()
        try:
            picture = await scene(await history_club(env, stage))
            await env.settle()
            preview = env.preview(
                picture.channel,
                viewers=[picture.viewer],
                layout="channel",
                width=WIDTH,
                height=HEIGHT,
                presentation_time=env.now() + LATER,
            )
            async with preview:
                page = await browser.new_page(viewport={"width": 1040, "height": 1800}, device_scale_factor=2)
                await photograph(page, preview.url, picture, target)
                await page.close()
        finally:
            await env.shutdown()


async def history_club(env: simcord.Env, stage: Stage) -> World:
    """Return a server of people who talk about the Cold War."""
    env.backend.bot_user.name = env.backend.bot_user.global_name = "Footnote"
    guild = env.create_guild("History club")
    moderators = guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_messages=True, manage_guild=True)
    )
    world = World(
        env=env,
        stage=stage,
        guild=guild,
        channel=guild.create_text_channel("cold-war"),
        member=guild.add_member(env.create_user("maria", global_name="Maria")),
        moderator=guild.add_member(env.create_user("jonas", global_name="Jonas"), roles=[moderators]),
    )
    world.memory.policies.by_guild[guild.id] = Policy(guild.id)
    await env.advance_time(MORNING.total_seconds())
    return world


async def photograph(page: Page, url: str, picture: Picture, target: Path) -> None:
    """Photograph the messages of a preview, without the page around them."""
    await page.goto(url)
    await page.locator(".channel-message").get_by_text(picture.shows).first.wait_for()
    messages = await page.locator(".channel-message").all()
    boxes = [await message.bounding_box() for message in messages[-(picture.last or len(messages)) :]]
    tops, bottoms = zip(*((box["y"], box["y"] + box["height"]) for box in boxes if box), strict=True)
    left = boxes[0]["x"] if boxes[0] else 0
    await page.screenshot(
        path=target,
        clip={"x": left, "y": min(tops) - MARGIN, "width": WIDTH, "height": max(bottoms) - min(tops) + 2 * MARGIN},
    )


if __name__ == "__main__":
    asyncio.run(main())
