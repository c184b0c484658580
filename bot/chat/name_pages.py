"""What is shown of a name: its quotes, and the article that one of them stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.chat.html.article_view import article_html, gone_html
from bot.chat.html.markup import problem_html
from bot.chat.html.names import entry_html
from bot.errors import UnknownArticle
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["quoted_article", "quotes_of"]

_LONGEST_NAME = 300  # code points


def quotes_of(bot: NewsBot, name: Any, close: str) -> str:
    """Return the page of a name that a browser sent, or what is wrong."""
    try:
        return entry_html(bot.names().entry(str(name)[:_LONGEST_NAME]), close)
    except NewsbotError as error:
        return problem_html(error)


def quoted_article(bot: NewsBot, place: Any, close: str) -> str:
    """Return the article with a quote marked.

    Args:
        bot: has the article.
        place: what came from the browser: start, end and id with slashes between.
        close: what the button says that closes the pane.
    """
    start, _, rest = str(place).partition("/")
    end, _, article_id = rest.partition("/")
    try:
        article = bot.article(article_id)
    except UnknownArticle:
        return gone_html(article_id)
    except NewsbotError as error:
        return problem_html(error)
    digits = start.isdecimal() and end.isdecimal() and len(start) + len(end) < 30
    span = (int(start), int(end)) if digits else None
    return article_html(article, [span] if span else [], span, close=close)
