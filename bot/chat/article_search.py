"""The search field of the tab of the articles, and the table below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.article_table import ArticleTable, matching_rows
from bot.chat.events import HIDDEN, QUICK, script
from bot.chat.html.markup import problem_html
from bot.chat.html.names import names_html
from bot.chat.html.table import table_html
from bot.chat.selection import RemovalQuestion, selected_rows
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.access.policy import AccessPolicy

__all__ = ["IN_TURN", "ArticleSearch", "TableView"]

_LONGEST_SEARCH = 300  # code points
_MOST_NAMES = 18  # above the table
_MOST_CHOSEN = 10  # of them at a time
# One after the other, or a slow refresh would undo the search that was typed meanwhile.
IN_TURN: dict[str, Any] = {**HIDDEN, "concurrency_id": "article_table", "concurrency_limit": 1}


@dataclass(frozen=True)
class TableView:
    """What the table is sorted by, which way, and which page is shown."""

    order: str = "title"
    descending: bool = False
    page: int = 0
    names: tuple[str, ...] = ()  # all of which an article has to name


class ArticleSearch:
    """The components, and the events that search, sort and turn pages."""

    def __init__(self, table: ArticleTable, policy: AccessPolicy) -> None:
        """Put the components into the Blocks that are being built."""
        self._table = table
        self._policy = policy
        words = gr.Textbox(
            label="Search the articles by title, source, author, date or id",
            placeholder="Search titles, sources, authors, dates",
            show_label=False,
            container=False,
            elem_id="search",
        )
        self.question = RemovalQuestion()
        code = script("article_table.js")
        # ``gone``: ids that are no longer to be selected; ``words``: what was searched for
        self.table = gr.HTML("", elem_id="table", js_on_load=code, gone=[], words="")
        view = gr.State(TableView())
        self.inputs: list[Any] = [words, view]  # of ``show``
        self.outputs: list[Any] = [self.table, view]
        words.change(self._find, self.inputs, self.outputs, trigger_mode="always_last", **IN_TURN)
        self.table.stale(
            self._find, self.inputs, self.outputs, trigger_mode="always_last", **IN_TURN
        )
        self.table.sort(self._sort, self.inputs, self.outputs, **IN_TURN)
        self.table.turn(self._turn_page, self.inputs, self.outputs, **IN_TURN)
        self.table.named(self.toggle_name, self.inputs, self.outputs, **IN_TURN)
        self.table.removal(self._ask_removal, None, self.question.outputs, **QUICK)

    def show(self, words: str | None, view: TableView, request: gr.Request) -> Any:
        """Return an update of the table."""
        return gr.update(value=self._html(words, view, request), words=words or "")

    def _html(self, words: str | None, view: TableView, request: gr.Request) -> str:
        try:
            rows = self._table.rows()
        except NewsbotError as error:
            return problem_html(error)
        words = (words or "")[:_LONGEST_SEARCH]
        found = matching_rows(rows, words, view.order, view.descending)
        names = self._table.names_or_none()[:_MOST_NAMES]
        if view.names:
            ids = self._table.naming(view.names)
            found = [row for row in found if row.id in ids]
            names = self._table.names_in([row.id for row in found], _MOST_NAMES)
        may_remove = self._policy.may_edit(request.request)
        table = table_html(found, view.page, view.order, view.descending, len(rows), may_remove)
        return names_html(names, view.names) + table

    def refresh_after(self, event: Any, opened: gr.State) -> Any:
        """Show the table again after an event, which may have removed the opened article."""

        def refresh(
            words: str, view: TableView, asked: tuple[str, ...], opened: str, request: gr.Request
        ) -> Any:
            known = {row.id for row in self._table.rows_or_none()}
            gone = [one for one in (*asked, opened) if one not in known]
            return gr.update(value=self._html(words, view, request), words=words, gone=gone)

        inputs = [*self.inputs, self.question.ids, opened]
        return event.then(refresh, inputs, self.table, **IN_TURN)

    # Gradio takes the name of a private event from those of the endpoints: none is called search.
    def _find(self, words: str, view: TableView, request: gr.Request) -> list[Any]:
        view = replace(view, page=0)
        return [self.show(words, view, request), view]

    def _sort(
        self, words: str, view: TableView, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        order = str(event.value)
        descending = not view.descending if order == view.order else order == "published"
        view = TableView(order, descending)
        return [self.show(words, view, request), view]

    def _turn_page(
        self, words: str, view: TableView, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        view = replace(view, page=int(event.value) if str(event.value).isdecimal() else 0)
        return [self.show(words, view, request), view]

    def toggle_name(
        self, words: str, view: TableView, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        """Show only articles that name something too, or no longer only those."""
        name = str(event.value)[:_LONGEST_SEARCH]
        names = tuple(one for one in view.names if one != name)
        if len(names) == len(view.names):
            names = (*names, name)[-_MOST_CHOSEN:]
        view = replace(view, names=names, page=0)
        return [self.show(words, view, request), view]

    def _ask_removal(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        rows = self._table.rows_or_none() if self._policy.may_edit(request.request) else ()
        return self.question.asked(selected_rows(rows, event.ids))
