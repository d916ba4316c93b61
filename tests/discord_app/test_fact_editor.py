from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.discord_app.facts.editor import DraftButton
from bot.discord_app.layouts import text_layout
from bot.domain.audit import Act
from bot.domain.fact import Citation, Fact, NearMiss
from bot.domain.slugs import web_source
from tests.discord_app.fact_world import (
    FIELDS,
    LINE,
    WHALES,
    acts,
    added,
    another_moderator,
    components,
    drafts,
    editor,
    follow,
    own,
    theirs,
)
from tests.discord_app.world import World, buttons, words


@pytest.fixture(autouse=True)
def _following(world: World) -> None:
    follow(world)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_moderator_writes_a_fact_without_leaving_discord(world: World, *, restarted: bool) -> None:
    """A form, a card with the draft, Save; and a restart at any point changes nothing."""
    opened = await world.moderator.slash(world.channel, "facts add")
    if restarted:
        await world.restart()
    result = await world.moderator.submit_modal(opened, FIELDS)
    assert result.ephemeral
    shown = words(result.response)
    assert "**Draft: new fact** · correction 30/280 characters" in shown
    assert "Whales come up to breathe air." in shown
    assert "Its tests pass" in shown
    if restarted:
        await world.restart()
    await world.moderator.click(result.response, label="Save")  # type: ignore[arg-type]

    [fact] = own(world)
    assert (fact.claim, fact.version, fact.failed_tests) == (WHALES, 1, ())
    assert fact.citations[0].source.key.startswith("web-")
    assert "Saved as version 1; its tests pass." in words(result.response)
    assert not buttons(result.response)
    assert acts(world) == [Act.FACT_ADDED]
    assert not drafts(world)


async def test_the_form_counts_the_characters_of_a_correction(world: World) -> None:
    """Discord shows how many are left."""
    opened = await world.moderator.slash(world.channel, "facts add")
    assert opened.modal is not None
    limits = {label["component"]["custom_id"]: label["component"].get("max_length") for label in _labels(opened)}
    assert limits == {"claim": 300, "verdict": None, "correction": 280, "truth": 1000, "lines0": 4000}


async def test_a_fact_is_written_in_a_thread_too(world: World) -> None:
    """The card is the moderator's alone, wherever it stands."""
    thread = await world.thread(world.channel)
    opened = await world.moderator.slash(thread, "facts add")
    result = await world.moderator.submit_modal(opened, FIELDS)
    await world.moderator.click(result.response, label="Save")  # type: ignore[arg-type]

    assert len(own(world)) == 1
    assert not world.bot_messages(thread)


async def test_a_malformed_citation_is_named_and_nothing_is_lost(world: World) -> None:
    """Its line stands in the form again, as it was typed."""
    card = await editor(world, lines0=f"{LINE}\nhttps://b.example | The Post")
    assert "Can't be saved yet: Line 2 of the citations lacks a title." in words(card)
    await world.moderator.click(card, label="Save")
    assert "Not saved: Line 2 of the citations lacks a title." in words(card)
    assert not own(world)

    opened = await world.moderator.click(card, label="Citations")
    [label] = _labels(opened)
    assert label["component"]["value"] == f"{LINE}\nhttps://b.example | The Post"
    await world.moderator.submit_modal(opened, {"lines0": f"{LINE}\nhttps://b.example | The Post | On air | Air."})
    await world.moderator.click(card, label="Save")
    assert [cited.quote for cited in own(world)[0].citations] == ["They come up for air.", "Air."]


@pytest.mark.parametrize("restarted", [False, True])
async def test_every_part_has_its_form(world: World, *, restarted: bool) -> None:
    """Claim and correction, phrasings, near misses, dates and details; also where it restarts in the middle."""
    card = await editor(world)
    for label, values in (
        ("Claim and correction", {**FIELDS, "verdict": ["disputed"], "correction": "They breathe air."}),
        ("Phrasings", {"lines0": "Sulphur is what whales breathe.\n\n  Whales  inhale sulphur. "}),
        ("Near misses", {"lines0": "Whales breathe air. | truth\nFish breathe sulphur."}),
        (
            "Dates and details",
            {"as_of": "2026-01-02", "review_by": "2030-05-01", "language": "EN", "speaker": "A", "context": ""},
        ),
    ):
        opened = await world.moderator.click(card, label=label)
        if restarted:
            await world.restart()
        await world.moderator.submit_modal(opened, values)
    await world.moderator.click(card, label="Save")

    [fact] = own(world)
    assert (fact.verdict.value, fact.correction) == ("disputed", "They breathe air.")
    assert fact.phrasings == ("Sulphur is what whales breathe.", "Whales inhale sulphur.")
    assert fact.near_misses == (NearMiss("Whales breathe air.", "truth"), NearMiss("Fish breathe sulphur.", "other"))
    assert (fact.as_of.isoformat(), fact.review_by.isoformat()) == ("2026-01-02", "2030-05-01")
    assert (fact.language, fact.speaker, fact.context) == ("en", "A", None)


async def test_a_date_that_is_none_is_named_and_the_rest_is_kept(world: World) -> None:
    """What was understood is taken."""
    card = await editor(world)
    opened = await world.moderator.click(card, label="Dates and details")
    values = {"as_of": "32 March", "review_by": "", "language": "e1", "speaker": "Ann", "context": "Fair"}
    await world.moderator.submit_modal(opened, values)

    assert "“32 March” is no date; it looks like 2026-12-31. “e1” is no language code" in words(card)
    [draft] = drafts(world)
    assert (draft.fact.speaker, draft.fact.context, draft.fact.language) == ("Ann", "Fair", "en")


async def test_a_doubtful_fact_is_saved_on_purpose_only(world: World) -> None:
    """It asks once more, and what is saved then is held back."""
    card = await editor(world)
    opened = await world.moderator.click(card, label="Near misses")
    await world.moderator.submit_modal(opened, {"lines0": f"Look: {WHALES} | report"})
    assert "gets a reply, but must not \\(report\\)" in words(card)
    await world.moderator.click(card, label="Save")
    assert not own(world)
    assert "held back from replying by itself" in words(card)

    await world.moderator.click(card, label="Save anyway")
    [fact] = own(world)
    assert len(fact.failed_tests) == 1
    assert "for 1 of its tests fails" in words(card)


async def test_a_double_is_shown_before_it_is_saved(world: World) -> None:
    """With its claim."""
    card = await editor(world, claim="The moon is made of cheese.")
    assert "says nearly the same as moon-cheese: “The moon is made of cheese.”" in words(card)


async def test_save_clicked_twice_saves_once(world: World) -> None:
    """The card keeps what the first click did; the second hears that the draft is gone."""
    card = await editor(world)
    stale = await _with_button(world, 1, "save")
    await world.moderator.click(card, label="Save")
    result = await world.moderator.click(stale, label="Save")

    assert len(own(world)) == 1
    assert words(card).startswith("Saved as version 1")
    assert "This draft is gone" in words(result.followups[0])


async def test_a_draft_that_is_gone_says_so(world: World) -> None:
    """Discarded, or older than a day: buttons and forms that are still open answer in one sentence."""
    card = await editor(world)
    opened = await world.moderator.click(card, label="Phrasings")
    world.memory.drafts.by_id.clear()
    sent = await world.moderator.submit_modal(opened, {"lines0": "Whales inhale sulphur."})
    clicked = await world.moderator.click(card, label="Examine again")
    form = await world.moderator.click(card, label="Phrasings")

    for message in (sent.followups[0], clicked.followups[0], form.response):
        assert words(message).startswith("This draft is gone: it was saved or discarded")
    assert form.modal is None


async def test_a_draft_can_be_discarded(world: World) -> None:
    """Nothing of it stays."""
    card = await editor(world)
    await world.moderator.click(card, label="Discard")
    assert words(card) == "Discarded; nothing was saved."
    assert not drafts(world)


class TestChangingAFact:
    async def test_of_all_servers_makes_this_server_s_own_version(self, world: World) -> None:
        """The global one stays; posts here are answered by the server's."""
        opened = await world.moderator.slash(world.channel, "facts edit", fact="moon-cheese")
        values = {label["component"]["custom_id"]: label["component"].get("value") for label in _labels(opened)}
        assert values["claim"] == "The moon is made of cheese."
        assert values["lines0"].startswith(
            "https://moon.example/atlas | The Lunar Society | An Atlas of the Moon | The"
        )
        sent = {**FIELDS, "claim": values["claim"], "correction": "It is rock.", "lines0": values["lines0"]}
        result = await world.moderator.submit_modal(opened, sent)
        assert "this server's own version of a fact for all servers" in words(result.response)
        await world.moderator.click(result.response, label="Save")  # type: ignore[arg-type]

        facts = world.memory.facts.by_slug
        [fact] = own(world)
        assert (fact.overrides, fact.correction) == ("moon-cheese", "It is rock.")
        assert fact.citations == facts["moon-cheese"].citations
        assert facts["moon-cheese"].correction == "The moon is made of rock."

    async def test_by_two_moderators_loses_neither_s_words(self, world: World) -> None:
        """The second is told, and can put theirs in its place on purpose."""
        fact, second = await added(world), another_moderator(world)
        cards = []
        for who, correction in ((world.moderator, "One."), (second, "Two.")):
            opened = await who.slash(world.channel, "facts edit", fact=fact.slug)
            result = await who.submit_modal(opened, {**FIELDS, "correction": correction})
            assert result.response is not None
            cards.append(result.response)
        await world.moderator.click(cards[0], label="Save")
        await second.click(cards[1], label="Save")
        assert own(world)[0].correction == "One."
        assert "Not saved: this fact was changed meanwhile." in words(cards[1])

        await second.click(cards[1], label="Put mine in its place")
        assert "Two." in words(cards[1])
        await second.click(cards[1], label="Save")
        [now] = own(world)
        assert (now.correction, now.version) == ("Two.", 3)

    async def test_that_is_another_server_s_is_refused(self, world: World) -> None:
        """By its name, by a custom id, and by a form."""
        fact = theirs(world)
        drafts_here = world.memory.drafts
        theirs_draft = await drafts_here.add(
            guild_id=999, by=1, at=world.env.now(), fact=fact, base_version=fact.version
        )
        result = await world.moderator.slash(world.channel, "facts edit", fact="theirs")
        assert result.modal is None
        assert "There is no such fact in this server." in words(result.response)

        for act in ("save", "anyway", "renew", "discard", "text"):
            message = await _with_button(world, theirs_draft.id, act)
            clicked = await world.moderator.click(message, custom_id=f"footnote:draft:{theirs_draft.id}:{act}")
            shown = clicked.response if act == "text" else clicked.followups[0]
            assert "This draft is gone" in words(shown)
        assert world.memory.facts.by_slug["theirs"] == fact
        assert theirs_draft.id in drafts_here.by_id


async def test_who_lost_the_permission_cannot_save(world: World) -> None:
    """It is asked for at every click, and when a form is sent in."""
    card = await editor(world)
    opened = await world.moderator.click(card, label="Phrasings")
    world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})
    clicked = await world.moderator.click(card, label="Save")
    sent = await world.moderator.submit_modal(opened, {"lines0": "Whales inhale sulphur."})

    for result in (clicked, sent):
        assert words(result.response).startswith("This is for the server's moderators")
    assert not own(world)
    assert drafts(world)[0].fact.phrasings == ()


async def test_the_longest_fact_fits_everywhere(world: World) -> None:
    """Its card stays within what Discord takes, its forms hold all of it, and nothing is lost by sending them in."""
    fact = _longest(world)
    world.memory.facts.by_slug[fact.slug] = replace(fact, failed_tests=("*_ fails " * 60,) * 80)
    world.stage.worker.matcher.confidence = 0.5  # type: ignore[attr-defined]
    shown = await world.moderator.slash(world.channel, "facts show", fact=fact.slug)
    opened = await world.moderator.slash(world.channel, "facts edit", fact=fact.slug)
    values = {label["component"]["custom_id"]: label["component"].get("value") or "" for label in _labels(opened)}
    result = await world.moderator.submit_modal(opened, {**values, "verdict": ["false"]})
    card = result.response
    assert card is not None
    for message in (card, shown.response):
        assert 2500 < len(words(message)) <= 4000
        assert components(message) <= 40
    for label in ("Citations", "Phrasings", "Near misses", "Dates and details"):
        form = await world.moderator.click(card, label=label)
        values = {one["component"]["custom_id"]: one["component"].get("value") or "" for one in _labels(form)}
        assert max(map(len, values.values())) <= 4000
        await world.moderator.submit_modal(form, values)
        await _check_size(card)
    [draft] = drafts(world)
    assert replace(draft.fact, failed_tests=()) == replace(fact, failed_tests=())
    await world.moderator.click(card, label="Save")
    await _check_size(card)


async def test_what_is_too_long_for_a_form_says_so(world: World) -> None:
    """A fact from elsewhere may hold more than five fields take; nothing of it is cut."""
    long = replace(_longest(world), near_misses=tuple(NearMiss(f"{n} " + "word " * 300, "other") for n in range(40)))
    world.memory.facts.by_slug[long.slug] = long
    opened = await world.moderator.slash(world.channel, "facts edit", fact=long.slug)
    values = {label["component"]["custom_id"]: label["component"].get("value") or "" for label in _labels(opened)}
    card = (await world.moderator.submit_modal(opened, {**values, "verdict": ["false"]})).response
    result = await world.moderator.click(card, label="Near misses")  # type: ignore[arg-type]

    assert result.modal is None
    assert words(result.response).startswith("That is too long for a form")


def _longest(world: World) -> Fact:
    """Return a fact of this server that reaches every limit, of characters that are escaped."""
    return replace(
        world.memory.facts.by_slug["moon-cheese"],
        slug="x" * 65,
        guild_id=world.guild.id,
        claim=("*whale sulphur* " * 18).strip(),
        correction="_*" * 140,
        true_statement="*_" * 500,
        phrasings=tuple(f"{n:02}*" + "*whale sulphur " * 19 for n in range(40)),
        near_misses=tuple(NearMiss(f"{n:02}_" + "_whale helium " * 21, "k_" * 20) for n in range(40)),
        citations=tuple(
            Citation(web_source("https://e.org/" + "a" * 436, "P*" * 50, f"{n:02}" + "_*" * 149), "*_" * 500)
            for n in range(10)
        ),
        speaker="s*" * 150,
        context="c_" * 150,
    )


async def _check_size(card: simcord.ResponseMessage) -> None:
    assert len(words(card)) <= 4000
    assert components(card) <= 40


def _labels(result: simcord.InteractionResult) -> list[dict[str, Any]]:
    assert result.modal is not None
    labels: list[dict[str, Any]] = result.modal["components"]
    return labels


async def _with_button(world: World, draft_id: int, act: str) -> discord.Message:
    """Return a message with a button that somebody may have kept, or made up."""
    return await world.post(text_layout("Start", buttons=[DraftButton(draft_id, act)]))
