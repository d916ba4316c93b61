from __future__ import annotations

from tests.builders import a_fact
from tests.discord_app.world import CLAIM, World, words


async def test_the_message_menu_shows_the_note_to_the_member_alone(world: World) -> None:
    """A check answers privately, with the note as it would read."""
    post = await world.moderator.send(world.channel, CLAIM)
    result = await world.member.context_menu(world.channel, "Check this message", post)

    assert result.ephemeral
    shown = words(result.response)
    assert "The moon is made of rock." in shown
    assert "Asked for by a member" in shown
    assert "nothing was posted or stored" in shown
    assert not world.bot_messages()


async def test_a_check_of_a_text_finds_its_fact(world: World) -> None:
    """A text needs no message."""
    result = await world.member.slash(world.channel, "check", text=CLAIM)

    assert "The moon is made of rock." in words(result.response)
    assert not world.items


async def test_a_check_that_finds_nothing_says_why(world: World) -> None:
    """No note is an answer too."""
    result = await world.member.slash(world.channel, "check", text="Nice weather, @everyone")

    assert result.ephemeral
    assert words(result.response).startswith("**No note for this**\nReason: nothing came near.")


async def test_a_doubtful_check_names_the_doubt(world: World) -> None:
    """What a moderator would be asked first is not shown as if it were certain."""
    world.set_policy(threshold=0.99)
    result = await world.member.slash(world.channel, "check", text=CLAIM)

    shown = words(result.response)
    assert "not certain enough" in shown
    assert "confidence 0.97 is under the threshold 0.99" in shown


async def test_a_broken_check_ends_in_one_sentence(world: World) -> None:
    """Whatever breaks, the member gets an answer."""
    world.store.fail_next.append(OSError("disk"))
    result = await world.member.slash(world.channel, "check", text=CLAIM)

    [error] = world.env.errors
    assert isinstance(error.__cause__, OSError)
    assert words(result.response) == "Sorry, something went wrong on Footnote's side. Please try again in a moment."


async def test_about_says_what_is_stored(world: World) -> None:
    """Everybody can read what Footnote keeps."""
    result = await world.member.slash(world.channel, "footnote")

    assert result.ephemeral
    assert "Posts that match no fact are never written down." in words(result.response)


async def test_a_long_check_stays_within_the_limits(world: World) -> None:
    """A note with long sources still fits into one message."""
    fact = a_fact(correction="_*" * 400, context="x" * 5000)
    world.memory.facts.by_slug[fact.slug] = fact
    result = await world.member.slash(world.channel, "check", text=CLAIM)

    assert len(words(result.response)) <= 4000
