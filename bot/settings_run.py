"""The settings about a program that stays: how each is read. Every function raises ``SettingsError``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.errors import SettingsError

LOG_FORMATS = ("text", "json")

_LARGEST_PORT = 65535
_ADDRESS = re.compile(r"(?:(?P<host>\[[0-9a-f:.]+\]|[\w.-]+):)?(?P<port>\d{1,5})", re.ASCII | re.IGNORECASE)
_PROXY = re.compile(r"http://(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?/?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a port is opened."""

    host: str
    port: int


def read_health(value: str | None) -> Address | None:
    """Return where health and metrics can be asked for, or None where nothing is opened."""
    if value is None:
        return None
    found = _ADDRESS.fullmatch(value)
    if found is None or not 0 < int(found["port"]) <= _LARGEST_PORT:
        raise SettingsError(
            f"FOOTNOTE_HEALTH must be a port, such as 8080, or an address of this computer with one, such as "
            f"0.0.0.0:8080; it is {value!r}."
        )
    return Address((found["host"] or "127.0.0.1").strip("[]"), int(found["port"]))


def read_proxy(value: str | None) -> str | None:
    """Return the proxy through which Discord is reached."""
    if value is not None and not _PROXY.fullmatch(value):
        # The value isn't shown: it may hold a password.
        raise SettingsError(
            "FOOTNOTE_PROXY must be the address of a proxy, such as http://proxy:3128, no password in it."
        )
    return value


def read_log_format(value: str) -> str:
    """Return the form of the log's lines."""
    if value.lower() not in LOG_FORMATS:
        raise SettingsError(f"FOOTNOTE_LOG_FORMAT must be one of {', '.join(LOG_FORMATS)}; it is {value!r}.")
    return value.lower()
