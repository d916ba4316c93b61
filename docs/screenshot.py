"""Draw docs/note.png: a real note, sent by the real client into SimCord's Discord, seen in a real browser.

pip install "simcord[screenshot]"
python docs/screenshot.py            # with --chromium PATH for a browser of your own
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import simcord
from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.domain.policy import Mode, Policy  # noqa: E402
from bot.services.compute import MatchingWorker  # noqa: E402
from bot.store.pack import read_pack  # noqa: E402
from tests.discord_app.world import SETTLE, Stage  # noqa: E402
from tests.fakes import FakeMatcher, FakeStore  # noqa: E402

POST = (
    "I always wondered why NATO continued to exist even though its nemesis and reason to exist, the Warsaw Pact, "
    "had dissolved."
)
PACK = ROOT / "bot" / "packs" / "core.json"
FACT = next(fact for fact in read_pack(PACK) if fact.slug == "nato-reason-was-warsaw-pact")
WIDTH, HEIGHT, MARGIN = 760, 600, 8
MORNING = timedelta(hours=10, minutes=12)


async def main() -> None:
    """Send the post, wait for the note, and photograph both."""
    parser = argparse.ArgumentParser(description="Draw docs/note.png.")
    parser.add_argument("--chromium", help="path of a Chromium to use instead of Playwright's")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "note.png", help="where the picture goes")
    arguments = parser.parse_args()
    store = FakeStore([FACT])
    async with MatchingWorker(FakeMatcher([FACT])) as worker:
        stage = Stage(store, worker)
        env = simcord.Env(stage.client())
        stage.time.env = env
        await env.start()
        try:
            await draw(env, store, arguments.chromium, arguments.to)
        finally:
            await env.shutdown()
    print(arguments.to)


async def draw(env: simcord.Env, store: FakeStore, chromium: str | None, target: Path) -> None:
    """Fill a channel and photograph it."""
    env.backend.bot_user.name = env.backend.bot_user.global_name = "Footnote"
    guild = env.create_guild("History club")
    channel = guild.create_text_channel("cold-war")
    member = guild.add_member(env.create_user("maria", global_name="Maria"))
    store.committed.policies.by_guild[guild.id] = Policy(guild.id, mode=Mode.AUTO, approvals_needed=0)
    await env.advance_time(MORNING.total_seconds())
    await member.send(channel, POST)
    await env.advance_time(SETTLE.total_seconds() + 1)
    shown_at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    preview = env.preview(
        channel, viewers=[member], layout="channel", width=WIDTH, height=HEIGHT, presentation_time=shown_at
    )
    async with preview, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        page = await browser.new_page(viewport={"width": 1040, "height": 900}, device_scale_factor=2)
        await photograph(page, preview.url, target)
        await browser.close()


async def photograph(page: Page, url: str, target: Path) -> None:
    """Photograph the messages of a preview, without the page around them."""
    await page.goto(url)
    await page.get_by_text("Why this?").wait_for()
    boxes = [await message.bounding_box() for message in await page.locator(".channel-message").all()]
    tops, bottoms = zip(*((box["y"], box["y"] + box["height"]) for box in boxes if box), strict=True)
    left = boxes[0]["x"] if boxes[0] else 0
    await page.screenshot(
        path=target,
        clip={"x": left, "y": min(tops) - MARGIN, "width": WIDTH, "height": max(bottoms) - min(tops) + 2 * MARGIN},
    )


if __name__ == "__main__":
    asyncio.run(main())
