from __future__ import annotations

from datetime import timedelta

import discord
import pytest
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.domain.audit import Act
from bot.domain.policy import FactLimit, Mode
from bot.domain.review import ReviewState, Ruling
from tests.builders import a_fact
from tests.discord_app.world import CLAIM, World, buttons, words

OTHERWISE = "And they also say that the moon is made of cheese."


async def test_a_match_gets_a_card_with_its_author_and_all_buttons(world: World) -> None:
    """Who wrote it, where, the note and the reasons stand in the moderators' channel, and nobody is pinged."""
    queue = world.queue_channel()
    post = await world.member.send(world.channel, CLAIM)
    [card] = world.bot_messages(queue)

    shown = words(card)
    assert f"<@{world.member.id}> in <#{world.channel.id}>" in shown
    assert post.jump_url in shown
    assert f"> {CLAIM}" in shown
    assert len(buttons(card)) == 11
    stored = world.env.backend.get_message(queue.id, card.id)
    assert not stored.ping_user_ids
    assert not stored.ping_role_ids


async def test_repeats_share_one_card_and_copies_one_ruling(world: World) -> None:
    """Two posts with the same words are ruled on at once; another on the same claim comes next on the card."""
    queue = world.queue_channel()
    for name in ("one", "two"):
        await world.member.send(world.guild.create_text_channel(name), CLAIM)
    await world.member.send(world.channel, OTHERWISE)
    [card] = world.bot_messages(queue)
    assert "3 posts on this claim" in words(card)
    assert "**More posts on this claim**" in words(card)

    await world.moderator.click(card, label="Approve")
    await world.settle()
    [card] = world.bot_messages(queue)
    assert "Review item 3" in words(card)
    assert f"Last: approve of item 1 by <@{world.moderator.id}>" in words(card)
    assert [item.ruling for item in world.items] == [Ruling.APPROVE, Ruling.APPROVE, None]
    assert "approvals towards replying by itself: 1/5" in words(card)


async def test_a_ruled_card_says_who_what_and_when_and_forgets_the_words(world: World) -> None:
    """The post's words go from the card too, and for a while the ruling can be undone."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    [card] = world.bot_messages(queue)
    await world.moderator.click(card, label="Dismiss")
    [card] = world.bot_messages(queue)

    assert f"**Dismiss** · item 1 · by <@{world.moderator.id}>" in words(card)
    assert CLAIM not in words(card)
    assert buttons(card) == ["footnote:undo:1"]
    await world.env.advance_time(timedelta(minutes=17).total_seconds())
    [card] = world.bot_messages(queue)
    assert buttons(card) == []
    assert world.memory.cards.by_key == {}


async def test_a_ruled_card_leads_to_the_next_one(world: World) -> None:
    """The most urgent of what still waits is a click away."""
    sun = a_fact(slug="sun-cold", claim="The sun is cold.", phrasings=())
    world.memory.facts.by_slug["sun-cold"] = sun
    world.learn(sun)
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    await world.member.send(world.channel, "The sun is cold.")
    first, second = world.bot_messages(queue)
    await world.moderator.click(first, label="Dismiss")

    assert f"Next: [the most urgent card]({second.jump_url})" in words(world.bot_messages(queue)[0])


async def test_an_undone_approval_takes_the_note_down_and_waits_again(world: World) -> None:
    """The words of the post are fetched anew, for they were forgotten."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    [card] = world.bot_messages(queue)
    await world.moderator.click(card, label="Approve")
    await world.settle()
    assert len(world.bot_messages()) == 1

    result = await world.moderator.click(world.bot_messages(queue)[0], label="Undo")
    await world.settle()
    assert "Undone" in words(result.followups[0])
    assert world.bot_messages() == []
    [card] = world.bot_messages(queue)
    assert f"> {CLAIM}" in words(card)
    assert world.items[0].state is ReviewState.OPEN


async def test_an_undo_of_a_post_that_is_gone_is_refused(world: World) -> None:
    """There is nothing left to rule on."""
    queue = world.queue_channel()
    post = await world.member.send(world.channel, CLAIM)
    await world.moderator.click(world.bot_messages(queue)[0], label="Dismiss")
    await world.member.delete(post)
    result = await world.moderator.click(world.bot_messages(queue)[0], label="Undo")

    assert "The post is gone" in words(result.followups[0])
    assert world.items[0].state is ReviewState.CLOSED


async def test_edit_and_approve_posts_the_moderators_words(world: World) -> None:
    """The form holds the correction to begin with; the fact stays as it is."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    opened = await world.moderator.click(world.bot_messages(queue)[0], label="Edit and approve")
    await world.moderator.submit_modal(opened, {"wording": "It is rock, mostly."})
    await world.settle()

    [note] = world.bot_messages()
    assert "It is rock, mostly." in words(note)
    assert "The Lunar Society" in words(note)
    assert world.memory.facts.by_slug["moon-cheese"].correction == "The moon is made of rock."
    assert world.items[0].ruling is Ruling.EDIT


async def test_a_form_that_was_open_during_a_restart_still_counts(world: World) -> None:
    """What was typed is not lost."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    opened = await world.moderator.click(world.bot_messages(queue)[0], label="Edit and approve")
    await world.restart()
    await world.moderator.submit_modal(opened, {"wording": "It is rock, mostly."})
    await world.settle()

    assert "It is rock, mostly." in words(world.bot_messages()[0])


async def test_a_wrong_match_can_become_a_near_miss(world: World) -> None:
    """A moderator agrees to the words first; the server then has its own version of the fact, with them."""
    queue = world.queue_channel()
    await world.member.send(world.channel, f"In my novel: {CLAIM}")
    await world.moderator.click(world.bot_messages(queue)[0], label="Wrong match")
    [card] = world.bot_messages(queue)
    assert buttons(card) == ["footnote:undo:1", "footnote:near-miss:1"]
    opened = await world.moderator.click(card, label="New near miss")
    words_of_it = "In my novel the moon is a big cheese."
    await world.moderator.submit_modal(opened, {"text": words_of_it, "kind": ["other topic"]})

    [own] = [fact for fact in world.memory.facts.by_slug.values() if fact.guild_id == world.guild.id]
    assert own.overrides == "moon-cheese"
    assert words_of_it in {miss.text for miss in own.near_misses}


async def test_a_post_can_become_a_phrasing_from_its_card(world: World) -> None:
    """The item still waits afterwards."""
    queue = world.queue_channel()
    await world.member.send(world.channel, f"{CLAIM} Really.")
    opened = await world.moderator.click(world.bot_messages(queue)[0], label="New phrasing")
    await world.moderator.submit_modal(opened, {"text": "They say the moon is a really big cheese."})

    [own] = [fact for fact in world.memory.facts.by_slug.values() if fact.guild_id == world.guild.id]
    assert "They say the moon is a really big cheese." in own.phrasings
    assert world.items[0].state is ReviewState.OPEN


async def test_assigning_tells_who_has_it_and_expires(world: World) -> None:
    """Another moderator is told whose it is; the same one gives it up; after two hours it is anybody's."""
    queue = world.queue_channel()
    second = _moderator(world, "second")
    await world.member.send(world.channel, CLAIM)
    await world.moderator.click(world.bot_messages(queue)[0], label="Assign to me")
    [card] = world.bot_messages(queue)
    assert f"taken by <@{world.moderator.id}>" in words(card)
    result = await second.click(card, label="Give up")
    assert f"This is <@{world.moderator.id}>'s until" in words(result.followups[0])

    await world.env.advance_time(timedelta(hours=2, minutes=2).total_seconds())
    [card] = world.bot_messages(queue)
    assert "taken by" not in words(card)
    await second.click(card, label="Assign to me")
    assert f"taken by <@{second.id}>" in words(world.bot_messages(queue)[0])


async def test_escalating_names_the_role_and_comes_first(world: World) -> None:
    """The role is named, not pinged."""
    queue = world.queue_channel()
    role = world.guild.create_role("Elders")
    world.set_policy(escalation_role=role.id)
    await world.member.send(world.channel, CLAIM)
    [card] = world.bot_messages(queue)
    await world.moderator.click(card, label="Escalate")
    [card] = world.bot_messages(queue)
    assert f"**escalated** <@&{role.id}>" in words(card)
    assert not world.env.backend.get_message(queue.id, card.id).ping_role_ids
    result = await world.moderator.click(card, label="Escalate")
    assert "escalated already" in words(result.followups[0])


async def test_a_snoozed_item_comes_back(world: World) -> None:
    """Its card says until when; then a new one stands at the end of the channel."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    opened = await world.moderator.click(world.bot_messages(queue)[0], label="Snooze")
    await world.moderator.submit_modal(opened, {"hours": ["4"]})
    [card] = world.bot_messages(queue)
    assert "**Snooze until <t:" in words(card)
    assert "The queue" not in words(await world.list_queue(state="snoozed"))

    await world.env.advance_time(timedelta(hours=4, minutes=2).total_seconds())
    assert [f"> {CLAIM}" in words(card) for card in world.bot_messages(queue)] == [False, True]


@pytest.mark.parametrize(("label", "everywhere"), [("Mute fact here", True), ("Mute in channel", False)])
async def test_muting_a_fact_closes_what_waits_and_keeps_it_quiet(
    world: World, label: str, *, everywhere: bool
) -> None:
    """In the server or in the channel; elsewhere it goes on."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    result = await world.moderator.click(world.bot_messages(queue)[0], label=label)
    assert "Muted in" in words(result.followups[0])
    assert world.items[0].ruling is Ruling.DISMISS

    await world.member.send(world.channel, CLAIM)
    await world.member.send(world.guild.create_text_channel("other"), CLAIM)
    assert len(world.items) == (1 if everywhere else 2)
    place = None if everywhere else world.channel.id
    assert await world.memory.policies.limits(world.guild.id) == [
        FactLimit(world.guild.id, "moon-cheese", Mode.OFF, place)
    ]
    assert Act.FACT_LIMITED in {event.new.act for event in world.memory.audit.events}


async def test_a_card_deleted_by_hand_is_posted_again(world: World) -> None:
    """What waits stays in sight."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    [card] = world.bot_messages(queue)
    await world.moderator.delete(card)
    [again] = world.bot_messages(queue)

    assert again.id != card.id
    assert f"> {CLAIM}" in words(again)


async def test_a_restart_repairs_the_cards_and_says_so(world: World) -> None:
    """A card that was deleted while Footnote was away is posted again, and the channel is told."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    [card] = world.bot_messages(queue)
    await world.stop()
    await world.moderator.delete(card)
    await world.restart()
    shown = [words(message) for message in world.bot_messages(queue)]

    assert f"> {CLAIM}" in shown[0]
    assert shown[1] == "After its start Footnote posted 1 missing card again."
    assert world.memory.audit.events[-1].new.act is Act.REPAIRED
    await world.restart()
    assert len(world.bot_messages(queue)) == 2


async def test_a_post_deleted_while_footnote_was_away_is_closed(world: World) -> None:
    """Its card says so after the start, without its words."""
    queue = world.queue_channel()
    post = await world.member.send(world.channel, CLAIM)
    await world.stop()
    await world.member.delete(post)
    await world.restart()
    await world.env.settle()

    assert world.items[0].ruling is Ruling.SOURCE_GONE
    card = world.bot_messages(queue)[0]
    assert "**Source gone** · item 1 · by the program" in words(card)
    assert CLAIM not in words(card)


async def test_a_queue_channel_that_vanished_is_forgotten_and_the_queue_goes_on(world: World) -> None:
    """Its deletion is audited; ``/queue`` still shows what waits."""
    queue = world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    world.env.backend.delete_channel(queue.id)
    await world.env.settle()
    await world.member.send(world.guild.create_text_channel("other"), OTHERWISE)
    await world.settle()

    assert world.memory.policies.by_guild[world.guild.id].queue_channel is None
    assert Act.REPAIRED in {event.new.act for event in world.memory.audit.events}
    assert "Review item 1" in words(await world.queue())


async def test_a_queue_channel_that_refuses_loses_nothing(world: World) -> None:
    """Without the permission no card can be posted; with it, it comes."""
    queue = world.queue_channel()
    view, send = discord.Permissions(view_channel=True).value, discord.Permissions(send_messages=True).value
    assert world.client.user is not None
    me = (world.client.user.id, OverwriteType.MEMBER)
    world.env.backend.set_overwrite(queue.id, Overwrite(*me, allow=view, deny=send))
    await world.member.send(world.channel, CLAIM)
    assert world.bot_messages(queue) == []
    assert f"lacks the permission “Send Messages” in channel {queue.id}" in words(await world.list_queue())
    assert "Review item 1" in words(await world.queue())

    world.env.backend.set_overwrite(queue.id, Overwrite(*me, allow=view))
    await world.env.advance_time(timedelta(minutes=6).total_seconds())
    assert len(world.bot_messages(queue)) == 1
    assert "lacks the permission" not in words(await world.list_queue())


async def test_words_of_a_private_channel_stay_out_of_the_queue_channel(world: World) -> None:
    """Not every moderator may read them; the card links to the post."""
    queue = world.queue_channel()
    hidden = discord.PermissionOverwrite(view_channel=False)
    shown_to = discord.PermissionOverwrite(view_channel=True)
    secret = world.guild.create_text_channel(
        "secret", overwrites={world.guild.roles["@everyone"]: hidden, world.member: shown_to}
    )
    post = await world.member.send(secret, CLAIM)
    [card] = world.bot_messages(queue)

    assert CLAIM not in words(card)
    assert "not every moderator sees" in words(card)
    assert post.jump_url in words(card)


@pytest.mark.parametrize("label", ["Approve", "Edit and approve", "Assign to me", "Mute fact here"])
async def test_who_does_not_see_the_channel_does_not_rule_on_its_posts(world: World, label: str) -> None:
    """The card links to the post; ruling on it is for those who can read it."""
    queue = world.queue_channel()
    hidden = discord.PermissionOverwrite(view_channel=False)
    secret = world.guild.create_text_channel("secret", overwrites={world.guild.roles["Moderators"]: hidden})
    await world.member.send(secret, CLAIM)
    result = await world.moderator.click(world.bot_messages(queue)[0], label=label)

    answer = result.response if label == "Edit and approve" else result.followups[0]
    assert "not in a channel that you can see" in words(answer)
    assert world.items[0].state is ReviewState.OPEN
    assert world.items[0].assigned_to is None
    assert not world.memory.policies.fact_limits


async def test_copies_in_channels_that_a_moderator_does_not_see_keep_waiting(world: World) -> None:
    """A ruling reaches only as far as its moderator sees."""
    queue = world.queue_channel()
    hidden = discord.PermissionOverwrite(view_channel=False)
    secret = world.guild.create_text_channel("secret", overwrites={world.guild.roles["Moderators"]: hidden})
    await world.member.send(world.channel, CLAIM)
    await world.member.send(secret, CLAIM)
    await world.moderator.click(world.bot_messages(queue)[0], label="Approve")

    assert [item.state for item in world.items] == [ReviewState.CLOSED, ReviewState.OPEN]


async def test_a_post_in_a_thread_gets_a_card_and_a_note(world: World) -> None:
    """The note goes into the thread."""
    queue = world.queue_channel()
    thread = await world.thread(world.channel)
    await world.member.send(thread, CLAIM)
    [card] = world.bot_messages(queue)
    assert f"> {CLAIM}" in words(card)
    await world.moderator.click(card, label="Approve")
    await world.settle()

    assert len(world.bot_messages(thread)) == 1


async def test_a_member_who_finds_a_card_gets_a_polite_no(world: World) -> None:
    """The permission is asked for at every click, whoever sees the card."""
    queue = world.guild.create_text_channel("open-queue")
    world.set_policy(queue_channel=queue.id)
    await world.member.send(world.channel, CLAIM)
    [card] = world.bot_messages(queue)
    for label in ("Approve", "Edit and approve", "Assign to me", "Snooze", "Mute fact here"):
        result = await world.member.click(card, label=label)
        assert "This is for the server's moderators" in words(result.response)
    assert world.items[0].state is ReviewState.OPEN


async def test_a_moderators_role_lets_rule_without_manage_messages(world: World) -> None:
    """The server says who its moderators are."""
    role = world.guild.create_role("Curators")
    curator = world.guild.add_member(world.env.create_user("carol"), roles=[role])
    queue = world.guild.create_text_channel("open-queue")
    world.set_policy(moderator_roles=frozenset({role.id}), queue_channel=queue.id)
    await world.member.send(world.channel, CLAIM)
    await curator.click(world.bot_messages(queue)[0], label="Dismiss")

    assert world.items[0].ruled_by == curator.id


async def test_a_ruling_on_the_card_beats_one_that_comes_later(world: World) -> None:
    """Who had the item open elsewhere is told, and one note is posted."""
    queue = world.queue_channel()
    second = _moderator(world, "second")
    await world.member.send(world.channel, CLAIM)
    mine = await world.queue(second)
    await world.moderator.click(world.bot_messages(queue)[0], label="Approve")
    await second.click(mine, label="Wrong match")
    await world.settle()

    assert "Already closed as approve by another moderator." in words(mine)
    assert len(world.bot_messages()) == 1
    assert world.items[0].ruling is Ruling.APPROVE


async def test_the_longest_card_fits(world: World) -> None:
    """All parts at their longest, all markdown, with five more posts: within Discord's 4000 characters."""
    queue = world.queue_channel()
    facts = world.memory.facts.by_slug
    facts["moon-cheese"] = a_fact(claim="*" * 300, correction="_" * 280)
    for place in range(7):
        await world.member.send(world.guild.create_text_channel(f"c{place}"), f"{CLAIM} {place} " + "*_" * 900)
    [card] = world.bot_messages(queue)

    assert len(words(card)) <= 4000


def _moderator(world: World, name: str) -> simcord.MemberActor:
    return world.guild.add_member(world.env.create_user(name), roles=[world.guild.roles["Moderators"]])
