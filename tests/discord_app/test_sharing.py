"""``/facts import``, ``/facts export`` and ``/facts packs``."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import simcord

from bot.discord_app.facts import sharing
from bot.discord_app.facts.sharing import ImportButton
from bot.discord_app.layouts import text_layout
from bot.domain.audit import Act
from bot.exchange.signing import make_key, read_key, sign
from tests.discord_app.fact_world import WHALES, added, follow, own, theirs
from tests.discord_app.world import World, buttons, words

REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "claimReviewed": "Volcanoes are powered by underground lemonade.",
    "url": "https://office.example/lemonade",
    "author": {"@type": "Organization", "name": "Fact Office"},
    "datePublished": "2025-02-03",
    "inLanguage": "en",
    "reviewRating": {"@type": "Rating", "alternateName": "False"},
}
PACK: dict[str, Any] = {
    "format": "footnote-pack/1",
    "name": "volcanoes",
    "title": "Volcanoes",
    "version": "1",
    "licence": "CC0-1.0",
    "provenance": "Made up.",
    "sources": {"atlas": {"publisher": "The Atlas", "title": "Volcanoes", "url": "https://atlas.example/v"}},
    "facts": [
        {
            "slug": "volcano-lemonade",
            "claim": "Volcanoes are powered by underground lemonade.",
            "verdict": "false",
            "correction": "Volcanoes are powered by heat from the mantle.",
            "true_statement": "Heat from the mantle powers volcanoes.",
            "language": "en",
            "topics": ["volcanoes"],
            "overlaps": [],
            "as_of": "2026-01-01",
            "review_by": "2027-01-01",
            "phrasings": ["Underground lemonade is what powers volcanoes."],
            "near_misses": [{"text": "Lemonade stands are powered by volcanoes.", "kind": "role swap"}],
            "citations": [{"source": "atlas", "quote": "Heat from the mantle."}],
        }
    ],
}


@pytest.fixture(autouse=True)
def _following(world: World) -> None:
    follow(world)


async def sent(world: World, content: object, name: str = "feed.json") -> simcord.ResponseMessage:
    """Send a file in, and return the card that shows what would change."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    result = await world.moderator.slash(world.channel, "facts import", file=(name, data))
    assert result.response is not None
    return result.response


async def taken_in(world: World, content: object, name: str = "feed.json") -> simcord.ResponseMessage:
    """Send a file in, press the button, and return what is shown then."""
    card = await sent(world, content, name)
    result = await world.moderator.click(card, label="Import")
    assert result.response is not None
    return result.response


class TestImport:
    async def test_what_would_change_is_shown_first(self, world: World) -> None:
        """Nothing is stored yet."""
        card = await sent(world, [REVIEW, {**REVIEW, "claimReviewed": 7}])
        shown = words(card)
        assert "**What would come in**" in shown
        assert "2 entries: 1 new, 1 rejected. Nothing was changed yet." in shown
        assert "entry 2" in shown
        assert "draft" in shown
        assert buttons(card) == ["footnote:import:1"]
        assert own(world) == []

    async def test_the_button_takes_it_in(self, world: World) -> None:
        """The facts are the server's own, and drafts; the log says who did it."""
        shown = words(await taken_in(world, REVIEW))
        assert "**Taken in**" in shown
        [fact] = own(world)
        assert (fact.claim, fact.draft, fact.verdict_label) == (REVIEW["claimReviewed"], True, "False")
        event = world.memory.audit.events[-1].new
        assert (event.act, event.by, event.detail["new"]) == (Act.FACTS_IMPORTED, world.moderator.user.id, "1")

    async def test_a_match_of_a_draft_waits(self, world: World) -> None:
        """In mode auto, too, the note waits for a moderator; it says what the publisher said."""
        world.auto()
        await taken_in(world, REVIEW)
        await world.member.send(world.channel, str(REVIEW["claimReviewed"]))
        await world.settle()
        [item] = world.items
        assert any("correction" in reason for reason in item.new.reasons)
        assert world.bot_messages(world.channel) == []

    async def test_what_is_in_is_recognised(self, world: World) -> None:
        """Then there is no button to press."""
        await taken_in(world, REVIEW)
        card = await sent(world, REVIEW)
        assert "1 same" in words(card)
        assert buttons(card) == []

    async def test_a_pack_comes_in_with_its_tests_run(self, world: World) -> None:
        """Its facts can reply by themselves once moderators approved them."""
        await taken_in(world, PACK, "pack.json")
        [fact] = own(world)
        assert (fact.correction, fact.failed_tests) == ("Volcanoes are powered by heat from the mantle.", ())
        result = await world.moderator.slash(world.channel, "facts packs")
        assert "**Volcanoes** (volcanoes), version 1" in words(result.response)
        assert "unsigned" in words(result.response)

    async def test_an_update_keeps_what_was_changed_here(self, world: World) -> None:
        """And says so; what was not changed follows the pack."""
        await taken_in(world, PACK, "pack.json")
        [fact] = own(world)
        world.memory.facts.by_slug[fact.slug] = replace(fact, correction="Heat does it.")
        newer = {**PACK, "version": "2"}
        newer["facts"] = [{**PACK["facts"][0], "correction": "The mantle's heat does it.", "topics": ["geology"]}]
        shown = words(await taken_in(world, newer, "pack.json"))
        assert "correction changed here, and stays" in shown
        [fact] = own(world)
        assert (fact.correction, fact.topics) == ("Heat does it.", ("geology",))

    async def test_a_tampered_pack_is_refused(self, world: World) -> None:
        """In a sentence."""
        signed = sign(PACK, read_key(make_key()))
        card = await sent(world, {**signed, "title": "Other"}, "pack.json")
        assert "changed after it was signed" in words(card)
        assert buttons(card) == []

    async def test_a_sheet_comes_in(self, world: World) -> None:
        """Of reviews, as spreadsheets write it."""
        table = (
            "claim;url;rating;publisher\nVolcanoes are powered by underground lemonade.;https://o.example/1;Falso;O\n"
        )
        await taken_in(world, table.encode(), "sheet.csv")
        [fact] = own(world)
        assert fact.reviews[0].source.publisher == "O"

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "empty"),
            (b"{", "entry 1"),
            (b"just words", "column"),
            (b"[]", "no ClaimReview"),
            (b"\x1f\x8bx", "gzip"),
        ],
    )
    async def test_what_can_not_be_read_gets_a_sentence(self, world: World, content: bytes, told: str) -> None:
        """And no button."""
        card = await sent(world, content)
        assert told in words(card)
        assert buttons(card) == []

    async def test_too_large_a_file_is_refused(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """By its size, and by the number of its entries."""
        monkeypatch.setattr(sharing, "MOST_ENTRIES", 2)
        reviews = [{**REVIEW, "url": f"https://office.example/{number}"} for number in range(3)]
        assert "more than 2 entries" in words(await sent(world, reviews))
        monkeypatch.setattr(sharing, "MOST_BYTES", 10)
        assert "10 at most" in words(await sent(world, REVIEW))
        assert own(world) == []

    async def test_a_file_is_taken_in_once(self, world: World) -> None:
        """A second click, a click after half an hour and one after a restart say that it is gone."""
        await taken_in(world, REVIEW)
        again = await world.post(text_layout("An older card", buttons=[ImportButton(1)]))
        result = await world.moderator.click(again, label="Import")
        assert "Send it again" in words(result.followups[0])
        card = await sent(world, {**REVIEW, "url": "https://office.example/2"})
        await world.env.advance_time(timedelta(minutes=31).total_seconds())
        result = await world.moderator.click(card, label="Import")
        assert "Send it again" in words(result.followups[0])

    async def test_another_server_is_left_alone(self, world: World) -> None:
        """Its facts stay as they are, and the same claim there is not joined."""
        other = theirs(world)
        await taken_in(world, {**REVIEW, "claimReviewed": other.claim})
        assert world.memory.facts.by_slug[other.slug] == other
        assert [fact.claim for fact in own(world)] == [other.claim]


class TestExport:
    async def test_the_servers_own_facts_come_out_in_each_form(self, world: World) -> None:
        """As a pack that can be taken in, as ClaimReviews, and as a sheet; no global ones and no other server's."""
        await added(world)
        theirs(world)
        pack = json.loads(await exported(world))
        assert [fact["claim"] for fact in pack["facts"]] == [WHALES]
        assert (pack["title"], pack["licence"]) == (world.guild.name, "not stated")
        [review] = json.loads(await exported(world, **{"as": "claimreview"}))
        assert review["claimReviewed"] == WHALES
        rows = list(csv.DictReader(io.StringIO(await exported(world, **{"as": "csv"}))))
        assert [row["claim"] for row in rows] == [WHALES]

    async def test_what_came_out_goes_in_again(self, world: World) -> None:
        """Into the same server, it changes nothing."""
        await taken_in(world, REVIEW)
        card = await sent(world, json.loads(await exported(world, **{"as": "claimreview"})))
        assert "1 same" in words(card)

    async def test_a_server_without_facts_is_told_so(self, world: World) -> None:
        """There is nothing to export."""
        result = await world.moderator.slash(world.channel, "facts export")
        assert "no facts of its own" in words(result.response)


async def test_members_are_refused(world: World) -> None:
    """Where Discord lets them through, the code asks all the same."""
    world.open_to_member("facts")
    for name, options in (("import", {"file": ("f.json", b"[]")}), ("export", {}), ("packs", {})):
        result = await world.member.slash(world.channel, f"facts {name}", **options)
        assert words(result.response).startswith("This is for the server's moderators")


async def exported(world: World, **options: Any) -> str:
    """Return the text of the file that an export gives."""
    result = await world.moderator.slash(world.channel, "facts export", **options)
    assert result.response is not None
    [file] = result.response.attachments
    return (await file.read()).decode()
