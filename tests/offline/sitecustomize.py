"""Refuse every connection and name lookup that would leave this machine, and write it down.

The name is the one that Python imports by itself when it starts: with this folder on PYTHONPATH the
block holds in the programs that a test starts too, not only in the tests' own process.

What is refused is also appended to the file that ``TESTS_OFFLINE_LOG`` names. A library that
catches the refusal and goes on, as telemetry does, is found out that way.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any

__all__ = ["LOG", "OutgoingConnection", "install", "stays_here"]

LOG = "TESTS_OFFLINE_LOG"

_UNSPECIFIED = {"", "0.0.0.0", "::", "localhost"}


class OutgoingConnection(ConnectionRefusedError):
    """Something tried to leave this machine during a test."""


def stays_here(host: object) -> bool:
    """Return whether a host, by name or by address, is this machine; unknown names are not."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name in _UNSPECIFIED:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or _is_own(address)


def _is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether a network card of this machine has the address: the programs of Ray use it."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return not (address.is_multicast or address.is_reserved)


def _refuse(what: str) -> OutgoingConnection:
    log = os.environ.get(LOG)
    if log:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{what}\n")
    return OutgoingConnection(f"tests may not leave this machine: {what}")


def _check_address(sock: socket.socket, address: object) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return  # a Unix socket and the like cannot leave
    if isinstance(address, tuple) and address and not stays_here(address[0]):
        raise _refuse(f"connection to {address[0]}:{address[1]}")


def install() -> None:
    """Put the block in place for the rest of this process; a second time changes nothing."""
    if getattr(socket.socket, "_stays_here", False):
        return
    connect, connect_ex, sendto = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check_address(self, address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check_address(self, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        _check_address(self, rest[-1])
        return sendto(self, data, *rest)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign, assignment]
    socket.socket.sendto = guarded_sendto  # type: ignore[method-assign, assignment]
    socket.socket._stays_here = True  # type: ignore[attr-defined]

    # A name lookup is a packet to a name server: it leaves as well.
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        setattr(socket, name, _guarded_lookup(getattr(socket, name)))


def _guarded_lookup(lookup: Any) -> Any:
    def guarded(host: Any, *rest: Any, **named: Any) -> Any:
        if not stays_here(host):
            raise _refuse(f"lookup of {host!r}")
        return lookup(host, *rest, **named)

    return guarded


install()
