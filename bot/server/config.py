"""For whom the page is served, and whether that is safe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from bot.access.policy import AccessPolicy, is_loopback
from bot.access.rate_limits import ServerLimits
from bot.access.users import PasswordVerifier, UserFile
from bot.errors import NotServed
from bot.settings import Notify

__all__ = ["ServerConfig", "access_policy"]

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")


@dataclass(frozen=True)
class ServerConfig:
    """For whom the page is served, and how much of it.

    Attributes:
        users: the file of users, who then have to log in; None for no users.
        editors: users who may add and remove articles; all of them where None.
        open_to_anyone: whether others may use the page without logging in.
        root_path: the prefix that a proxy shows the page under, such as ``/news``, or the whole
            address, such as ``https://example.org/news``; ``""`` where there is no proxy.
        mcp: whether to serve the Model Context Protocol at ``/mcp``.
        limits: of what one visitor may ask for.
        notify: who is told when the answer to a standing question changes.
        user_header: header in which a trusted proxy names the user it has logged in; or None.
        trusted_proxies: addresses and networks of proxies that are believed.
        audit: whether to keep an audit log beside the index; where None, if others can reach it.
        audit_questions: whether the questions' texts are in it.
    """

    users: Path | None = None
    editors: Sequence[str] | None = None
    open_to_anyone: bool = False
    root_path: str = ""
    mcp: bool = False
    limits: ServerLimits = field(default_factory=ServerLimits)
    notify: Notify = Notify()
    user_header: str | None = None
    trusted_proxies: Sequence[str] = ("127.0.0.1", "::1")
    audit: bool | None = None
    audit_questions: bool = True


def access_policy(host: str, config: ServerConfig) -> AccessPolicy:
    """Make the access rules of a server that listens on a host.

    Raises:
        NotServed: the configuration is not safe there, or contradicts itself.
        UsersFailure: the file of users cannot be read.
    """
    verifier = None
    if config.users is not None:
        file = UserFile(config.users)
        users = file.read()
        if not users:
            raise NotServed(f"{config.users} names no user: run newsbot user add NAME first")
        for name in config.editors or ():
            if name not in users and config.user_header is None:
                raise NotServed(f"no user {name!r} in {config.users}, who is to be an editor")
        verifier = PasswordVerifier(file)
    elif config.editors is not None and config.user_header is None:
        raise NotServed("editors are users: run newsbot user add NAME first")
    header = config.user_header
    if header is not None and not _HEADER.fullmatch(header):
        raise NotServed(f"{header!r} is no name of a header")
    for proxy in config.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise NotServed(f"{proxy!r} is neither an address nor a network") from error
    has_users = verifier is not None or header is not None
    if not is_loopback(host) and not has_users and not config.open_to_anyone:
        raise NotServed(
            f"others can reach {host}: run newsbot user add NAME first, and they have to log in, "
            "or say --open-to-anyone"
        )
    root_path = config.root_path.rstrip("/")
    if root_path and not root_path.startswith(("/", "http://", "https://")):
        raise NotServed(f"{config.root_path!r} is neither a path nor an address: begin it with /")
    editors = None if config.editors is None else frozenset(config.editors)
    proxies = tuple(config.trusted_proxies)
    return AccessPolicy(verifier, editors, host, root_path, header, proxies)
