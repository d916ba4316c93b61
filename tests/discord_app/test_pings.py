from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.fact import Citation, Fact
from tests.builders import A_SOURCE, a_fact
from tests.discord_app.world import World, words

HOSTILE = "@everyone @here <@{id}> <@&{id}> **loud** [click](https://evil.example) ||spoiler|| # big"


@pytest.fixture
def fact() -> Fact:
    """A fact whose every part tries to ping, to format and to link."""
    text = HOSTILE.format(id=123456789012345678)
    source = replace(A_SOURCE, publisher=text, title=text, url="https://moon.example/a)b c")
    return a_fact(correction=text, citations=(Citation(source, text),), verdict_label=text, context=text)


async def test_a_note_pings_nobody(world: World) -> None:
    """Neither the fact's words nor the reply itself mention anybody, whatever they contain."""
    world.auto()
    await world.member.send(world.channel, "The moon is made of cheese. " + HOSTILE.format(id=world.moderator.id))
    await world.settle()

    [note] = world.bot_messages()
    stored = world.env.backend.get_message(world.channel.id, note.id)
    assert not stored.ping_user_ids
    assert not stored.ping_role_ids
    assert not stored.mention_everyone
    assert not note.mentions
    assert not note.role_mentions
    assert world.sent[0]["allowed_mentions"] == {"parse": [], "replied_user": False}


async def test_a_note_shows_hostile_words_letter_by_letter(world: World) -> None:
    """No markdown of a fact works, and no link but the source's."""
    world.auto()
    await world.member.send(world.channel, "The moon is made of cheese.")
    await world.settle()

    shown = words(world.bot_messages()[0])
    assert "@everyone" not in shown
    assert "<@123456789012345678>" not in shown
    assert "\\*\\*loud\\*\\*" in shown
    assert "](https://evil.example)" not in shown
    assert "](<https://moon.example/a%29b%20c>)" in shown


async def test_the_queue_shows_a_hostile_post_letter_by_letter(world: World) -> None:
    """A post can't break out of its quotation."""
    await world.member.send(world.channel, "The moon is made of cheese.\n# big\n>>> " + HOSTILE.format(id=1))
    shown = words(await world.list_queue())
    assert "@everyone" not in shown
    assert "\\# big \\>\\>\\>" in shown
    shown = words(await world.queue())
    assert "@everyone" not in shown
    assert "\n> \\# big" in shown
    assert "\n> \\>\\>\\>" in shown
