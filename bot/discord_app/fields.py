"""The fields of forms, fitted into Discord's limits, beyond which Discord refuses the whole form. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.notes.sanitise import plain, shorten

TEXT_LIMIT = 4000
"""Characters of a text field (this and the limits below: Discord's documentation, components reference)."""

_LABEL_LIMIT = 45
_DESCRIPTION_LIMIT = 100
_TEXT_PLACEHOLDER_LIMIT = 100
_SELECT_PLACEHOLDER_LIMIT = 150
_OPTION_LIMIT = 100


def labelled(label: str, component: ui.Item[Any], *, description: str = "") -> ui.Label[Any]:
    """Return a component of a form with its label, such as a select of channels or roles."""
    return ui.Label(
        text=shorten(plain(label), _LABEL_LIMIT),
        component=component,
        description=shorten(plain(description), _DESCRIPTION_LIMIT) or None,
    )


def text_field(
    field: str,
    label: str,
    *,
    default: str = "",
    limit: int = TEXT_LIMIT,
    long: bool = False,
    required: bool = True,
    placeholder: str = "",
    description: str = "",
) -> ui.Label[Any]:
    """Return a field for words.

    Args:
        field: Its id among what is sent in.
        label: What it is for.
        default: What stands in it already; shortened where it is longer than ``limit``.
        limit: The most characters, 1 to 4000.
        long: Whether it has several lines.
        required: Whether it may not stay empty.
        placeholder: What is shown while it is empty.
        description: A sentence under the label.
    """
    text: ui.TextInput[Any] = ui.TextInput(
        custom_id=field,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        default=shorten(default, limit) or None,
        max_length=limit,
        required=required,
        placeholder=shorten(placeholder, _TEXT_PLACEHOLDER_LIMIT) or None,
    )
    return labelled(label, text, description=description)


def choice_field(
    field: str,
    label: str,
    options: Sequence[discord.SelectOption],
    *,
    most: int = 1,
    required: bool = True,
    placeholder: str = "",
    description: str = "",
) -> ui.Label[Any]:
    """Return a field that offers 1 to 25 options, of which ``most`` may be chosen."""
    select: ui.Select[Any] = ui.Select(
        custom_id=field,
        options=list(options),
        min_values=1 if required else 0,
        max_values=most,
        required=required,
        placeholder=shorten(placeholder, _SELECT_PLACEHOLDER_LIMIT) or None,
    )
    return labelled(label, select, description=description)


def option(label: str, value: str, *, description: str = "", default: bool = False) -> discord.SelectOption:
    """Return one option of a select, in a form or under a message, in a line without hidden characters.

    ``value`` has at most 100 characters.
    """
    return discord.SelectOption(
        label=shorten(_one_line(label), _OPTION_LIMIT) or "(no words)",
        value=value,
        description=shorten(_one_line(description), _OPTION_LIMIT) or None,
        default=default,
    )


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())
