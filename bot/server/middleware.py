"""What a visitor may ask for, and how much of it: decided before Gradio sees a request.

Requests that make work (all that are no GET or HEAD) are counted a minute for each client, and
their bodies are bounded. What Gradio offers beside the page and nobody needs is not there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import JSONResponse

from bot.access.authentication import AccessPolicy, visitor_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.access.rate_limits import RateLimiter, ServerLimits

__all__ = ["OriginMiddleware", "RateLimitMiddleware"]

_UPLOAD = "/gradio_api/upload"
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


class OriginMiddleware:
    """ASGI middleware before all others that decide: takes a proxy's prefix off, refuses strangers.

    A proxy may leave the prefix in the path or take it off itself.
    """

    def __init__(self, app: ASGIApp, gate: AccessPolicy) -> None:
        """Wrap an application."""
        self._app = app
        self._gate = gate
        self._prefix = urlsplit(gate.root_path).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with one line as ``detail``."""
        if scope["type"] == "http":
            if objection := self._gate.objection(Headers(scope=scope)):
                await JSONResponse({"detail": objection}, 403)(scope, receive, send)
                return
            path = scope["path"]
            if self._prefix and (path == self._prefix or path.startswith(f"{self._prefix}/")):
                path = path[len(self._prefix) :] or "/"
                scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)


class RateLimitMiddleware:
    """ASGI middleware, inside the one that logs in: refuses what is too much or not allowed."""

    def __init__(
        self, app: ASGIApp, gate: AccessPolicy, limits: ServerLimits, turnstile: RateLimiter
    ) -> None:
        """Wrap an application."""
        self._gate = gate
        self._limits = limits
        self._turnstile = turnstile
        self._small = RequestBodyLimitMiddleware(app, limits.body_bytes)
        self._large = RequestBodyLimitMiddleware(app, limits.upload_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with one line as ``detail``."""
        if scope["type"] == "lifespan":
            await self._small(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        status, reason, wait = self._verdict(scope)
        if status:
            headers = {"Retry-After": str(wait)} if wait else {}
            await JSONResponse({"detail": reason}, status, headers)(scope, receive, send)
            return
        upload = scope["path"].startswith(_UPLOAD)
        await (self._large if upload else self._small)(scope, receive, send)

    def _verdict(self, scope: Scope) -> tuple[int, str, int]:
        path, visitor, headers = scope["path"], visitor_of(scope), Headers(scope=scope)
        if path.startswith(_CLOSED):
            return 404, "there is no such address", 0
        if scope["method"] in ("GET", "HEAD"):
            return 0, "", 0
        if wait := self._turnstile.wait_for_request(visitor.key):
            most = self._limits.requests_a_minute
            return 429, f"more than {most} requests in a minute: wait {wait} s", wait
        upload = path.startswith(_UPLOAD)
        if upload and not self._gate.may_change(visitor):
            return 403, "you may not add articles", 0
        most = self._limits.upload_bytes if upload else self._limits.body_bytes
        if _length(headers) > most:
            what = "files of one upload" if upload else "a request"
            return 413, f"{what} may have {most // 1_000_000} MB together", 0
        if upload and not self._turnstile.room_for_upload():
            return 507, "too many uploads wait to be indexed: try again later", 0
        return 0, "", 0


def _length(headers: Headers) -> float:
    given = headers.get("content-length", "0")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else math.inf
