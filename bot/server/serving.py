"""The server of the chat page: what it listens on, for whom, and what stands before Gradio."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
import threading
import time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import gradio.routes
import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.routing import BaseRoute, Mount

from bot.access.authentication import AccessPolicy, BasicLogin, login_refused, visitor_of
from bot.access.rate_limits import RateLimiter
from bot.chat.examples import Examples
from bot.chat.page import build_page
from bot.cli.console import complain
from bot.editing.service import EditingService
from bot.errors import NotServed
from bot.server.calls import Calls, misfit
from bot.server.config import ServerConfig, access_policy, listen
from bot.server.endpoints import add_endpoints
from bot.server.headers import SecurityHeaders
from bot.server.mcp_server import mcp_service
from bot.server.metrics import CountedBot, ServerMetrics, monitoring_routes
from bot.server.middleware import OriginMiddleware, RateLimitMiddleware

if TYPE_CHECKING:
    from fastapi import Request

    from bot.newsbot import NewsBot

__all__ = ["Serving", "launch", "launch_options", "start", "upload_folder"]

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")
_AT_ONCE = 4  # questions answered at the same time; the others wait in Gradio's queue
_MOST_CONNECTIONS = 1_000
_START_SECONDS = 20.0
_END_SECONDS = 2


class Serving:
    """A running server."""

    def __init__(
        self, server: uvicorn.Server, page: gr.Blocks, contributions: EditingService
    ) -> None:
        """Take what ``start`` has started."""
        self._server = server
        self._page = page
        self._contributions = contributions
        self._thread = threading.Thread(target=server.run, name="newsbot-server", daemon=True)

    def run(self, listening: socket.socket) -> None:
        """Begin to serve on a socket that listens.

        Raises:
            NotServed: it does not come up.
        """
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="newsbot-server", daemon=True
        )
        self._thread.start()
        until = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                self.close()
                raise NotServed("the server of the page did not start")
            time.sleep(0.01)

    def close(self, verbose: bool = True) -> None:
        """End it; a change of the index that goes on is finished first.

        Args:
            verbose: for those who know ``gradio.Blocks.close``; nothing is printed.
        """
        self._page._queue.close()  # type: ignore[no-untyped-call]
        self._page.is_running = False
        self._page.app.stop_event.set()
        self._server.should_exit = True
        self._thread.join(_START_SECONDS)
        self._contributions.close()


def launch_options() -> dict[str, Any]:
    """Give what Gradio needs for the page: its looks, and nothing that phones."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=_SANS,
        font_mono=_MONO,
    )
    folder = files("bot.chat") / "static"
    return {
        "theme": theme,
        "css": folder.joinpath("page.css").read_text(encoding="utf-8"),
        "js": folder.joinpath("page.js").read_text(encoding="utf-8"),
        "footer_links": [],
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
    }


def start(
    bot: NewsBot, host: str = "127.0.0.1", port: int = 7860, terms: ServerConfig | None = None
) -> Serving:
    """Serve the page in the background.

    Args:
        bot: answers the questions.
        host: an address to listen on; without users, one of this machine's own, such as
            127.0.0.1.
        port: 1 to 65,535.
        terms: for whom it is, and how much of it.

    Returns:
        The server; ``close()`` ends it.

    Raises:
        PortBusy: something else listens there.
        NotServed: the terms are not safe, or need something that is not installed.
        BotError: the address cannot be listened on.
        UsersFailure: the file of users cannot be read.
    """
    terms = terms or ServerConfig()
    gate = access_policy(host, terms)
    listening = listen(host, port)
    try:
        serving = _assemble(bot, host, port, terms, gate)
        serving.run(listening)
    except BaseException:
        listening.close()
        raise
    return serving


def launch(
    bot: NewsBot, host: str = "127.0.0.1", port: int = 7860, terms: ServerConfig | None = None
) -> None:
    """Serve the page, print its address and wait for Ctrl-C; takes and raises what ``start`` does.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the page is closed by then.
    """
    page = start(bot, host, port, terms)
    if terms is not None and terms.open_to_anyone and terms.users is None:
        complain("warning: whoever reaches this machine can ask, and read every article")
    print(f"newsbot is at http://{_written(host)}:{port}", flush=True)
    try:
        threading.Event().wait()
    finally:
        page.close(verbose=False)


def _assemble(
    bot: NewsBot, host: str, port: int, terms: ServerConfig, gate: AccessPolicy
) -> Serving:
    limits, uploads = terms.limits, upload_folder()
    figures = ServerMetrics(bot)
    counted = CountedBot(bot, figures)
    contributions = EditingService(bot, limits, uploads)
    turnstile = RateLimiter(limits, uploads)
    # Questions that are only tried for the examples are nobody's, and not counted.
    page = build_page(counted, Examples(bot), contributions, gate)
    with page:
        defaults = add_endpoints(counted, contributions, gate, limits)
    page.state_session_capacity = limits.sessions
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=limits.waiting)
    routes: list[BaseRoute] = [*monitoring_routes(bot, figures)]
    lifespan = None
    if terms.mcp:
        mcp_routes, lifespan = mcp_service(counted, limits)
        routes += mcp_routes
    app = FastAPI(
        routes=routes,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(OriginMiddleware, gate=gate),
            Middleware(
                AuthenticationMiddleware,
                backend=BasicLogin(gate, turnstile),
                on_error=login_refused,
            ),
            Middleware(RateLimitMiddleware, gate=gate, limits=limits, turnstile=turnstile),
            Middleware(Calls, uploads=uploads, defaults=defaults),
        ],
    )
    gr.mount_gradio_app(
        app,
        page,
        path="",
        server_name=host,
        server_port=port,
        root_path=terms.root_path or None,
        max_file_size=limits.file_bytes,
        auth_dependency=_user_name if gate.doorkeeper else None,
        **launch_options(),
    )
    # Only of an application that was launched does Gradio ask where its files lie.
    page.has_launched = page.is_running = True
    mounted = next(route.app for route in app.routes if isinstance(route, Mount))
    assert isinstance(mounted, gradio.routes.App), "mounted by Gradio just now"
    page.app = mounted
    for mistake in (KeyError, TypeError):
        mounted.add_exception_handler(mistake, misfit)
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_END_SECONDS,
        # Whom a proxy speaks for is believed only of a proxy on this machine, and only if said.
        proxy_headers=bool(terms.root_path),
        forwarded_allow_ips="127.0.0.1,::1",
    )
    return Serving(uvicorn.Server(config), page, contributions)


def _user_name(request: Request) -> str | None:
    return visitor_of(request.scope).name


@cache
def upload_folder() -> Path:
    """Make the folder that Gradio keeps uploads in: of this process and of this user alone."""
    folder = Path(tempfile.mkdtemp(prefix="newsbot-uploads-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host
