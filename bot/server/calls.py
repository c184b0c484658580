"""What programs and pages call Gradio's functions with, read before Gradio does.

Gradio takes any object that looks like one of its files for one: it copies the file of this machine
that is named there, or fetches the address, whatever the function then makes of it. Here only what
lies in the folder of uploads is let through. And a plain call may leave out values at the end of
its list that have a default, which Gradio itself would fail on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Calls", "misfit"]

_CALL = "/gradio_api/call/"
_READ = (_CALL, "/gradio_api/run/", "/gradio_api/api/", "/gradio_api/queue/join")
_DEEPEST = 64
_FRAMING = {b"content-length", b"transfer-encoding"}


class Calls:
    """ASGI middleware that reads the bodies of calls."""

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
        called = scope["type"] == "http" and scope["method"] == "POST"
        if not called or not scope["path"].startswith(_READ):
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has left
            body += message.get("body", b"")
            more = message.get("more_body", False)
        try:
            given = json.loads(body)
            strange = self._strange_file(given, 0)
        except (ValueError, RecursionError):
            await JSONResponse({"detail": "the body is not JSON"}, 400)(scope, receive, send)
            return
        if strange:
            line = "a file of a call has to be one that was uploaded before"
            await JSONResponse({"detail": line}, 403)(scope, receive, send)
            return
        # It is written anew, so that Gradio reads what was looked at here: of a key that is there
        # twice, one parser takes the first and another the last.
        body = json.dumps(self._filled(scope["path"], given)).encode()
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

    def _strange_file(self, value: Any, depth: int) -> bool:
        if depth > _DEEPEST:
            raise RecursionError
        if isinstance(value, list):
            return any(self._strange_file(one, depth + 1) for one in value)
        if not isinstance(value, dict):
            return False
        meta = value.get("meta")
        if isinstance(meta, dict) and "_type" in meta and not self._is_upload(value.get("path")):
            return True
        return any(self._strange_file(one, depth + 1) for one in value.values())

    def _is_upload(self, path: Any) -> bool:
        if not isinstance(path, str) or "\0" in path or not os.path.isabs(path):
            return False
        return os.path.realpath(path).startswith(self._uploads + os.sep)

    def _filled(self, path: str, given: Any) -> Any:
        defaults = self._defaults.get(path.removeprefix(_CALL).strip("/"))
        if defaults is None or not isinstance(given, dict):
            return given
        data = given.get("data")
        if not isinstance(data, list) or len(data) >= len(defaults):
            return given
        return {**given, "data": [*data, *defaults[len(data) :]]}


def misfit(request: Request, error: Exception) -> JSONResponse:
    """Answer a call of an endpoint that is not there, or with parameters that it has not."""
    line = "no such endpoint, or not its parameters: see /gradio_api/info"
    return JSONResponse({"detail": line}, 400)
