"""Who may use which command, menu, control and form: every one of them in every role, by what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import discord
import pytest
import simcord
from discord import app_commands
from simcord.results import InteractionResult

from bot.discord_app.access import Need
from bot.discord_app.commands import CONTROLS, FORMS, build_tree
from bot.discord_app.members.not_said import appealed
from bot.discord_app.queue.item_buttons import ItemButton
from tests.discord_app.entries import (
    COMMANDS_USED,
    CONTROLS_USED,
    ENTRIES,
    FORMS_USED,
    MENUS_USED,
    OFFERING,
    VOCABULARY,
    Entry,
)
from tests.discord_app.furnished import SECRET, Things, furnish, press, said, state, told
from tests.discord_app.world import World, words

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
ALLOWED: dict[Need | None, tuple[str, ...]] = {
    None: ("stranger", "author", "guest", "curator", "helper", "manager", "admin", "owner"),
    "moderator": ("curator", "helper", "admin", "owner"),
    "manage_guild": ("manager", "admin", "owner"),
}


@dataclass(frozen=True, slots=True)
class House:
    """A server in which one of everything is, and one member in each role."""

    world: World
    things: Things
    people: dict[str, simcord.MemberActor]


@pytest.fixture
async def house(world: World) -> House:
    """Its admins show every command to everybody, so that nothing but Footnote itself refuses."""
    things = await furnish(world)
    guild, env = world.guild, world.env
    rights = {
        "stranger": discord.Permissions.none(),
        "curator": discord.Permissions.none(),
        "helper": discord.Permissions(manage_messages=True),
        "manager": discord.Permissions(manage_guild=True),
        "admin": discord.Permissions(administrator=True),
        "guest": discord.Permissions.none(),
    }
    roles = {name: guild.create_role(name, permissions=granted) for name, granted in rights.items()}
    users = {name: env.create_user(name) for name in roles}
    people = {name: guild.add_member(users[name], roles=[role]) for name, role in roles.items()}
    people |= {"author": world.member, "owner": simcord.MemberActor(env, guild, guild.owner)}
    world.set_policy(moderator_roles=frozenset({roles["curator"].id}), rater_age_days=0)
    elsewhere = env.create_guild("Elsewhere")
    boss = elsewhere.create_role("Boss", permissions=discord.Permissions(administrator=True))
    elsewhere.add_member(users["guest"], roles=[boss])
    for command in env.backend.commands[None].values():
        guild.set_command_permissions(int(command["id"]), {guild.default_role: True})
    await env.settle()
    return House(world, things, people)


KINDS = {"controls": CONTROLS_USED, "forms": FORMS_USED, "commands": COMMANDS_USED, "menus": MENUS_USED}


def test_every_control_form_and_command_stands_in_the_table() -> None:
    """With what it needs."""
    listed = {entry.name: entry.needs for entry in CONTROLS_USED}
    assert {control.__name__: control.needs for control in CONTROLS} == listed
    assert {form.kind: form.needs for form in FORMS} == {entry.name: entry.needs for entry in FORMS_USED}
    tree = build_tree(discord.Client(intents=discord.Intents.none()))
    commands = [command for command in tree.walk_commands() if isinstance(command, app_commands.Command)]
    assert {command.qualified_name for command in commands} == {entry.name for entry in COMMANDS_USED}
    menus = tree.get_commands(type=discord.AppCommandType.message)
    assert {menu.name for menu in menus} == {entry.name for entry in MENUS_USED}
    offering = {
        (one.qualified_name, option.name) for one in commands for option in one.parameters if option.autocomplete
    }
    assert offering == {*OFFERING, *VOCABULARY}


def test_every_form_is_for_moderators_but_an_authors_appeal() -> None:
    """What is sent in is asked for again, not only what is opened."""
    assert {form.kind for form in FORMS if form.needs != "moderator"} == {appealed.kind}


def test_discord_offers_each_command_to_those_it_is_for(world: World) -> None:
    """Commands that Discord hides from members by itself; in code they are asked for again."""
    found: dict[str, set[str]] = {name: set() for name in COMMANDS_FOR}
    for command in build_tree(discord.Client(intents=discord.Intents.none())).get_commands():
        assert not isinstance(command, app_commands.Command) or command.guild_only
        wanted = command.default_permissions
        names = [name for name, value in wanted if value] if wanted else ["everybody"]
        found[names[0]].add(command.name)
    assert found == COMMANDS_FOR


@pytest.mark.parametrize("kind", KINDS)
async def test_who_lacks_the_right_changes_nothing_and_is_told_alone(house: House, kind: str) -> None:
    """In every role that doesn't have it: no word of what is there, nothing stored, and a sentence for them only."""
    before, posts = state(house.world), _posted(house.world)
    for entry in KINDS[kind]:
        for name in people_without(entry):
            _refused(await entry.use(house.world, house.things, house.people[name]), entry, name)
        if entry.needs and entry.make is not None:
            control = entry.make(house.things)
            _refused(
                await press(house.world, house.people["admin"], control, ["1"], dm=True), entry, "outside of a server"
            )
    assert state(house.world) == before
    assert _posted(house.world) == posts


@pytest.mark.parametrize("kind", KINDS)
async def test_who_has_the_right_may_look(house: House, kind: str) -> None:
    """In every role that has it; what only shows something stores nothing."""
    before = state(house.world)
    for entry in (one for one in KINDS[kind] if not one.changes):
        await _let_through(house, entry)
        assert state(house.world) == before, entry.name


@pytest.mark.parametrize("entry", [one for one in ENTRIES if one.changes], ids=lambda one: one.name.replace(" ", "-"))
async def test_who_has_the_right_gets_it_done(house: House, entry: Entry) -> None:
    """In every role that has it; of those who do the same one after another, the first one does it."""
    before = state(house.world)
    await _let_through(house, entry)
    assert state(house.world) != before


async def test_facts_are_offered_to_moderators_alone(house: House) -> None:
    """Also where an admin shows the command to everybody."""
    for command, option in OFFERING:
        for name, who in house.people.items():
            offered = await who.autocomplete(house.world.channel, command, option, "")
            entitled = name in {*ALLOWED["moderator"], *ALLOWED["manage_guild"]}
            assert bool(offered) is entitled, (command, name)


def _take_role(house: House) -> None:
    role = house.world.guild.roles["helper"]
    house.world.env.backend.remove_member_role(house.world.guild.id, house.people["helper"].id, role.id)


def _take_permission(house: House) -> None:
    role = house.world.guild.roles["helper"]
    house.world.env.backend.edit_role(house.world.guild.id, role.id, {"permissions": 0})


def _strike_from_settings(house: House) -> None:
    house.world.set_policy(moderator_roles=frozenset())


@pytest.mark.parametrize(
    ("name", "take"),
    [("helper", _take_role), ("helper", _take_permission), ("curator", _strike_from_settings)],
    ids=["role", "permission", "settings"],
)
async def test_a_right_that_was_taken_while_a_form_was_open_is_gone(
    house: House, name: str, take: Callable[[House], None]
) -> None:
    """Asked for when the form comes, not when it was opened."""
    opened = await press(house.world, house.people[name], ItemButton(house.things.item, "edit"))
    assert opened.modal is not None
    take(house)
    await house.world.env.settle()
    before = state(house.world)
    results = [await house.people[name].submit_modal(opened, {"wording": "Stripes are no paint."})]
    results += [await one.use(house.world, house.things, house.people[name]) for one in FORMS_USED if one.needs]
    assert all(REFUSALS["moderator"] in said(result) for result in results)
    assert state(house.world) == before


def people_without(entry: Entry) -> set[str]:
    """Return the roles that may not use an entry."""
    return set(ALLOWED[None]) - set(ALLOWED[entry.needs])


def _refused(result: InteractionResult, entry: Entry, name: str) -> None:
    [answer] = told(result)
    assert REFUSALS[str(entry.needs)] in words(answer), (entry.name, name)
    assert answer.ephemeral, (entry.name, name)
    assert result.modal is None, (entry.name, name)
    assert SECRET not in words(answer), (entry.name, name)


async def _let_through(house: House, entry: Entry) -> None:
    for name in ALLOWED[entry.needs]:
        result = await entry.use(house.world, house.things, house.people[name])
        assert result.acknowledged, (entry.name, name)
        heard = said(result)
        assert not any(no in heard for no in (*REFUSALS.values(), "something went wrong")), (entry.name, name)


def _posted(world: World) -> int:
    """Return how many messages of Footnote's stand, those aside with which the tests bring controls."""
    return sum(words(message) != "Here." for message in world.bot_messages())
