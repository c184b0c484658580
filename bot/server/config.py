"""On what terms the page is served, and whether they are safe."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.access.authentication import AccessPolicy, is_own_address
from bot.access.rate_limits import ServerLimits
from bot.access.users import PasswordVerifier, UserFile
from bot.errors import BotError, NotServed, PortBusy

__all__ = ["ServerConfig", "access_policy", "listen"]


@dataclass(frozen=True)
class ServerConfig:
    """On what terms the page is served.

    Attributes:
        users: the file of users, who then have to log in; None for no users.
        editors: users who may add and remove articles; all of them where None.
        open_to_anyone: whether others may use the page without logging in.
        root_path: the prefix that a proxy shows the page under, such as ``/news``, or the whole
            address, such as ``https://example.org/news``; ``""`` where there is no proxy.
        mcp: whether to serve the Model Context Protocol at ``/mcp``.
        limits: of what one visitor may ask for.
    """

    users: Path | None = None
    editors: Sequence[str] | None = None
    open_to_anyone: bool = False
    root_path: str = ""
    mcp: bool = False
    limits: ServerLimits = field(default_factory=ServerLimits)


def access_policy(host: str, terms: ServerConfig) -> AccessPolicy:
    """Make the rules for a server that listens on a host.

    Raises:
        NotServed: the terms are not safe there, or contradict each other.
        UsersFailure: the file of users cannot be read.
    """
    keeper = None
    if terms.users is not None:
        users = UserFile(terms.users).read()
        if not users:
            raise NotServed(f"{terms.users} names no user: run newsbot user add NAME first")
        for name in terms.editors or ():
            if name not in users:
                raise NotServed(f"no user {name!r} in {terms.users}, who is to be an editor")
        keeper = PasswordVerifier(UserFile(terms.users))
    elif terms.editors is not None:
        raise NotServed("editors are users: run newsbot user add NAME first")
    alone = is_own_address(host)
    if not alone and keeper is None and not terms.open_to_anyone:
        raise NotServed(
            f"others can reach {host}: run newsbot user add NAME first, and they have to log in, "
            "or say --open-to-anyone"
        )
    root = terms.root_path.rstrip("/")
    if root and not root.startswith(("/", "http://", "https://")):
        raise NotServed(f"{terms.root_path!r} is neither a path nor an address: begin it with /")
    editors = None if terms.editors is None else frozenset(terms.editors)
    return AccessPolicy(keeper, editors, alone, root)


def _busy(host: str, port: int) -> str:
    return (
        f"port {port} on {host} is in use by another program (newsbot itself, perhaps): "
        f"end that one, or choose another port with --port"
    )


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address of this machine.

    Raises:
        PortBusy: another program listens there.
        BotError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        # As servers do, or the port would seem taken for a minute after newsbot ended there.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(socket.SOMAXCONN)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortBusy(_busy(host, port)) from error
        raise BotError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listening
