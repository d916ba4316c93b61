from __future__ import annotations

from dataclasses import replace

import discord
import pytest
import simcord

from bot.domain.errors import FootnoteError
from bot.domain.review import ReviewState, Ruling
from tests.discord_app.world import CLAIM, World, buttons, words

OTHERWISE = "And they also say that the moon is made of cheese."


async def test_a_moderator_sees_the_oldest_item_with_all_that_matters(world: World) -> None:
    """Post, claim, note, confidence against the threshold, reasons and the way to the post are on the card."""
    post = await world.member.send(world.channel, CLAIM)
    card = await world.queue()

    shown = words(card)
    assert f"> {CLAIM}" in shown
    assert "**Claim**\nThe moon is made of cheese." in shown
    assert "The moon is made of rock." in shown
    assert "confidence 0.97, needed 0.90" in shown
    assert "the server's mode is queue" in shown
    assert post.jump_url in shown
    assert "Ruled on before here: never · approvals towards replying by itself: 0/5" in shown
    assert buttons(card) == [
        "footnote:rule:1:approve",
        "footnote:item:1:edit",
        *(f"footnote:rule:1:{ruling}" for ruling in ("wrong", "noclaim", "dismiss")),
        *(f"footnote:item:1:{act}" for act in ("assign", "escalate", "snooze")),
        "footnote:phrasing:1",
        *(f"footnote:item:1:{act}" for act in ("mute", "mute-channel")),
    ]


async def test_approving_posts_the_note_and_shows_the_next_item(world: World) -> None:
    """The ruling's outcome and the next item come in one card."""
    post = await world.member.send(world.channel, CLAIM)
    other = world.guild.create_text_channel("other")
    await world.member.send(other, OTHERWISE)
    card = await world.queue()
    result = await world.moderator.click(card, label="Approve")
    await world.settle()

    [note] = world.bot_messages()
    assert note.reference is not None
    assert note.reference.message_id == post.id
    assert "Approved by a moderator" in words(note)
    shown = words(card)
    assert "Item 1: Approved; the note is on its way." in shown
    assert "Review item 2" in shown
    assert buttons(card)[0] == "footnote:rule:2:approve"
    assert result.acknowledged


async def test_a_ruling_in_the_list_can_be_undone_at_once(world: World) -> None:
    """The button stands under what comes next."""
    await world.member.send(world.channel, CLAIM)
    card = await world.queue()
    await world.moderator.click(card, label="Wrong match")
    assert buttons(card) == ["footnote:undo:1", "footnote:near-miss:1"]
    await world.moderator.click(card, label="Undo")

    assert world.items[0].state is ReviewState.OPEN
    assert world.items[0].new.post_text == CLAIM


@pytest.mark.parametrize(
    ("label", "ruling"),
    [
        ("Wrong match", Ruling.WRONG_MATCH),
        ("Not a claim", Ruling.NOT_A_CLAIM),
        ("Dismiss", Ruling.DISMISS),
    ],
)
async def test_other_rulings_post_nothing(world: World, label: str, ruling: Ruling) -> None:
    """An item can be closed without a note, and the queue says that it is empty."""
    await world.member.send(world.channel, CLAIM)
    card = await world.queue()
    await world.moderator.click(card, label=label)
    await world.settle()

    assert not world.bot_messages()
    assert world.items[0].ruling is ruling
    assert world.items[0].ruled_by == world.moderator.id
    assert words(card).endswith("**The queue is empty**")


async def test_a_ruling_works_after_a_restart(world: World) -> None:
    """A card that was open during a restart still rules, several times in a row."""
    for name, text in (("one", CLAIM), ("two", OTHERWISE)):
        await world.member.send(world.guild.create_text_channel(name), text)
    card = await world.queue()
    await world.restart()
    for _ in range(2):
        await world.moderator.click(card, label="Dismiss")

    assert [item.state for item in world.items] == [ReviewState.CLOSED, ReviewState.CLOSED]


async def test_of_two_moderators_one_wins_and_the_other_is_told(world: World) -> None:
    """Two cards show the same item; one ruling counts, one note is posted."""
    second = _moderator(world, "second")
    await world.member.send(world.channel, CLAIM)
    first_card, second_card = await world.queue(), await world.queue(second)
    await world.moderator.click(first_card, label="Approve")
    await second.click(second_card, label="Wrong match")
    await world.settle()

    assert len(world.bot_messages()) == 1
    assert world.items[0].ruling is Ruling.APPROVE
    assert "Already closed as approve by another moderator." in words(second_card)


async def test_a_member_does_not_even_see_the_command(world: World) -> None:
    """Discord hides the queue from members who may not manage messages."""
    assert "queue" not in world.member.available_commands(world.channel)


async def test_a_member_is_refused_where_discord_lets_them_through(world: World) -> None:
    """Admins can open the command to everybody; the code still asks for the permission."""
    await world.member.send(world.channel, CLAIM)
    world.open_to_member("queue")
    result = await world.member.slash(world.channel, "queue")

    assert words(result.response) == (
        "This is for the server's moderators: it needs the permission “Manage Messages” in this server, "
        "or one of its moderator roles."
    )


async def test_who_lost_the_permission_cannot_rule_any_more(world: World) -> None:
    """The permission is asked for at every click."""
    await world.member.send(world.channel, CLAIM)
    card = await world.queue()
    world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})
    result = await world.moderator.click(card, label="Approve")
    await world.settle()

    assert "This is for the server's moderators" in words(result.response)
    assert world.items[0].state is ReviewState.OPEN
    assert not world.bot_messages()


async def test_a_permission_in_one_channel_opens_no_queue(world: World) -> None:
    """The queue shows posts of the whole server."""
    allow = discord.PermissionOverwrite(manage_messages=True)
    channel = world.guild.create_text_channel("small", overwrites={world.member: allow})
    result = await world.member.slash(channel, "queue")

    assert "This is for the server's moderators" in words(result.response)


async def test_posts_of_channels_that_a_moderator_cannot_see_stay_hidden(world: World) -> None:
    """A private channel's posts are for those who can read it; the next visible item is shown instead."""
    deny = discord.PermissionOverwrite(view_channel=False)
    secret = world.guild.create_text_channel("secret", overwrites={world.guild.roles["Moderators"]: deny})
    await world.member.send(secret, CLAIM)
    await world.member.send(world.channel, CLAIM)
    card = await world.queue()
    assert "Review item 2" in words(card)
    await world.moderator.click(card, label="Dismiss")

    assert "The queue is empty" in words(card)
    assert world.items[0].state is ReviewState.OPEN


async def test_an_item_whose_fact_was_retired_can_only_be_dismissed(world: World) -> None:
    """A retired fact posts no note."""
    await world.member.send(world.channel, CLAIM)
    facts = world.memory.facts.by_slug
    facts["moon-cheese"] = replace(facts["moon-cheese"], retired=True)

    assert buttons(await world.queue()) == ["footnote:rule:1:dismiss"]


async def test_the_longest_card_stays_within_the_limits(world: World) -> None:
    """A post and a fact that are all markdown still fit into one message."""
    facts = world.memory.facts.by_slug
    [fact] = facts.values()
    source = replace(fact.citations[0].source, publisher="P*" * 200, title="_" * 400, url="https://e.org/" + "a" * 900)
    more = tuple(replace(fact.citations[0], source=replace(source, key=str(key))) for key in range(5))
    facts[fact.slug] = replace(fact, claim="*" * 900, correction="_" * 900, citations=more)
    await world.member.send(world.channel, CLAIM + "\n*" * 900)
    [item] = world.items
    world.memory.reviews.by_id[1] = replace(item, new=replace(item.new, reasons=("*~" * 300,) * 9))

    assert 2000 < len(words(await world.queue())) <= 4000


async def test_a_broken_ruling_ends_in_an_apology_and_leaves_the_card(world: World) -> None:
    """The item stays open and the moderator is told."""
    await world.member.send(world.channel, CLAIM)
    card = await world.queue()
    world.store.fail_next.append(FootnoteError("locked"))
    result = await world.moderator.click(card, label="Approve")

    assert "something went wrong" in words(result.followups[0])
    assert world.items[0].state is ReviewState.OPEN


def _moderator(world: World, name: str) -> simcord.MemberActor:
    return world.guild.add_member(world.env.create_user(name), roles=[world.guild.roles["Moderators"]])
