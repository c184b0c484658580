"""The article that is opened in the tab of the articles, and its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.events import QUICK, script, visible
from bot.chat.html.article_view import article_html, gone_html
from bot.chat.html.markup import problem_html
from bot.chat.name_pages import quoted_article, quotes_of
from bot.errors import UnknownArticle
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.access.policy import AccessPolicy
    from bot.newsbot import NewsBot

__all__ = ["ArticleReader"]

_CLOSE = "Close the article"


class ArticleReader:
    """The components, and the events that open and close an article."""

    def __init__(self, bot: NewsBot, policy: AccessPolicy) -> None:
        """Put the components into the Blocks that are being built."""
        self._bot = bot
        self._policy = policy
        self.opened = gr.State("")  # its id
        self.pane = gr.HTML("", elem_id="reader", js_on_load=script("article_reader.js"))
        with gr.Row(visible=False, elem_id="removal") as removal:
            remove = gr.Button("Remove from the index", elem_id="remove", size="sm")
            self.sure = gr.Button("Yes, remove it", variant="stop", visible=False, size="sm")
            keep = gr.Button("No, keep it", visible=False, size="sm")
        at_removal = [removal, remove, self.sure, keep]
        self._outputs: list[Any] = [self.pane, self.opened, *at_removal]
        self._closed: list[Any] = ["", "", *visible(False, False, False, False)]
        self.pane.close(lambda: self._closed, None, self._outputs, **QUICK)
        remove.click(lambda: visible(True, False, True, True), None, at_removal, **QUICK)
        keep.click(lambda: visible(True, True, False, False), None, at_removal, **QUICK)

    def open_on(self, table: gr.HTML) -> None:
        """Open the article whose title is clicked in a table."""
        table.open(self._open, None, self._outputs, **QUICK)
        table.quotes(self._show_quotes, None, self._outputs, **QUICK)
        self.pane.quoted(self._show_quoted, None, self._outputs, **QUICK)

    def close_if_gone_after(self, event: Any) -> None:
        """Close the article after an event that may have removed it."""

        def close_if_gone(article_id: str) -> list[Any]:
            try:
                if article_id:
                    self._bot.article(article_id)
            except UnknownArticle:
                return self._closed
            return [gr.skip()] * len(self._outputs)

        event.then(close_if_gone, self.opened, self._outputs, **QUICK)

    def _show_quotes(self, event: gr.EventData) -> list[Any]:
        return [quotes_of(self._bot, event.value, _CLOSE), *self._closed[1:]]

    def _show_quoted(self, event: gr.EventData) -> list[Any]:
        return [quoted_article(self._bot, event.value, _CLOSE), *self._closed[1:]]

    def _open(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        article_id = str(event.value)
        try:
            article = self._bot.article(article_id)
        except UnknownArticle:
            return [gone_html(article_id), *self._closed[1:]]
        except NewsbotError as error:
            return [problem_html(error), *self._closed[1:]]
        shown = article_html(article, close=_CLOSE)
        may = self._policy.may_edit(request.request)
        return [shown, article_id, *visible(may, may, False, False)]
