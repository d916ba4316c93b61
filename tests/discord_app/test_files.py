from __future__ import annotations

import re
from typing import Any, Self

import pytest
from discord import ui

from bot.discord_app.access import Interaction, finish
from bot.discord_app.controls import Control
from bot.discord_app.files import named_file
from bot.discord_app.layouts import text_layout
from tests.discord_app.world import World, words

PICTURE = b"\x89PNG\r\n\x1a\n"


class _Send(Control[ui.Button[Any]], template=r"test:send:(?P<pictures>[0-9]+):(?P<tables>[0-9]+)"):
    """Answers with pictures and tables; as its own message, where there are any."""

    def __init__(self, pictures: int, tables: int) -> None:
        name = f"{pictures}:{tables}"
        super().__init__(ui.Button(label=name, custom_id=f"test:send:{name}"))
        self.counts = (pictures, tables)

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        return cls(int(match["pictures"]), int(match["tables"]))

    async def answer(self, interaction: Interaction) -> None:
        pictures, tables = self.counts
        if pictures + tables:
            await interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await interaction.response.defer()
        files = [
            *(named_file(f"a curve {n}.PNG", PICTURE, description="A curve. " * 200) for n in range(pictures)),
            *(named_file(f"table-{n}.csv", b"a,b\n", description="A table") for n in range(tables)),
        ]
        await finish(interaction, text_layout("Here", files=files, buttons=[_Send(0, 0)]), files)


@pytest.fixture
def controls() -> tuple[type[Control[Any]], ...]:
    """A button that answers with files."""
    return (_Send,)


@pytest.mark.parametrize(("pictures", "tables"), [(1, 0), (0, 1), (6, 4)])
async def test_files_are_shown_and_described(world: World, pictures: int, tables: int) -> None:
    """Pictures stand in a gallery with what they show in words, other files below; names are ones Discord keeps."""
    message = await world.post(text_layout("Start", buttons=[_Send(pictures, tables)]))
    result = await world.member.click(message, label=f"{pictures}:{tables}")

    assert result.response is not None
    assert words(result.response) == "Here"
    attachments = {one.url: one for one in result.response.attachments}
    assert len(attachments) == pictures + tables
    view = ui.LayoutView.from_message(result.response.message)
    shown = [item for part in view.walk_children() if isinstance(part, ui.MediaGallery) for item in part.items]
    below = [part for part in view.walk_children() if isinstance(part, ui.File)]
    assert [attachments[item.media.url].filename for item in shown] == [f"a-curve-{n}.PNG" for n in range(pictures)]
    assert [attachments[part.media.url].filename for part in below] == [f"table-{n}.csv" for n in range(tables)]
    for item in shown:
        assert item.description == attachments[item.media.url].description
        assert item.description is not None
        assert item.description.startswith("A curve.")
        assert len(item.description) <= 1024


async def test_an_answer_that_is_replaced_loses_its_files(world: World) -> None:
    """What is no longer shown can't be fetched any more either."""
    message = await world.post(text_layout("Start", buttons=[_Send(2, 1)]))
    result = await world.member.click(message, label="2:1")
    assert result.response is not None
    assert len(result.response.attachments) == 3
    await world.member.click(result.response, label="0:0")

    assert not result.response.attachments
    assert words(result.response) == "Here"
