"""Who sends a request, and whether that one is let in.

- A page that another site shows cannot use this one in its visitor's name: what a browser sends
  from elsewhere (its ``Origin``) is refused, and so is a name that only pretends to be this machine
  (``Host``, DNS rebinding) while nobody has to log in.
- Users log in by HTTP Basic: browsers, ``curl -u``, gradio_client and MCP clients know it, and one
  rule covers every address of the server. Wrong passwords are counted for each client.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.datastructures import Headers
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from bot.access.rate_limits import RateLimiter
    from bot.access.users import PasswordVerifier

__all__ = [
    "AccessPolicy",
    "BasicLogin",
    "TooManyLogins",
    "Visitor",
    "is_own_address",
    "login_refused",
    "visitor_of",
]

_WITHOUT_LOGIN = {"/healthz", "/manifest.json", "/favicon.ico"}


class TooManyLogins(AuthenticationError):
    """A client has given wrong passwords so often that it has to wait."""


class Visitor(BaseUser):
    """Whoever sent a request."""

    def __init__(self, name: str | None, key: str, here: bool) -> None:
        """Describe a visitor.

        Args:
            name: of the user who has logged in; None where nobody has to.
            key: what requests are counted under.
            here: whether the request comes from this machine itself, not through a proxy.
        """
        self.name = name
        self.key = key
        self.here = here

    @property
    def is_authenticated(self) -> bool:
        """Whether it is a user who has logged in."""
        return self.name is not None

    @property
    def is_trusted(self) -> bool:
        """Whether causes and figures are for it: a user, or this machine itself."""
        return self.is_authenticated or self.here

    @property
    def display_name(self) -> str:
        """The user's name, or nothing."""
        return self.name or ""

    @property
    def identity(self) -> str:
        """What requests are counted under."""
        return self.key


def visitor_of(scope: Mapping[str, object]) -> Visitor:
    """Give the visitor of a request that came through the ``Guard``, else one who is nobody."""
    found = scope.get("user")
    return found if isinstance(found, Visitor) else Visitor(None, "", False)


@dataclass(frozen=True)
class AccessPolicy:
    """The rules of a server.

    Attributes:
        doorkeeper: knows the users; None where nobody has to log in.
        editors: users who may add and remove articles; all of them where None.
        alone: whether only this machine is listened to.
        root_path: the prefix under which a proxy shows the page, or its whole address; ``""`` for
            none.
    """

    doorkeeper: PasswordVerifier | None = None
    editors: frozenset[str] | None = None
    alone: bool = True
    root_path: str = ""

    def may_change(self, visitor: Visitor) -> bool:
        """Tell whether somebody may add and remove articles.

        Without users that is whoever asks from this machine.
        """
        if self.doorkeeper is None:
            return visitor.here
        return visitor.name is not None and (self.editors is None or visitor.name in self.editors)

    def objection(self, headers: Headers) -> str:
        """Say why a request is not to be served, whoever sends it; ``""`` if it is."""
        public = urlsplit(self.root_path).netloc
        host = headers.get("host", "")
        hosts = {host, public} - {""}
        if self.root_path:
            hosts.add(headers.get("x-forwarded-host", host).partition(",")[0].strip())
        named = bool(public) or not self.root_path  # else the proxy's name is not known
        if self.alone and self.doorkeeper is None and named and host != public:
            name = urlsplit(f"//{host}").hostname or ""
            if not is_own_address(name):
                return "this page is for this machine: open it as http://127.0.0.1 or localhost"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc not in hosts:
            return (
                "a page of another site may not use this one; behind a proxy, give newsbot chat "
                "--root-path the whole address of the page"
            )
        return ""


class BasicLogin(AuthenticationBackend):
    """Tells who sent a request, by HTTP Basic where there are users."""

    def __init__(self, gate: AccessPolicy, turnstile: RateLimiter) -> None:
        """Take the rules and the counters."""
        self._gate = gate
        self._turnstile = turnstile

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, Visitor] | None:
        """Give the visitor.

        Raises:
            AuthenticationError: a user has to log in, or has been wrong too often.
        """
        client = _client_key(conn)
        keeper = self._gate.doorkeeper
        here = _is_here(conn)
        if keeper is None or conn.scope["path"] in _WITHOUT_LOGIN:
            return AuthCredentials(), Visitor(None, client, here)
        pair = _basic(conn.headers.get("authorization", ""))
        if pair is None:
            raise AuthenticationError("log in with a name and a password")
        if not keeper.knows(*pair):
            # A browser asks for many files at once: the first proof of them serves the others.
            await self._turnstile.few_at_once(lambda: self._prove(keeper, pair, client))
        return AuthCredentials(["user"]), Visitor(pair[0], f"user {pair[0]}", here)

    def _prove(self, keeper: PasswordVerifier, pair: tuple[str, str], client: str) -> None:
        if keeper.knows(*pair):
            return
        if wait := self._turnstile.wait_for_login(client):
            raise TooManyLogins(f"too many wrong passwords: wait {wait} s")
        if not keeper.admits(*pair):
            self._turnstile.count_wrong_login(client)
            raise AuthenticationError("no user of that name has that password")


def login_refused(conn: HTTPConnection, error: Exception) -> JSONResponse:
    """Answer a request whose sender has to log in, or to wait."""
    reason = str(error)
    if isinstance(error, TooManyLogins):
        return JSONResponse({"detail": reason}, 429, {"Retry-After": "60"})
    challenge = 'Basic realm="newsbot", charset="UTF-8"'
    return JSONResponse({"detail": reason}, 401, {"WWW-Authenticate": challenge})


def is_own_address(host: str) -> bool:
    """Tell whether a host, by number or as localhost, is this machine and no other."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, coded = header.partition(" ")
    if kind.lower() != "basic" or len(coded) > 2_000:
        return None
    try:
        name, colon, password = (
            base64.b64decode(coded.strip(), validate=True).decode().partition(":")
        )
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (name, password) if colon else None


def _client_key(conn: HTTPConnection) -> str:
    """Name a client; the addresses that one holder of an IPv6 network has count as one."""
    host = conn.client.host if conn.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_here(conn: HTTPConnection) -> bool:
    forwarded = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"}
    if forwarded & set(conn.headers.keys()):
        return False
    return conn.client is not None and is_own_address(conn.client.host)
