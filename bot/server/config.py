"""For whom the page is served, and whether that is safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.access.policy import AccessPolicy, is_loopback
from bot.access.rate_limits import ServerLimits
from bot.access.users import PasswordVerifier, UserFile
from bot.errors import NotServed
from bot.settings import Notify

__all__ = ["ServerConfig", "access_policy"]


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
    """

    users: Path | None = None
    editors: Sequence[str] | None = None
    open_to_anyone: bool = False
    root_path: str = ""
    mcp: bool = False
    limits: ServerLimits = field(default_factory=ServerLimits)
    notify: Notify = Notify()


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
            if name not in users:
                raise NotServed(f"no user {name!r} in {config.users}, who is to be an editor")
        verifier = PasswordVerifier(file)
    elif config.editors is not None:
        raise NotServed("editors are users: run newsbot user add NAME first")
    if not is_loopback(host) and verifier is None and not config.open_to_anyone:
        raise NotServed(
            f"others can reach {host}: run newsbot user add NAME first, and they have to log in, "
            "or say --open-to-anyone"
        )
    root_path = config.root_path.rstrip("/")
    if root_path and not root_path.startswith(("/", "http://", "https://")):
        raise NotServed(f"{config.root_path!r} is neither a path nor an address: begin it with /")
    editors = None if config.editors is None else frozenset(config.editors)
    return AccessPolicy(verifier, editors, host, root_path)
