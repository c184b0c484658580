"""A server that runs beside the program that started it."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import uvicorn

from bot.access.policy import AccessPolicy
from bot.errors import BotError, NotServed, PortBusy
from bot.server.app import WebApp, build_apps
from bot.server.collection_router import CollectionRouter
from bot.server.config import ServerConfig, access_policy
from bot.server.gradio_internals import stop_page
from bot.server.middleware import KnownPeer

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["Server", "start"]

_MOST_CONNECTIONS = 1_000
_START_SECONDS = 20.0
_END_SECONDS = 2


class Server:
    """A running server."""

    def __init__(
        self, apps: Mapping[str, WebApp], policy: AccessPolicy, listening: socket.socket
    ) -> None:
        """Serve the applications of collections on a socket that listens.

        Raises:
            NotServed: it does not come up.
        """
        self._apps = list(apps.values())
        asgi = {name: app.asgi for name, app in apps.items()}
        app = CollectionRouter(asgi, policy.root_path) if len(asgi) > 1 else self._apps[0].asgi
        config = uvicorn.Config(
            KnownPeer(app, policy),
            log_level="error",
            access_log=False,
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=_END_SECONDS,
            proxy_headers=False,  # ``KnownPeer`` reads them
        )
        self._stop = threading.Event()
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="newsbot-server", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.close()
                raise NotServed("the server of the page did not start")
            time.sleep(0.01)

        for one in self._apps:
            watch = one.questions.run
            threading.Thread(target=watch, args=[self._stop], name="questions", daemon=True).start()

    def close(self) -> None:
        """End it; a change of the index that goes on is finished first."""
        self._stop.set()
        for app in self._apps:
            stop_page(app.page)  # or the server would wait for streams to visitors
        self._server.should_exit = True
        self._thread.join(_START_SECONDS)
        for app in self._apps:
            app.editing.close()


def start(
    bot: NewsBot | Mapping[str, NewsBot],
    host: str = "127.0.0.1",
    port: int = 7860,
    config: ServerConfig | None = None,
) -> Server:
    """Serve the page in the background.

    Args:
        bot: answers the questions; or a bot for each of several collections, by their names, the
            first of which is at the root and the others at ``/c/NAME/``.
        host: an address to listen on; without users, one of this machine's own, such as
            127.0.0.1.
        port: 1 to 65,535.
        config: for whom it is, and how much of it.

    Returns:
        The server; ``close()`` ends it.

    Raises:
        PortBusy: something else listens there.
        NotServed: the configuration is not safe, or needs something that is not installed.
        BotError: the address cannot be listened on.
        UsersFailure: the file of users cannot be read.
    """
    config = config or ServerConfig()
    bots = bot if isinstance(bot, Mapping) else {"": bot}
    policy = access_policy(host, config)
    listening = _listen(host, port)
    try:
        return Server(build_apps(bots, policy, config, port), policy, listening)
    except BaseException:
        listening.close()
        raise


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        # As servers do, or the port would seem taken for a minute after newsbot ended there.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(socket.SOMAXCONN)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortBusy(
                f"port {port} on {host} is in use by another program (newsbot itself, perhaps): "
                "end that one, or choose another port with --port"
            ) from error
        raise BotError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listening
