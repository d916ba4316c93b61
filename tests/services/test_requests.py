from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.audit import Act
from bot.domain.member import EVERYWHERE, Mark
from bot.domain.request import REQUEST_LIMIT, Answer, Request
from bot.services.answer_requests import AnswerRequests
from bot.services.compute import MatchingWorker
from bot.services.requests import ALLOWED, MOST_UNANSWERED, MOST_WAITING, Requests
from bot.services.same_claim import MOST_COMPARED, sharing
from bot.store.database import open_database
from tests.builders import NOW
from tests.fakes import FakeMatcher
from tests.services.conftest import GUILD, House

ALICE, BOB, MOD, OTHER_MOD = 987654321012, 123456789012, 5, 6


def _bytes(folder: Path) -> bytes:
    """Return the database and whatever lies beside it."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.fixture
def requests(house: House) -> Requests:
    """The members' side."""
    return house.services.requests


@pytest.fixture
def answers(house: House) -> AnswerRequests:
    """The moderators' side."""
    return house.services.request_answers


async def _waiting(house: House) -> list[tuple[str, int]]:
    async with house.store.reading() as tx:
        return [(one.text, one.asked) for one in await tx.requests.waiting(GUILD)]


async def _ask(requests: Requests, text: str = "The moon is hollow.", by: int = ALICE) -> Request:
    asked = await requests.ask(GUILD, text, by=by)
    assert asked.request is not None, asked.message
    return asked.request


async def test_the_same_words_are_one_request(house: House, requests: Requests) -> None:
    """Letter case and spaces aside; two members count twice, one who presses again counts once and is told."""
    assert (await requests.ask(GUILD, "Is it hollow?", by=ALICE)).message.startswith("Passed on to the moderators")
    again = await requests.ask(GUILD, " is it  HOLLOW? ", by=ALICE)
    assert (again.done, again.message) == (True, "You asked for this already; it waits for the moderators.")
    await requests.ask(GUILD, "IS IT HOLLOW?", by=BOB)
    assert await _waiting(house) == [("Is it hollow?", 2)]


async def test_the_same_claim_in_other_words_is_one_request(house: House, requests: Requests) -> None:
    """A member whose words repeat a request that waits is counted to it, and told so."""
    first = await _ask(requests, "The moon is hollow.")
    asked = await requests.ask(GUILD, "I heard: the moon is hollow. So deep!", by=BOB)
    assert (asked.done, asked.others) == (True, True)
    assert asked.message.startswith("Others asked for this too")
    assert asked.request is not None
    assert (asked.request.id, asked.request.text) == (first.id, "The moon is hollow.")
    again = await requests.ask(GUILD, "They say the moon is hollow.", by=BOB)
    assert (again.message, again.others) == ("You asked for this already; it waits for the moderators.", False)
    assert await _waiting(house) == [("The moon is hollow.", 2)]


@pytest.mark.parametrize("text", ["It is false that the moon is hollow.", "The moon is a hologram."])
async def test_another_claim_is_another_request(house: House, requests: Requests, text: str) -> None:
    """A denial, and what merely shares words."""
    await _ask(requests, "the moon is hollow.")
    await _ask(requests, text, by=BOB)
    assert len(await _waiting(house)) == 2


async def test_what_is_unsure_stays_apart(house: House, requests: Requests, matcher: FakeMatcher) -> None:
    """Below the confidence from which a reply is allowed, it is a request of its own."""
    matcher.confidence = 0.89
    await _ask(requests)
    await _ask(requests, "They say the moon is hollow.", by=BOB)
    assert len(await _waiting(house)) == 2


async def test_a_comparison_that_breaks_leaves_a_request_its_own(
    house: House,
    requests: Requests,
    matcher: FakeMatcher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is lost, and the words stand in no log."""

    def fail(*_: object) -> FakeMatcher:
        raise OSError("model")

    monkeypatch.setattr(matcher, "trial", fail)
    await _ask(requests)
    await _ask(requests, "They say the moon is hollow.", by=BOB)
    assert len(await _waiting(house)) == 2
    assert "request.uncompared" in caplog.text
    assert "hollow" not in caplog.text


async def test_other_servers_requests_are_not_joined(house: House, requests: Requests) -> None:
    """What is asked in one server is nobody's business in another."""
    await requests.ask(GUILD + 1, "The moon is hollow.", by=ALICE)
    asked = await requests.ask(GUILD, "They say the moon is hollow.", by=BOB)
    assert not asked.others
    assert await _waiting(house) == [("They say the moon is hollow.", 1)]


def test_few_requests_are_compared() -> None:
    """Those with the most telling words in common; those with none, or only one of many, are not."""
    texts = ["Nothing in common.", "The moon landing was staged.", "A moon."]
    texts += [f"The hollow moon number {number}." for number in range(2 * MOST_COMPARED)]
    waiting = [Request(number, GUILD, text, 1, NOW, NOW) for number, text in enumerate(texts)]
    near = sharing(waiting, "They say that the moon is hollow!")
    assert [one.id for one in near] == list(range(3, 3 + MOST_COMPARED))
    assert [one.id for one in sharing(waiting, "common")] == [0]
    assert sharing(waiting, "of the") == []


async def test_two_clicks_at_once_are_one_request(house: House, requests: Requests) -> None:
    """However fast."""
    await asyncio.gather(*(requests.ask(GUILD, "Is it?", by=ALICE) for _ in range(5)))
    assert await _waiting(house) == [("Is it?", 1)]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (REQUEST_LIMIT + 1)])
async def test_what_is_no_request_is_refused(house: House, requests: Requests, text: str) -> None:
    """Nothing, and what is too long."""
    assert "1 to 500 characters" in str(await requests.refusal(GUILD, text, by=ALICE))
    assert not (await requests.ask(GUILD, text, by=ALICE)).done
    assert await _waiting(house) == []


async def test_the_words_of_who_opted_out_are_refused(house: House, requests: Requests) -> None:
    """Their own excepted; and nothing of them is stored."""
    pseudonym = requests._pseudonyms.of(BOB)
    async with house.store.transaction() as tx:
        await tx.members.mark(Mark.OPTED_OUT, pseudonym, guild_id=EVERYWHERE, at=NOW)
    asked = await requests.ask(GUILD, "The moon is hollow.", by=ALICE, author_id=BOB)
    assert (asked.done, asked.message[:26]) == (False, "The author of this message")
    assert await _waiting(house) == []
    assert (await requests.ask(GUILD, "The moon is hollow.", by=BOB, author_id=BOB)).done


async def test_a_member_may_ask_five_times_an_hour(house: House, requests: Requests) -> None:
    """Then they wait, also after a restart; others need not, nor does another server."""
    for number in range(ALLOWED):
        assert (await requests.ask(GUILD, f"Request {number}?", by=ALICE)).done
    house.clock.forward(minutes=59)
    refused = await requests.ask(GUILD, "One more?", by=ALICE)
    assert (refused.done, refused.message) == (False, "That was 5 requests within an hour. Please try again later.")
    assert (await requests.ask(GUILD, "Request 3?", by=ALICE)).message.startswith("You asked for this already")
    assert (await requests.ask(GUILD, "One more?", by=BOB)).done
    assert (await requests.ask(GUILD + 1, "One more?", by=ALICE)).done
    house.clock.forward(minutes=2)
    assert (await requests.ask(GUILD, "One more?", by=ALICE)).done


async def test_a_member_has_twenty_unanswered_requests(
    house: House, requests: Requests, answers: AnswerRequests
) -> None:
    """Until one is answered or taken back."""
    for number in range(MOST_UNANSWERED):
        last = await _ask(requests, f"Request {number}?")
        house.clock.forward(hours=1)
    house.clock.forward(hours=1)
    refused = await requests.ask(GUILD, "One more?", by=ALICE)
    assert (refused.done, refused.message[:23]) == (False, "20 of your requests wai")
    await answers.answer(last.id, Answer.NOT_NEEDED, guild_id=GUILD, by=MOD)
    assert (await requests.ask(GUILD, "One more?", by=ALICE)).done


async def test_a_server_has_five_hundred(house: House, requests: Requests) -> None:
    """Then only what waits already can be asked for."""
    async with house.store.transaction() as tx:
        for number in range(MOST_WAITING):
            await tx.requests.ask(GUILD, f"Filler {number}?", member=str(number), at=NOW)
    refused = await requests.ask(GUILD, "Something else entirely?", by=ALICE)
    assert (refused.done, refused.message[:17]) == (False, "500 requests wait")
    assert (await requests.ask(GUILD, "filler 3?", by=ALICE)).done


async def test_requests_go_after_ninety_days(house: House, requests: Requests) -> None:
    """Asked by somebody else, they stay; the rest is gone, also where nobody looks."""
    await _ask(requests, "Old?")
    await _ask(requests, "Kept?")
    house.clock.forward(days=60)
    await _ask(requests, "Kept?", by=BOB)
    house.clock.forward(days=31)
    assert [one.request.text for one in await requests.mine(GUILD, by=ALICE)] == ["Kept?"]
    await _ask(requests, "New?")
    assert {text for text, _ in await _waiting(house)} == {"Kept?", "New?"}


async def test_a_member_sees_their_own(house: House, requests: Requests, answers: AnswerRequests) -> None:
    """With what answers it; a fact that is no longer in use isn't shown."""
    one, two = await _ask(requests, "One?"), await _ask(requests, "Two?")
    await _ask(requests, "Bob's?", by=BOB)
    await answers.answer(one.id, Answer.FACT, guild_id=GUILD, by=MOD, slug="moon-cheese")
    mine = {found.request.id: found for found in await requests.mine(GUILD, by=ALICE)}
    assert set(mine) == {one.id, two.id}
    assert mine[one.id].fact is not None
    assert (mine[two.id].request.answer, mine[two.id].fact) == (None, None)
    assert await requests.mine(GUILD + 1, by=ALICE) == []
    async with house.store.transaction() as tx:
        fact = await tx.facts.get("moon-cheese")
        assert fact is not None
        await tx.facts.replace(replace(fact, version=2, retired=True), expected=1)
    assert [found.fact for found in await requests.mine(GUILD, by=ALICE)] == [None, None]


async def test_a_member_takes_their_own_back(house: House, requests: Requests) -> None:
    """Nobody else's, and once; what another member asked for stays."""
    one = await _ask(requests, "One?")
    await _ask(requests, "One?", by=BOB)
    two = await _ask(requests, "Two?")
    assert not await requests.take_back(GUILD, two.id, by=BOB)
    assert not await requests.take_back(GUILD + 1, two.id, by=ALICE)
    assert await requests.take_back(GUILD, two.id, by=ALICE)
    assert not await requests.take_back(GUILD, two.id, by=ALICE)
    assert await requests.take_back(GUILD, one.id, by=ALICE)
    assert await _waiting(house) == [("One?", 1)]


async def test_of_two_moderators_one_answers(house: House, requests: Requests, answers: AnswerRequests) -> None:
    """The other one is told; the audit names the request, never who asked or what."""
    one = await _ask(requests)
    results = await asyncio.gather(
        answers.answer(one.id, Answer.NOT_NEEDED, guild_id=GUILD, by=MOD),
        answers.answer(one.id, Answer.FACT, guild_id=GUILD, by=OTHER_MOD, slug="moon-cheese"),
    )
    assert sorted(result.done for result in results) == [False, True]
    [late] = [result for result in results if not result.done]
    assert late.message == "Somebody was first: this request is answered already."
    async with house.store.reading() as tx:
        [event] = await tx.audit.find(GUILD, acts={Act.REQUEST_ANSWERED})
    assert event.new.detail["request"] == str(one.id)
    assert "hollow" not in repr(event)
    assert str(ALICE) not in repr(event)


async def test_who_asks_again_sees_the_answer(requests: Requests, answers: AnswerRequests) -> None:
    """Nothing is stored for it; reopened, it waits again."""
    one = await _ask(requests)
    await answers.answer(one.id, Answer.FACT, guild_id=GUILD, by=MOD, slug="moon-cheese")
    asked = await requests.ask(GUILD, "The moon is hollow.", by=BOB)
    assert asked.message == "The moderators have answered this already."
    assert asked.fact is not None
    assert await requests.mine(GUILD, by=BOB) == []
    assert (await answers.reopen(one.id, guild_id=GUILD, by=MOD)).done
    assert not (await answers.reopen(one.id, guild_id=GUILD, by=OTHER_MOD)).done
    assert (await requests.ask(GUILD, "The moon is hollow.", by=BOB)).message.startswith("Passed on")


async def test_only_a_servers_own_requests_and_facts(requests: Requests, answers: AnswerRequests) -> None:
    """Another server's moderators find, answer and remove nothing here; a fact that isn't there answers nothing."""
    one, there = await _ask(requests), GUILD + 1
    assert await answers.get(one.id, there) is None
    assert (await answers.answer(one.id, Answer.NOT_NEEDED, guild_id=there, by=MOD)).request is None
    assert not (await answers.reopen(one.id, guild_id=there, by=MOD)).done
    assert not (await answers.remove(one.id, guild_id=there, by=MOD)).done
    unknown = await answers.answer(one.id, Answer.FACT, guild_id=GUILD, by=MOD, slug="unknown")
    assert (unknown.done, unknown.message[:21]) == (False, "There is no such fact")
    assert (await answers.remove(one.id, guild_id=GUILD, by=MOD)).done
    assert not (await answers.remove(one.id, guild_id=GUILD, by=MOD)).done
    assert await answers.waiting(GUILD, limit=9) == []


async def test_what_waits_as_a_file(requests: Requests, answers: AnswerRequests) -> None:
    """What is answered isn't in it, nor who asked; no cell is a formula."""
    await _ask(requests, '=HYPERLINK("http://x.example")')
    await _ask(requests, '=HYPERLINK("http://x.example")', by=BOB)
    done = await _ask(requests, "Answered?")
    await answers.answer(done.id, Answer.NOT_NEEDED, guild_id=GUILD, by=MOD)
    file = await answers.export(GUILD)
    head, line = csv.reader(io.StringIO(file.data.decode()))
    assert head == ["request", "text", "members", "first asked", "last asked"]
    assert line[1:] == ['\'=HYPERLINK("http://x.example")', "2", *["2026-03-01T12:00:00+00:00"] * 2]
    assert file.count == 1
    assert str(ALICE) not in file.data.decode()


async def test_who_asked_is_written_nowhere(tmp_path: Path, seed: Path, worker: MatchingWorker) -> None:
    """The words are in the file, the member's id isn't."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        house = House(database, worker)
        await house.services.requests.ask(GUILD, "Is xylophonequark real?", by=ALICE, author_id=BOB)
        assert await _waiting(house) == [("Is xylophonequark real?", 1)]
    files = _bytes(tmp_path)
    assert b"xylophonequark" in files
    for member in (ALICE, BOB):
        assert str(member).encode() not in files
        assert not any(member.to_bytes(size, "big") in files for size in (6, 8))
