"""The buttons that follow a ruling while it is fresh."""

from __future__ import annotations

from bot.discord_app.facts.wordings import NearMissButton
from bot.discord_app.layouts import Button
from bot.discord_app.queue.undo import UndoButton
from bot.domain.audit import RULINGS, Act, AuditEvent


def ruling_buttons(event: AuditEvent | None) -> list[Button]:
    """Return what can be done about a ruling: undo it, and after a wrong match keep the fact from the same again."""
    if event is None or event.new.act not in RULINGS or event.new.by is None:
        return []
    again: list[Button] = [NearMissButton(event.id)] if event.new.act is Act.WRONG_MATCH else []
    return [UndoButton(event.id), *again]
