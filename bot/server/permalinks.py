"""``/a/ID``: answers that were kept, as pages of their own and as files."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.chat.html.permalink import missing_html, permalink_html
from bot.citing.exports import export
from bot.citing.formats import ExportFormat
from bot.citing.permalinks import KeptAnswer, PermalinkStore, QuoteState, state_of
from bot.errors import UnknownArticle
from bot.server.endpoints import error_line
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.newsbot import NewsBot
    from corpus.article import Article

__all__ = ["permalink_routes"]


def permalink_routes(bot: NewsBot, store: PermalinkStore) -> list[Route]:
    """Return ``/a/ID``; with ``?format=`` it is a file in that format."""

    def respond(kept_id: str, form: str | None) -> Response:
        try:
            kept = store.find(kept_id)
            if kept is None:
                return HTMLResponse(missing_html(), 404)
            if form is not None:
                return _file(kept, form)
            return HTMLResponse(permalink_html(kept, _states(bot, kept)))
        except NewsbotError as error:
            return PlainTextResponse(f"{error_line(error, bot)}\n", 503)

    async def show(request: Request) -> Response:
        form = request.query_params.get("format")
        return await run_in_threadpool(respond, request.path_params["kept_id"], form)

    return [Route("/a/{kept_id}", show)]


def _file(kept: KeptAnswer, form: str) -> Response:
    if form not in list(ExportFormat):
        return PlainTextResponse(f"format is one of {', '.join(ExportFormat)}\n", 400)
    chosen = ExportFormat(form)
    # The day on which the articles were read, not that on which they are cited.
    text = export([kept.answered], chosen, datetime.fromisoformat(kept.at).date())
    name = f'attachment; filename="newsbot.{chosen.ending}"'
    return PlainTextResponse(text, headers={"Content-Disposition": name})


def _states(bot: NewsBot, kept: KeptAnswer) -> list[tuple[QuoteState, str]]:
    """Return what has become of each quote, and the sentence that replaced it, if it is known."""
    states = []
    for cited, digest in zip(kept.answered.answer.cited(), kept.hashes, strict=True):
        article = _article(bot, cited.article_id)
        state = state_of(cited, digest, article)
        later = _later(bot, cited.article_id, cited.quote) if state is QuoteState.CHANGED else ""
        states.append((state, later))
    return states


def _article(bot: NewsBot, article_id: str) -> Article | None:
    try:
        return bot.article(article_id)
    except UnknownArticle:
        return None


def _later(bot: NewsBot, article_id: str, quote: str) -> str:
    """Return what a sentence has become through all corrections of its article; else nothing."""
    later: str | None = quote
    for correction in bot.history(article_id):
        for change in correction.changes:
            if change.earlier == later:
                later = change.later
                break
    return later if later and later != quote else ""
