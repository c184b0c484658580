"""The chat page, on Gradio's components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.article_table import ArticleTable
from bot.chat.articles_tab import articles_tab
from bot.chat.ask_tab import ask_tab
from bot.chat.conversation import greeting
from bot.chat.events import HIDDEN
from bot.chat.html.markup import escaped
from bot.chat.selection import chosen_rows
from bot.feedback import FeedbackStore, feedback_file
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.access.policy import AccessPolicy
    from bot.chat.examples import Examples
    from bot.editing.service import EditingService
    from bot.newsbot import NewsBot

__all__ = ["build_page"]


def build_page(
    bot: NewsBot, examples: Examples, contributions: EditingService, policy: AccessPolicy
) -> gr.Blocks:
    """Build the page: a tab to ask in, with the sources and articles beside, a tab of the articles.

    Args:
        bot: answers the questions; it may be shared with other threads.
        examples: gives the questions to begin with.
        contributions: changes the index.
        policy: knows who may change it.

    Returns:
        Blocks, as ``bot.server.serving`` serves them.
    """
    listing = ArticleTable(bot)

    def welcome() -> list[Any]:
        held, notice = greeting(bot)
        return [_header(held), notice]

    def choices() -> Any:
        try:
            return gr.update(choices=listing.sources())
        except NewsbotError:
            return gr.skip()  # ``greeting`` tells what is wrong with the index

    def suggest() -> Any:
        return gr.update(examples=[{"text": question} for question in examples.offered()])

    def only(turns: Any, event: gr.EventData) -> list[Any]:
        rows = chosen_rows(listing.at_hand(), event.ids)
        return [gr.update(selected="ask"), *asking.narrow_to([row.id for row in rows], (), turns)]

    page = gr.Blocks(title="newsbot", analytics_enabled=False, fill_width=True)
    with page:
        header = gr.HTML(_header(""), elem_id="header")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Ask", elem_id="ask-tab", id="ask"):
                asking = ask_tab(bot, listing, FeedbackStore(feedback_file(bot.index)))
            with gr.Tab("Articles", elem_id="articles-tab") as shelf:
                articles = articles_tab(bot, listing, contributions, policy)
        quick: dict[str, Any] = {"queue": False, **HIDDEN}
        page.load(welcome, None, [header, asking.notice], **quick)
        page.load(choices, None, asking.filters.sources, **HIDDEN)
        # Apart, because it may take seconds: the questions are tried before they are offered.
        page.load(suggest, None, asking.chat, **HIDDEN)
        # Not at the page's load: Gradio makes a tab's components when it is first looked at.
        shelf.select(articles.permit, None, articles.permitted, **quick)
        shelf.select(articles.show, [articles.words, articles.state], articles.table, **HIDDEN)
        shelf.select(articles.follow, None, articles.followed, trigger_mode="once", **HIDDEN)
        articles.table.only(
            only,
            asking.turns,
            [tabs, asking.filters.articles, asking.notice],
            **quick,
        )
        for event in articles.changed:
            event.then(lambda: _header(greeting(bot)[0]), None, header, **quick)
            event.then(choices, None, asking.filters.sources, **HIDDEN)
    return page


def _header(held: str) -> str:
    return (
        '<header class="masthead"><h1>newsbot</h1>'
        "<p>Ask your articles. Every answer shows the sentences it rests on.</p>"
        f'<p class="held">{escaped(held)}</p></header>'
    )
