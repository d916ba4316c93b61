"""``footnote queue``: the review queue of a server, for whoever runs the program."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

from bot.cli.output import print_json
from bot.cli.parser import Group, LoadSettings, Run, add_command, add_group, add_json, add_server, whole_id
from bot.console.ids import OPERATOR
from bot.console.screen import Screen
from bot.domain.errors import FootnoteError, StoreError
from bot.domain.fact import Fact
from bot.domain.review import ReviewItem, Ruling
from bot.notes.sanitise import plain, shorten
from bot.notes.why import explain_stored

_EXCERPT = 120
_PAGE = 100


def add(group: Group) -> None:
    """Add the commands."""
    commands = add_group(group, "queue", help_text="list and rule on what waits for a moderator (in FOOTNOTE_DB)")
    parser = add_command(commands, "list", list_items, help_text="list the open items, oldest first")
    add_json(parser, "an item per line as JSON")
    add_server(parser)
    parser = add_command(commands, "show", show_item, help_text="show one item with why it matched")
    add_json(parser, "the item as JSON")
    add_server(parser)
    parser.add_argument("item", type=whole_id, metavar="ITEM")
    _add_ruling(commands, "approve", _ruling(Ruling.APPROVE), "approve items: their notes are posted by `footnote run`")
    _add_ruling(commands, "dismiss", _ruling(Ruling.DISMISS), "close items; nothing is posted")


async def list_items(args: Namespace, load: LoadSettings) -> int:
    """List the open items."""
    from bot.wiring import open_queue, open_store  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(load(), readonly=True) as store:
        queue = open_queue(store)
        found: list[tuple[ReviewItem, Fact | None]] = []
        while page := await queue.open(args.server, limit=_PAGE, offset=len(found)):
            found += page
    if args.json:
        for item, _ in found:
            print_json(item_json(item))
        return 0
    if not found:
        print("The queue is empty.")
        return 0
    rows = [
        (str(item.id), f"{item.new.confidence:.2f}", item.new.slug, _one_line(item.new.post_text)) for item, _ in found
    ]
    Screen(sys.stdout).table(("#", "confidence", "fact", "post"), rows)
    return 0


async def show_item(args: Namespace, load: LoadSettings) -> int:
    """Show one item."""
    from bot.wiring import open_queue, open_store  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(load(), readonly=True) as store:
        item = await open_queue(store).get(args.item, guild_id=args.server)
        if item is None:
            raise FootnoteError(f"There is no item {args.item} in this server's queue.")
        async with store.transaction() as tx:
            fact = await tx.facts.get(item.new.slug)
    if args.json:
        print_json(item_json(item))
        return 0
    _show(Screen(sys.stdout), item, fact)
    return 0


def item_json(item: ReviewItem) -> dict[str, Any]:
    """Return an item as scripts see it."""
    new = item.new
    return {
        "id": item.id,
        "state": item.state,
        "ruling": item.ruling,
        "server": new.guild_id,
        "channel": new.channel_id,
        "message": new.message_id,
        "post": new.post_text,
        "fact": new.slug,
        "relation": new.relation,
        "confidence": round(new.confidence, 4),
        "threshold": new.threshold,
        "reasons": list(new.reasons),
        "created": new.created_at.isoformat(),
    }


def _ruling(ruling: Ruling) -> Run:
    async def rule(args: Namespace, load: LoadSettings) -> int:
        from bot.wiring import open_rulings, open_store  # noqa: PLC0415 -- loads the database's libraries

        settings = load()
        if not settings.database.exists():
            raise StoreError(f"There is no database {settings.database} yet, so nothing waits for a ruling.")
        done = True
        async with open_store(settings) as store:
            for item_id in dict.fromkeys(args.item):
                ruled = await open_rulings(store).rule(item_id, guild_id=args.server, ruling=ruling, by=OPERATOR)
                done &= ruled.done
                print(f"{item_id}: {ruled.message}", file=sys.stdout if ruled.done else sys.stderr)
        return 0 if done else 1

    return rule


def _show(screen: Screen, item: ReviewItem, fact: Fact | None) -> None:
    new = item.new
    state = item.state.value if item.ruling is None else f"{item.state.value}, {item.ruling.value}"
    screen.line(f"Item {item.id} ({state}), {new.created_at:%Y-%m-%d %H:%M} UTC", "bold")
    screen.line(new.post_text or "(the post's words were erased when the item was closed)")
    screen.line("Held", "bold")
    screen.items(new.reasons)
    if fact is None:
        screen.line(f"The fact {new.slug} is gone.")
        return
    screen.sections(explain_stored(fact, new))


def _add_ruling(commands: Group, name: str, run: Run, help_text: str) -> None:
    parser = add_command(commands, name, run, help_text=help_text)
    add_server(parser)
    parser.add_argument("item", type=whole_id, nargs="+", metavar="ITEM")


def _one_line(text: str) -> str:
    return shorten(" ".join(plain(text).split()), _EXCERPT)
