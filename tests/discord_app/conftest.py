from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
import simcord

from bot.discord_app.controls import Control
from bot.discord_app.modals import Form
from bot.services.compute import MatchingWorker
from tests.discord_app.world import PATIENCE, Stage, World
from tests.fakes import FakeStore


@pytest.fixture
def controls() -> tuple[type[Control[Any]], ...]:
    """Buttons and selects of the tests themselves."""
    return ()


@pytest.fixture
def forms() -> tuple[Form, ...]:
    """Forms of the tests themselves."""
    return ()


@pytest.fixture
def stage(
    store: FakeStore, worker: MatchingWorker, controls: tuple[type[Control[Any]], ...], forms: tuple[Form, ...]
) -> Stage:
    """Everything behind the client."""
    return Stage(store, worker, controls=controls, forms=forms)


@pytest.fixture
async def env(stage: Stage) -> AsyncIterator[simcord.Env]:
    """A Discord in memory; an error that Footnote swallowed and no test looked at fails the test."""
    env = simcord.Env(stage.client(), settle_timeout=PATIENCE)
    stage.time.env = env
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
    env._raise_errors_since(env._errors_acknowledged)


@pytest.fixture
async def world(env: simcord.Env, stage: Stage) -> World:
    """A server with Footnote in it."""
    guild = env.create_guild()
    moderators = guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_messages=True, manage_guild=True)
    )
    world = World(
        env=env,
        stage=stage,
        guild=guild,
        channel=guild.create_text_channel("general"),
        member=guild.add_member(env.create_user("alice")),
        moderator=guild.add_member(env.create_user("mod"), roles=[moderators]),
    )
    await env.settle()  # Footnote has seen its new server
    return world


@pytest.fixture
def office(world: World) -> simcord.ChannelHandle:
    """A channel that moderators and Footnote see, and nobody else."""
    return world.private_channel("office")
