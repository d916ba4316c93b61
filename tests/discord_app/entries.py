"""Every way into Footnote from Discord, with what it asks of a member.

One table, so that none is added without a thought.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import simcord
from simcord.results import InteractionResult

from bot.discord_app.access import Need
from bot.discord_app.controls import Control
from bot.discord_app.facts.editor import DraftButton, begun, drafted
from bot.discord_app.facts.history import RestoreButton, VersionSelect
from bot.discord_app.facts.repairs import ExpiredSelect, ProgressButton, RepairButton
from bot.discord_app.facts.sharing import ImportButton
from bot.discord_app.facts.wordings import NearMissButton, PhrasingButton, missed, phrased
from bot.discord_app.figures.audit import AuditButton
from bot.discord_app.figures.ratings import PatternButton
from bot.discord_app.members.asking import AskButton
from bot.discord_app.members.not_said import AppealButton, NotSaidButton, appealed
from bot.discord_app.members.privacy import PrivacyButton
from bot.discord_app.members.rating import RateButton, ReasonSelect, TakeBackButton
from bot.discord_app.members.requests import MineButton, MineSelect
from bot.discord_app.members.show import ShowButton
from bot.discord_app.modals import Form
from bot.discord_app.queue.appeals import AnswerButton, answered
from bot.discord_app.queue.filter import Filter
from bot.discord_app.queue.item_buttons import ItemButton, RuleButton, edited, snoozed
from bot.discord_app.queue.judging import JudgeButton, NextNoteButton
from bot.discord_app.queue.listing import ListButton, OpenSelect
from bot.discord_app.queue.requests import RequestButton, RequestFactSelect, RequestsButton, RequestSelect
from bot.discord_app.queue.resume import ResumeButton
from bot.discord_app.queue.undo import UndoButton
from bot.discord_app.settings.setup import SetupChannels, SetupMode, SetupRoles, SetupTest
from bot.discord_app.why import WhyButton
from bot.domain.fact import FactVersion
from bot.domain.policy import Mode
from tests.builders import NOW, a_fact
from tests.discord_app.fact_world import WHALES
from tests.discord_app.furnished import Things, press, submit
from tests.discord_app.world import World

Who = simcord.MemberActor
Options = Callable[[World, Things], dict[str, Any]]
Use = Callable[[World, Things, Who], Awaitable[InteractionResult]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in: what it needs, how it is used, and whether that changes what is stored."""

    name: str
    needs: Need | None
    use: Use
    changes: bool
    make: Callable[[Things], Control[Any]] | None = None
    """What makes a control."""


def _control(
    needs: Need | None,
    make: Callable[[Things], Control[Any]],
    *,
    values: Callable[[Things], str] | None = None,
    changes: bool = False,
) -> Entry:
    async def use(world: World, things: Things, who: Who) -> InteractionResult:
        return await press(world, who, make(things), [values(things)] if values else None)

    name = type(make(_NOTHING)).__name__
    return Entry(name, needs, use, changes, make)


def _form(
    needs: Need | None, form: Form, argument: Callable[[Things], str], *, changes: bool = True, **values: str
) -> Entry:
    async def use(world: World, things: Things, who: Who) -> InteractionResult:
        return await submit(world, who, form, argument(things), values)

    return Entry(form.kind, needs, use, changes)


def _command(
    needs: Need | None,
    name: str,
    options: Callable[[World, Things], dict[str, Any]] = lambda *_: {},
    *,
    changes: bool = False,
) -> Entry:
    async def use(world: World, things: Things, who: Who) -> InteractionResult:
        return await who.slash(who.guild.channels["general"], name, **options(world, things))

    return Entry(name, needs, use, changes)


def _menu(needs: Need | None, name: str, target: Callable[[Things], Any], *, changes: bool = False) -> Entry:
    async def use(world: World, things: Things, who: Who) -> InteractionResult:
        return await who.context_menu(world.channel, name, target(things))

    return Entry(name, needs, use, changes)


_VERSION = FactVersion(a_fact(), NOW, None, "added")
_NOTHING = Things(
    *("slug", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, None, None),  # type: ignore[arg-type] # to know a control's class nothing need be there
)

CONTROLS_USED: tuple[Entry, ...] = (
    _control(None, lambda t: WhyButton(t.note)),
    _control(None, lambda t: AskButton(0)),
    _control(None, lambda t: RateButton(t.note, "yes"), changes=True),
    _control(None, lambda t: ReasonSelect(t.note, "yes")),
    _control(None, lambda t: TakeBackButton(t.note)),
    _control(None, lambda t: ShowButton(t.note)),
    _control(None, lambda t: NotSaidButton(t.note)),
    _control(None, lambda t: AppealButton(t.note)),
    _control(None, lambda t: MineSelect(), values=lambda t: str(t.request)),
    _control(None, lambda t: MineButton(t.request, "back"), changes=True),
    _control(None, lambda t: PrivacyButton("opt-out"), changes=True),
    _control("moderator", lambda t: RuleButton(t.item, "approve"), changes=True),
    _control("moderator", lambda t: ItemButton(t.item, "mute"), changes=True),
    _control("moderator", lambda t: UndoButton(t.ruling), changes=True),
    _control("moderator", lambda t: JudgeButton(t.note, "wrong"), changes=True),
    _control("moderator", lambda t: ListButton("dismiss", Filter(), "Dismiss"), changes=True),
    _control("moderator", lambda t: OpenSelect(), values=lambda t: str(t.item)),
    _control("moderator", lambda t: DraftButton(t.draft, "discard"), changes=True),
    _control("moderator", lambda t: VersionSelect(t.slug, [_VERSION]), values=lambda t: "1"),
    _control("moderator", lambda t: RestoreButton(t.slug, 1), changes=True),
    _control("moderator", lambda t: PhrasingButton(t.item)),
    _control("moderator", lambda t: NearMissButton(t.ruling)),
    _control("moderator", lambda t: NextNoteButton(t.note)),
    _control("moderator", lambda t: AuditButton("newest", t.ruling, days=0, by="all")),
    _control("moderator", lambda t: RequestSelect(), values=lambda t: str(t.request)),
    _control("moderator", lambda t: RequestsButton("export")),
    _control("moderator", lambda t: RequestButton(t.request, "remove"), changes=True),
    _control("moderator", lambda t: RequestFactSelect(t.request), values=lambda t: t.slug, changes=True),
    _control("moderator", lambda t: AnswerButton(t.appeal, "restore")),
    _control("moderator", lambda t: RepairButton(t.slug), changes=True),
    _control("moderator", lambda t: ExpiredSelect(), values=lambda t: t.slug, changes=True),
    _control("moderator", lambda t: ProgressButton(t.repair)),
    _control("moderator", lambda t: ImportButton(t.file)),
    _control("moderator", lambda t: PatternButton("0" * 16)),
    _control("manage_guild", lambda t: ResumeButton(), changes=True),
    _control("manage_guild", lambda t: SetupChannels("queue", []), values=lambda t: str(t.channel), changes=True),
    _control("manage_guild", lambda t: SetupRoles([]), values=lambda t: str(t.role), changes=True),
    _control("manage_guild", lambda t: SetupMode(Mode.QUEUE), values=lambda t: "shadow", changes=True),
    _control("manage_guild", lambda t: SetupTest()),
)

FORMS_USED: tuple[Entry, ...] = (
    _form("moderator", edited, lambda t: str(t.item), wording="Stripes are no paint."),
    _form("moderator", snoozed, lambda t: str(t.item), hours="4"),
    _form("moderator", begun, lambda t: "", claim=WHALES, correction="Whales breathe air.", truth="They breathe air."),
    _form("moderator", drafted, lambda t: f"{t.draft}:details", speaker="Somebody"),
    _form("moderator", phrased, lambda t: str(t.item), text="Zebras are ponies that somebody painted."),
    _form("moderator", missed, lambda t: str(t.ruling), text="Is a zebra a painted horse?", kind="question"),
    _form(None, appealed, lambda t: str(t.note), changes=False, words="I said nothing of the kind."),
    _form("moderator", answered, lambda t: f"{t.appeal}:restore", answer="So it was."),
)


def _fact(_: World, things: Things) -> dict[str, Any]:
    return {"fact": things.slug}


def _note(_: World, things: Things) -> dict[str, Any]:
    return {"note": str(things.note)}


def _member(world: World, _: Things) -> dict[str, Any]:
    return {"member": world.member}


def _channel(world: World, _: Things) -> dict[str, Any]:
    return {"channel": world.channel}


def _role(world: World, _: Things) -> dict[str, Any]:
    return {"role": world.guild.roles["Moderators"]}


def _with(**options: Any) -> Options:
    return lambda *_: options


_NIGHT = {"from": "22:00", "until": "06:00", "zone": "UTC"}
COMMANDS_USED: tuple[Entry, ...] = (
    _command(None, "check", _with(text="The moon is made of cheese.")),
    _command(None, "footnote"),
    _command(None, "note history", _note),
    _command(None, "note why-status", _note),
    _command(None, "privacy"),
    _command(None, "request ask", _with(text="Do fish sleep?"), changes=True),
    _command(None, "request mine"),
    _command("moderator", "queue"),
    _command("moderator", "appeals"),
    _command("moderator", "facts search", _with(words="zebra")),
    _command("moderator", "facts show", _fact),
    _command("moderator", "facts add"),
    _command("moderator", "facts edit", _fact, changes=True),
    _command("moderator", "facts retire", _fact, changes=True),
    _command("moderator", "facts history", _fact),
    _command("moderator", "facts test", _fact),
    _command("moderator", "facts expired"),
    _command("moderator", "facts import", _with(file=("a.json", b"[]"))),
    _command("moderator", "facts export"),
    _command("moderator", "facts packs"),
    _command("moderator", "shadow report"),
    _command("moderator", "stats"),
    _command("moderator", "audit show"),
    _command("manage_guild", "audit export"),
    _command("moderator", "requests"),
    _command("moderator", "ratings discount", _member, changes=True),
    _command("moderator", "ratings readmit", _member),
    _command("moderator", "ratings patterns"),
    _command("moderator", "ratings export"),
    _command("manage_guild", "settings setup"),
    _command("manage_guild", "settings show"),
    _command("manage_guild", "settings mode", _with(mode="off"), changes=True),
    _command("manage_guild", "settings threshold", _with(confidence=0.8), changes=True),
    _command("manage_guild", "settings approvals", _with(count=9), changes=True),
    _command("manage_guild", "settings floor", _with(precision=0.6), changes=True),
    _command("manage_guild", "settings resume", changes=True),
    _command("manage_guild", "settings limit", lambda _, t: {"fact": t.slug, "mode": "off"}, changes=True),
    _command("manage_guild", "settings limits"),
    _command("manage_guild", "settings queue-channel", _channel, changes=True),
    _command("manage_guild", "settings log-channel", _channel, changes=True),
    _command("manage_guild", "settings moderator-role", _role, changes=True),
    _command("manage_guild", "settings escalation-role", _role, changes=True),
    _command("manage_guild", "settings watch", _channel, changes=True),
    _command("manage_guild", "settings ignore", _channel, changes=True),
    _command("manage_guild", "settings ignore-role", _role, changes=True),
    _command("manage_guild", "settings window", _with(minutes=5), changes=True),
    _command("manage_guild", "settings language", _with(code="de"), changes=True),
    _command(
        "manage_guild",
        "settings quiet-hours",
        _with(**_NIGHT),
        changes=True,
    ),
    _command("manage_guild", "settings rater-age", _with(days=3), changes=True),
    _command("manage_guild", "settings retention", _with(days=90), changes=True),
)

MENUS_USED: tuple[Entry, ...] = (
    _menu(None, "Check this message", lambda t: t.post),
    _menu(None, "Ask for a fact-check", lambda t: t.post),
    _menu("moderator", "Rule on this note", lambda t: t.note_message),
)

ENTRIES = (*CONTROLS_USED, *FORMS_USED, *COMMANDS_USED, *MENUS_USED)

OFFERING = (
    *(("facts show", "fact"), ("facts edit", "fact"), ("facts retire", "fact"), ("facts history", "fact")),
    *(("facts test", "fact"), ("queue", "fact"), ("audit show", "fact"), ("settings limit", "fact")),
)
"""What offers facts while it is typed."""
VOCABULARY = (("audit show", "act"), ("settings language", "code"), ("settings quiet-hours", "zone"))
"""What offers words that are the same everywhere."""
