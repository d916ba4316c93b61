"""What is at the port of health and metrics, for ``footnote doctor``."""

from __future__ import annotations

import json
import socket
from enum import StrEnum
from http.client import HTTPConnection, HTTPException

_PATIENCE = 5.0
"""Seconds; an answer takes as long as the database, 3 at most."""
_MOST = 4096
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not opened


class Found(StrEnum):
    """What is at a port."""

    FREE = "free"
    WELL = "well"
    """A Footnote that is well."""
    UNWELL = "unwell"
    """A Footnote that says that something is not as it should be."""
    TAKEN = "taken"
    """Another program."""
    IMPOSSIBLE = "impossible"
    """This computer has no such address, or doesn't let this program open the port."""


def look_at(host: str, port: int) -> Found:
    """Return what is at a port of this computer. Blocking; a free one is opened and closed again."""
    try:
        return _asked(_EVERYWHERE.get(host, host), port)
    except (ConnectionRefusedError, socket.gaierror):
        return Found.FREE if _opens(host, port) else Found.IMPOSSIBLE
    except (OSError, HTTPException, ValueError):
        return Found.FREE if _opens(host, port) else Found.TAKEN


def _asked(host: str, port: int) -> Found:
    connection = HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/health")
        said = json.loads(connection.getresponse().read(_MOST))
    finally:
        connection.close()
    if not isinstance(said, dict) or not isinstance(said.get("checks"), dict):
        return Found.TAKEN
    return Found.WELL if said.get("ok") is True else Found.UNWELL


def _opens(host: str, port: int) -> bool:
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
            tried.listen(1)
    except OSError:
        return False
    return True
