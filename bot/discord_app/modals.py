"""Forms (Discord's modals) that outlive the process: kind and argument stand in the custom id.

The library forgets the modals that it opened when the process ends, and then drops what members send in. So it is told
of none of them: ``answer_submit`` gets everything that is sent in, and finds the form by its custom id alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import discord
from discord import ui

from bot.discord_app.access import Interaction, Need, apologising, refused
from bot.discord_app.controls import CUSTOM_ID_LIMIT
from bot.notes.sanitise import shorten

log = logging.getLogger(__name__)

_TITLE_LIMIT = 45
_CUSTOM_ID = re.compile(r"footnote:modal:(?P<kind>[a-z]+(?:-[a-z]+)*):(?P<argument>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a member sent in, by the ids of the fields; a field that was left out is empty."""

    values: Mapping[str, tuple[str, ...]]

    def text(self, field: str) -> str:
        """Return the words of a text field."""
        return "".join(self.values.get(field, ()))

    def chosen(self, field: str) -> tuple[str, ...]:
        """Return what was chosen in a select."""
        return self.values.get(field, ())

    def ids(self, field: str) -> tuple[int, ...]:
        """Return the ids of the channels, roles or members that were chosen in a select."""
        return tuple(int(value) for value in self.chosen(field))


Answer = Callable[[Interaction, str, Submitted], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of form: what its argument looks like, who may send it in, and what comes of it."""

    kind: str
    argument: re.Pattern[str]
    needs: Need | None
    answer: Answer

    async def open(
        self, interaction: Interaction, argument: str | int = "", *, title: str, fields: Sequence[ui.Label[Any]]
    ) -> None:
        """Open the form, as the first answer to an interaction.

        Args:
            interaction: A command or a control that was used; Discord opens no form from a form.
            argument: What the answer needs to know.
            title: Shortened to Discord's limit.
            fields: One to five, see ``fields``.
        """
        if interaction.type is discord.InteractionType.modal_submit:
            raise ValueError(f"The form {self.kind!r} can't be opened from a form.")
        modal = ui.Modal(title=shorten(title, _TITLE_LIMIT), custom_id=self.custom_id(argument))
        for field in fields:
            modal.add_item(field)
        # A view that is stopped is not kept by the library, so nothing is answered twice.
        modal.stop()
        await interaction.response.send_modal(modal)

    def custom_id(self, argument: str | int) -> str:
        """Return the custom id, by which the form is found when it is sent in."""
        custom_id = f"footnote:modal:{self.kind}:{argument}"
        if not self.argument.fullmatch(str(argument)) or len(custom_id) > CUSTOM_ID_LIMIT:
            raise ValueError(f"{argument!r} is no argument of the form {self.kind!r}.")
        return custom_id


def form(kind: str, *, argument: str = "", needs: Need | None = None) -> Callable[[Answer], Form]:
    """Turn a function into the form that it answers.

    Args:
        kind: Its name, in small letters and hyphens; it stays as it is for as long as forms may be open.
        argument: The pattern that its argument matches as a whole.
        needs: What is asked of the member who sends it in.
    """
    return lambda answer: Form(kind=kind, argument=re.compile(argument), needs=needs, answer=answer)


async def answer_submit(interaction: Interaction, forms: Iterable[Form]) -> None:
    """Answer a form that was sent in; every other interaction is left alone."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return
    data = cast("dict[str, Any]", interaction.data)
    match = _CUSTOM_ID.fullmatch(data["custom_id"])
    if match is None:
        return
    argument = match["argument"]
    found = next((one for one in forms if one.kind == match["kind"] and one.argument.fullmatch(argument)), None)
    if found is None:
        log.warning("form.unknown", extra={"interaction_id": interaction.id, "kind": match["kind"]})
        return
    async with apologising(interaction):
        if not await refused(interaction, found.needs):
            await found.answer(interaction, argument, Submitted(dict(_values(data["components"]))))


def _values(components: Iterable[dict[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for component in components:
        if "component" in component:
            yield from _values([component["component"]])
        elif "values" in component:
            yield component["custom_id"], tuple(component["values"])
        elif "value" in component:
            yield component["custom_id"], (component["value"] or "",)
