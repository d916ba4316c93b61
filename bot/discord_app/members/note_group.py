"""``/note``: a note's history, and the arithmetic behind its status."""

from __future__ import annotations

import re

from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, say, services_of
from bot.discord_app.layouts import text_layout
from bot.discord_app.places import sees
from bot.discord_app.text import MESSAGE_LIMIT, safe, small, stamp
from bot.domain.note import Note, NoteEvent, NoteState
from bot.services.statuses import StatusReport

_LINK = re.compile(
    r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/(?P<guild>\d+)/(?P<channel>\d+)/(?P<message>\d+)/?"
)
_NUMBER = re.compile(r"#?(\d{1,19})")
_LEAST_MESSAGE_ID = 2**32
"""Ids of messages hold a time, so that they are longer than those of notes."""
_EVENTS = 25
_CAUSE_LIMIT = 150
_HISTORY_LIMIT = MESSAGE_LIMIT - 500
_WHY_LIMIT = 3600

_STATES = {
    NoteState.SHADOW: "recorded only",
    NoteState.PENDING: "to be posted",
    NoteState.SENDING: "being posted",
    NoteState.POSTED: "stands",
    NoteState.COLLAPSED: "put aside",
    NoteState.RETRACTING: "to be taken down",
    NoteState.RETRACTED: "taken down",
    NoteState.DROPPED: "never posted",
}

note_group = in_servers(
    app_commands.Group(name="note", description="What happened to a note, and why it has its status")
)


@note_group.command(name="history", description="Every step of a note's life, with its time and cause")
@app_commands.describe(note="A link to the note's message, or its number")
async def history(interaction: Interaction, note: app_commands.Range[str, 1, 200]) -> None:
    """List what happened to a note."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await note_of(interaction, note)
    if found is None:
        return
    events = await services_of(interaction).life.history(found.id)
    await finish(interaction, _history_view(found, events))


@note_group.command(name="why-status", description="The arithmetic behind what members made of a note")
@app_commands.describe(note="A link to the note's message, or its number")
async def why_status(interaction: Interaction, note: app_commands.Range[str, 1, 200]) -> None:
    """Explain a note's status."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await note_of(interaction, note)
    if found is None:
        return
    report = await services_of(interaction).statuses.report(found)
    await finish(interaction, _status_view(found, report))


async def note_of(interaction: Interaction, text: str) -> Note | None:
    """Return the note that is meant by a link to its message, the message's id or the note's number.

    The member is told where there is none, or none in a channel that they see.
    """
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    link, number = _LINK.fullmatch(text.strip()), _NUMBER.fullmatch(text.strip())
    found = None
    if link is not None or number is not None:
        meant = int(link["message"] if link else number[1] if number else 0)
        if meant >= _LEAST_MESSAGE_ID:
            found = await services.notes.by_message(meant, guild_id=guild_id)
        else:
            found = await services.notes.get(meant, guild_id=guild_id)
    if found is None or not sees(interaction, found.new.channel_id):
        await say(
            interaction,
            "There is no such note in a channel that you can see. Give the link of the note's message "
            "(its menu, Copy Message Link).",
        )
        return None
    return found


def _history_view(note: Note, events: list[NoteEvent]) -> ui.LayoutView:
    lines: list[str] = []
    for one in reversed(events[-_EVENTS:]):
        line = f"- {stamp(one.at, 'f')}: {_STATES[one.state]} ({safe(one.cause, _CAUSE_LIMIT)})"
        if sum(len(later) + 1 for later in lines) + len(line) > _HISTORY_LIMIT:
            break
        lines.insert(0, line)
    earlier = len(events) - len(lines)
    head = f"**Note {note.id}** · {safe(note.new.slug, 100)} · {note.new.provenance.value}"
    return text_layout(head, small(f"{earlier} earlier steps are left out." if earlier else ""), "\n".join(lines))


def _status_view(note: Note, report: StatusReport) -> ui.LayoutView:
    head = f"**Note {note.id}: {report.headline}**"
    lines = "\n".join(f"- {safe(line, _WHY_LIMIT // max(1, len(report.lines)))}" for line in report.lines)
    return text_layout(head, lines, small(report.rule))
