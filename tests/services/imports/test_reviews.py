"""Reviews go in: told apart, joined, compared with what people wrote, on every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.fact import Verdict
from bot.exchange.incoming import Rejected
from bot.services.imports import reviews
from tests.builders import A_SOURCE, a_fact
from tests.services.imports.incoming import ELSEWHERE, GUILD, WHALES, ZEPPELIN, Importer, an_entry, counted, slugs


async def test_reviews_come_in_as_drafts(importer: Importer) -> None:
    """One fact a claim, with the review's page as its source; what can't go in is told with its place."""
    broken, common = Rejected("entry 3", "claimReviewed is missing."), an_entry(4, "I am here")
    report = await importer.reviews(an_entry(1), an_entry(2, WHALES), broken, common)
    assert counted(report) == {"new": 2, "rejected": 2}
    assert [(line.place, line.text) for line in report.lines] == [
        ("entry 3", "claimReviewed is missing."),
        ("entry 4", "its claim can't be matched, since it holds fewer than 2 words that say something."),
    ]
    assert [(fact.claim, fact.draft, fact.version) for fact in await importer.facts()] == [
        (WHALES, True, 1),
        (ZEPPELIN, True, 1),
    ]


async def test_an_address_makes_up_for_a_claim_that_says_little(importer: Importer) -> None:
    """It is matched by where it appeared."""
    report = await importer.reviews(
        an_entry(1, "I am here"), an_entry(1, "I am here", appearances=("https://x.example",))
    )
    assert counted(report) == {"rejected": 1, "new": 1}


async def test_the_same_review_twice_in_a_file_counts_once(importer: Importer) -> None:
    """The first one; its page and its claim tell."""
    report = await importer.reviews(an_entry(1), an_entry(2, url="http://www.checks.example/1/", label="Other"))
    assert counted(report) == {"new": 1, "rejected": 1}
    assert (await importer.fact()).verdict_label == "False"


async def test_several_claims_on_a_page_are_several_reviews(importer: Importer) -> None:
    """Each with a fact of its own."""
    assert counted(await importer.reviews(an_entry(1), an_entry(2, WHALES, url="https://checks.example/1"))) == {
        "new": 2
    }


@pytest.mark.parametrize("size", [1, 2, 500])
async def test_near_identical_claims_join(importer: Importer, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Whether they come in one batch or in several, and in one import or in several."""
    monkeypatch.setattr(reviews, "BATCH", size)
    entries = [an_entry(1), an_entry(2, f"“{ZEPPELIN}”"), an_entry(3, f"The {ZEPPELIN}"), an_entry(4, WHALES)]
    assert counted(await importer.reviews(*entries)) == {"new": 2, "joined": 2}
    assert counted(await importer.reviews(an_entry(5))) == {"joined": 1}
    fact = (await importer.facts())[1]
    assert [review.source.publisher for review in fact.reviews] == [f"Publisher {number}" for number in (1, 2, 3, 5)]
    assert fact.wordings() == (ZEPPELIN, f"The {ZEPPELIN}")


async def test_another_claim_never_joins(importer: Importer) -> None:
    """Not even one that is a word away."""
    await importer.reviews(an_entry(1))
    other = an_entry(2, "Zeppelins never crossed Patagonia every week until 1987.")
    assert counted(await importer.reviews(other)) == {"new": 1}


async def test_a_review_joins_a_fact_that_people_wrote(importer: Importer) -> None:
    """Which stays as it is but for that review; a conflicting one is told."""
    await importer.put(a_fact(claim=ZEPPELIN))
    assert counted(await importer.reviews(an_entry(1))) == {"joined": 1}
    fact = await importer.fact()
    assert replace(fact, reviews=(), version=1, failed_tests=()) == a_fact(claim=ZEPPELIN)
    report = await importer.reviews(an_entry(2, verdict=Verdict.TRUE))
    assert counted(report) == {"conflicting": 1}
    [line] = report.lines
    assert line.text == "moon-cheese: its publishers' verdict is disputed now, and the one here stays false."
    assert len((await importer.fact()).reviews) == 2


async def test_again_changes_nothing(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where one review says what another doesn't, and they come in batches of their own."""
    monkeypatch.setattr(reviews, "BATCH", 1)
    entries = [an_entry(1), an_entry(2, speaker="Bob", claim_date="2024", appearances=("https://x.example/1",))]
    await importer.reviews(*entries)
    before = await importer.facts(), await importer.histories()
    importer.clock.forward(days=3)
    later = [
        replace(one, review=replace(one.review, source=replace(one.review.source, retrieved=date(2026, 3, 4))))
        for one in entries
    ]
    for again in (entries, later, entries[::-1]):
        assert counted(await importer.reviews(*again)) == {"same": 2}
    assert (await importer.facts(), await importer.histories()) == before


async def test_a_changed_review_changes_its_draft(importer: Importer) -> None:
    """And says so; a corrected title of its page is a change, too."""
    await importer.reviews(an_entry(1), an_entry(2))
    report = await importer.reviews(an_entry(1, label="Half true", verdict=Verdict.MISLEADING), an_entry(2))
    assert counted(report) == {"changed": 1, "same": 1}
    assert report.lines[0].text.endswith(": Publisher 1 says Half true now.")
    fact = await importer.fact()
    assert (fact.verdict, fact.verdict_label, fact.version) == (Verdict.MISLEADING, "Half true", 2)
    await importer.reviews(an_entry(2, title="Corrected", published=date(2025, 6, 1)))
    fact = await importer.fact()
    assert (fact.reviews[1].source.title, fact.as_of, fact.version) == ("Corrected", date(2025, 6, 1), 3)
    assert [version.act for version in await importer.histories()] == ["imported", "imported", "as it was before"]


async def test_an_edit_stays(importer: Importer) -> None:
    """What a moderator changed in a draft is not changed back; the conflict is told once."""
    await importer.reviews(an_entry(1))
    draft = await importer.fact()
    edited = await importer.edit(draft.slug, claim=f"{ZEPPELIN} Or 1988.", verdict=Verdict.FALSE)
    changed = an_entry(1, label="Half true", verdict=Verdict.MISLEADING)
    assert counted(await importer.reviews(changed)) == {"conflicting": 1}
    after = await importer.fact()
    assert replace(after, reviews=edited.reviews, version=2) == edited
    assert after.reviews[0].label == "Half true"
    assert counted(await importer.reviews(changed)) == {"same": 1}


async def test_a_retired_fact_stays_retired(importer: Importer) -> None:
    """Its reviews don't come back as another one."""
    await importer.reviews(an_entry(1))
    await importer.edit((await importer.fact()).slug, retired=True)
    assert counted(await importer.reviews(an_entry(1, label="New"), an_entry(2))) == {"same": 2}
    assert (await importer.fact()).retired


async def test_a_fact_that_people_retired_is_no_hindrance(importer: Importer) -> None:
    """A review of its claim makes a new one."""
    await importer.put(a_fact(claim=ZEPPELIN, retired=True))
    assert counted(await importer.reviews(an_entry(1), dry=True)) == {"new": 1}
    assert counted(await importer.reviews(an_entry(1))) == {"new": 1}


async def test_a_fact_holds_so_many_reviews(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is passed over, in a dry run too."""
    monkeypatch.setattr(reviews, "BATCH", 6)
    entries = [an_entry(number) for number in range(1, 25)]
    for dry in (True, False):
        assert counted(await importer.reviews(*entries, dry=dry)) == {"new": 1, "joined": 19, "same": 4}
    assert len((await importer.fact()).reviews) == 20


async def test_a_server_s_import_touches_nothing_else(importer: Importer) -> None:
    """Neither another server's facts nor those for all, which it knows already; whether they were imported or not."""
    written = a_fact(claim=WHALES, citations=a_fact().citations)
    await importer.put(
        written, a_fact(slug="elsewhere", claim="Submarines crossed Bolivia every week.", guild_id=ELSEWHERE)
    )
    dry = await importer.reviews(an_entry(3, WHALES), guild_id=GUILD, dry=True)
    assert counted(dry) == {"known": 1}
    await importer.reviews(an_entry(1))
    await importer.reviews(an_entry(2), guild_id=ELSEWHERE)
    before = await importer.facts()
    mine = [
        an_entry(1, label="Other"),
        an_entry(3, WHALES),
        an_entry(4, "Submarines crossed Bolivia every week."),
    ]
    for number in range(2):
        report = await importer.reviews(*mine, guild_id=GUILD, by=7)
        assert counted(report) == {"known": 2, ("same" if number else "new"): 1}
    after = await importer.facts()
    assert [fact for fact in after if fact.guild_id != GUILD] == before
    [own] = [fact for fact in after if fact.guild_id == GUILD]
    assert own.claim == mine[2].review.claim
    assert own.slug not in slugs(before)


async def test_a_server_s_facts_are_no_hindrance_for_all_servers(importer: Importer) -> None:
    """The same review goes in for all, and the server's own stays."""
    await importer.reviews(an_entry(1), guild_id=GUILD)
    own = await importer.fact()
    assert counted(await importer.reviews(an_entry(1, label="Other"))) == {"new": 1}
    shared, still = await importer.facts()
    assert (still, shared.guild_id, shared.verdict_label) == (own, None, "Other")


async def test_pages_with_the_same_key_are_told_apart(importer: Importer) -> None:
    """A reader's key may stand for another document already; in history, too, each is what it was."""
    await importer.put(a_fact(citations=(replace(a_fact().citations[0], source=replace(A_SOURCE, key="review-1")),)))
    await importer.reviews(an_entry(1))
    await importer.reviews(an_entry(1, label="Other", title="New title"))
    facts = await importer.facts()
    [fact] = [fact for fact in facts if fact.draft]
    assert [review.source.title for review in fact.reviews] == ["New title"]
    kept = await importer.histories()
    assert [version.fact.reviews[0].source.title for version in kept] == ["New title", "Check 1"]
    assert kept[0].fact == fact
