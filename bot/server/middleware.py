"""What is decided before Gradio sees a request: from where it may come, and how much it may ask.

Requests that make work (all but GET and HEAD) are counted for each client, and their bodies are
bounded. What Gradio offers beside the page and nobody needs is closed.
"""

from __future__ import annotations

import math
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.access.policy import AccessPolicy, Visitor, visitor_of
from bot.server.gradio_internals import event_scope

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.access.rate_limits import RateLimiter, ServerLimits

__all__ = [
    "CurrentVisitor",
    "HostMiddleware",
    "KnownPeer",
    "OriginMiddleware",
    "ProxyPrefixMiddleware",
    "RateLimitMiddleware",
]

_UPLOAD = "/gradio_api/upload"
_VISITOR: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
_CLOSED = (
    "/docs",
    "/login",
    "/monitoring",
    "/openapi.json",
    "/redoc",
    "/gradio_api/deep_link",
    "/gradio_api/dev",
    "/gradio_api/process_recording",
    "/gradio_api/profiling",
    "/gradio_api/proxy=",
    "/gradio_api/run-history",
    "/gradio_api/stream",
    "/gradio_api/token",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/vibe-",
    "/custom_component",
)


class HostMiddleware:
    """ASGI middleware: Starlette's TrustedHostMiddleware, with a refusal that says what to do."""

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        """Wrap an application."""
        self._app = app
        self._hosts = policy.allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with one line as ``detail``."""
        trusted = scope["type"] != "http"

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal trusted
            trusted = True
            await self._app(scope, receive, send)

        async def send_if_trusted(message: Message) -> None:
            if trusted:
                await send(message)

        check = TrustedHostMiddleware(app, self._hosts, www_redirect=False)
        await check(scope, receive, send_if_trusted)
        if not trusted:
            line = "this page is for this machine: open it as http://127.0.0.1 or localhost"
            await JSONResponse({"detail": line}, 403)(scope, receive, send)


class OriginMiddleware:
    """ASGI middleware that refuses what a browser sends from a page of another site."""

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        """Wrap an application."""
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with one line as ``detail``."""
        if scope["type"] != "http" or self._policy.allows_origin(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        line = (
            "a page of another site may not use this one; behind a proxy, give newsbot chat "
            "--root-path the whole address of the page"
        )
        await JSONResponse({"detail": line}, 403)(scope, receive, send)


class ProxyPrefixMiddleware:
    """ASGI middleware that takes off the prefix of a proxy that leaves it in the path."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        """Wrap an application."""
        self._app = app
        self._prefix = urlsplit(root_path).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        path = scope.get("path", "")
        if self._prefix and (path == self._prefix or path.startswith(f"{self._prefix}/")):
            path = path[len(self._prefix) :] or "/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)


class KnownPeer:
    """ASGI middleware, the outermost: notes who is at the other end of the connection.

    Only then a trusted proxy is believed whom it speaks for, and only if there is to be a proxy.
    """

    def __init__(self, app: Any, policy: AccessPolicy) -> None:
        """Wrap an application."""
        believed = bool(policy.root_path or policy.user_header)
        proxies = list(policy.trusted_proxies)
        self._app: Any = ProxyHeadersMiddleware(app, proxies) if believed else app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        client = scope.get("client")
        await self._app({**scope, "peer": client[0] if client else ""}, receive, send)


class CurrentVisitor:
    """ASGI middleware, inside the one that logs in: remembers whose request is being served."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        _VISITOR.set(visitor_of(scope))
        await self._app(scope, receive, send)

    @staticmethod
    def get() -> Visitor:
        """Return the visitor of the event of the page, else of the request, that is served."""
        scope = event_scope()
        return (_VISITOR.get() or Visitor()) if scope is None else visitor_of(scope)


class RateLimitMiddleware:
    """ASGI middleware, inside the one that logs in: refuses what is too much or not allowed."""

    def __init__(
        self, app: ASGIApp, policy: AccessPolicy, limits: ServerLimits, limiter: RateLimiter
    ) -> None:
        """Wrap an application."""
        self._policy = policy
        self._limits = limits
        self._limiter = limiter
        self._requests = RequestBodyLimitMiddleware(app, limits.body_bytes)
        self._uploads = RequestBodyLimitMiddleware(app, limits.upload_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with one line as ``detail``."""
        if scope["type"] == "lifespan":
            await self._requests(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif (refusal := self._refusal(scope)) is not None:
            await refusal(scope, receive, send)
        else:
            upload = scope["path"].startswith(_UPLOAD)
            await (self._uploads if upload else self._requests)(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        path = scope["path"]
        if path.startswith(_CLOSED):
            return _refused(404, "there is no such address")
        if scope["method"] in ("GET", "HEAD"):
            return None
        if wait := self._limiter.wait_for_request(visitor_of(scope).identity):
            most = self._limits.requests_a_minute
            return _refused(429, f"more than {most} requests in a minute: wait {wait} s", wait)
        upload = path.startswith(_UPLOAD)
        if upload and not self._policy.may_edit(HTTPConnection(scope)):
            return _refused(403, "you may not add articles")
        most = self._limits.upload_bytes if upload else self._limits.body_bytes
        if _content_length(scope) > most:
            what = "files of one upload" if upload else "a request"
            return _refused(413, f"{what} may have {most // 1_000_000} MB together")
        if upload and not self._limiter.room_for_upload():
            return _refused(507, "too many uploads wait to be indexed: try again later")
        return None


def _refused(status: int, line: str, wait: int = 0) -> JSONResponse:
    return JSONResponse({"detail": line}, status, {"Retry-After": str(wait)} if wait else None)


def _content_length(scope: Scope) -> float:
    given = Headers(scope=scope).get("content-length", "0")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else math.inf
