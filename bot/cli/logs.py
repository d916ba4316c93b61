"""Logging to standard error: static events, ids as fields."""

from __future__ import annotations

import logging

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class FieldFormatter(logging.Formatter):
    """Writes a record's extra fields after its event, as ``name=value``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        """Return the line of a record."""
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        return " ".join([super().formatMessage(record), *(f"{name}={value}" for name, value in fields.items())])


def set_up_logging(level: str) -> None:
    """Log from ``level`` on to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(FieldFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
