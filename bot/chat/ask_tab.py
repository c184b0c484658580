"""The tab where questions are asked: conversation, question box, filters and sources."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.conversation import first_view
from bot.chat.events import HIDDEN, QUICK
from bot.chat.feedback_panel import FeedbackPanel
from bot.chat.filter_bar import FilterBar
from bot.chat.html.citing import cite_menu, link_html
from bot.chat.html.markup import problem_html
from bot.chat.question_box import QuestionBox
from bot.chat.sources_pane import SourcesPane
from bot.chat.turns import Turn, as_json, turn_of
from bot.citing.exports import export
from bot.citing.formats import ExportFormat
from bot.errors import PermalinkFailure
from bot.feedback import FeedbackStore

if TYPE_CHECKING:
    from bot.chat.article_table import ArticleTable
    from bot.citing.permalinks import PermalinkStore
    from bot.newsbot import NewsBot

__all__ = ["AskTab"]

_LINK_JS = "(address) => window.newsbot?.link(address)"
_SAVE_JS = "(name, text) => window.newsbot?.save(name, text)"


class AskTab:
    """The components of the tab."""

    def __init__(
        self,
        bot: NewsBot,
        table: ArticleTable,
        store: FeedbackStore,
        kept: PermalinkStore,
        prefix: str,
    ) -> None:
        """Put the tab into the Blocks that are being built.

        Args:
            bot: answers.
            table: the articles to choose from.
            store: keeps votes.
            kept: keeps the answers that get an address of their own.
            prefix: stands before that address, as before all of the page's.
        """
        self.turns = gr.State(())  # of ``Turn``
        with gr.Row(elem_id="room", equal_height=False):
            self.chat = _chatbot()
            pane = SourcesPane(bot)
            with gr.Column(elem_id="asking"):
                feedback = FeedbackPanel(store)
                self.notice = gr.HTML(first_view().notice, elem_id="notice")
                box = QuestionBox(bot)
                self.filters = FilterBar(table)
                with gr.Row(elem_id="tools"):
                    clear = gr.Button("New conversation", elem_id="clear", elem_classes="quiet")
                    self.watch = gr.Button("Watch this question", elem_classes="quiet")
                    markdown = gr.Button("Save as Markdown", elem_classes="quiet")
                    json_file = gr.Button("Save as JSON", elem_classes="quiet")
                    gr.HTML(cite_menu(0, "Save citations"), elem_id="cite-all")
        self.filters.connect(self.turns)
        box.connect(self.chat, pane, self.notice, self.turns, self.filters, clear)
        pane.connect(self.turns, self.filters, self.notice)
        feedback.connect(self.chat, self.turns, self.notice)
        # From the server to the script that saves it in the browser: nothing stays on the server.
        file = [gr.Textbox(visible=False) for _ in range(2)]
        saving = (self.turns, file)
        for written in (
            markdown.click(lambda turns: _cited(turns, ExportFormat.MARKDOWN), *saving, **QUICK),
            json_file.click(lambda turns: ["newsbot.json", as_json(turns)], *saving, **QUICK),
            pane.reading.cite(_cite, *saving, **QUICK),
        ):
            written.then(None, file, None, js=_SAVE_JS, **HIDDEN)
        address = gr.Textbox(visible=False)

        def keep(turns: Sequence[Turn], event: gr.EventData) -> list[Any]:
            turn = turn_of(turns, event.turn)
            if turn is None:
                return ["", gr.skip()]
            try:
                made = kept.keep(turn.answered, turn.generation)
            except PermalinkFailure as error:
                return ["", problem_html(error)]
            return [f"{prefix}/a/{made}", link_html(f"{prefix}/a/{made}")]

        linked = pane.reading.link(keep, self.turns, [address, self.notice], **QUICK)
        linked.then(None, address, None, js=_LINK_JS, **HIDDEN)
        self._kept = kept
        self.asked_with: list[Any] = [box.box, *self.filters.chosen]

    def ask_again(self, request: gr.Request) -> list[Any]:
        """Return the values of ``asked_with`` of the kept answer that ``?again=ID`` names."""
        asked = None
        with suppress(PermalinkFailure):  # which the answer's own address reports
            asked = self._kept.find(request.query_params.get("again", ""))
        if asked is None:
            return [gr.skip()] * len(self.asked_with)
        return [asked.answered.question, *self.filters.restored(asked.answered.filters)]


def _cite(turns: Sequence[Turn], event: gr.EventData) -> list[Any]:
    """Return the file of one answer's citations, or of the whole conversation's."""
    known = {str(form): form for form in ExportFormat}
    chosen = [turn for turn in turns if event.turn in (0, turn.number)]
    form = known.get(str(event.form))
    return _cited(chosen, form) if form and chosen else [gr.skip(), gr.skip()]


def _cited(turns: Sequence[Turn], form: ExportFormat) -> list[Any]:
    return [f"newsbot.{form.ending}", export([turn.answered for turn in turns], form)]


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        [],
        elem_id="conversation",
        label="Conversation",
        show_label=False,
        container=False,
        height=None,
        layout="bubble",
        buttons=[],
        editable="user",
        feedback_options=("Like", "Dislike"),
        # What it is given is HTML made in bot.chat.html.answers; as Markdown it would be read
        # once more, and an article's text could become a link or a picture.
        render_markdown=False,
        latex_delimiters=[],
        allow_tags=False,
        sanitize_html=True,
        placeholder="<p>What would you like to know?</p>",
        examples=[],
    )
