"""The tab of the articles: a table to search, an article to read, and ways to add and remove."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.add_form import AddForm
from bot.chat.article_reader import ArticleReader
from bot.chat.article_search import IN_TURN, ArticleSearch
from bot.chat.article_table import ArticleTable
from bot.chat.events import HIDDEN, QUICK, visible
from bot.chat.job_panel import JobPanel

if TYPE_CHECKING:
    from bot.access.policy import AccessPolicy
    from bot.editing.service import EditingService
    from bot.newsbot import NewsBot

__all__ = ["ArticlesTab"]

_READ_ONLY = (
    '<p class="byline">You may read every article and ask questions. Whoever runs this newsbot '
    "decides who may add and remove articles.</p>"
)


class ArticlesTab:
    """The components; after the events in ``changes`` the index may hold other articles."""

    def __init__(
        self, bot: NewsBot, table: ArticleTable, editing: EditingService, policy: AccessPolicy
    ) -> None:
        """Put the tab into the Blocks that are being built.

        The events ask the policy who may change the index, whatever is shown.
        """
        self._editing = editing
        self._policy = policy
        with gr.Row(elem_id="library", equal_height=False):
            with gr.Column(elem_id="shelf"):
                self.search = ArticleSearch(table, policy)
            with gr.Column(elem_id="desk"):
                self._reader = ArticleReader(bot, policy)
                self._panel = JobPanel(editing.jobs, policy)
                read_only = gr.HTML(_READ_ONLY, elem_id="read-only", visible=False)
                form = AddForm(editing, self._panel)
        self._permitted: list[Any] = [form.place, self._panel.cancel, read_only]
        self._reader.open_on(self.search.table)
        narrow = self._reader.pane.named
        narrow(self.search.toggle_name, self.search.inputs, self.search.outputs, **IN_TURN)
        question = self.search.question
        removals = ((self._reader.sure, self._reader.opened), (question.sure, question.ids))
        removed = [
            button.click(self._remove, ids, self._panel.outputs, **HIDDEN)
            for button, ids in removals
        ]
        self.changes = [self._refresh_after(event) for event in (*form.added, *removed)]

    def load_on(self, selected: Callable[..., Any]) -> None:
        """Show articles and the running job when the tab is selected.

        At the page's load that is too early: Gradio makes a tab's components when it is first
        looked at.
        """
        selected(self._permit, None, self._permitted, **QUICK)
        selected(self.search.show, self.search.inputs, self.search.table, **IN_TURN)
        panel, once = self._panel, {"trigger_mode": "once", **HIDDEN}
        self._refresh_after(selected(panel.follow_current, None, panel.outputs, **once))

    def _refresh_after(self, event: Any) -> Any:
        refreshed = self.search.refresh_after(event, self._reader.opened)
        self._reader.close_if_gone_after(refreshed)
        return refreshed

    def _remove(self, named: str | tuple[str, ...], request: gr.Request) -> Iterator[list[Any]]:
        ids = [one for one in ([named] if isinstance(named, str) else named) if one]
        yield from self._panel.run(lambda: self._editing.remove(ids), request)

    def _permit(self, request: gr.Request) -> list[Any]:
        may = self._policy.may_edit(request.request)
        return visible(may, may, not may)
