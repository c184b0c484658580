"""Connections for fetching: only to addresses that were looked at, and only for so long.

A name is looked up once for a connection, every address it has is checked, and one of these same
addresses is connected to: a name server that answers differently a moment later gains nothing. The
name itself still is what the certificate has to be for, and what the request asks for.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from corpus.errors import UnreadableArticle
from corpus.walk import cause_of, shown

__all__ = ["CheckedNetwork", "is_public"]

_LOCAL = "an address of the local network; allow with --allow-local"
_LOCAL_NAMES = ("localhost", "localdomain", "local", "lan", "internal", "home.arpa")
"""Last parts of names that lead nowhere else; asking for them would tell the network."""

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # NAT64 (RFC 6052): the last 32 bits are IPv4
_HOST_SERVICES = {ipaddress.IPv4Address("168.63.129.16")}  # Azure's, under a public number


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet.

    Args:
        address: IPv4 or IPv6; a zone after ``%`` does not count.

    Returns:
        False for this machine, private and link-local networks, what cloud providers serve their
        machines, multicast, reserved and unspecified addresses, and for an IPv6 address that
        stands for such an IPv4 address.
    """
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if number in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if number.is_site_local:
            return False
    if number in _HOST_SERVICES:
        return False
    return number.is_global and not (number.is_multicast or number.is_reserved)


class CheckedNetwork(httpcore.NetworkBackend):
    """Opens the connections of one fetch, redirects and all, within one limit of time."""

    def __init__(self, *, allow_local: bool, seconds: float) -> None:
        """Start the clock.

        Args:
            allow_local: connect to any address, the local network's too.
            seconds: for all connections together. A look-up of a name cannot be interrupted: the
                system's resolver gives up in its own time, and it counts afterwards.
        """
        self._allow_local = allow_local
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._sockets = httpcore.SyncBackend()

    @property
    def overdue(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._end

    def within(self, timeout: float | None) -> float:
        """Shorten one step's timeout to the time that is left.

        Raises:
            UnreadableArticle: none is left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise UnreadableArticle(f"timed out after {self._seconds:g} s")
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers, once all of them are checked.

        Raises:
            UnreadableArticle: the name is not known, one of its addresses is not allowed, nothing
                listens there, or the time is up.
            httpcore.ConnectTimeout: nobody answers.
        """
        failure: Exception = UnreadableArticle("no address is known")
        for address in self._addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self.within(timeout), local_address, socket_options
                )
            except httpcore.ConnectTimeout as error:
                failure = error
            except httpcore.ConnectError as error:
                failure = _unreached(error)
            else:
                return _TimedStream(stream, self)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        name = host.rstrip(".").lower()
        if not self._allow_local and any(f".{name}".endswith(f".{end}") for end in _LOCAL_NAMES):
            raise UnreadableArticle(_LOCAL)
        self.within(None)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # the latter for a name too long to be one
            raise UnreadableArticle(f"no address is known for the name {name!r}") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._allow_local and not all(map(is_public, addresses)):
            raise UnreadableArticle(_LOCAL)
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step ends with the network's time: a trickle wins nothing."""

    def __init__(self, stream: httpcore.NetworkStream, network: CheckedNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        within = self._network.within(timeout)
        try:
            secure = self._stream.start_tls(ssl_context, server_hostname, within)
        except httpcore.ConnectError as error:
            raise _unreached(error) from error
        return _TimedStream(secure, self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _unreached(error: httpcore.ConnectError) -> UnreadableArticle:
    """Say why there is no connection; the pool of httpcore would drop the cause."""
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UnreadableArticle(f"its certificate is not trusted: {shown(cause.verify_message)}")
    if isinstance(cause, ssl.SSLError):
        return UnreadableArticle("no secure connection can be made")
    why = f": {cause_of(cause)}" if isinstance(cause, OSError) else ""
    return UnreadableArticle(f"cannot be reached{why}")
