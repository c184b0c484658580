"""``/n/NAME``: the dated quotes of a person, organisation or place, as a page to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.chat.html.names import name_page_html, no_name_html
from bot.server.endpoints import error_line
from corpus.errors import NewsbotError
from index.errors import NamesFailure

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.newsbot import NewsBot

__all__ = ["name_routes"]

_LONGEST_NAME = 300  # code points


def name_routes(bot: NewsBot) -> list[Route]:
    """Return ``/n/NAME``."""

    def respond(name: str) -> Response:
        try:
            return HTMLResponse(name_page_html(bot.names().entry(name[:_LONGEST_NAME])))
        except NamesFailure as error:
            return HTMLResponse(no_name_html(error_line(error, bot)), 404)
        except NewsbotError as error:
            return PlainTextResponse(f"{error_line(error, bot)}\n", 503)

    async def show(request: Request) -> Response:
        return await run_in_threadpool(respond, request.path_params["name"])

    return [Route("/n/{name:path}", show)]
