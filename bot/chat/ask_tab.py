"""The tab where questions are asked: conversation, question box, filters and sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import gradio as gr

from bot.chat.conversation import first_view
from bot.chat.events import HIDDEN, QUICK
from bot.chat.export import as_json, as_markdown
from bot.chat.feedback_panel import FeedbackPanel
from bot.chat.filter_bar import FilterBar
from bot.chat.question_box import QuestionBox
from bot.chat.sources_pane import SourcesPane
from bot.chat.turns import Turn
from bot.feedback import FeedbackStore

if TYPE_CHECKING:
    from bot.chat.article_table import ArticleTable
    from bot.newsbot import NewsBot

__all__ = ["AskTab"]

_SAVE_JS = "(name, text) => window.newsbot?.save(name, text)"


class AskTab:
    """The components of the tab."""

    def __init__(self, bot: NewsBot, table: ArticleTable, store: FeedbackStore) -> None:
        """Put the tab into the Blocks that are being built."""
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
                    markdown = gr.Button("Save as Markdown", elem_classes="quiet")
                    json_file = gr.Button("Save as JSON", elem_classes="quiet")
        self.filters.connect(self.turns)
        box.connect(self.chat, pane, self.notice, self.turns, self.filters, clear)
        pane.connect(self.turns, self.filters, self.notice)
        feedback.connect(self.chat, self.turns, self.notice)
        self._save_on(markdown, "newsbot.md", as_markdown)
        self._save_on(json_file, "newsbot.json", as_json)

    def _save_on(
        self, button: gr.Button, name: str, export: Callable[[Sequence[Turn]], str]
    ) -> None:
        # From the server to the script that saves it in the browser: nothing stays on the server.
        file = [gr.Textbox(visible=False) for _ in range(2)]
        written = button.click(lambda turns: [name, export(turns)], self.turns, file, **QUICK)
        written.then(None, file, None, js=_SAVE_JS, **HIDDEN)


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
