"""Articles selected in the table: those that a browser names, and the question before removal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from bot.chat.article_table import ArticleRow
from bot.chat.events import QUICK, script, visible
from bot.chat.html.table import removal_html

__all__ = ["RemovalQuestion", "selected_rows"]


class RemovalQuestion:
    """Asks whether the selected articles are to be removed; ``sure`` is the button for yes."""

    def __init__(self) -> None:
        """Put the question, hidden, into the Blocks that are being built."""
        with gr.Column(visible=False, elem_id="selected") as place:
            question = gr.HTML("", js_on_load=script("removal_question.js"))
            with gr.Row():
                self.sure = gr.Button("Yes, remove them", variant="stop", size="sm")
                keep = gr.Button("No, keep them", size="sm")
        self.ids = gr.State(())  # of the articles that are asked about
        self.outputs: list[Any] = [place, question, self.ids]  # of ``asked``
        for button in (self.sure, keep):
            button.click(lambda: gr.update(visible=False), None, place, **QUICK)

    @staticmethod
    def asked(rows: Sequence[ArticleRow]) -> list[Any]:
        """Ask about these articles, or nothing if there are none."""
        return [*visible(bool(rows)), removal_html(rows), tuple(row.id for row in rows)]


def selected_rows(rows: Sequence[ArticleRow], ids: object) -> list[ArticleRow]:
    """Return the rows that a browser says are selected, in the order of the table.

    Args:
        rows: of the table; what has been removed meanwhile is no longer among them.
        ids: what came from the browser: anything.
    """
    wanted = {one for one in ids if isinstance(one, str)} if isinstance(ids, list) else set()
    return [row for row in rows if row.id in wanted]
