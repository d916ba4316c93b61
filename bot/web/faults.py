"""Make the HTTP library's errors ours: they would tell whole addresses, and some of them tell too little."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import ClientConnectorError, ClientError
from aiohttp.client_exceptions import ClientConnectorDNSError

from bot.domain.errors import FetchError, HostUnknown
from bot.web.addresses import named

_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


class Inside(OSError):
    """A connection would lead where nobody outside has any business."""


@contextmanager
def in_time(url: str) -> Iterator[None]:
    """Raise ``FetchError`` where time has run out."""
    try:
        yield
    except TimeoutError as error:
        raise FetchError(f"{named(url)} takes too long to answer: try again later.") from error


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise ``HostUnknown`` or ``FetchError`` in place of the library's errors."""
    try:
        yield
    except ClientConnectorDNSError as error:
        if error.errno in _NO_SUCH_NAME:
            raise HostUnknown(f"{named(url)} is not known to the name servers.") from error
        raise FetchError(f"{named(url)} can't be looked up now: try again later.") from error
    except (ClientError, OSError, ValueError) as error:
        inside = isinstance(error, ClientConnectorError) and isinstance(error.os_error, Inside)
        why = "is not on the open internet" if inside else "can't be reached, or doesn't answer as it should"
        raise FetchError(f"{named(url)} {why}.") from error
