"""Buttons and selects that outlive the process: all they need stands in their custom id.

A control says by its template what its custom id looks like, by its item how it looks, by ``needs`` who may use it, and
in ``answer`` what it does. ``commands.CONTROLS`` lists them all, so that they work after a restart too.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self, TypeVar, cast

import discord
from discord import ui

from bot.discord_app.access import Interaction, Need, apologising, refused

CUSTOM_ID_LIMIT = 100
"""Characters of a custom id (Discord's documentation, components reference)."""

_Item_co = TypeVar("_Item_co", bound=ui.Item[Any], covariant=True)


class Control(ui.DynamicItem[_Item_co], template=r"(?!)"):
    """A button or select whose custom id carries all that its answer needs."""

    needs: ClassVar[Need | None] = None

    def __init__(self, item: _Item_co) -> None:
        super().__init__(item)
        # The library asks for a match of the beginning only, but finds a control by a match of the whole.
        if not self.template.fullmatch(self.custom_id) or len(self.custom_id) > CUSTOM_ID_LIMIT:
            raise ValueError(f"{self.custom_id!r} is no custom id of {type(self).__name__}.")

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the control whose custom id matched; what a select offered is not needed."""
        raise NotImplementedError

    async def answer(self, interaction: Interaction) -> None:
        """Do what the control is for; the member has what it ``needs``."""
        raise NotImplementedError

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,  # noqa: ARG003 - the library's signature
        item: ui.Item[Any],  # noqa: ARG003 - the library's signature
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the control again from a click, also after a restart."""
        return cls.again(match)

    async def callback(self, interaction: Interaction) -> None:
        """Answer a member who may use the control, and refuse every other; the permission is asked for at every use."""
        async with apologising(interaction):
            if not await refused(interaction, self.needs):
                await self.answer(interaction)


class NumberButton(Control[ui.Button[Any]], template=r"(?!)"):
    """A button about one thing that has a number: a note, an item, an event.

    A subclass names its ``kind``, which stands in the custom id, and how it looks.
    """

    _kind: ClassVar[str]
    _label: ClassVar[str]
    _style: ClassVar[discord.ButtonStyle]

    def __init_subclass__(
        cls, *, kind: str, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
    ) -> None:
        super().__init_subclass__(template=rf"footnote:{kind}:(?P<number>[0-9]{{1,18}})")
        cls._kind, cls._label, cls._style = kind, label, style

    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label=self._label, style=self._style, custom_id=self.id_of(number)))
        self.number = number

    @classmethod
    def id_of(cls, number: int) -> str:
        """Return the custom id of the button about a thing."""
        return f"footnote:{cls._kind}:{number}"

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button about the thing."""
        return cls(int(match["number"]))


def chosen(interaction: Interaction) -> tuple[str, ...]:
    """Return what was chosen in a select: the options' values, or the ids of channels, roles or members."""
    data = cast("dict[str, Any]", interaction.data or {})
    return tuple(data.get("values", ()))


def chosen_ids(interaction: Interaction) -> tuple[int, ...]:
    """Return the ids of the channels, roles or members that were chosen in a select."""
    return tuple(int(value) for value in chosen(interaction))
