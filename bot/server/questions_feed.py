"""``/questions.atom``: how the answers to standing questions changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import QuestionsFailure
from bot.watching.atom import atom_feed
from bot.watching.questions import questions_beside

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.newsbot import NewsBot

__all__ = ["question_routes"]

_MOST = 100


def question_routes(bot: NewsBot) -> list[Route]:
    """Return the feed of an index's changed answers."""
    store = questions_beside(bot.index)

    async def changes(request: Request) -> Response:
        try:
            found = await run_in_threadpool(store.changes, _MOST)
        except QuestionsFailure:
            return PlainTextResponse("the standing questions cannot be read\n", 503)
        feed = atom_feed(found, str(bot.index), str(request.url))
        return Response(feed, media_type="application/atom+xml")

    return [Route("/questions.atom", changes)]
