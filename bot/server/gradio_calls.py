"""Calls of Gradio's functions, checked and completed before Gradio reads them.

Gradio takes any object that looks like one of its files for one: it copies the file of this machine
that is named there, or fetches the address, whatever the function does with it. Only files in the
folder of uploads are let through. And a plain call may leave out values at the end of its list that
have a default, where Gradio itself would fail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["GradioCallMiddleware", "invalid_call"]

_CALL = "/gradio_api/call/"
_CALLS = (_CALL, "/gradio_api/run/", "/gradio_api/api/", "/gradio_api/queue/join")
_DEEPEST = 64
_FRAMING = {b"content-length", b"transfer-encoding"}


class GradioCallMiddleware:
    """ASGI middleware that checks and completes the bodies of calls."""

    def __init__(self, app: ASGIApp, uploads: Path, defaults: Mapping[str, Sequence[Any]]) -> None:
        """Wrap an application.

        Args:
            app: what to wrap; the size of bodies is bounded before.
            uploads: the folder that uploaded files lie in.
            defaults: of each named endpoint, the defaults of its parameters in their order.
        """
        self._app = app
        self._uploads = os.path.realpath(uploads)
        self._defaults = defaults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with one line as ``detail``."""
        posted = scope["type"] == "http" and scope["method"] == "POST"
        if not posted or not scope["path"].startswith(_CALLS):
            await self._app(scope, receive, send)
            return
        try:
            call = json.loads(await Request(scope, receive).body())
            foreign = self._holds_foreign_file(call, 0)
        except ClientDisconnect:
            return
        except (ValueError, RecursionError):
            await JSONResponse({"detail": "the body is not JSON"}, 400)(scope, receive, send)
            return
        if foreign:
            line = "a file of a call has to be one that was uploaded before"
            await JSONResponse({"detail": line}, 403)(scope, receive, send)
            return
        # Written anew, so that Gradio reads what was checked here: of a key that is there twice,
        # one parser takes the first and another the last.
        body = json.dumps(self._with_defaults(scope["path"], call)).encode()
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        headers = [pair for pair in scope["headers"] if pair[0] not in _FRAMING]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._app({**scope, "headers": headers}, replay, send)

    def _holds_foreign_file(self, value: Any, depth: int) -> bool:
        if depth > _DEEPEST:
            raise RecursionError
        if isinstance(value, list):
            return any(self._holds_foreign_file(one, depth + 1) for one in value)
        if not isinstance(value, dict):
            return False
        meta = value.get("meta")
        if isinstance(meta, dict) and "_type" in meta and not self._is_upload(value.get("path")):
            return True
        return any(self._holds_foreign_file(one, depth + 1) for one in value.values())

    def _is_upload(self, path: Any) -> bool:
        if not isinstance(path, str) or "\0" in path or not os.path.isabs(path):
            return False
        return os.path.realpath(path).startswith(self._uploads + os.sep)

    def _with_defaults(self, path: str, call: Any) -> Any:
        defaults = self._defaults.get(path.removeprefix(_CALL).strip("/"))
        if defaults is None or not isinstance(call, dict):
            return call
        data = call.get("data")
        if not isinstance(data, list) or len(data) >= len(defaults):
            return call
        return {**call, "data": [*data, *defaults[len(data) :]]}


def invalid_call(request: Request, error: Exception) -> JSONResponse:
    """Return the response to a call of an unknown endpoint, or with unknown parameters."""
    line = "no such endpoint, or not its parameters: see /gradio_api/info"
    return JSONResponse({"detail": line}, 400)
