"""Without a fault: what the other scenarios stand on."""

from __future__ import annotations

import json

from tests.loopback.double import Double
from tests.loopback.process import Footnote
from tests.loopback.scenes import CHAT, CLAIM, ends_well

MESSAGE_CONTENT = 1 << 15


async def test_a_claim_gets_its_note_and_chat_gets_nothing(double: Double, footnote: Footnote) -> None:
    """One reply, from a process that was started with nothing but its environment; a stop ends it well."""
    await footnote.start()
    await double.post(CHAT)
    post = await double.post(CLAIM)
    await double.until(lambda: bool(double.replies_to(post)), "the note")
    assert double.gateway.intents & MESSAGE_CONTENT
    await ends_well(double, footnote, answered=[post])


async def test_a_deleted_post_takes_its_note_with_it(double: Double, footnote: Footnote) -> None:
    """And the words of the post leave the database."""
    await footnote.start()
    post = await double.post(CLAIM)
    await double.until(lambda: bool(double.replies_to(post)), "the note")
    await double.delete(post)
    await double.until(lambda: not double.notes(), "that it goes")
    await ends_well(double, footnote, answered=[])


async def test_the_doctor_finds_all_well(double: Double, footnote: Footnote) -> None:
    """By the same proxy: the token, the intent, the sessions that are left, the permissions in the server."""
    findings = {one["name"]: one for one in json.loads(await footnote.command("doctor", "--json"))["checks"]}
    assert all(finding["ok"] for finding in findings.values())
    assert "Footnote" in findings["Discord token"]["detail"]
    assert "1 server" in findings["Servers"]["detail"]
    assert double.gateway.identifies == 0
