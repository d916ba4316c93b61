"""What leaves the process: nothing of a post that matched nothing, and never the token."""

from __future__ import annotations

import asyncio

from tests.loopback.double import Double
from tests.loopback.payloads import ME
from tests.loopback.process import Footnote
from tests.loopback.rest import TOKEN
from tests.loopback.scenes import CLAIM


async def test_nothing_of_a_harmless_post_is_written_anywhere(double: Double, footnote: Footnote) -> None:
    """Not to the database and not to the log, at its most talkative; neither is the token."""
    await footnote.start(FOOTNOTE_LOG_LEVEL="debug")
    words = "xylophone-quagmire"
    await double.post(f"I like my {words} a lot")
    post = await double.post(CLAIM)
    await double.until(lambda: bool(double.replies_to(post)), "the note")
    assert await footnote.stop() == 0
    assert words not in footnote.log
    assert CLAIM not in footnote.log
    assert TOKEN not in footnote.log
    for file in footnote.folder.iterdir():
        if file.is_file():
            assert words.encode() not in await asyncio.to_thread(file.read_bytes), file.name
    assert all(one["author"]["id"] == str(ME) for one in double.created)
