"""The right side of the tab for asking: the timeline, the sources, and an article to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.conversation import first_view
from bot.chat.events import QUICK, script
from bot.chat.filter_bar import FilterBar
from bot.chat.html.article_view import article_html, gone_html, how_html
from bot.chat.name_pages import quoted_article, quotes_of
from bot.chat.turns import Turn, turn_of
from bot.errors import UnknownArticle

if TYPE_CHECKING:
    from bot.answering.answers import Citation
    from bot.newsbot import NewsBot

__all__ = ["SourcesPane"]


class SourcesPane:
    """The components of the pane; what is read in it covers the sources until it is closed."""

    def __init__(self, bot: NewsBot) -> None:
        """Put the pane into the Blocks that are being built."""
        self._bot = bot
        with gr.Column(elem_id="side"):
            self.timeline = gr.HTML("", elem_id="timeline", js_on_load=script("timeline.js"))
            self.sources = gr.HTML(first_view().sources, elem_id="sources")
            self.reading = gr.HTML("", elem_id="reading", js_on_load=script("reading.js"))

    def connect(self, turns: gr.State, filters: FilterBar, notice: gr.HTML) -> None:
        """Let the buttons of answers, sources and timeline work."""

        def narrow(event: gr.EventData) -> list[Any]:
            since, _, until = str(event.days)[:30].partition("/")
            return [since, until, gr.update(open=True)]

        def ask_only(before: tuple[Turn, ...], chosen: Any, event: gr.EventData) -> list[Any]:
            cited = _citation(turn_of(before, event.turn), event.number)
            if cited is None:
                return [gr.skip(), gr.skip()]
            return filters.restrict_to([cited.article_id], chosen, before)

        def name_only(chosen: Any, event: gr.EventData) -> list[Any]:
            return filters.restrict_to_name(str(event.name)[:300], chosen)

        names = [filters.names, filters.place]
        self.reading.named(name_only, filters.names, names, **QUICK)
        self.reading.quotes(self._quotes, None, self.reading, **QUICK)
        self.reading.quoted(self._read_quoted, None, self.reading, **QUICK)
        days = [filters.since, filters.until, filters.place]
        self.timeline.narrow(narrow, None, days, **QUICK)
        self.reading.read(self._read, turns, self.reading, **QUICK)
        self.reading.how(_how, turns, self.reading, **QUICK)
        asked_only = [filters.articles, notice]
        self.reading.only(ask_only, [turns, filters.articles], asked_only, **QUICK)

    def _read(self, turns: tuple[Turn, ...], event: gr.EventData) -> Any:
        """Show the article of a citation, with all that its answer cites of it marked."""
        turn = turn_of(turns, event.turn)
        cited = _citation(turn, event.number)
        if turn is None or cited is None:
            return gr.skip()
        try:
            article = self._bot.article(cited.article_id)
        except UnknownArticle:
            return gone_html(cited.title)
        quotes = [
            (one.start, one.end)
            for one in turn.answer.cited()
            # It may have changed since: then what is there now is not what was quoted.
            if one.article_id == article.id and article.text[one.start : one.end] == one.quote
        ]
        place = (cited.start, cited.end)
        here = place if place in quotes else None
        return article_html(article, quotes, here, copies=cited.copies)

    def _quotes(self, event: gr.EventData) -> str:
        return quotes_of(self._bot, event.name, "Back to the sources")

    def _read_quoted(self, event: gr.EventData) -> str:
        return quoted_article(self._bot, event.place, "Back to the sources")


def _how(turns: tuple[Turn, ...], event: gr.EventData) -> Any:
    turn = turn_of(turns, event.turn)
    return gr.skip() if turn is None else how_html(turn)


def _citation(turn: Turn | None, number: Any) -> Citation | None:
    return (
        next((one for one in turn.answer.cited() if one.number == number), None) if turn else None
    )
