"""Which network addresses may be fetched from: a page must not reach what only this machine can."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal

Reach = Literal["public", "private", "never"]
Resolver = Callable[[str, int], list[str]]
"""Host and port to the addresses, as text, that a connection would be made to."""

_ORDER: tuple[Reach, ...] = ("public", "private", "never")
_THIS_HOST = IPv4Network("0.0.0.0/8")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


def resolve(host: str, port: int) -> list[str]:
    """What the system makes of a host: its addresses, each once, in the order of preference.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def reach(address: str) -> Reach:
    """Who can reach an address: anyone, this machine or its networks, or nobody over plain HTTP.

    An IPv6 address that carries an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64, ISATAP) reaches no
    further than that. Python's own `is_global` looks into the first kind only, and calls multicast global.

    >>> reach("93.184.215.14"), reach("127.0.0.1"), reach("169.254.169.254")
    ('public', 'private', 'never')
    >>> reach("64:ff9b::7f00:1")
    'private'
    """
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return _reach4(ip)
    if ip.is_multicast or ip.is_link_local or ip.is_unspecified:
        return "never"
    if ip.is_loopback:
        return "private"
    carried = [_reach4(each) for each in _carried(ip)]
    if carried:
        return max(carried, key=_ORDER.index)
    return "public" if ip in _GLOBAL_UNICAST and ip.is_global else "private"


def _reach4(ip: IPv4Address) -> Reach:
    # Link-local holds the metadata service of every cloud.
    if ip.is_multicast or ip.is_link_local or ip.is_reserved or ip in _THIS_HOST:
        return "never"
    return "public" if ip.is_global else "private"


def _carried(ip: IPv6Address) -> Iterator[IPv4Address]:
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    low = IPv4Address(int(ip) & 0xFFFFFFFF)
    # Without the scope, which an IPv6Network does not take for one of its own.
    bare = IPv6Address(int(ip))
    if bare in _NAT64 or bare in _COMPATIBLE or (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        yield low
