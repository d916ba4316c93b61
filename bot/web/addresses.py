"""Which addresses may be asked: ordinary ones of the web, of machines on the open internet."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from bot.domain.errors import FetchError

IPAddress = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}
USUAL_PORTS = frozenset(_PORTS.values())
_NAME = re.compile(r"[\w.:-]{1,253}")

_GIVEN_OUT = IPv6Network("2000::/3")
"""All of IPv6 that is given out for the open internet."""
_NAT64 = IPv6Network("64:ff9b::/96")


def is_open(address: IPAddress) -> bool:
    """Tell whether an address is one of the open internet, and so is the IPv4 address that it stands for, if any."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address.ipv4_mapped is not None:
        return is_open(address.ipv4_mapped)
    if address in _NAT64:
        return is_open(IPv4Address(int(address) & 0xFFFFFFFF))
    # Teredo's addresses aren't global for the standard library.
    tunnel = address.sixtofour
    return address in _GIVEN_OUT and address.is_global and (tunnel is None or is_open(tunnel))


def check(url: str, *, ports: frozenset[int]) -> None:
    """Refuse what is no ordinary address of the web.

    Raises:
        FetchError: It is another kind of address, holds a name or a password, or goes to a port that isn't listed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchError("That is no web address: it begins with https:// and the name of a host.") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise FetchError("Only web addresses can be read: they begin with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise FetchError(f"{named(url)} can't be read with a name or password in the address: leave that out.")
    if (_PORTS[parts.scheme] if port is None else port) not in ports:
        raise FetchError(f"{named(url)} can't be read at that port: only 80 and 443 are asked.")


def named(url: str) -> str:
    """Return what may be told of an address: its host, or no more than that it is one where the host isn't plain."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host if _NAME.fullmatch(host) else "The address"
