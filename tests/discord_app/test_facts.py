from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.discord_app.facts.history import RestoreButton, VersionSelect
from bot.discord_app.layouts import text_layout
from bot.domain.audit import Act
from bot.domain.fact import FactVersion
from tests.discord_app.fact_world import FIELDS, WHALES, acts, added, components, follow, own, theirs
from tests.discord_app.world import CLAIM, World, buttons, words

NAMED = ("show", "edit", "retire", "history", "test")
REFUSED = "This is for the server's moderators"


@pytest.fixture(autouse=True)
def _following(world: World) -> None:
    follow(world)


class TestWhoMay:
    async def test_a_member_does_not_even_see_the_commands(self, world: World) -> None:
        """Discord hides them."""
        assert not [name for name in world.member.available_commands(world.channel) if name.startswith("facts")]

    @pytest.mark.parametrize("name", [*NAMED, "search", "add", "expired"])
    async def test_a_member_is_refused_where_discord_lets_them_through(self, world: World, name: str) -> None:
        """Admins can open the commands to everybody; the code asks all the same."""
        world.open_to_member("facts")
        options = {"fact": "moon-cheese"} if name in NAMED else {"words": "moon"} if name == "search" else {}
        result = await world.member.slash(world.channel, f"facts {name}", **options)

        assert result.modal is None
        assert words(result.response).startswith(REFUSED)
        assert not world.memory.drafts.by_id

    async def test_a_moderator_role_is_enough(self, world: World) -> None:
        """As everywhere for moderators."""
        helpers = world.guild.create_role("Helpers")
        world.set_policy(moderator_roles=frozenset({helpers.id}))
        helper = world.guild.add_member(world.env.create_user("helper"), roles=[helpers])
        command = world.env.backend.commands[None]["facts", 1]
        world.guild.set_command_permissions(int(command["id"]), {helper: True})
        result = await helper.slash(world.channel, "facts show", fact="moon-cheese")

        assert "The moon is made of rock." in words(result.response)


class TestFinding:
    async def test_facts_are_found_by_words(self, world: World) -> None:
        """The server's own and global ones, no other server's."""
        await added(world)
        theirs(world)
        world.stage.worker.matcher.sync()
        result = await world.moderator.slash(world.channel, "facts search", words="whales")
        assert result.ephemeral
        shown = words(result.response)
        assert shown.count(WHALES) == 1
        assert "this server's own" in shown

        result = await world.moderator.slash(world.channel, "facts search", words="volcano")
        assert "Nothing comes near." in words(result.response)

    async def test_one_is_shown_with_all_that_belongs_to_it(self, world: World) -> None:
        """And with what holds it back."""
        facts = world.memory.facts.by_slug
        facts["moon-cheese"] = replace(facts["moon-cheese"], failed_tests=("gets no reply, but should: “Moon”",))
        result = await world.moderator.slash(world.channel, "facts show", fact="moon-cheese")

        shown = words(result.response)
        for part in (
            "**Fact** · for all servers · version 1",
            "**Claim** (false)\nThe moon is made of cheese.",
            "The moon is made of rock.",
            "- Cheese is what the moon is made of.",
            "Mars is made of cheese. \\(other object\\)",
            "The Lunar Society: “The moon consists of rock.”",
            "review by 2027-01-01",
            "**Held back from replying by itself, for**\n- gets no reply, but should: “Moon”",
        ):
            assert part in shown

    async def test_what_is_due_for_review_is_listed(self, world: World) -> None:
        """Of this server, and what it uses of the global facts."""
        facts = world.memory.facts.by_slug
        facts["moon-cheese"] = replace(facts["moon-cheese"], review_by=date(2025, 1, 1))
        result = await world.moderator.slash(world.channel, "facts expired")
        assert "No fact is past its review date." in words(result.response)

        await world.member.send(world.channel, CLAIM)
        result = await world.moderator.slash(world.channel, "facts expired")
        assert "The moon is made of cheese." in words(result.response)
        assert "review by 2025-01-01" in words(result.response)

    async def test_long_lists_stay_within_the_limits(self, world: World) -> None:
        """What doesn't fit is counted."""
        facts = world.memory.facts.by_slug
        for n in range(60):
            slug = f"due-{n:02}-" + "x" * 80
            facts[slug] = replace(
                facts["moon-cheese"], slug=slug, claim="*" * 300, review_by=date(2025, 1, 1), guild_id=world.guild.id
            )
        result = await world.moderator.slash(world.channel, "facts expired")

        assert 2000 < len(words(result.response)) <= 4000
        assert "more" in words(result.response)


class TestChoosing:
    async def test_the_server_s_own_facts_come_first_and_are_marked(self, world: World) -> None:
        """Those of another server never come."""
        fact = await added(world)
        theirs(world)
        offered = await world.moderator.autocomplete(world.channel, "facts edit", "fact", "")
        typed = await world.moderator.autocomplete(world.channel, "facts edit", "fact", "WHALES")

        names = [(one["name"], one["value"]) for one in offered]
        assert names == [
            (f"{WHALES} (this server's)", fact.slug),
            ("The moon is made of cheese.", "moon-cheese"),
        ]
        assert [one["value"] for one in typed] == [fact.slug]

    async def test_no_more_and_no_longer_ones_are_offered_than_discord_takes(self, world: World) -> None:
        """25 of 100 characters; one whose name is too long can't be offered at all."""
        facts = world.memory.facts.by_slug
        for n in range(40):
            slug = f"{n:02}" + "s" * (98 if n else 99)
            facts[slug] = replace(facts["moon-cheese"], slug=slug, claim="Word " * 60, guild_id=world.guild.id)
        for typed in ("", "word"):
            offered = await world.moderator.autocomplete(world.channel, "facts edit", "fact", typed)
            assert len(offered) == 25 if typed else 24
            assert max(len(one["name"]) for one in offered) <= 100
            assert max(len(one["value"]) for one in offered) <= 100

    async def test_only_what_can_be_retired_is_offered_for_it(self, world: World) -> None:
        """And what was retired is offered where it can be brought back."""
        fact = await added(world)
        offered = await world.moderator.autocomplete(world.channel, "facts retire", "fact", "")
        assert [one["value"] for one in offered] == [fact.slug]
        await world.moderator.slash(world.channel, "facts retire", fact=fact.slug)
        assert not await world.moderator.autocomplete(world.channel, "facts retire", "fact", "")
        offered = await world.moderator.autocomplete(world.channel, "facts history", "fact", "whales")
        assert [one["name"] for one in offered] == [f"{WHALES} (retired)"]

    async def test_a_claim_typed_out_is_understood(self, world: World) -> None:
        """Nobody has to choose from the list."""
        result = await world.moderator.slash(world.channel, "facts show", fact=" the moon is made of CHEESE")
        assert "The moon is made of rock." in words(result.response)

    @pytest.mark.parametrize("name", NAMED)
    async def test_anything_else_is_refused_with_the_nearest(self, world: World, name: str) -> None:
        """In a sentence; another server's fact is as unknown as any."""
        theirs(world)
        world.stage.worker.matcher.sync()
        for typed, hint in (
            ("moon is", " The nearest is “The moon is made of cheese.”."),
            ("theirs", ""),
            (WHALES, ""),
        ):
            result = await world.moderator.slash(world.channel, f"facts {name}", fact=typed)
            assert words(result.response) == (
                f"There is no such fact in this server.{hint} Choose one of those offered while you type."
            )
            assert result.modal is None


class TestRetiring:
    async def test_a_fact_answers_nothing_any_more(self, world: World) -> None:
        """Its history brings it back, also after a restart."""
        fact = await added(world)
        result = await world.moderator.slash(world.channel, "facts retire", fact=fact.slug)
        assert words(result.response).startswith("Retired: it answers nothing any more.")
        assert own(world)[0].retired
        history = await world.moderator.slash(world.channel, "facts history", fact=fact.slug, version=1)
        await world.restart()
        await world.moderator.click(history.response, label="Restore version 1")  # type: ignore[arg-type]

        assert not own(world)[0].retired
        assert acts(world) == [Act.FACT_ADDED, Act.FACT_RETIRED, Act.FACT_RESTORED]
        assert "Saved as version 3; its tests pass." in words(history.response)

    async def test_one_for_all_servers_is_the_operator_s(self, world: World) -> None:
        """The answer says what a server can do instead."""
        result = await world.moderator.slash(world.channel, "facts retire", fact="moon-cheese")
        assert "only the bot's operator can do that" in words(result.response)
        assert not world.memory.facts.by_slug["moon-cheese"].retired


class TestHistory:
    async def test_each_version_says_who_made_it_and_what_changed(self, world: World) -> None:
        """Any one can be chosen, also after a restart."""
        fact = await added(world)
        for correction in ("One.", "Two."):
            opened = await world.moderator.slash(world.channel, "facts edit", fact=fact.slug)
            edited = await world.moderator.submit_modal(opened, {**FIELDS, "correction": correction})
            await world.moderator.click(edited.response, label="Save")  # type: ignore[arg-type]
        result = await world.moderator.slash(world.channel, "facts history", fact=fact.slug)
        card = result.response
        assert card is not None
        shown = words(card)
        assert f"Version 1: fact added by <@{world.moderator.id}>" in shown
        assert "**From version 2 to 3**\n- correction: ~~One.~~\n- correction: Two." in shown
        assert buttons(card) == []

        await world.restart()
        await world.moderator.select(card, ["2"], custom_id=f"footnote:versions:{fact.slug}")
        assert "**From version 1 to 2**\n- correction: ~~Whales come up" in words(card)
        await world.moderator.click(card, label="Restore version 2")
        assert own(world)[0].correction == "One."
        assert "Saved as version 4; its tests pass." in words(card)

    async def test_a_fact_that_was_never_changed_says_so(self, world: World) -> None:
        """A global one can't be restored here."""
        result = await world.moderator.slash(world.channel, "facts history", fact="moon-cheese")
        assert "It was never changed here." in words(result.response)
        result = await world.moderator.slash(world.channel, "facts history", fact="moon-cheese", version=4)
        assert "No version 4 of this fact is kept." in words(result.response)

    async def test_a_second_click_on_restore_changes_nothing(self, world: World) -> None:
        """It is so already."""
        fact = await added(world)
        await world.moderator.slash(world.channel, "facts retire", fact=fact.slug)
        message = await world.post(text_layout("Start", buttons=[RestoreButton(fact.slug, 1)]))
        for _ in range(2):
            await world.moderator.click(message, label="Restore version 1")
            message = await world.post(text_layout("Start", buttons=[RestoreButton(fact.slug, 1)]))
        assert own(world)[0].version == 3

    async def test_another_server_s_history_is_not_shown_nor_restored(self, world: World) -> None:
        """Whatever custom id is sent."""
        fact = theirs(world, version=2)
        first = FactVersion(replace(fact, version=1, claim="Secret."), world.env.now(), 1, "fact added")
        await world.memory.facts.record(first)
        controls = [VersionSelect("theirs", [first]), RestoreButton("theirs", 1)]
        message = await world.post(text_layout("Start", buttons=controls))
        chosen = await world.moderator.select(message, ["1"], custom_id="footnote:versions:theirs")
        clicked = await world.moderator.click(message, label="Restore version 1")

        for result in (chosen, clicked):
            assert words(result.followups[0]) == "There is no such fact in this server."
        assert world.memory.facts.by_slug["theirs"] == fact

    async def test_a_member_is_refused_at_every_control(self, world: World) -> None:
        """Also at those of a card that became visible."""
        fact = await added(world)
        [kept] = await world.memory.facts.history(fact.slug)
        controls = [VersionSelect(fact.slug, [kept]), RestoreButton(fact.slug, 1)]
        message = await world.post(text_layout("Start", buttons=controls))
        chosen = await world.member.select(message, ["1"], custom_id=f"footnote:versions:{fact.slug}")
        clicked = await world.member.click(message, label="Restore version 1")

        for result in (chosen, clicked):
            assert words(result.response).startswith(REFUSED)

    async def test_the_longest_history_fits(self, world: World) -> None:
        """Of many versions the newest are listed, of long changes as much as fits; long names go without buttons."""
        facts = world.memory.facts
        fact = replace(facts.by_slug["moon-cheese"], slug="y" * 99, guild_id=world.guild.id, version=60)
        facts.by_slug[fact.slug] = fact
        for n in range(1, 61):
            wordings = tuple(f"{n} {m} " + "*_" * 140 for m in range(40))
            version = replace(fact, version=n, phrasings=wordings, claim=f"{n} " + "_*" * 140)
            await facts.record(FactVersion(version, world.env.now(), world.moderator.id, "fact edited"))
        result = await world.moderator.slash(world.channel, "facts history", fact=fact.slug)
        assert 2500 < len(words(result.response)) <= 4000
        assert components(result.response) <= 40

        facts = world.memory.facts
        short = replace(fact, slug="z")
        facts.by_slug["z"] = short
        for kept in await facts.history(fact.slug):
            await facts.record(replace(kept, fact=replace(kept.fact, slug="z")))
        result = await world.moderator.slash(world.channel, "facts history", fact="z", version=59)
        assert len(words(result.response)) <= 4000
        assert buttons(result.response) == ["footnote:restore:59:z"]


class TestTesting:
    async def test_what_fails_is_said_and_kept_for_the_server_s_own(self, world: World) -> None:
        """A fact that fails is held back from then on."""
        fact = await added(world)
        result = await world.moderator.slash(world.channel, "facts test", fact=fact.slug)
        assert words(result.response) == "1 wordings and 0 near misses were tried; nothing failed."
        world.stage.worker.matcher.confidence = 0.5  # type: ignore[attr-defined]
        result = await world.moderator.slash(world.channel, "facts test", fact=fact.slug)
        assert "1 failed." in words(result.response)
        assert f"gets no reply, but should: “{WHALES}”" in words(result.response)
        assert len(own(world)[0].failed_tests) == 1

    async def test_of_a_global_fact_nothing_is_kept(self, world: World) -> None:
        """It is the operator's."""
        world.stage.worker.matcher.confidence = 0.5  # type: ignore[attr-defined]
        result = await world.moderator.slash(world.channel, "facts test", fact="moon-cheese")
        assert "3 failed." in words(result.response)
        assert world.memory.facts.by_slug["moon-cheese"].failed_tests == ()

    async def test_a_retired_fact_has_nothing_to_pass(self, world: World) -> None:
        """It answers nothing."""
        fact = await added(world)
        await world.moderator.slash(world.channel, "facts retire", fact=fact.slug)
        result = await world.moderator.slash(world.channel, "facts test", fact=fact.slug)
        assert "This fact is retired" in words(result.response)


async def test_a_fault_ends_in_an_apology(world: World) -> None:
    """And nothing is half done."""
    fact = await added(world)
    world.store.fail_next.append(OSError("disk"))
    result = await world.moderator.slash(world.channel, "facts retire", fact=fact.slug)

    [error] = world.env.errors
    assert isinstance(error.__cause__, OSError)
    assert "something went wrong" in words(result.response or result.followups[0])
    assert not own(world)[0].retired
