"""How the audit log reads, and how it is written to a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.domain.audit import COPY, Act, AuditEvent
from bot.domain.sheet import row

FormName = Literal["csv", "json"]

_DID = {
    Act.APPROVE: "approved {}",
    Act.EDIT: "edited and approved {}",
    Act.WRONG_MATCH: "ruled {} a wrong match",
    Act.NOT_A_CLAIM: "ruled {} not a claim",
    Act.DISMISS: "dismissed {}",
    Act.SOURCE_GONE: "closed {}: the post is gone",
    Act.SOURCE_EDITED: "closed {}: the post was edited",
    Act.EXPIRED: "closed {}: nobody ruled in time",
    Act.AUTHOR_LEFT: "closed {}: its author opted out or was forgotten",
    Act.UNDO: "undid the ruling on {}",
    Act.ASSIGN: "assigned {}",
    Act.ESCALATE: "escalated {}",
    Act.SNOOZE: "put off {}",
    Act.FACT_ADDED: "added {}",
    Act.FACT_EDITED: "edited {}",
    Act.FACT_RETIRED: "retired {}",
    Act.FACT_RESTORED: "restored {}",
    Act.FACT_LIMITED: "limited {}",
    Act.SETTING: "changed the settings",
    Act.STOPPED: "stopped automatic replies",
    Act.RESUMED: "resumed automatic replies",
    Act.REPAIRED: "repaired the queue",
    Act.EXPIRED: "closed {}: nobody ruled in time",
    Act.AUTHOR_LEFT: "closed {}: the post's author opted out",
    Act.RATED_HELPFUL: "found {} rated helpful",
    Act.RATED_NOT_HELPFUL: "found {} rated not helpful",
    Act.STATUS_LOST: "took back the status of {}",
    Act.RATINGS_DISCOUNTED: "let ratings not count any more",
    Act.RATINGS_READMITTED: "let ratings count again",
    Act.COLLAPSED: "put {} aside",
    Act.RESTORED: "restored {}",
    Act.TAKEN_DOWN: "took {} down",
    Act.NOTES_UPDATED: "updated the posted notes on {}",
    Act.APPEALED: "passed on an appeal against {}",
    Act.APPEAL_ANSWERED: "answered an appeal against {}",
    Act.REQUEST_ANSWERED: "answered a request",
    Act.FACTS_IMPORTED: "imported facts",
}
_COLUMNS = (
    *("id", "at", "act", "by", "item", "note", "fact", "fact_version", "rule_version", "confidence"),
    *("automatic", "undoes", "detail"),
)

_TIME = re.compile(r"<t:([0-9]{1,11})(?::\w)?>")


def did(event: AuditEvent) -> str:
    """Return what was done to what, without who, when and ``particulars``; no medium's markup is escaped in it."""
    also = ", as it says the same as another" if COPY in event.new.detail else ""
    return _DID[event.new.act].format(_object(event)) + also


def particulars(event: AuditEvent) -> list[tuple[str, str]]:
    """Return the rest by name."""
    return [(name.replace("_", " "), _spelt(value)) for name, value in event.new.detail.items() if name != COPY]


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which events are written to a file, one after the other."""

    head: str
    line: Callable[[AuditEvent], str]
    between: str
    tail: str

    def whole(self, lines: Sequence[bytes]) -> bytes:
        """Return the file with these lines."""
        return self.head.encode() + self.between.encode().join(lines) + self.tail.encode()


def _object(event: AuditEvent) -> str:
    new = event.new
    if new.item_id is not None:
        name = f"item {new.item_id}"
    elif new.note_id is not None:
        name = f"{'automatic ' if new.automatic else ''}note {new.note_id}"
    else:
        return f"the fact {new.slug}"
    return f"{name} ({new.slug})" if new.slug else name


def _spelt(value: str) -> str:
    """Return a detail with its times written out: only Discord shows them otherwise."""
    return _TIME.sub(lambda found: f"{datetime.fromtimestamp(int(found[1]), UTC):%Y-%m-%d %H:%M} UTC", value)


def _record(event: AuditEvent) -> dict[str, Any]:
    new = event.new
    values = (
        *(event.id, new.at.astimezone(UTC).isoformat(), new.act.value, _id(new.by), new.item_id, new.note_id),
        *(new.slug, new.fact_version, new.rule_version, new.confidence, new.automatic, new.undoes),
        {name: _spelt(value) for name, value in new.detail.items()},
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _id(by: int | None) -> str | None:
    # As Discord does: JSON readers and spreadsheets round whole numbers that are so long.
    return None if by is None else str(by)


def _csv_line(event: AuditEvent) -> str:
    record = _record(event)
    detail = "; ".join(f"{name}: {value}" for name, value in record["detail"].items())
    return row({**record, "detail": detail}.values())


def _json_line(event: AuditEvent) -> str:
    return json.dumps(_record(event), ensure_ascii=False)


FORMS: dict[FormName, Form] = {
    "csv": Form(row(_COLUMNS), _csv_line, "", ""),
    "json": Form("[\n", _json_line, ",\n", "\n]\n"),
}
