"""A corrected, retired or expired fact repairs the notes that were posted of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import discord
import simcord

from bot.domain.audit import Act
from bot.domain.fact import Fact, FactVersion
from bot.domain.note import NoteState, Provenance
from tests.builders import a_fact, a_note
from tests.discord_app.world import CLAIM, World, words
from tests.fakes import FakeMatcher

EDITS = ("PATCH", "/channels/*/messages/*")


async def posted(world: World, count: int = 1) -> list[discord.Message]:
    """Post the claim in as many channels, and return the notes' messages."""
    world.auto()
    channels = [world.channel, *(world.guild.create_text_channel(f"room-{number}") for number in range(count - 1))]
    for channel in channels:
        await world.member.send(channel, CLAIM)
    await world.settle()
    return [message for channel in channels for message in world.bot_messages(channel)]


def own_fact(world: World, **changes: object) -> Fact:
    """Make the fact the server's own, at its first version."""
    fact = replace(a_fact(), guild_id=world.guild.id)
    world.memory.facts.by_slug["moon-cheese"] = fact
    return replace(fact, **changes)  # type: ignore[arg-type]


def corrected(world: World, **changes: object) -> None:
    """Store the next version of the fact."""
    fact = own_fact(world, version=2, correction="The moon is basalt.", **changes)
    world.memory.facts.by_slug["moon-cheese"] = fact


async def update(world: World) -> simcord.ResponseMessage:
    """Press the button in the fact's history."""
    result = await world.moderator.slash(world.channel, "facts history", fact="moon-cheese")
    assert result.response is not None
    clicked = await world.moderator.click(result.response, custom_id="footnote:repair:moon-cheese")
    assert clicked.response is not None
    return clicked.response


async def test_an_edited_fact_updates_its_notes_in_place(world: World) -> None:
    """Not before it is asked for; each note gets a dated line, and nothing is posted anew."""
    notes = await posted(world, 3)
    corrected(world)
    sent = len(world.sent)
    await world.env.advance_time(60)
    assert "rock" in words(world.bot_messages()[0])
    answer = await update(world)
    assert "of 3 posted notes are up to date" in words(answer)
    await world.env.advance_time(30)
    for note in notes:
        stored = world.env.backend.get_message(note.channel.id, note.id)
        shown = str(stored.components)
        assert "The moon is basalt." in shown
        assert "1 January 2026: the fact was corrected." in shown
    assert len(world.sent) == sent
    await world.moderator.click(answer, label="Refresh")
    assert words(answer).startswith("**3 of 3 posted notes are up to date**")
    [event] = [one for one in world.memory.audit.events if one.new.act is Act.NOTES_UPDATED]
    assert event.new.detail == {"notes": "3", "cause": "the fact was edited (version 2)"}
    result = await world.moderator.slash(world.channel, "facts history", fact="moon-cheese")
    assert "posted note" not in str(result.response.message.components if result.response else "")


async def test_a_repair_goes_on_after_a_restart(world: World) -> None:
    """What is to be shown is stored with each note; the pace is kept."""
    await posted(world, 6)
    corrected(world)
    await update(world)
    await world.env.advance_time(3)
    done = sum(note.shown_revision == note.revision for note in world.notes)
    assert 0 < done < 6
    await world.restart()
    await world.env.advance_time(60)
    assert all(note.shown_revision == note.revision for note in world.notes)


async def test_discords_limit_on_old_messages_is_waited_for(world: World) -> None:
    """The edit is tried again, and a new note doesn't wait for it."""
    await posted(world)
    corrected(world)
    world.env.inject_error(*EDITS, status=400, code=30046)
    await update(world)
    await world.env.advance_time(1)
    other = world.guild.create_text_channel("elsewhere")
    assert isinstance(world.stage.worker.matcher, FakeMatcher)
    world.stage.worker.matcher.facts = [world.memory.facts.by_slug["moon-cheese"]]
    await world.member.send(other, CLAIM)
    await world.settle()
    assert len(world.bot_messages(other)) == 1
    await world.env.advance_time(60)
    assert "basalt" in words(world.bot_messages()[0])


async def test_a_note_that_may_not_be_edited_is_told_of(world: World) -> None:
    """The repair ends, and says how many."""
    await posted(world)
    corrected(world)
    world.env.inject_error(*EDITS, status=403, code=50013)
    answer = await update(world)
    await world.env.advance_time(30)
    await world.moderator.click(answer, label="Refresh")
    assert words(answer).startswith("**1 of 1 posted notes are up to date**, 1 of them could not be edited")
    assert world.last_cause().startswith("could not be edited: ")


async def test_a_note_whose_message_was_deleted_is_down(world: World) -> None:
    """It is not posted again."""
    [message] = await posted(world)
    corrected(world)
    world.env.backend.delete_message(world.channel.id, message.id)
    await update(world)
    await world.env.advance_time(30)
    assert world.states() == [NoteState.RETRACTED]
    assert world.bot_messages() == []


async def test_a_retired_fact_puts_its_notes_aside_and_a_restored_one_brings_them_back(world: World) -> None:
    """With the reason."""
    await posted(world)
    own_fact(world)
    result = await world.moderator.slash(world.channel, "facts retire", fact="moon-cheese")
    assert result.response is not None
    await world.moderator.click(result.response, label="Update 1 posted note")
    await world.env.advance_time(30)
    assert words(world.bot_messages()[0]).startswith(
        "-# Note put aside · 1 January 2026: the fact behind this note was withdrawn."
    )
    fact = world.memory.facts.by_slug["moon-cheese"]
    world.memory.facts.by_slug["moon-cheese"] = replace(fact, retired=False, version=fact.version + 1)
    await update(world)
    await world.env.advance_time(30)
    assert "The moon is made of rock." in words(world.bot_messages()[0])


async def test_an_expired_fact_is_said_to_be_due(world: World) -> None:
    """From the card in the queue channel."""
    queue = world.queue_channel()
    await posted(world)
    world.memory.facts.by_slug["moon-cheese"] = own_fact(world, review_by=date(2026, 1, 1), as_of=date(2025, 1, 1))
    world.stage.time.idle = timedelta(hours=6).total_seconds()
    await world.env.advance_time(timedelta(days=2).total_seconds())
    world.stage.time.idle = 0
    [card] = [one for one in world.bot_messages(queue) if "shelf life" in words(one)]
    await world.moderator.select(card, values=["moon-cheese"])
    await world.env.advance_time(30)
    shown = words(world.bot_messages()[0])
    assert "its sources were due for review on 1 January 2026, so it may be out of date." in shown
    assert "The moon is made of rock." in shown


async def test_an_own_version_takes_over_the_notes_of_what_it_overrides(world: World) -> None:
    """But not where the post has a note of its own already."""
    await posted(world)
    fact = replace(a_fact(), slug="ours", guild_id=world.guild.id, overrides="moon-cheese", correction="Basalt.")
    world.memory.facts.by_slug["ours"] = fact
    twice = a_note(
        guild_id=world.guild.id, channel_id=world.channel.id, source_message_id=77, provenance=Provenance.AUTO
    )
    async with world.store.transaction() as tx:
        for slug in ("moon-cheese", "ours"):
            note = await tx.notes.add(replace(twice, slug=slug, state=NoteState.POSTED))
            assert note is not None
    assert await world.client.services.repairs.affected(world.guild.id, "ours") == 1
    await world.client.services.repairs.repair(world.guild.id, "ours", by=5)
    await world.env.advance_time(30)
    assert world.notes[0].new.slug == "ours"
    assert "Basalt." in words(world.bot_messages()[0])


async def test_a_status_does_not_bring_in_a_newer_version(world: World) -> None:
    """What a note says changes only when that is asked for."""
    await posted(world)
    async with world.store.transaction() as tx:
        await tx.facts.record(FactVersion(a_fact(), world.env.now(), None, "as it was before"))
    corrected(world)
    result = await world.member.click(world.bot_messages()[0], label="Not what I said")
    assert result.ephemeral
    shown = await world.moderator.click(world.bot_messages()[0], label="Show the note")
    assert "The moon is made of rock." in words(shown.response)
