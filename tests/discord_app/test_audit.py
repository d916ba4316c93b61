from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord

from bot.discord_app.figures import audit as module
from bot.domain.audit import Act, AuditEvent, NewAuditEvent
from tests.discord_app.world import World, buttons, words

LONG_SLUG = "a-slug-" * 14


def _done(world: World, act: Act = Act.APPROVE, **over: Any) -> None:
    """Write something into the log."""
    events = world.memory.audit.events
    event = NewAuditEvent(over.pop("at", world.env.now()), act, world.guild.id, **{"by": world.moderator.id, **over})
    events.append(AuditEvent(len(events) + 1, event))


async def _show(world: World, **options: Any) -> simcord.ResponseMessage:
    result = await world.moderator.slash(world.channel, "audit show", **options)
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def _file(world: World, **options: Any) -> tuple[str, str, bytes]:
    """Export, and return what is said of the file, its name and what is in it."""
    result = await world.moderator.slash(world.channel, "audit export", **options)
    assert result.ephemeral
    assert result.response is not None
    [file] = result.response.attachments
    return words(result.response), file.filename, await file.read()


def _items(message: simcord.ResponseMessage) -> list[int]:
    """Return the items of the entries that are shown."""
    return [int(line.split(" item ")[1].split()[0]) for line in words(message).splitlines()[1:]]


class TestShow:
    async def test_the_log_says_who_did_what_and_when(self, world: World) -> None:
        """Newest first; Footnote's own acts are its own, the operator's are the operator's."""
        _done(world, item_id=12, slug="moon-cheese")
        _done(world, Act.STOPPED, by=None, detail={"because": "2 wrong"})
        _done(world, Act.DISMISS, by=1, item_id=13)
        _done(world, Act.SETTING, detail={"log_channel": f"none -> {world.channel.id}", "mode": "queue -> auto"})
        now = int(world.env.now().timestamp())
        by = f"<@{world.moderator.id}>"
        changed = f"log channel: none -\\> <#{world.channel.id}>; mode: queue -\\> auto"

        assert words(await _show(world)).splitlines() == [
            "**Audit log**",
            f"- <t:{now}:f> {by} changed the settings ({changed})",
            f"- <t:{now}:f> the operator dismissed item 13",
            f"- <t:{now}:f> Footnote stopped automatic replies (because: 2 wrong)",
            f"- <t:{now}:f> {by} approved item 12 \\(moon-cheese\\)",
        ]

    async def test_nobody_is_pinged(self, world: World) -> None:
        """Whoever acted is named, and words of others are shown letter by letter."""
        hostile = {"moderator_roles": "none -> 123456789012345678", "note": "@everyone <@5> **x**"}
        _done(world, Act.SETTING, detail=hostile)
        card = await _show(world)

        shown = words(card)
        assert "moderator roles: none -\\> <@&123456789012345678>" in shown
        assert "@everyone" not in shown
        assert "<@5>" not in shown
        stored = world.env.backend.get_message(world.channel.id, card.id)
        assert not stored.ping_user_ids
        assert not stored.ping_role_ids

    async def test_an_empty_log(self, world: World) -> None:
        """Says so, and whether that is for what was asked."""
        assert words(await _show(world)) == "**Audit log**\nNothing was done yet."
        shown = words(await _show(world, act="undo", fact="moon-cheese", days=1))
        assert shown == "**Audit log** · undo · moon-cheese · the last day\nNothing here that is asked for."

    async def test_kinds_of_acts_are_offered_while_one_types(self, world: World) -> None:
        """There are more of them than a command may list; an unknown one is refused in a sentence."""
        offered = await world.moderator.autocomplete(world.channel, "audit show", "act", "rated")
        assert [choice["value"] for choice in offered] == ["rated helpful", "rated not helpful"]
        every = await world.moderator.autocomplete(world.channel, "audit show", "act", "")
        assert len(every) == 25
        assert words(await _show(world, act="dancing")).startswith("There is no such kind of act.")

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_pages_are_turned(self, world: World, *, restarted: bool) -> None:
        """Back in time, and to the newest again."""
        for number in range(1, 21):
            _done(world, item_id=number)
        card = await _show(world)
        pages = [_items(card)]
        if restarted:
            await world.restart()
        for label in ("Older", "Older", "Newest"):
            await world.moderator.click(card, label=label)
            pages.append(_items(card))
        assert pages == [[*range(20, 12, -1)], [*range(12, 4, -1)], [4, 3, 2, 1], [*range(20, 12, -1)]]

    @pytest.mark.parametrize(
        ("options", "items"),
        [
            ({"act": "dismiss"}, range(2, 61, 2)),
            ({"fact": LONG_SLUG}, range(3, 61, 3)),
            ({"act": "dismiss", "fact": LONG_SLUG}, range(6, 61, 6)),
            ({"days": 20}, range(41, 61)),
        ],
    )
    async def test_what_was_asked_for_stays_asked_for(self, world: World, options: Any, items: range) -> None:
        """On every page, also after a restart and of a fact whose name fits into no button."""
        for number in range(1, 61):
            act = Act.DISMISS if number % 2 == 0 else Act.APPROVE
            slug = LONG_SLUG if number % 3 == 0 else "moon-cheese"
            at = world.env.now() - timedelta(days=60 - number, hours=1)
            _done(world, act, item_id=number, slug=slug, at=at)
        card = await _show(world, **options)
        await world.restart()
        head, shown = words(card).splitlines()[0], _items(card)
        while any(":older:" in custom_id for custom_id in buttons(card)):
            await world.moderator.click(card, label="Older")
            assert words(card).splitlines()[0] == head
            shown += _items(card)
        assert shown == [*items][::-1]

    async def test_the_longest_entries_fit(self, world: World) -> None:
        """Settings that changed all at once, with as many ids as there is room for."""
        detail = {f"channel {n} " + "*" * 60: " ".join(["123456789012345678"] * 40) + "_" * 100 for n in range(30)}
        for _ in range(30):
            _done(world, by=2**63 - 1, item_id=10**12, slug=LONG_SLUG, detail=detail)
        shown = words(await _show(world, fact=LONG_SLUG, act="approve", days=3650))

        assert 2000 < len(shown) <= 4000
        assert shown.count("\n- ") == 8

    async def test_another_servers_entry_leads_nowhere(self, world: World) -> None:
        """A button that was made for one server shows nothing in another."""
        for number in range(20):
            _done(world, item_id=number)
        card = await _show(world)
        world.memory.audit.events.clear()
        await world.moderator.click(card, label="Older")

        assert words(card) == "That entry is not in this server's log."

    async def test_facts_are_offered_while_typing(self, world: World) -> None:
        """By their claims."""
        choices = await world.moderator.autocomplete(world.channel, "audit show", "fact", "moon")
        assert [choice["value"] for choice in choices] == ["moon-cheese"]

    async def test_members_are_refused(self, world: World) -> None:
        """The command, and the buttons once the permission is lost."""
        for number in range(20):
            _done(world, item_id=number)
        world.open_to_member("audit")
        result = await world.member.slash(world.channel, "audit show")
        assert words(result.response).startswith("This is for the server's moderators")
        card = await _show(world)
        world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})
        result = await world.moderator.click(card, label="Older")

        assert words(result.response).startswith("This is for the server's moderators")

    async def test_it_works_in_a_thread(self, world: World) -> None:
        """As anywhere."""
        _done(world, item_id=3)
        result = await world.moderator.slash(await world.thread(world.channel), "audit show")

        assert "approved item 3" in words(result.response)


class TestExport:
    async def test_a_spreadsheet(self, world: World) -> None:
        """UTF-8, ISO times, and no formula."""
        _done(world, item_id=1, slug="=1+1")
        _done(world, Act.SETTING, detail={"mode": "queue -> auto", "käse": "“ja”"})
        said, name, data = await _file(world)

        assert said == "**Audit log** · 2 entries, newest first; times are UTC"
        assert name == f"audit-{world.guild.id}-{world.env.now():%Y-%m-%d}.csv"
        newest, oldest = csv.DictReader(io.StringIO(data.decode(), newline=""))
        assert (newest["at"], newest["by"]) == (world.env.now().isoformat(), str(world.moderator.id))
        assert (newest["act"], newest["detail"]) == ("setting changed", "mode: queue -> auto; käse: “ja”")
        assert oldest["fact"] == "'=1+1"

    async def test_for_programs(self, world: World) -> None:
        """Of the last days alone."""
        _done(world, item_id=1, at=world.env.now() - timedelta(days=3))
        _done(world, item_id=2)
        _, name, data = await _file(world, format="json", days=2)

        assert name.endswith(".json")
        assert [row["item"] for row in json.loads(data)] == [2]

    async def test_an_empty_log_is_a_file(self, world: World) -> None:
        """With a head."""
        said, _, data = await _file(world)
        assert "0 entries" in said
        assert data.decode().startswith("id,at,act,by,")

    async def test_what_is_too_long_is_cut_and_said(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The newest entries stay."""
        monkeypatch.setattr(module, "FILE_LIMIT", 500)
        for number in range(20):
            _done(world, item_id=number)
        said, _, data = await _file(world)

        assert len(data) <= 500
        assert "Older ones are left out: a file may have 10 MB." in said
        rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        assert 0 < len(rows) < 20
        assert f"{len(rows)} entries" in said
        assert rows[0]["item"] == "19"

    async def test_moderators_without_manage_server_are_refused(self, world: World) -> None:
        """They may read the log, and not take it away."""
        role = world.guild.create_role("Readers", permissions=discord.Permissions(manage_messages=True))
        reader = world.guild.add_member(world.env.create_user("reader"), roles=[role])
        result = await reader.slash(world.channel, "audit show")
        assert "Audit log" in words(result.response)
        result = await reader.slash(world.channel, "audit export")

        assert words(result.response) == "This needs the permission “Manage Server” in this server."
        assert result.response is not None
        assert not result.response.attachments
