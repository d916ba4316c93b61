"""Whatever members, moderators and publishers write comes out as words: in every message that Footnote sends."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
import simcord

from bot.discord_app.facts.sharing import ImportButton
from bot.domain.appeal import Outcome
from bot.domain.fact import Citation
from bot.domain.policy import Mode
from tests.builders import A_SOURCE, a_fact, a_review
from tests.discord_app.fact_world import follow
from tests.discord_app.furnished import furnish
from tests.discord_app.world import CLAIM, World
from tests.hostile import FORMULAS, HOSTILE, alive, hidden, texts_of


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_what_members_write_comes_out_as_words(world: World, text: str) -> None:
    """A post on its card and in the lists, a request, an appeal and its answer."""
    world.queue_channel()
    things = await furnish(world)
    services, guild, mod = world.client.services, world.guild.id, world.moderator
    world.set_policy(stop=None)
    await world.member.send(world.channel, f"{CLAIM} {text}"[:2000])
    await world.member.send(world.channel, f"{text[:1900]}\n{CLAIM}")
    await services.appeal_answers.rule(
        things.appeal, guild_id=guild, outcome=Outcome.RESTORED, by=mod.id, answer=text[:280]
    )
    heard = await services.appeals.write(
        things.note, guild_id=guild, author_id=world.member.id, text=text[:280], heard=True
    )
    assert heard.done
    asked = await services.requests.ask(guild, text[:300], by=world.member.id)
    assert asked.done
    await world.settle()
    for command in ("queue", "appeals", "requests", "stats", "audit show"):
        await mod.slash(world.channel, command)
    await world.member.slash(world.channel, "request mine")
    await world.member.slash(world.channel, "check", text=f"{CLAIM} {text}"[:4000])
    await world.member.slash(world.channel, "check", text=text[:4000])
    await world.queue()
    _all_is_words(world)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_what_facts_hold_comes_out_as_words(world: World, text: str) -> None:
    """In a note, its reasons, the card, the fact's own card, its history, its limits and the lists."""
    source = replace(A_SOURCE, publisher=text[:100], title=text[:300])
    fact = a_fact(
        correction=text[:280],
        true_statement=text[:300],
        citations=(Citation(source, text[:1000]),),
        phrasings=(CLAIM, text[:300]),
        verdict_label=text[:100],
        speaker=text[:100],
        context=text[:300],
        reviews=(a_review(publisher=text[:100], title=text[:300], label=text[:100]),),
        guild_id=world.guild.id,
    )
    world.memory.facts.by_slug[fact.slug] = fact
    follow(world)
    world.stage.worker.matcher.sync()
    world.auto()
    world.queue_channel()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    world.set_policy(mode=Mode.QUEUE)
    await world.member.send(world.channel, CLAIM)
    await world.env.settle()
    [note] = [one for one in world.bot_messages() if one.components]
    await world.member.click(note, label="Why this?")
    mod = world.moderator
    for command in ("facts show", "facts history", "facts test"):
        await mod.slash(world.channel, command, fact=fact.slug)
    await mod.slash(world.channel, "facts search", words="moon")
    await mod.slash(world.channel, "settings limit", fact=fact.slug, mode="off")
    await mod.slash(world.channel, "settings limits")
    await mod.slash(world.channel, "audit show", act="fact limited")
    await world.queue()
    _all_is_words(world)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_no_file_holds_a_formula(world: World, text: str) -> None:
    """Facts, requests, ratings and the audit log, as Discord hands them out for a spreadsheet."""
    fact = a_fact(
        claim=f"{text[:200]}", correction=text[:280], speaker=text[:100], context=text[:200], guild_id=world.guild.id
    )
    world.memory.facts.by_slug[fact.slug] = fact
    services, guild, mod = world.client.services, world.guild.id, world.moderator
    await services.requests.ask(guild, text[:300], by=world.member.id)
    await services.policies.change(guild, lambda policy: replace(policy, language=text[:20]), by=mod.id)
    listed = await mod.slash(world.channel, "requests")
    assert listed.response is not None
    given = [
        await mod.slash(world.channel, "facts export", **{"as": "csv"}),
        await mod.slash(world.channel, "audit export"),
        await mod.slash(world.channel, "ratings export"),
        await mod.click(listed.response, label="Export"),
    ]
    for result in given:
        for cell in await _cells(result):
            assert not cell.startswith(FORMULAS), (cell, text)


async def test_a_files_name_comes_out_as_words(world: World) -> None:
    """Of a file that a moderator sends in, and of the server in the name of a pack."""
    for name in ("@everyone ](http://evil.example).json", "\u202enosj.evil.json", "..\\..\\evil\x00.json"):
        data = b'[{"@type": "ClaimReview"}]'
        number = world.client.services.pending_imports.add(data, name, guild_id=world.guild.id, by=world.moderator.id)
        assert ImportButton(number)
        await world.moderator.slash(world.channel, "facts import", file=(name, data))
    _all_is_words(world)


def _all_is_words(world: World) -> None:
    """Fail where anything that was sent to Discord would come alive, or hides something."""
    bodies = [request.json for request in world.env.http_requests if request.json is not None]
    said = [*texts_of(bodies, "content")]
    labels = [*texts_of(bodies, "label", "description", "placeholder")]
    assert said
    assert [(found, text) for text in said if (found := alive(text))] == []
    assert [(found, text) for text in (*said, *labels) if (found := hidden(text))] == []
    assert all(len(text) <= 4000 for text in said)
    pinging = [body.get("allowed_mentions") for body in bodies if "components" in body and "allowed_mentions" in body]
    assert all(not one["parse"] for one in pinging)


async def _cells(result: simcord.InteractionResult) -> list[str]:
    answers = [answer for answer in (result.response, *result.followups) if answer is not None]
    files: list[Any] = [file for answer in answers for file in answer.attachments]
    assert files
    texts = [(await file.read()).decode() for file in files]
    return [cell for text in texts for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
