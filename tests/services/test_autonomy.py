"""How a fact earns replying by itself in a server, from the rulings to the next post."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.decision import Action
from bot.domain.fact import Fact
from bot.domain.policy import Mode
from bot.domain.review import Ruling
from bot.review.autonomy import REWORDED
from tests.builders import a_fact
from tests.fakes import FakeMatcher
from tests.services.conftest import CLAIM, GUILD, SUN, House
from tests.services.moderation import judge, posted, rule, undo

NEEDED = 3


async def _earning(house: House) -> None:
    await house.mode(Mode.AUTO, approvals_needed=NEEDED)


async def _post(house: House, number: int, text: str = CLAIM, **place: int) -> tuple[Action, tuple[str, ...]]:
    """Post the claim in words and a channel of its own, and return the decision."""
    watched = await house.post(f"{text} {number}", number, **{"channel_id": number, **place})
    assert watched is not None
    return watched.decision.action, watched.decision.reasons


async def _rule(house: House, number: int, ruling: Ruling = Ruling.APPROVE) -> int:
    """Post and rule on what is queued, and return the event's id."""
    assert (await _post(house, number))[0] is Action.QUEUE
    [item] = await house.items(number)
    ruled = await rule(house, item, ruling, wording="Rock." if ruling is Ruling.EDIT else None)
    assert ruled.event_id is not None
    return ruled.event_id


@pytest.mark.parametrize("last", [Ruling.APPROVE, Ruling.EDIT])
async def test_the_last_approval_that_is_needed_lets_the_next_match_reply(house: House, last: Ruling) -> None:
    """Not one earlier; each queued match says how many there are."""
    await _earning(house)
    for number, ruling in enumerate([Ruling.APPROVE, Ruling.EDIT, last]):
        _, reasons = await _post(house, 50 + number)
        assert reasons == (f"the fact was approved {number} of 3 times in this server",)
        await _rule(house, 100 + number, ruling)
    assert (await _post(house, 103))[0] is Action.REPLY


async def test_one_wrong_match_sends_a_fact_back(house: House) -> None:
    """In the queue or on a reply; all approvals have to come anew."""
    await _earning(house)
    for number in range(NEEDED):
        await _rule(house, 100 + number)
    await judge(house, await posted(house, 200))
    for number in range(NEEDED):
        await _rule(house, 300 + number)
    assert (await _post(house, 400))[0] is Action.REPLY


async def test_what_is_no_claim_leaves_a_fact_its_trust(house: House) -> None:
    """The match was right about the words."""
    await _earning(house)
    for number, ruling in enumerate([*[Ruling.APPROVE] * NEEDED]):
        await _rule(house, 100 + number, ruling)
    await judge(house, await posted(house, 200), Ruling.NOT_A_CLAIM)
    assert (await _post(house, 201))[0] is Action.REPLY


async def test_copies_are_one_approval(house: House) -> None:
    """Ten people who paste the same words don't vouch for a fact."""
    await _earning(house)
    for number in range(9):
        await house.post(CLAIM, 100 + number, channel_id=100 + number)
    [item] = await house.items(100)
    await rule(house, item)
    assert (await _post(house, 200))[1] == ("the fact was approved 1 of 3 times in this server",)


async def test_an_undone_approval_counts_no_more(house: House) -> None:
    """And an undone wrong match gives the approvals back, with those of its copies."""
    await _earning(house)
    for number in range(NEEDED - 1):
        await _rule(house, 100 + number)
    for number in (200, 201):
        await house.post(CLAIM, number, channel_id=number)
    [item] = await house.items(200)
    wrong = await rule(house, item, Ruling.WRONG_MATCH)
    assert wrong.message.endswith("1 more with the same words went the same way.")
    assert (await _post(house, 300))[1] == ("the fact was approved 0 of 3 times in this server",)
    await undo(house, wrong)
    assert (await _post(house, 301))[1] == ("the fact was approved 2 of 3 times in this server",)
    approved = await rule(house, item)
    assert (await _post(house, 302))[0] is Action.REPLY
    await undo(house, approved)
    assert (await _post(house, 303))[1] == ("the fact was approved 2 of 3 times in this server",)


async def test_shadow_notes_earn_and_lose_trust_too(house: House) -> None:
    """A server can get to know a fact without anything being posted."""
    await house.mode(Mode.SHADOW, approvals_needed=1)
    await house.post(CLAIM)
    [note] = await house.notes()
    await judge(house, note, Ruling.APPROVE)
    await house.mode(Mode.AUTO, approvals_needed=1)
    assert (await _post(house, 101))[0] is Action.REPLY
    assert (await _post(house, 102, SUN))[0] is Action.QUEUE


async def test_trust_is_a_facts_and_a_servers_own(house: House) -> None:
    """Approvals elsewhere or of another fact count for nothing."""
    for guild_id in (GUILD, 8):
        await house.policies.change(guild_id, lambda policy: replace(policy, mode=Mode.AUTO, approvals_needed=1))
    await _rule(house, 100)
    assert (await _post(house, 101))[0] is Action.REPLY
    assert (await _post(house, 102, SUN))[0] is Action.QUEUE
    assert (await _post(house, 103, guild_id=8))[0] is Action.QUEUE


async def _override(house: House, matcher: FakeMatcher) -> Fact:
    """Give the server its own version of the fact."""
    own = a_fact(slug="own-moon", guild_id=GUILD, overrides="moon-cheese")
    async with house.store.transaction() as tx:
        await tx.facts.add(own)
    matcher.facts.append(own)
    return own


async def _edited(house: House, **detail: str) -> None:
    async with house.store.transaction() as tx:
        await tx.audit.add(NewAuditEvent(house.clock.now, Act.FACT_EDITED, GUILD, slug="own-moon", detail=detail))


async def test_an_override_inherits_the_trust_in_its_base(house: House, matcher: FakeMatcher) -> None:
    """Until it is reworded; another phrasing takes nothing away, and doubts about it are not the base's elsewhere."""
    await _earning(house)
    for number in range(NEEDED):
        await _rule(house, 100 + number)
    await _override(house, matcher)
    await _edited(house, phrasings="one more")
    assert (await _post(house, 200))[0] is Action.REPLY
    assert (await house.notes(200))[0].new.slug == "own-moon"
    await _edited(house, **{REWORDED: "correction"})
    assert (await _post(house, 201))[1] == ("the fact was approved 0 of 3 times in this server",)
    for number in range(NEEDED):
        await _rule(house, 300 + number)
    assert (await _post(house, 400))[0] is Action.REPLY


async def test_an_overrides_wrong_match_counts_after_its_bases_approvals(house: House, matcher: FakeMatcher) -> None:
    """The two facts' rulings are read in the order in which they were given."""
    await house.mode(Mode.AUTO, approvals_needed=1)
    await _rule(house, 100)
    await _override(house, matcher)
    await judge(house, await posted(house, 101))
    assert (await _post(house, 102))[1] == ("the fact was approved 0 of 1 times in this server",)


async def test_hundreds_of_copies_do_not_hide_earlier_approvals(house: House) -> None:
    """A raid of the same words takes no trust away."""
    await house.mode(Mode.AUTO, approvals_needed=2)
    await _rule(house, 100)
    async with house.store.transaction() as tx:
        first = NewAuditEvent(house.clock.now, Act.APPROVE, GUILD, by=5, slug="moon-cheese")
        event = await tx.audit.add(first)
        assert event is not None
        for _ in range(250):
            await tx.audit.add(replace(first, detail={"copy of": str(event.id)}))
    assert (await _post(house, 101))[0] is Action.REPLY
