from __future__ import annotations

import pytest

from bot.discord_app.members.note_buttons import note_buttons
from bot.discord_app.sender import DiscordSender
from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone
from tests.discord_app.world import CLAIM, World

SENDING = ("POST", "/channels/*/messages")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, 10003, SourceGone),
        (404, 10008, SourceGone),
        (400, 50035, DeliveryRefused),
        (403, 50001, DeliveryRefused),
        (403, 160002, DeliveryRefused),
        (403, 160005, DeliveryRefused),
        (400, 50083, DeliveryRefused),
        (403, 0, DeliveryDelayed),
        (429, 0, DeliveryDelayed),
        (503, 0, DeliveryDelayed),
        (401, 0, DeliveryDelayed),
    ],
)
async def test_every_refusal_means_one_thing(world: World, status: int, code: int, kind: type[Exception]) -> None:
    """Each of Discord's answers is a post that is gone, a refusal for good, or a passing fault."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    [note] = world.notes
    [fact] = world.memory.facts.by_slug.values()
    sender = DiscordSender(world.client, world.stage.now, note_buttons)
    world.env.inject_error(*SENDING, status=status, code=code)

    with world.env._bot_scope(), pytest.raises(kind) as caught:
        await sender.send(note, fact, None)

    assert str(caught.value).endswith(".")


async def test_a_lost_connection_is_a_passing_fault(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no answer comes at all, the note is tried again."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    [note] = world.notes
    [fact] = world.memory.facts.by_slug.values()

    async def no_network(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(world.client.http, "request", no_network)
    with pytest.raises(DeliveryDelayed):
        await DiscordSender(world.client, world.stage.now, note_buttons).send(note, fact, None)


async def test_the_permission_for_threads_is_named(world: World) -> None:
    """In a thread another permission counts, and the sentence says which."""
    world.auto()
    thread = await world.thread(world.channel)
    world.env.inject_error(*SENDING, status=403, code=50013)
    await world.member.send(thread, CLAIM)
    await world.settle()

    cause = world.last_cause()
    assert cause == f"Footnote lacks the permission “Send Messages in Threads” in channel {thread.id}."
