"""A server in which there is one of everything that a control, a form or a command can be about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import discord
import simcord
from simcord.backend import serializers
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from bot.discord_app.controls import Control
from bot.discord_app.layouts import text_layout
from bot.discord_app.modals import Form
from bot.domain.fact import Citation
from bot.domain.policy import FactLimit, Mode, Stop
from bot.domain.review import Ruling
from tests.builders import A_SOURCE
from tests.discord_app.fact_world import follow
from tests.discord_app.world import World, words

SECRET = "zebra"
"""A word that stands in everything that only this server may see."""
CLAIM = "A zebra is a horse in painted pyjamas."
_COMPONENT, _SUBMIT = 3, 5


@dataclass(frozen=True, slots=True)
class Things:
    """The ids of what is there."""

    slug: str
    note: int
    item: int
    ruling: int
    appeal: int
    request: int
    draft: int
    repair: int
    file: int
    role: int
    channel: int
    note_message: discord.Message
    post: discord.Message


async def furnish(world: World) -> Things:
    """Put one of everything into the server, through the services that make it."""
    services, guild, mod = world.client.services, world.guild.id, world.moderator.id
    follow(world)
    draft = await services.drafts.begin(guild, mod, claim=CLAIM)
    assert draft is not None
    cited = (Citation(A_SOURCE, "A zebra has stripes."),)
    await services.drafts.change(
        draft.id,
        guild,
        lambda fact: replace(fact, correction="It has stripes.", true_statement="It is striped.", citations=cited),
    )
    saved = await services.edits.save(draft.id, guild, by=mod)
    assert saved.fact is not None, saved.message
    slug = saved.fact.slug
    world.auto()
    post = await world.member.send(world.channel, f"{CLAIM} {SECRET}-post")
    await world.settle()
    [note] = world.notes
    [shown] = world.bot_messages()
    heard = await services.appeals.not_said(note.id, guild_id=guild, author_id=world.member.id)
    assert heard.done, heard.message
    world.set_policy(mode=Mode.QUEUE)
    for number in range(2):
        await world.member.send(world.channel, f"{CLAIM} {SECRET}-{number}")
    await world.env.settle()
    first, second = world.items
    ruled = await services.rulings.rule(first.id, guild_id=guild, ruling=Ruling.WRONG_MATCH, by=mod)
    asked = await services.requests.ask(guild, f"Is the {SECRET} a fish?", by=world.member.id)
    open_draft = await services.drafts.begin(guild, mod, slug=slug)
    await services.edits.add_phrasing(guild, slug, "Every zebra is a painted pony.", by=mod)
    begun = await services.repairs.repair(guild, slug, by=mod)
    await services.edits.add_phrasing(guild, slug, "Painted ponies are what a zebra is.", by=mod)
    file = services.pending_imports.add(b"{}", f"{SECRET}.json", guild_id=guild, by=mod)
    await services.policies.limit(FactLimit(guild, slug, Mode.QUEUE), by=mod)
    world.set_policy(stop=Stop(world.stage.now(), f"two wrong ones about the {SECRET}"))
    await world.env.settle()
    assert ruled.event_id is not None
    assert asked.request is not None
    assert open_draft is not None
    assert begun.repair_id is not None
    [appeal] = world.memory.appeals.by_id.values()
    return Things(
        slug=slug,
        note=note.id,
        item=second.id,
        ruling=ruled.event_id,
        appeal=appeal.id,
        request=asked.request.id,
        draft=open_draft.id,
        repair=begun.repair_id,
        file=file,
        role=world.guild.roles["Moderators"].id,
        channel=world.channel.id,
        note_message=shown,
        post=post,
    )


def state(world: World) -> str:
    """Return all that is stored, and what waits in memory, to be compared."""
    waiting = sorted(world.client.services.pending_imports._kept)
    return f"{world.memory!r} {waiting}"


async def press(
    world: World, who: simcord.MemberActor, control: Control[Any], values: list[str] | None = None, *, dm: bool = False
) -> InteractionResult:
    """Use a control as its message's custom id alone allows: what a client would not offer is sent, too."""
    place = world.client.get_partial_messageable(who.guild.channels["general"].id, guild_id=who.guild.id)
    message = await place.send(view=text_layout("Here.", buttons=[control]))
    item = control.item
    data: dict[str, Any] = {"custom_id": control.custom_id, "component_type": item.type.value}
    if not isinstance(item, discord.ui.Button):
        data["values"] = (
            [item.options[0].value] if values is None and isinstance(item, discord.ui.Select) else values or []
        )
        data["resolved"] = {}
    return await dispatch(world, who, _COMPONENT, data, message=message, dm=dm)


async def submit(
    world: World, who: simcord.MemberActor, form: Form, argument: str, values: dict[str, str], *, dm: bool = False
) -> InteractionResult:
    """Send a form in that was never opened."""
    fields = [
        {"type": 18, "component": {"type": 3, "custom_id": name, "values": [value]}}
        if name in {"hours", "kind", "verdict"}
        else {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
        for name, value in values.items()
    ]
    data = {"custom_id": f"footnote:modal:{form.kind}:{argument}", "components": fields}
    return await dispatch(world, who, _SUBMIT, data, dm=dm)


async def dispatch(
    world: World,
    who: simcord.MemberActor,
    kind: int,
    data: dict[str, Any],
    *,
    message: discord.Message | None = None,
    dm: bool = False,
) -> InteractionResult:
    """Send a raw interaction, as the gateway would bring it: in the member's server, or in none."""
    backend = world.env.backend
    place = who.guild.channels["general"].id
    guild_id = None if dm else who.guild.id
    record, payload = base_payload(backend, type=kind, channel_id=place, guild_id=guild_id, user_id=who.id, data=data)
    if message is not None:
        stored = backend.get_message(message.channel.id, message.id)
        payload["message"] = dict(serializers.message_payload(backend, stored))
        record.source_message_id = message.id
    backend.emit("INTERACTION_CREATE", payload)
    await world.env.settle()
    return InteractionResult(world.env, record)


def told(result: InteractionResult) -> list[simcord.ResponseMessage]:
    """Return every answer to an interaction."""
    return [answer for answer in (result.response, *result.followups) if answer is not None]


def said(result: InteractionResult) -> str:
    """Return all that the answers to an interaction say, forms included."""
    return "\n".join([*(words(answer) for answer in told(result)), str(result.modal or "")])
