from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any, Self

import discord
import pytest
import simcord
from discord import ui

from bot import discord_app
from bot.discord_app.access import Interaction, finish, say
from bot.discord_app.commands import FORMS
from bot.discord_app.controls import Control
from bot.discord_app.fields import choice_field, labelled, option, text_field
from bot.discord_app.layouts import text_layout
from bot.discord_app.modals import Form, Submitted, form
from tests.discord_app.world import World, words

LONG = "An endless *tale* about <cheese> 🧀. " * 200


@form("test-note", argument=r"[0-9]{1,3}")
async def noted(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Replace the message that the form was opened from."""
    await interaction.response.defer()
    shown = [sent.text("claim"), str(sent.chosen("verdicts")), str(sent.ids("channels")), str(sent.ids("roles"))]
    await finish(interaction, text_layout(f"{argument}\n" + "\n".join(shown), buttons=[_Opener("test-note")]))


@form("test-long")
async def measured(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Say how much was sent in."""
    await say(interaction, f"{len(sent.text('claim'))} characters, {sent.text('source') or 'no source'}")


@form("test-broken", argument=".*")
async def broken(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Fail after the answer was begun."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    raise OSError("disk")


@form("test-guarded", needs="moderator")
async def guarded(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Let moderators through."""
    await say(interaction, "Welcome.")


@form("test-chain")
async def chained(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Try to open the next form at once."""
    await guarded.open(interaction, title="Guarded", fields=[text_field("claim", "Claim")])


class _Opener(Control[ui.Button[Any]], template=r"test:open:(?P<kind>[a-z-]+)"):
    """Opens one kind of form."""

    def __init__(self, kind: str) -> None:
        super().__init__(ui.Button(label="Open", custom_id=f"test:open:{kind}"))
        self.kind = kind

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls(match["kind"])

    async def answer(self, interaction: Interaction) -> None:
        await getattr(self, "_" + self.kind.removeprefix("test-").replace("-", "_"))(interaction)

    async def _note(self, interaction: Interaction) -> None:
        verdicts = [option(name.title(), name) for name in ("false", "misleading", "satire")]
        channels: ui.ChannelSelect[Any] = ui.ChannelSelect(custom_id="channels", max_values=3, required=True)
        roles: ui.RoleSelect[Any] = ui.RoleSelect(custom_id="roles", min_values=0, required=False)
        fields = [
            text_field("claim", "Claim", default="The moon", limit=300),
            choice_field("verdicts", "Verdicts", verdicts, most=2),
            labelled("Channels", channels),
            labelled("Roles", roles),
        ]
        await noted.open(interaction, 7, title="Note", fields=fields)

    async def _long(self, interaction: Interaction) -> None:
        verdicts = [option(LONG, "false", description=LONG)]
        fields = [
            text_field("claim", LONG, default=LONG, long=True, placeholder=LONG, description=LONG),
            text_field("source", LONG, default=LONG, limit=30, required=False, placeholder=LONG, description=LONG),
            choice_field("verdict", LONG, verdicts, required=False, placeholder=LONG, description=LONG),
        ]
        await measured.open(interaction, title=LONG, fields=fields)

    async def _broken(self, interaction: Interaction) -> None:
        await broken.open(interaction, "a:b", title="Broken", fields=[text_field("claim", "Claim")])

    async def _guarded(self, interaction: Interaction) -> None:
        await guarded.open(interaction, title="Guarded", fields=[text_field("claim", "Claim")])

    async def _chain(self, interaction: Interaction) -> None:
        await chained.open(interaction, title="Chain", fields=[text_field("claim", "Claim")])

    async def _too_long(self, interaction: Interaction) -> None:
        await broken.open(interaction, "x" * 90, title="Broken", fields=[text_field("claim", "Claim")])


@pytest.fixture
def controls() -> tuple[type[Control[Any]], ...]:
    """A button that opens forms."""
    return (_Opener,)


@pytest.fixture
def forms() -> tuple[Form, ...]:
    """The forms of these tests."""
    return (noted, measured, broken, guarded, chained)


async def _opened(world: World, kind: str, who: simcord.MemberActor | None = None) -> simcord.InteractionResult:
    message = await world.post(text_layout("Start", buttons=[_Opener(kind)]))
    return await (who or world.member).click(message, label="Open")


def test_the_bot_knows_all_its_forms() -> None:
    """What is sent in with a form that isn't listed would be dropped, and of two with one name one would."""
    rooms = [
        importlib.import_module(room.name) for room in pkgutil.iter_modules(discord_app.__path__, "bot.discord_app.")
    ]
    made = {id(one): one for room in rooms for one in vars(room).values() if isinstance(one, Form)}

    assert set(made) == {id(one) for one in FORMS}
    assert len({one.kind for one in FORMS}) == len(FORMS)


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_is_sent_in_is_answered(world: World, *, restarted: bool) -> None:
    """Words, options, channels and roles arrive, also where the process was started again meanwhile."""
    opened = await _opened(world, "test-note")
    other = world.guild.create_text_channel("other")
    role = world.guild.create_role("Readers")
    if restarted:
        await world.restart()
    values = {"claim": "Cheese", "verdicts": ["satire", "false"], "channels": [other, world.channel], "roles": [role]}
    result = await world.member.submit_modal(opened, values)

    assert result.acknowledged
    [message] = world.bot_messages()
    expected = ["7", "Cheese", "('satire', 'false')", f"({other.id}, {world.channel.id})", f"({role.id},)"]
    assert words(message).splitlines() == expected


async def test_a_form_is_answered_once_though_it_was_opened_twice(world: World) -> None:
    """The library, which would answer as well, is told of no form."""
    first = await _opened(world, "test-guarded", world.moderator)
    second = await _opened(world, "test-guarded", world.moderator)
    assert not world.client._connection._view_store._modals

    for opened in (second, first):
        result = await world.moderator.submit_modal(opened, {"claim": "x"})
        assert words(result.response) == "Welcome."
        assert not result.followups


async def test_fields_that_were_left_out_are_empty(world: World) -> None:
    """An optional select without a choice is an empty one."""
    opened = await _opened(world, "test-note")
    await world.member.submit_modal(opened, {"claim": "Cheese", "verdicts": ["false"], "channels": [world.channel]})

    assert words(world.bot_messages()[0]).splitlines()[-1] == "()"


async def test_the_longest_words_fit(world: World) -> None:
    """Titles, labels, descriptions, placeholders, options and defaults are shortened to what Discord takes."""
    opened = await _opened(world, "test-long")
    modal = opened.modal
    assert modal is not None
    assert len(modal["title"]) <= 45
    claim, source, verdict = modal["components"]
    for label in (claim, source, verdict):
        assert len(label["label"]) <= 45
        assert len(label["description"]) <= 100
    assert len(claim["component"]["value"]) <= claim["component"]["max_length"] == 4000
    assert len(source["component"]["value"]) <= source["component"]["max_length"] == 30
    assert source["component"]["value"].endswith("…")
    assert len(source["component"]["placeholder"]) <= 100
    assert len(verdict["component"]["placeholder"]) <= 150
    [only] = verdict["component"]["options"]
    assert max(len(only["label"]), len(only["description"])) <= 100

    result = await world.member.submit_modal(opened, {"claim": "x" * 4000})
    assert words(result.response) == "4000 characters, no source"


async def test_a_fault_behind_a_form_ends_in_an_apology(world: World) -> None:
    """The answer that was begun is completed."""
    opened = await _opened(world, "test-broken")
    result = await world.member.submit_modal(opened, {"claim": "x"})

    assert "something went wrong" in words(result.response)


async def test_an_argument_that_is_too_long_opens_nothing(world: World) -> None:
    """Discord would refuse the custom id; the member hears an apology."""
    opened = await _opened(world, "test-too-long")

    assert opened.modal is None
    assert "something went wrong" in words(opened.response)


async def test_no_form_opens_from_a_form(world: World) -> None:
    """Discord would refuse it; the member hears an apology."""
    opened = await _opened(world, "test-chain")
    result = await world.member.submit_modal(opened, {"claim": "x"})

    assert result.modal is None
    assert "something went wrong" in words(result.response)


async def test_the_permission_is_asked_for_when_a_form_is_sent_in(world: World) -> None:
    """A role that was taken away while the form was open counts no more."""
    helpers = world.guild.create_role("Helpers")
    world.set_policy(moderator_roles=frozenset({helpers.id}))
    helper = world.guild.add_member(world.env.create_user("helper"), roles=[helpers])
    opened = await _opened(world, "test-guarded", helper)
    again = await _opened(world, "test-guarded", helper)
    assert words((await helper.submit_modal(opened, {"claim": "x"})).response) == "Welcome."

    world.env.backend.remove_member_role(world.guild.id, helper.id, helpers.id)
    result = await helper.submit_modal(again, {"claim": "x"})
    assert words(result.response).startswith("This is for the server's moderators")


@pytest.mark.parametrize("custom_id", ["footnote:modal:gone:1", "footnote:modal:test-note:x", "else", ""])
async def test_a_form_that_nobody_knows_is_ignored(world: World, custom_id: str) -> None:
    """An older version's form, an argument that doesn't fit, and what isn't Footnote's get no answer."""
    opened = await _opened(world, "test-guarded")
    assert opened._interaction.modal is not None
    opened._interaction.modal["custom_id"] = custom_id or "-"
    result = await world.member.submit_modal(opened, {"claim": "x"})

    assert not result.acknowledged
    assert result.response is None


async def test_outside_of_a_server_a_form_for_moderators_refuses(world: World) -> None:
    """A form from a direct message is no moderator's."""
    user = world.env.create_user("zoe")
    await user.send_dm("hello")
    channel = await (await world.client.fetch_user(user.id)).create_dm()
    message = await channel.send(view=text_layout("Start", buttons=[_Opener("test-guarded")]))
    opened = await user.click(message, label="Open")
    result = await user.submit_modal(opened, {"claim": "x"})

    assert words(result.response).startswith("This is for the server's moderators")


async def test_a_form_opens_from_a_command_too(world: World) -> None:
    """There is no message to replace then; the answer is one of its own."""

    @discord.app_commands.command(name="try", description="Open a form")
    async def attempt(interaction: Interaction) -> None:
        await guarded.open(interaction, title="Guarded", fields=[text_field("claim", "Claim")])

    world.client.tree.add_command(attempt)
    await world.client.tree.sync()
    opened = await world.moderator.slash(world.channel, "try")
    await world.restart()
    result = await world.moderator.submit_modal(opened, {"claim": "x"})

    assert words(result.response) == "Welcome."
