"""Logging to standard error: static events, ids as fields, one line a record.

Nothing that a member wrote may get there, nor a secret, by whatever library it would come: others than ours never log
below INFO, their objects are named by kind alone, exceptions are told without their values (see ``log_faults``), and
what would break a line or deceive its reader is escaped.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TextIO

from bot.cli.log_faults import faults
from bot.settings import Settings

OURS = "bot"
QUIET = ("sqlalchemy", "httpx", "httpcore", "urllib3", "matplotlib")
"""Libraries whose INFO is about every statement, request or font: they never log below WARNING."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OWN_KEYS = frozenset({"time", "level", "logger", "event", "exception"})
_SHORTEST_SECRET = 8
"""Letters; what is shorter is no token, and would be found in half of all words."""
_PASSES = re.compile(r"(?<=/webhooks/)(\d+)/[\w.-]+|(?<=/interactions/)(\d+)/[\w.-]+")
"""In addresses of Discord's API: what allows whoever knows it to answer as the bot, for a quarter of an hour."""


class Line(logging.Formatter):
    """Writes a record as text, with its extra fields after its event as ``name=value``, and its places below it."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret and len(secret) >= _SHORTEST_SECRET]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, and the lines of its exception."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(sep=" ", timespec="milliseconds")
        fields = [f"{name}={_plain(str(value))}" for name, value in _fields(record).items()]
        start = f"{when.removesuffix('+00:00')}Z {record.levelname} {record.name}"
        lines = [" ".join([start, _plain(_event(record)), *fields])]
        for number, fault in enumerate(_faults(record)):
            lines.append(f"  {'from ' if number else ''}{_plain(fault.said)}")
            lines += [f"    {_plain(place)}" for place in fault.places]
        return self._without_secrets("\n".join(lines))

    def _without_secrets(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "[secret]").replace(json.dumps(secret)[1:-1], "[secret]")
        return line


class JsonLine(Line):
    """Writes a record as one JSON object a line; a field with a name that is taken gets an underline after it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        for name, value in _fields(record).items():
            said[f"{name}_" if name in _OWN_KEYS else name] = _simple(value)
        if chain := _faults(record):
            said["exception"] = [{"type": fault.said, "stack": list(fault.places)} for fault in chain]
        return self._without_secrets(json.dumps(said, ensure_ascii=True, allow_nan=False))


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- logging's own name
        """Lose the line: the library would print the record with all its values."""


def set_up_logging(level: str, form: str = "text", *, secrets: Iterable[str | None] = ()) -> None:
    """Log to standard error.

    Args:
        level: From which level on; of other libraries nothing below INFO comes through.
        form: ``text``, or ``json``.
        secrets: What must never come through, should it ever be in a line.
    """
    handler = _Handler()
    handler.setFormatter(JsonLine(secrets) if form == "json" else Line(secrets))
    handler.addFilter(_may_pass)
    wanted: int = logging.getLevelNamesMapping()[level.upper()]
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(wanted, logging.INFO))
    logging.getLogger(OURS).setLevel(wanted)


def log_as(settings: Settings, otherwise: str) -> None:
    """Log to standard error as the settings say, from the level ``otherwise`` on where they don't name one."""
    secrets = (settings.token, settings.hub_token)
    set_up_logging(settings.log_level or otherwise, settings.log_format, secrets=secrets)


def _may_pass(record: logging.LogRecord) -> bool:
    """Tell whether a record may be written, whatever level its library has set itself."""
    family = record.name.partition(".")[0]
    if family == OURS:
        return True
    return record.levelno >= (logging.WARNING if family in QUIET else logging.INFO)


def _event(record: logging.LogRecord) -> str:
    """Return a record's message. Of other libraries' objects only the kind is told: their texts may hold anything."""
    family = record.name.partition(".")[0]
    if family == OURS:
        return record.getMessage()
    if family == "asyncio":
        # It writes out the objects that it speaks of, and the arguments of their functions.
        return re.split(r"[\n(<]", record.getMessage(), maxsplit=1)[0].strip()
    given = record.args or ()
    args = {name: _tame(arg) for name, arg in given.items()} if isinstance(given, Mapping) else tuple(map(_tame, given))
    event = str(record.msg)
    with suppress(TypeError, ValueError, KeyError):  # a format that wants what isn't there any more
        event = event % args if args else event
    return _PASSES.sub(lambda match: f"{match[1] or match[2]}/[secret]", event)


def _tame(arg: object) -> object:
    return arg if isinstance(arg, int | float | str | None) else _Kind(arg)


class _Kind:
    """Stands for an object by the name of its kind."""

    def __init__(self, of: object) -> None:
        self._name = type(of).__name__

    def __repr__(self) -> str:
        return f"<{self._name}>"


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _faults(record: logging.LogRecord) -> list[Any]:
    error = record.exc_info[1] if record.exc_info else None
    return [] if error is None else faults(error)


def _simple(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)


def _plain(text: str) -> str:
    """Return a text with escapes for what would break a line, colour it or turn its direction."""
    return text if text.isprintable() else "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
