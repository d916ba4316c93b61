from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from bot.domain.audit import Act, AuditEvent, NewAuditEvent
from bot.review.ledger import FormName
from bot.services import audit as module
from bot.services.audit import ReadAudit, WantedEvents
from tests.builders import NOW
from tests.services.conftest import GUILD, House

ALL = WantedEvents()
ROOM = 10_000_000


@pytest.fixture
async def log(house: House) -> ReadAudit:
    """A log of twelve days, an entry a day; every third is about another fact, every fourth another act."""
    async with house.store.transaction() as tx:
        for number in range(12):
            slug = "sun-cold" if number % 3 == 0 else "moon-cheese"
            act = Act.DISMISS if number % 4 == 0 else Act.APPROVE
            at = NOW - timedelta(days=11 - number)
            await tx.audit.add(NewAuditEvent(at, act, GUILD, by=5, item_id=number + 1, slug=slug))
        await tx.audit.add(NewAuditEvent(NOW, Act.APPROVE, GUILD + 1, by=5, item_id=99))
    # The fixture's server changed its mode, which is in the log, too.
    return house.services.audit


def _items(events: list[AuditEvent]) -> list[int | None]:
    return [event.new.item_id for event in events]


async def test_pages_follow_each_other_newest_first(log: ReadAudit) -> None:
    """Of this server alone."""
    wanted = WantedEvents(act=Act.APPROVE)
    first = await log.page(GUILD, wanted, limit=3)
    second = await log.page(GUILD, wanted, limit=3, before=first[-1].id)
    assert _items(first + second) == [12, 11, 10, 8, 7, 6]


async def test_the_log_is_narrowed(log: ReadAudit) -> None:
    """To an act, a fact and the last days."""
    assert _items(await log.page(GUILD, WantedEvents(slug="sun-cold"), limit=9)) == [10, 7, 4, 1]
    assert _items(await log.page(GUILD, WantedEvents(act=Act.DISMISS, slug="sun-cold"), limit=9)) == [1]
    assert _items(await log.page(GUILD, WantedEvents(act=Act.APPROVE, days=2), limit=9)) == [12, 11, 10]


async def test_another_servers_entry_is_not_there(log: ReadAudit) -> None:
    """To look up, either."""
    [newest] = await log.page(GUILD + 1, ALL, limit=1)
    assert await log.get(newest.id, guild_id=GUILD) is None
    assert await log.get(newest.id, guild_id=GUILD + 1) == newest


@pytest.mark.parametrize("page", [1, 4, 1000])
@pytest.mark.parametrize("form", ["csv", "json"])
async def test_the_whole_log_is_written(
    log: ReadAudit, monkeypatch: pytest.MonkeyPatch, page: int, form: FormName
) -> None:
    """However it is read, every entry once, the newest first."""
    monkeypatch.setattr(module, "_PAGE", page)
    written = await log.export(GUILD, WantedEvents(days=30), form=form, limit=ROOM)
    text = written.data.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline=""))) if form == "csv" else json.loads(text)
    items = [str(row["item"]) for row in rows if row["act"] != "setting changed"]
    assert items == [str(number) for number in range(12, 0, -1)]
    assert (written.count, written.cut) == (len(rows), False)


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_an_empty_log_is_a_file_too(house: House, form: FormName) -> None:
    """A head without rows, or an empty list."""
    written = await house.services.audit.export(404, ALL, form=form, limit=ROOM)
    text = written.data.decode()
    assert (written.count, written.cut) == (0, False)
    assert json.loads(text) == [] if form == "json" else text.startswith("id,at,act,")


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_a_file_is_cut_where_it_would_be_too_long(log: ReadAudit, form: FormName) -> None:
    """It holds whole entries, the newest ones, and can be read; with room for one byte less there is one less."""
    whole = await log.export(GUILD, ALL, form=form, limit=ROOM)
    exact = await log.export(GUILD, ALL, form=form, limit=len(whole.data) + 2)
    assert (exact.data, exact.cut) == (whole.data, False)
    for limit in range(200, len(whole.data), 97):
        cut = await log.export(GUILD, ALL, form=form, limit=limit)
        assert len(cut.data) <= limit
        assert cut.cut
        text = cut.data.decode()
        rows = json.loads(text) if form == "json" else list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(rows) == cut.count < whole.count
