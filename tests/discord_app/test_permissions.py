"""Who may use which control, form and command: one table, so that none is added without a thought."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord
from discord import app_commands, ui

from bot.discord_app.access import Need
from bot.discord_app.commands import CONTROLS, FORMS, build_tree
from bot.discord_app.controls import Control
from bot.discord_app.facts.editor import DraftButton
from bot.discord_app.facts.history import RestoreButton, VersionSelect
from bot.discord_app.facts.repairs import ExpiredSelect, ProgressButton, RepairButton
from bot.discord_app.facts.sharing import ImportButton
from bot.discord_app.facts.wordings import NearMissButton, PhrasingButton
from bot.discord_app.figures.audit import AuditButton
from bot.discord_app.figures.ratings import PatternButton
from bot.discord_app.layouts import text_layout
from bot.discord_app.members.asking import AskButton
from bot.discord_app.members.not_said import AppealButton, NotSaidButton
from bot.discord_app.members.privacy import PrivacyButton
from bot.discord_app.members.rating import RateButton, ReasonSelect, TakeBackButton
from bot.discord_app.members.requests import MineButton, MineSelect
from bot.discord_app.members.show import ShowButton
from bot.discord_app.queue.appeals import AnswerButton
from bot.discord_app.queue.filter import Filter
from bot.discord_app.queue.item_buttons import ItemButton, RuleButton
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
from tests.discord_app.world import World, words

VERSION = FactVersion(a_fact(), NOW, None, "added")

CONTROLS_FOR: dict[Need | None, list[Control[Any]]] = {
    None: [
        WhyButton(1),
        AskButton(1),
        RateButton(1, "yes"),
        ReasonSelect(1, "yes"),
        TakeBackButton(1),
        ShowButton(1),
        NotSaidButton(1),
        AppealButton(1),
        MineSelect(),
        MineButton(1, "back"),
        PrivacyButton("export"),
    ],
    "moderator": [
        RuleButton(1, "approve"),
        ItemButton(1, "mute"),
        UndoButton(1),
        JudgeButton(1, "wrong"),
        ListButton("dismiss", Filter(), "Dismiss"),
        OpenSelect(),
        DraftButton(1, "save"),
        VersionSelect("moon-cheese", [VERSION]),
        RestoreButton("moon-cheese", 1),
        PhrasingButton(1),
        NearMissButton(1),
        NextNoteButton(1),
        AuditButton("older", 1, days=0, by="all"),
        RequestSelect(),
        RequestsButton("export"),
        RequestButton(1, "needless"),
        RequestFactSelect(1),
        AnswerButton(1, "keep"),
        RepairButton("moon-cheese"),
        ExpiredSelect(),
        ProgressButton(1),
        ImportButton(1),
        PatternButton("0" * 16),
    ],
    "manage_guild": [
        ResumeButton(),
        SetupChannels("queue", []),
        SetupRoles([]),
        SetupMode(Mode.QUEUE),
        SetupTest(),
    ],
}
COMMANDS_FOR: dict[str, set[str]] = {
    "everybody": {"Check this message", "check", "footnote", "note", "privacy", "request", "Ask for a fact-check"},
    "manage_messages": {
        *("Rule on this note", "queue", "appeals", "facts", "shadow", "stats", "audit", "requests", "ratings"),
    },
    "manage_guild": {"settings"},
}
REFUSALS = {
    "moderator": "This is for the server's moderators",
    "manage_guild": "This needs the permission “Manage Server”",
}


def _cases(*needs: Need) -> list[Any]:
    return [pytest.param(control, need, id=type(control).__name__) for need in needs for control in CONTROLS_FOR[need]]


def test_every_control_stands_in_the_table() -> None:
    """With what it needs."""
    listed = {type(control): need for need, controls in CONTROLS_FOR.items() for control in controls}
    assert {control: control.needs for control in CONTROLS} == listed


def test_every_form_is_for_moderators_but_an_authors_appeal() -> None:
    """What is sent in is asked for again, not only what is opened."""
    assert {form.kind for form in FORMS if form.needs != "moderator"} == {"appeal"}


def test_discord_offers_each_command_to_those_it_is_for(world: World) -> None:
    """Commands that Discord hides from members by itself; in code they are asked for again."""
    found: dict[str, set[str]] = {name: set() for name in COMMANDS_FOR}
    for command in build_tree(discord.Client(intents=discord.Intents.none())).get_commands():
        assert not isinstance(command, app_commands.Command) or command.guild_only
        wanted = command.default_permissions
        names = [name for name, value in wanted if value] if wanted else ["everybody"]
        found[names[0]].add(command.name)
    assert found == COMMANDS_FOR


@pytest.mark.parametrize(("control", "need"), _cases("moderator", "manage_guild"))
async def test_a_member_who_finds_a_control_is_told_no(world: World, control: Control[Any], need: str) -> None:
    """Wherever it stands, and however it came there."""
    result = await _use(world, world.member, control)
    assert REFUSALS[need] in words(result.response)


@pytest.mark.parametrize(("control", "need"), _cases("manage_guild"))
async def test_settings_are_not_for_moderators(world: World, control: Control[Any], need: str) -> None:
    """Who may rule may not yet change the server."""
    role = world.guild.create_role("Helpers", permissions=discord.Permissions(manage_messages=True))
    helper = world.guild.add_member(world.env.create_user("helper"), roles=[role])
    world.set_policy(moderator_roles=frozenset({role.id}))
    result = await _use(world, helper, control)
    assert REFUSALS[need] in words(result.response)


@pytest.mark.parametrize(("control", "need"), _cases("moderator"))
async def test_a_moderator_by_role_is_let_through(world: World, control: Control[Any], need: str) -> None:
    """What then comes of it depends on what is there; there is nothing here."""
    role = world.guild.create_role("Curators")
    curator = world.guild.add_member(world.env.create_user("carol"), roles=[role])
    world.set_policy(moderator_roles=frozenset({role.id}))
    result = await _use(world, curator, control)
    answers = [answer for answer in (result.response, *result.followups) if answer is not None]
    assert result.acknowledged
    assert not any(REFUSALS[need] in words(answer) for answer in answers)


async def _use(world: World, who: simcord.MemberActor, control: Control[Any]) -> Any:
    message = await world.post(text_layout("Here.", buttons=[control]))
    item = control.item
    if isinstance(item, ui.Button):
        return await who.click(message, custom_id=control.custom_id)
    if isinstance(item, ui.ChannelSelect):
        return await who.select(message, [world.channel], custom_id=control.custom_id)
    if isinstance(item, ui.RoleSelect):
        return await who.select(message, [world.guild.roles["Moderators"]], custom_id=control.custom_id)
    return await who.select(message, [item.options[0].value], custom_id=control.custom_id)
