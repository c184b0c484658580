"""The apps of several collections behind one address: one at ``/``, the others at ``/c/NAME/``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fastapi import FastAPI

from bot.chat.collection_choice import collection_path

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["CollectionRouter"]


class CollectionRouter:
    """ASGI application that hands each request to the app of its collection."""

    def __init__(self, apps: Mapping[str, FastAPI], root_path: str) -> None:
        """Take the apps by the collections' names, and the prefix of a proxy."""
        first, *others = apps
        self._first = apps[first]
        self._others = {unquote(collection_path(name)): apps[name] for name in others}
        self._prefix = urlsplit(root_path).path.rstrip("/")
        # Starlette's own handling of start and end, around all of them.
        self._all = FastAPI(lifespan=self._lifespan, openapi_url=None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "lifespan":
            await self._all(scope, receive, send)
            return
        path = scope.get("path", "")
        if self._prefix and path.startswith(f"{self._prefix}/"):
            path = path[len(self._prefix) :]
        for place, app in self._others.items():
            if path == place or path.startswith(f"{place}/"):
                inner = path[len(place) :] or "/"
                await app({**scope, "path": inner, "raw_path": inner.encode()}, receive, send)
                return
        await self._first(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in (self._first, *self._others.values()):
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield
