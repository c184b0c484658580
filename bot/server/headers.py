"""What the server tells browsers to refuse: a Content-Security-Policy and its companions.

Everything comes from this server and nothing else is loaded, sent to or framed; a script runs only
if it is a file of this server or one of the inline scripts that the page itself was served with,
each named by its SHA-256. Event handlers in attributes, javascript: links and scripts that text
smuggled into the page therefore do not run, should escaping ever fail.

Three things Gradio does not allow to be stricter:

- ``'unsafe-eval'`` for scripts: Gradio compiles the templates of its HTML component and the ``js``
  of its events with ``new Function``. Text is never compiled: templates are the page's own.
- ``'unsafe-inline'`` for styles: Svelte sets style attributes, and Gradio writes the theme into
  style elements. A style could hide or move something, and load nothing from elsewhere.
- ``data:`` and ``blob:`` for pictures and fonts: icons of Gradio's own style sheet, and files
  that are to be uploaded or saved.
"""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SecurityHeaders", "content_policy", "inline_scripts"]

_INLINE = re.compile(rb"<script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.I)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def content_policy(scripts: list[str]) -> str:
    """Write the policy for a page with inline scripts of these hash sources (``'sha256-…'``)."""
    parts = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'unsafe-eval'", *scripts],
        "script-src-attr": ["'none'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in parts.items())


def inline_scripts(page: bytes) -> list[str]:
    """Return the hash sources of a page's inline scripts, each once, in their order."""
    digests = (sha256(found[1]).digest() for found in _INLINE.finditer(page))
    return list(dict.fromkeys(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests))


class SecurityHeaders:
    """ASGI middleware that puts the headers on every response."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].rstrip("/") in ("", scope.get("root_path", "")):
            # The page is read here for its scripts, so it must not come compressed.
            kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        start: Message | None = None
        page = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal start, page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                html = headers.get("content-type", "").startswith("text/html")
                if html and "content-encoding" not in headers:
                    start = message  # held back until the whole page is there
                    return
                headers["Content-Security-Policy"] = content_policy([])
            elif start is not None and message["type"] == "http.response.body":
                page += message.get("body", b"")
                if message.get("more_body", False):
                    return
                policy = content_policy(inline_scripts(page))
                MutableHeaders(scope=start)["Content-Security-Policy"] = policy
                await send(start)
                start = None
                message = {"type": "http.response.body", "body": page}
            await send(message)

        await self._app(scope, receive, send_with_headers)
