"""Who sent a request, and what that visitor may do.

A page of another site cannot use this one in its visitor's name: what a browser sends from there
(its ``Origin``) is refused. While nobody has to log in, so is a host name that was pointed at this
machine (its ``Host``, DNS rebinding).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.authentication import BaseUser

from bot.errors import RequestRefused

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import HTTPConnection

    from bot.access.users import PasswordVerifier

__all__ = ["AccessPolicy", "Visitor", "bracketed", "is_loopback", "visitor_of"]


@dataclass(frozen=True)
class Visitor(BaseUser):
    """Whoever sent a request.

    Attributes:
        name: of the user who has logged in; None where nobody has to.
        client: the network address; that of the whole network for IPv6.
        is_local: whether the request comes from this machine itself, not through a proxy.
        is_program: whether it came with a key, which asks and changes nothing.
    """

    name: str | None = None
    client: str = ""
    is_local: bool = False
    is_program: bool = False

    @property
    def is_authenticated(self) -> bool:
        """Whether it is a user who has logged in."""
        return self.name is not None

    @property
    def is_trusted(self) -> bool:
        """Whether causes and metrics are for it: a user, or this machine itself."""
        return self.is_authenticated or self.is_local

    @property
    def identity(self) -> str:
        """What requests are counted under."""
        return self.client if self.name is None else f"user {self.name}"


def visitor_of(scope: Mapping[str, object]) -> Visitor:
    """Return the visitor that authentication found for a request, else one without rights."""
    user = scope.get("user")
    return user if isinstance(user, Visitor) else Visitor()


@dataclass(frozen=True)
class AccessPolicy:
    """The access rules of a server.

    Attributes:
        verifier: checks the users' passwords; None where nobody has to log in.
        editors: users who may add and remove articles; all of them where None.
        host: the address that is listened on.
        root_path: the prefix under which a proxy shows the page, or its whole address; ``""`` for
            none.
        user_header: header in which a trusted proxy names the user it has logged in, as an OIDC
            proxy does; None where there is no such proxy.
        trusted_proxies: addresses and networks of the proxies that are believed.
    """

    verifier: PasswordVerifier | None = None
    editors: frozenset[str] | None = None
    host: str = "127.0.0.1"
    root_path: str = ""
    user_header: str | None = None
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")

    @property
    def has_users(self) -> bool:
        """Whether visitors are users, who have logged in here or at the proxy."""
        return self.verifier is not None or self.user_header is not None

    def trusts(self, peer: str) -> bool:
        """Return whether a proxy at this address is believed whom it speaks for."""
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        networks = (ipaddress.ip_network(one) for one in self.trusted_proxies)
        return any((mapped or address) in network for network in networks)

    def may_edit(self, request: HTTPConnection | None) -> bool:
        """Return whether a request may add and remove articles.

        Without users, those from this machine may.
        """
        visitor = visitor_of({} if request is None else request.scope)
        if not self.has_users:
            return visitor.is_local
        if visitor.name is None or visitor.is_program:
            return False
        return self.editors is None or visitor.name in self.editors

    def check_editor(self, request: HTTPConnection | None) -> None:
        """Check that a request may add and remove articles.

        Raises:
            RequestRefused: it may not.
        """
        if not self.may_edit(request):
            raise RequestRefused("you may not add or remove articles")

    def may_watch(self, request: HTTPConnection | None) -> bool:
        """Return whether a request may have questions asked again: users, and this machine."""
        visitor = visitor_of({} if request is None else request.scope)
        return visitor.is_trusted and not visitor.is_program

    @property
    def allowed_hosts(self) -> list[str]:
        """Host names that requests may be sent to; ``*`` stands for any."""
        public = urlsplit(self.root_path).hostname
        behind_unnamed_proxy = bool(self.root_path) and not public
        if self.verifier or behind_unnamed_proxy or not is_loopback(self.host):
            return ["*"]
        names = ("127.0.0.1", "::1", "localhost", self.host, public)
        return [bracketed(name) for name in names if name]

    def allows_origin(self, headers: Headers) -> bool:
        """Return whether a request comes from this page, or from no page at all."""
        origin = headers.get("origin")
        if origin is None:
            return True
        host = headers.get("host", "")
        hosts = {host, urlsplit(self.root_path).netloc}
        if self.root_path:
            hosts.add(headers.get("x-forwarded-host", host).partition(",")[0].strip())
        return urlsplit(origin).netloc in hosts - {""}


def is_loopback(host: str) -> bool:
    """Return whether a host, by number or as localhost, is this machine and no other."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bracketed(host: str) -> str:
    """Return a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
