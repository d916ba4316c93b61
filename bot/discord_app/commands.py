"""All commands, controls and forms, and what a member hears when a command breaks."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.discord_app.about import about
from bot.discord_app.access import Interaction, apologise
from bot.discord_app.checking import check_message, check_text
from bot.discord_app.controls import Control
from bot.discord_app.facts.commands import facts
from bot.discord_app.facts.editor import DraftButton, begun, drafted
from bot.discord_app.facts.history import RestoreButton, VersionSelect
from bot.discord_app.facts.repairs import ExpiredSelect, ProgressButton, RepairButton
from bot.discord_app.facts.sharing import ImportButton
from bot.discord_app.facts.wordings import NearMissButton, PhrasingButton, missed, phrased
from bot.discord_app.figures.audit import AuditButton, audit
from bot.discord_app.figures.ratings import PatternButton, ratings
from bot.discord_app.figures.stats import stats
from bot.discord_app.members.asking import AskButton
from bot.discord_app.members.not_said import AppealButton, NotSaidButton, appealed
from bot.discord_app.members.note_group import note_group
from bot.discord_app.members.privacy import PrivacyButton, privacy
from bot.discord_app.members.rating import RateButton, ReasonSelect, TakeBackButton
from bot.discord_app.members.requests import MineButton, MineSelect, ask_message, request
from bot.discord_app.members.show import ShowButton
from bot.discord_app.modals import Form
from bot.discord_app.queue.appeals import AnswerButton, answered, appeals
from bot.discord_app.queue.command import queue
from bot.discord_app.queue.item_buttons import ItemButton, RuleButton, edited, snoozed
from bot.discord_app.queue.judging import JudgeButton, NextNoteButton
from bot.discord_app.queue.listing import ListButton, OpenSelect
from bot.discord_app.queue.requests import (
    RequestButton,
    RequestFactSelect,
    RequestsButton,
    RequestSelect,
    requests,
)
from bot.discord_app.queue.resume import ResumeButton
from bot.discord_app.queue.shadow import rule_on_note, shadow
from bot.discord_app.queue.undo import UndoButton
from bot.discord_app.settings.commands import settings
from bot.discord_app.settings.setup import SetupChannels, SetupMode, SetupRoles, SetupTest
from bot.discord_app.why import WhyButton

CONTROLS: tuple[type[Control[Any]], ...] = (
    ImportButton,
    WhyButton,
    RuleButton,
    ItemButton,
    UndoButton,
    JudgeButton,
    ResumeButton,
    ListButton,
    OpenSelect,
    SetupChannels,
    SetupRoles,
    SetupMode,
    SetupTest,
    DraftButton,
    VersionSelect,
    RestoreButton,
    PhrasingButton,
    NearMissButton,
    NextNoteButton,
    AuditButton,
    AskButton,
    RateButton,
    ReasonSelect,
    TakeBackButton,
    ShowButton,
    NotSaidButton,
    AppealButton,
    AnswerButton,
    RepairButton,
    ExpiredSelect,
    ProgressButton,
    PatternButton,
    PrivacyButton,
    MineSelect,
    MineButton,
    RequestSelect,
    RequestsButton,
    RequestButton,
    RequestFactSelect,
)
"""All buttons and selects: one that is missing here dies with the process that sent it."""

FORMS: tuple[Form, ...] = (edited, snoozed, begun, drafted, phrased, missed, appealed, answered)
"""All forms: what is sent in with one that is missing here is dropped."""


class _Tree(app_commands.CommandTree[Any]):
    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        await apologise(interaction, error)


def build_tree(client: discord.Client) -> app_commands.CommandTree[Any]:
    """Return the commands of a client."""
    tree = _Tree(client)
    menus = (check_message, ask_message, rule_on_note)
    members = (check_text, request, note_group, privacy, about)
    moderators = (queue, appeals, facts, shadow, stats, audit, requests, ratings)
    for command in (*menus, *members, *moderators, settings):
        tree.add_command(command)
    return tree
