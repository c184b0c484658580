"""The chat page, on Gradio's components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.article_table import ArticleTable
from bot.chat.articles_tab import ArticlesTab
from bot.chat.ask_tab import AskTab
from bot.chat.collection_choice import CollectionChoice
from bot.chat.conversation import greeting
from bot.chat.events import HIDDEN, QUICK
from bot.chat.html.markup import header_html
from bot.chat.questions_tab import QuestionsTab
from bot.chat.selection import selected_rows
from bot.feedback import FeedbackStore, feedback_file
from bot.watching.questions import questions_beside
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.access.audit import Record
    from bot.access.policy import AccessPolicy
    from bot.chat.examples import Examples
    from bot.citing.permalinks import PermalinkStore
    from bot.editing.service import EditingService
    from bot.newsbot import NewsBot

__all__ = ["build_page"]


def build_page(
    bot: NewsBot,
    examples: Examples,
    editing: EditingService,
    policy: AccessPolicy,
    choice: CollectionChoice,
    kept: PermalinkStore,
    record: Record,
) -> gr.Blocks:
    """Build the page: tabs to ask in, to see the articles in, and the questions that are watched.

    Args:
        bot: answers the questions; it may be shared with other threads.
        examples: offers the questions to begin with.
        editing: changes the index.
        policy: knows who may change it.
        choice: which other collections the server has.
        kept: keeps the answers that get an address of their own.
        record: writes down what visitors do.
    """
    table = ArticleTable(bot)
    page = gr.Blocks(title="newsbot", analytics_enabled=False, fill_width=True)
    with page:
        header = gr.HTML(header_html("", choice), elem_id="header")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Ask", elem_id="ask-tab", id="ask"):
                ask = AskTab(
                    bot, table, FeedbackStore(feedback_file(bot.index)), kept, choice.prefix
                )
            with gr.Tab("Articles", elem_id="articles-tab") as articles_tab:
                articles = ArticlesTab(bot, table, editing, policy)
            with gr.Tab("Watched", elem_id="watched-tab") as watched_tab:
                watched = QuestionsTab(questions_beside(bot.index), policy, record)

        def greet() -> list[Any]:
            count, notice = greeting(bot)
            return [header_html(count, choice), notice]

        def list_sources() -> Any:
            try:
                return gr.update(choices=table.sources())
            except NewsbotError:
                return gr.skip()  # ``greeting`` says what is wrong with the index

        def offer_examples() -> Any:
            return gr.update(examples=[{"text": question} for question in examples.offered()])

        def ask_only(turns: Any, event: gr.EventData) -> list[Any]:
            ids = [row.id for row in selected_rows(table.rows_or_none(), event.ids)]
            return [gr.update(selected="ask"), *ask.filters.restrict_to(ids, (), turns)]

        page.load(greet, None, [header, ask.notice], **QUICK)
        page.load(list_sources, None, ask.filters.sources, **HIDDEN)
        page.load(ask.ask_again, None, ask.asked_with, **HIDDEN)
        # Apart, because it may take seconds: the questions are tried before they are offered.
        page.load(offer_examples, None, ask.chat, **HIDDEN)
        articles.load_on(articles_tab.select)
        watched.load_on(watched_tab.select)
        watched.watch_on(ask.watch, ask.turns, ask.notice)
        restricted = [tabs, ask.filters.articles, ask.notice]
        articles.search.table.only(ask_only, ask.turns, restricted, **QUICK)
        for change in articles.changes:
            change.then(lambda: greet()[0], None, header, **QUICK)
            change.then(list_sources, None, ask.filters.sources, **HIDDEN)
    return page
