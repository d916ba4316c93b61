"""Members ask for a fact-check, moderators answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.audit import Act
from bot.domain.member import EVERYWHERE, Mark, Pseudonyms
from bot.domain.request import REQUEST_LIMIT, Answer
from bot.services.compute import MatchingWorker
from bot.services.requests import ALLOWED, Requests
from bot.store.database import open_database
from tests.services.conftest import GUILD, House

ALICE, BOB = 987654321012, 123456789012


def _bytes(folder: Path) -> bytes:
    """Return the database and whatever lies beside it."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.fixture
def requests(house: House) -> Requests:
    """What members ask with."""
    return house.services.requests


async def _waiting(house: House, guild_id: int = GUILD) -> list[tuple[str, int]]:
    found = await house.services.request_answers.waiting(guild_id, limit=99)
    return [(one.text, one.asked) for one in found]


async def test_the_same_words_are_one_request(house: House, requests: Requests) -> None:
    """Letter case and spaces aside; each member counts once."""
    assert (await requests.ask(GUILD, "Is it hollow?", by=ALICE)).message.startswith("Passed on to the moderators")
    again = await requests.ask(GUILD, " is it  HOLLOW? ", by=ALICE)
    assert (again.done, again.message) == (True, "You asked for this already; it waits for the moderators.")
    await requests.ask(GUILD, "IS IT HOLLOW?", by=BOB)
    assert await _waiting(house) == [("Is it hollow?", 2)]
    assert await _waiting(house, GUILD + 1) == []


async def test_the_same_claim_in_other_words_is_one_request(house: House, requests: Requests) -> None:
    """As the matcher judges it; a denial asks for another claim."""
    await requests.ask(GUILD, "The moon is a balloon", by=ALICE)
    asked = await requests.ask(GUILD, "somebody said the moon is a balloon, really", by=BOB)
    assert (asked.done, asked.others) == (True, True)
    assert await _waiting(house) == [("The moon is a balloon", 2)]
    await requests.ask(GUILD, "it is false that the moon is a balloon", by=BOB)
    assert len(await _waiting(house)) == 2


async def test_what_breaks_in_comparing_leaves_a_request_its_own(
    house: House, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost."""

    async def fail(*_: object) -> None:
        raise OSError("model")

    await requests.ask(GUILD, "The moon is a balloon", by=ALICE)
    monkeypatch.setattr(house.worker, "trial", fail)
    assert (await requests.ask(GUILD, "they say the moon is a balloon", by=BOB)).done
    assert len(await _waiting(house)) == 2


async def test_two_clicks_at_once_are_one_request(house: House, requests: Requests) -> None:
    """However fast."""
    await asyncio.gather(*(requests.ask(GUILD, "Is it?", by=ALICE) for _ in range(5)))
    assert await _waiting(house) == [("Is it?", 1)]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (REQUEST_LIMIT + 1)])
async def test_what_is_no_request_is_refused(house: House, requests: Requests, text: str) -> None:
    """Nothing, and what is too long."""
    assert not (await requests.ask(GUILD, text, by=ALICE)).done
    assert await _waiting(house) == []


async def test_a_member_may_ask_five_times_an_hour(house: House, requests: Requests) -> None:
    """Then they wait; others need not, nor does another server."""
    for number in range(ALLOWED):
        assert (await requests.ask(GUILD, f"Request {number}?", by=ALICE)).done
    refused = await requests.ask(GUILD, "One more?", by=ALICE)
    assert (refused.done, refused.message) == (False, "That was 5 requests within an hour. Please try again later.")
    assert (await requests.ask(GUILD, "One more?", by=BOB)).done
    assert (await requests.ask(GUILD + 1, "One more?", by=ALICE)).done
    house.clock.forward(hours=1, seconds=1)
    assert (await requests.ask(GUILD, "One more?", by=ALICE)).done


async def test_unanswered_requests_are_limited(
    house: House, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a member, and of a server."""
    monkeypatch.setattr("bot.services.requests.MOST_UNANSWERED", 1)
    await requests.ask(GUILD, "One?", by=ALICE)
    assert "wait for an answer" in (await requests.ask(GUILD, "Two?", by=ALICE)).message
    monkeypatch.setattr("bot.services.requests.MOST_WAITING", 1)
    assert "requests wait in this server" in (await requests.ask(GUILD, "Two?", by=BOB)).message
    assert (await requests.ask(GUILD, "one?", by=BOB)).done
    assert await _waiting(house) == [("One?", 2)]


async def test_the_words_of_who_opted_out_are_not_passed_on(house: House, requests: Requests) -> None:
    """They asked to be left alone."""
    await house.services.privacy.opt_out(BOB)
    asked = await requests.ask(GUILD, "Is it?", by=ALICE, author_id=BOB)
    assert asked.message.startswith("The author of this message asked Footnote to leave their messages alone")
    async with house.store.reading() as tx:
        assert await tx.members.marked(Mark.OPTED_OUT, guild_id=EVERYWHERE)
    assert await _waiting(house) == []


async def test_requests_go_after_ninety_days(house: House, requests: Requests) -> None:
    """Asked again, they stay; the rest is gone."""
    await requests.ask(GUILD, "Old?", by=ALICE)
    await requests.ask(GUILD, "Kept?", by=ALICE)
    house.clock.forward(days=60)
    await requests.ask(GUILD, "Kept?", by=BOB)
    house.clock.forward(days=31)
    await requests.ask(GUILD, "New?", by=ALICE)
    assert {text for text, _ in await _waiting(house)} == {"Kept?", "New?"}


async def test_a_member_sees_what_came_of_it_and_takes_it_back(house: House, requests: Requests) -> None:
    """The fact that answers it, or that none is needed."""
    for text in ("One?", "Two?", "Three?"):
        await requests.ask(GUILD, text, by=ALICE)
    ids = {one.request.text: one.request.id for one in await requests.mine(GUILD, by=ALICE)}
    answers = house.services.request_answers
    await answers.answer(ids["One?"], Answer.FACT, guild_id=GUILD, by=5, slug="moon-cheese")
    await answers.answer(ids["Two?"], Answer.NOT_NEEDED, guild_id=GUILD, by=5)
    mine = {
        one.request.text: (one.request.answer, one.fact and one.fact.slug)
        for one in await requests.mine(GUILD, by=ALICE)
    }
    assert mine == {"One?": (Answer.FACT, "moon-cheese"), "Two?": (Answer.NOT_NEEDED, None), "Three?": (None, None)}
    assert await requests.take_back(GUILD, ids["Three?"], by=ALICE)
    assert not await requests.take_back(GUILD, ids["Three?"], by=ALICE)
    assert not await requests.take_back(GUILD + 1, ids["Two?"], by=ALICE)
    assert await requests.mine(GUILD, by=BOB) == []


async def test_of_two_moderators_one_answers(house: House, requests: Requests) -> None:
    """The other is told; an answer can be taken back, and every act is on record without the words."""
    asked = await requests.ask(GUILD, "Is xylophonequark real?", by=ALICE)
    assert asked.request is not None
    answers, request_id = house.services.request_answers, asked.request.id
    gone = await answers.answer(request_id, Answer.FACT, guild_id=GUILD, by=5, slug="nothing")
    assert gone.message.startswith("There is no such fact")
    assert (await answers.answer(request_id, Answer.NOT_NEEDED, guild_id=GUILD, by=5)).message == "Answered."
    late = await answers.answer(request_id, Answer.FACT, guild_id=GUILD, by=6, slug="moon-cheese")
    assert (late.done, late.message) == (False, "Somebody was first: this request is answered already.")
    assert (await requests.ask(GUILD, "is xylophonequark real?", by=BOB)).message == (
        "The moderators have answered this already."
    )
    assert (await answers.reopen(request_id, guild_id=GUILD, by=6)).done
    assert not (await answers.reopen(request_id, guild_id=GUILD, by=6)).done
    assert (await answers.remove(request_id, guild_id=GUILD, by=6)).done
    assert not (await answers.remove(request_id, guild_id=GUILD, by=6)).done
    async with house.store.reading() as tx:
        events = await tx.audit.find(GUILD, acts={Act.REQUEST_ANSWERED})
    assert [event.new.detail["answer"] for event in events] == ["removed", "taken back", "no fact-check needed"]
    assert "xylophonequark" not in repr(events)


async def test_what_waits_is_exported_without_formulas(house: House, requests: Requests) -> None:
    """Nobody's name stands in it."""
    await requests.ask(GUILD, "=1+1 is it true?", by=ALICE)
    export = await house.services.request_answers.export(GUILD)
    assert export.count == 1
    assert "'=1+1 is it true?,1," in export.data.decode()


async def test_who_asked_is_written_nowhere(tmp_path: Path, seed: Path, worker: MatchingWorker) -> None:
    """The words are in the file, the member's id isn't."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await House(database, worker).services.requests.ask(GUILD, "Is xylophonequark real?", by=ALICE)
    files = _bytes(tmp_path)
    assert b"xylophonequark" in files
    assert str(ALICE).encode() not in files
    assert not any(ALICE.to_bytes(size, "big") in files for size in (6, 8))


def test_a_pseudonym_is_no_id() -> None:
    """Nor is it the same under another key."""
    one, two = (Pseudonyms(bytes([byte]) * 32).of(ALICE) for byte in (1, 2))
    assert len({one, two, str(ALICE)}) == 3
