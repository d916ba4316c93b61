from __future__ import annotations

from dataclasses import replace

import discord
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.domain.policy import Mode
from bot.domain.review import Ruling
from tests.builders import a_fact
from tests.discord_app.world import CLAIM, World, buttons, words

UNDO = "footnote:undo:"


async def _shadowed(world: World, count: int = 1) -> list[discord.Message]:
    """Post the claim in so many channels of a server in shadow mode."""
    world.set_policy(mode=Mode.SHADOW)
    channels = [world.channel, *(world.guild.create_text_channel(f"c{n}") for n in range(1, count))]
    posts = [await world.member.send(channel, f"{CLAIM} {n}") for n, channel in enumerate(channels)]
    await world.settle()
    assert not world.bot_messages()
    return posts


async def _report(world: World, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    result = await (who or world.moderator).slash(world.channel, "shadow report")
    assert result.ephemeral
    assert result.response is not None
    return result.response


class TestReport:
    async def test_a_note_is_shown_with_all_that_a_ruling_needs(self, world: World) -> None:
        """How many there are and how good it was, the post as it stands, the claim, and why it matched."""
        [post] = await _shadowed(world)
        card = await _report(world)

        shown = words(card)
        assert shown.splitlines()[0] == "**1 note of shadow mode to rule on** · none was judged yet"
        assert f"> {CLAIM} 0" in shown
        assert "**Claim**\nThe moon is made of cheese." in shown
        assert "confidence 0.97, needed 0.90" in shown
        assert "Words in common: The, moon, is, a, big, cheese." in shown
        assert f"<#{world.channel.id}> · [go to the post]({post.jump_url})" in shown
        ids = [f"footnote:judge:1:{ruling}" for ruling in ("right", "wrong", "noclaim")]
        assert buttons(card) == [*ids, "footnote:shadow:1"]

    async def test_a_ruling_shows_the_next_note_and_the_record(self, world: World) -> None:
        """Every ruling counts in the first line; the last one leads to an empty list."""
        await _shadowed(world, 3)
        card = await _report(world)
        assert "Note 3 would have been posted" in words(card)
        await world.moderator.click(card, label="Right")
        assert words(card).splitlines()[:2] == [
            "**2 notes of shadow mode to rule on** · so far 100% right: 1 of 1 judged (95% interval 20.7% to 100%)",
            "-# Note 3: Noted as right.",
        ]
        assert "Note 2 would have been posted" in words(card)
        await world.moderator.click(card, label="Wrong match")
        await world.moderator.click(card, label="Not a claim")

        assert words(card).startswith("**No note of shadow mode to rule on** · so far 33.3% right: 1 of 3 judged")
        rulings = [note.ruling for note in world.notes]
        assert rulings == [Ruling.NOT_A_CLAIM, Ruling.WRONG_MATCH, Ruling.APPROVE]
        assert not world.bot_messages()

    async def test_next_goes_round_without_a_ruling(self, world: World) -> None:
        """After the oldest note comes the newest, also after a restart."""
        await _shadowed(world, 3)
        card = await _report(world)
        await world.restart()
        seen = []
        for _ in range(4):
            await world.moderator.click(card, label="Next")
            seen.append(words(card).split("**Note ")[1][0])
        assert seen == ["2", "1", "3", "2"]
        assert all(note.ruling is None for note in world.notes)

    async def test_a_ruling_can_be_undone_for_a_while(self, world: World) -> None:
        """After a restart too; a second click and one that comes too late are told so."""
        await _shadowed(world, 2)
        card = await _report(world)
        await world.moderator.click(card, label="Wrong match")
        [undo] = [custom_id for custom_id in buttons(card) if custom_id.startswith(UNDO)]
        await world.restart()
        said = await world.moderator.click(card, custom_id=undo)
        assert [words(one) for one in said.followups] == ["Undone."]
        said = await world.moderator.click(card, custom_id=undo)
        assert [words(one) for one in said.followups] == ["This was undone already."]
        assert all(note.ruling is None for note in world.notes)

        await world.moderator.click(card, label="Right")
        [undo] = [custom_id for custom_id in buttons(card) if custom_id.startswith(UNDO)]
        await world.env.advance_time(16 * 60)
        said = await world.moderator.click(card, custom_id=undo)
        assert "Too late" in words(said.followups[0])

    async def test_of_two_moderators_one_wins(self, world: World) -> None:
        """The other one is told, gets no undo, and goes on with the next note."""
        await _shadowed(world, 2)
        role = world.guild.roles["Moderators"]
        second = world.guild.add_member(world.env.create_user("second"), roles=[role])
        mine, theirs = await _report(world), await _report(world, second)
        await world.moderator.click(mine, label="Right")
        await second.click(theirs, label="Wrong match")

        assert "Note 2: Another moderator was first: approve." in words(theirs)
        assert "Note 1 would have been posted" in words(theirs)
        assert not any(custom_id.startswith(UNDO) for custom_id in buttons(theirs))
        assert world.notes[1].ruling is Ruling.APPROVE

    async def test_a_deleted_post_takes_its_note_off_the_list(self, world: World) -> None:
        """Nobody rules on what nobody can read; and where Footnote didn't hear of it, it says so."""
        first, second = await _shadowed(world, 2)
        await world.member.delete(second)
        card = await _report(world)
        assert "1 note of shadow mode" in words(card)
        world.env.backend.messages[first.channel.id].pop(first.id)
        card = await _report(world)

        assert "*The post is gone, or Footnote may not read it.*" in words(card)
        await world.moderator.click(card, label="Right")
        assert "No note of shadow mode" in words(card)

    async def test_discord_being_down_hides_the_post_alone(self, world: World) -> None:
        """The rest is there."""
        await _shadowed(world)
        world.env.inject_error("GET", "/channels/*/messages/*", status=500)
        card = await _report(world)

        assert "doesn't show the post at the moment" in words(card)
        assert "**Claim**\nThe moon is made of cheese." in words(card)

    async def test_posts_of_channels_that_a_moderator_cannot_see_stay_hidden(self, world: World) -> None:
        """They are counted, and neither shown nor ruled on; nor are they after a channel was closed."""
        _, second = await _shadowed(world, 2)
        card = await _report(world)
        assert "Note 2" in words(card)
        role = world.guild.roles["Moderators"].id
        deny = Overwrite(role, OverwriteType.ROLE, allow=0, deny=discord.Permissions(view_channel=True).value)
        world.env.backend.edit_channel(second.channel.id, {}, overwrites=[deny])
        await world.env.settle()
        said = await world.moderator.click(card, label="Right")
        assert words(said.followups[0]) == "That note is not in a channel that you can see."
        card = await _report(world)

        assert "2 notes of shadow mode" in words(card)
        assert "Note 1 would have been posted" in words(card)
        await world.moderator.click(card, label="Right")
        assert words(card).endswith("None of them stands in a channel that you can see.")
        assert world.notes[1].ruling is None

    async def test_an_empty_list_says_what_shadow_mode_is(self, world: World) -> None:
        """And how it was so far."""
        shown = words(await _report(world))

        assert shown.startswith("**No note of shadow mode to rule on** · none was judged yet")
        assert "`/settings mode`" in shown

    async def test_a_thread_is_a_place_like_others(self, world: World) -> None:
        """Posts in threads are recorded and fetched."""
        world.set_policy(mode=Mode.SHADOW)
        thread = await world.thread(world.channel)
        await world.member.send(thread, CLAIM)
        await world.settle()

        assert f"> {CLAIM}" in words(await _report(world))

    async def test_the_longest_of_everything_fits(self, world: World) -> None:
        """Post, claim, wording and words in common are shortened."""
        hostile = "[*_~`|]()<>#@ http://x " * 80
        await _shadowed(world)
        fact = a_fact(claim=hostile)
        world.memory.facts.by_slug[fact.slug] = fact
        note = world.notes[0]
        evidence = replace(note.new.evidence, phrasing=hostile, matched_words=tuple(hostile.split()))
        world.memory.notes.by_id[1] = replace(note, new=replace(note.new, evidence=evidence))
        stored = world.env.backend.get_message(world.channel.id, note.new.source_message_id)
        stored.content = hostile
        shown = words(await _report(world))

        assert 1500 < len(shown) <= 4000

    async def test_a_fact_that_is_gone_is_named(self, world: World) -> None:
        """By its slug."""
        await _shadowed(world)
        world.memory.facts.by_slug.clear()

        assert "**Claim**\nmoon-cheese" in words(await _report(world))

    async def test_members_are_refused(self, world: World) -> None:
        """The command, and every click after the permission was lost."""
        await _shadowed(world)
        world.open_to_member("shadow")
        result = await world.member.slash(world.channel, "shadow report")
        assert words(result.response).startswith("This is for the server's moderators")
        card = await _report(world)
        world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})

        for label in ("Right", "Next"):
            result = await world.moderator.click(card, label=label)
            assert words(result.response).startswith("This is for the server's moderators")
        assert world.notes[0].ruling is None
