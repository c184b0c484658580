"""The form with which articles are added: files, addresses or a pasted text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from bot.chat.events import HIDDEN
from bot.chat.job_panel import JobPanel
from bot.editing.service import EditingService

__all__ = ["AddForm"]

_FORMATS = "Text, Markdown, HTML, JSON, CSV, PDF, Word, feeds, web archives; also .gz"


class AddForm:
    """The components; the events in ``added`` are over when articles have been added."""

    def __init__(self, editing: EditingService, panel: JobPanel) -> None:
        """Put the form, hidden, into the Blocks that are being built."""
        self._editing = editing
        self._panel = panel
        with gr.Accordion("Add articles", open=False, elem_id="add", visible=False) as self.place:
            with gr.Tabs():
                self.added = [self._files_tab(), self._addresses_tab(), self._text_tab()]

    def _files_tab(self) -> Any:
        with gr.Tab("Files"):
            files = gr.File(
                label=_FORMATS, file_count="multiple", type="filepath", elem_id="files", height=160
            )
            button = gr.Button("Add the files", variant="primary", size="sm")

        def add_files(paths: list[str] | None, request: gr.Request) -> Iterator[list[Any]]:
            given = [str(path) for path in paths or ()]
            for status, number in self._panel.run(lambda: self._editing.add(given), request):
                # Once a job has taken them they are no longer where they were uploaded to.
                yield [status, number, None if isinstance(number, int) else gr.skip()]

        return button.click(add_files, files, [*self._panel.outputs, files], **HIDDEN)

    def _addresses_tab(self) -> Any:
        with gr.Tab("Addresses"):
            addresses = gr.Textbox(
                label="Addresses, one on each line",
                info="Each page is fetched once; its links are not followed.",
                lines=3,
                placeholder="https://",
            )
            button = gr.Button("Fetch and add", variant="primary", size="sm")

        def add_addresses(given: str | None, request: gr.Request) -> Iterator[list[Any]]:
            lines = list(dict.fromkeys(filter(None, map(str.strip, (given or "").splitlines()))))
            yield from self._panel.run(lambda: self._editing.add(addresses=lines), request)

        return button.click(add_addresses, addresses, self._panel.outputs, **HIDDEN)

    def _text_tab(self) -> Any:
        with gr.Tab("Text"):
            title = gr.Textbox(label="Title", max_length=1_000)
            text = gr.Textbox(label="Text", lines=6, max_lines=14)
            with gr.Row():
                source = gr.Textbox(label="Source", max_length=300, min_width=120)
                day = gr.DateTime(label="Date", include_time=False, type="string", min_width=120)
            url = gr.Textbox(label="Address", max_length=2_000)
            button = gr.Button("Add the article", variant="primary", size="sm")

        def add_text(
            text: str | None,
            title: str | None,
            source: str | None,
            day: str | None,
            url: str | None,
            request: gr.Request,
        ) -> Iterator[list[Any]]:
            known = {"source": source or "", "published": day or "", "url": url or ""}
            article = {"text": text or "", "title": title or "", **known}
            yield from self._panel.run(lambda: self._editing.add(**article), request)

        fields = [text, title, source, day, url]
        return button.click(add_text, fields, self._panel.outputs, **HIDDEN)
