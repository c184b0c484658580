"""Log-in by HTTP Basic, or by a key, and who sent a request.

Browsers, ``curl -u``, gradio_client and MCP clients know HTTP Basic, and one rule covers every
address of the server. Clients of OpenAI's protocol send a key, which is good for its addresses
only. Wrong passwords and keys are counted for each client.
"""

from __future__ import annotations

import base64
import ipaddress
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError
from starlette.responses import JSONResponse

from bot.access.policy import AccessPolicy, Visitor, is_loopback

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from bot.access.rate_limits import RateLimiter

__all__ = ["BasicAuthBackend", "TooManyLogins", "login_refused"]

_WITHOUT_LOGIN = {"/healthz", "/manifest.json", "/favicon.ico"}
# What a key opens: asking, by any program. It neither changes anything nor opens the page.
_WITH_KEY = (
    *("/v1/", "/questions.atom"),
    *(
        f"/gradio_api/call/{version}{name}"
        for version in ("", "v2/")
        for name in ("answer", "search", "articles", "status")
    ),
)
_LONGEST_NAME = 256
_FORWARDED = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"}
_MOST_CHECKS = 2  # at once, since argon2 takes memory and time on purpose
_LONGEST_HEADER = 2_000


class TooManyLogins(AuthenticationError):
    """A client has given wrong passwords so often that it has to wait."""


class BasicAuthBackend(AuthenticationBackend):
    """Finds out who sent a request; where there are users, by HTTP Basic."""

    def __init__(self, policy: AccessPolicy, limiter: RateLimiter) -> None:
        """Take the rules, and the counter of wrong passwords."""
        self._policy = policy
        self._limiter = limiter
        self._checks = CapacityLimiter(_MOST_CHECKS)

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, Visitor]:
        """Return the visitor.

        Raises:
            AuthenticationError: a user has to log in, or has been wrong too often.
        """
        client, is_local = _client(conn), _is_local(conn)
        if not self._policy.has_users or conn.scope["path"] in _WITHOUT_LOGIN:
            return AuthCredentials(), Visitor(None, client, is_local)
        if (name := self._named_by_proxy(conn)) is not None:
            return AuthCredentials(["user"]), Visitor(name, client, is_local)
        if self._policy.verifier is None:
            raise AuthenticationError("come through the proxy, which logs you in")
        header = conn.headers.get("authorization", "")
        if conn.scope["path"].startswith(_WITH_KEY) and header[:7].lower() == "bearer ":
            owner = self._owner(header[7:], client)
            return AuthCredentials(["user"]), Visitor(owner, client, is_local, is_program=True)
        credentials = _basic_credentials(header)
        if credentials is None:
            raise AuthenticationError("log in with a name and a password")
        if not self._policy.verifier.remembers(*credentials):
            await to_thread.run_sync(self._verify, credentials, client, limiter=self._checks)
        return AuthCredentials(["user"]), Visitor(credentials[0], client, is_local)

    def _named_by_proxy(self, conn: HTTPConnection) -> str | None:
        """Return the user whom a trusted proxy has logged in; None where none is named.

        Raises:
            AuthenticationError: somebody who is no trusted proxy names one.
        """
        header = self._policy.user_header
        names = conn.headers.getlist(header) if header is not None else []
        if not names:
            return None
        # The address at the other end of the connection, and not whom it says it speaks for.
        if not self._policy.trusts(str(conn.scope.get("peer") or "")):
            raise AuthenticationError("only the proxy may say who you are")
        name = names[0].strip()
        if len(names) != 1 or not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise AuthenticationError("the proxy names no user")
        return name

    def _owner(self, key: str, client: str) -> str:
        """Return whose key it is."""
        assert self._policy.verifier is not None, "only asked where there are users"
        if wait := self._limiter.wait_for_login(client):
            raise TooManyLogins(f"too many wrong keys: wait {wait} s")
        name = self._policy.verifier.name_of_key(key.strip()[:_LONGEST_HEADER])
        if name is None:
            self._limiter.count_wrong_login(client)
            raise AuthenticationError("no such key: newsbot user key NAME makes one")
        return name

    def _verify(self, credentials: tuple[str, str], client: str) -> None:
        verifier = self._policy.verifier
        assert verifier is not None, "only asked where there are users"
        # A browser asks for many files at once: the first check has served those that waited.
        if verifier.remembers(*credentials):
            return
        if wait := self._limiter.wait_for_login(client):
            raise TooManyLogins(f"too many wrong passwords: wait {wait} s")
        if not verifier.verify(*credentials):
            self._limiter.count_wrong_login(client)
            raise AuthenticationError("no user of that name has that password")


def login_refused(conn: HTTPConnection, error: Exception) -> JSONResponse:
    """Return the response to a request whose sender has to log in, or to wait."""
    detail = {"detail": str(error)}
    if isinstance(error, TooManyLogins):
        return JSONResponse(detail, 429, {"Retry-After": "60"})
    challenge = 'Basic realm="newsbot", charset="UTF-8"'
    return JSONResponse(detail, 401, {"WWW-Authenticate": challenge})


def _basic_credentials(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST_HEADER:
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # not base64, not ASCII, or not UTF-8
        return None
    name, colon, password = decoded.partition(":")
    return (name, password) if colon else None


def _client(conn: HTTPConnection) -> str:
    """Name a client; the addresses that one holder of an IPv6 network has count as one."""
    host = conn.client.host if conn.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_local(conn: HTTPConnection) -> bool:
    forwarded = not _FORWARDED.isdisjoint(conn.headers.keys())
    return not forwarded and conn.client is not None and is_loopback(conn.client.host)
