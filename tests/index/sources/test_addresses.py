"""Addresses that may be fetched from, and all the ways of writing one that may not."""

from __future__ import annotations

import pytest

from index.sources.addresses import reach, resolve


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_what_anyone_can_reach(address: str) -> None:
    assert reach(address) == "public"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("100.64.0.1", "100.127.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.9"),
        *("::1", "fc00::1", "fd12:3456::1", "2001:db8::1", "64:ff9b:1::7f00:1", "5f00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("2002:7f00:1::", "2002:c0a8:101::1", "2606:4700::5efe:7f00:1"),
        "2001:0:5db8:d70e:0:0:80ff:fffe",  # Teredo: the server public, the client (inverted) 127.0.0.1
    ],
)
def test_what_only_this_machine_or_its_networks_can(address: str) -> None:
    assert reach(address) == "private"


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"),
        "2001:0:7f00:1::",  # Teredo of the server 127.0.0.1, and of no client
        *("::", "ff02::1", "ff0e::1", "fe80::1", "fe80::1%eth0", "::ffff:0.0.0.0", "::ffff:224.0.0.1"),
    ],
)
def test_what_nobody_serves_pages_at(address: str) -> None:
    assert reach(address) == "never"


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "0x7f000001", "１２７.０.０.１", "127。0。0。1"]
)
def test_odd_spellings_are_read_as_a_connection_reads_them(host: str) -> None:
    assert {reach(address) for address in resolve(host, 80)} == {"private"}
