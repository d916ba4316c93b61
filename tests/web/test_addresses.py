from __future__ import annotations

from ipaddress import ip_address

import pytest

from bot.domain.errors import FetchError
from bot.web.addresses import USUAL_PORTS, check, is_open, named


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_machines_of_the_internet_are_open(address: str) -> None:
    """Also through the gateways by which networks without IPv4 reach the rest."""
    assert is_open(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
        ),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
        ),
        *("2002:7f00:1::1", "2002:a9fe:a9fe::1", "2001:0:7f00:1::1", "2001:0:808:808::1", "1000::1", "4000::1"),
    ],
)
def test_other_machines_are_not(address: str) -> None:
    """This one, those beside it, those behind an address of another kind, and those that are nobody's."""
    assert not is_open(ip_address(address))


@pytest.mark.parametrize(
    "url", ["https://a.example", "http://a.example:80/x", "https://a.example:443", "HTTPS://a.example/"]
)
def test_ordinary_addresses_may_be_asked(url: str) -> None:
    """Those of the web, at its two ports."""
    check(url, ports=USUAL_PORTS)


@pytest.mark.parametrize(
    "url",
    [
        *("", "words", "//a.example", "https://", "https:///x", "http://[::1", "https://a.example:port/"),
        *("ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "javascript:alert(1)", "ws://a.example/"),
        *("https://me@a.example/", "https://me:secret@a.example/", "https://:secret@a.example/", "https://@a.example/"),
        *("https://a.example:22/", "http://a.example:8080/", "http://a.example:0/", "https://a.example:6379/"),
    ],
)
def test_other_addresses_may_not(url: str) -> None:
    """Each gets one sentence, which tells no more of it than its host."""
    with pytest.raises(FetchError, match=r"^[^\n]+\.$") as caught:
        check(url, ports=USUAL_PORTS)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://me:secret@A.example:8080/x?y", "a.example"),
        ("https://a **b**/", "The address"),
        (f"https://{'a' * 300}/", "The address"),
        ("http://[::1", "The address"),
        ("words", "The address"),
    ],
)
def test_only_a_plain_host_is_named(url: str, name: str) -> None:
    """It goes into messages that people read."""
    assert named(url) == name
