"""The form on the tab of the articles with which articles are added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

__all__ = ["AddingForm", "adding_form"]


@dataclass(frozen=True)
class AddingForm:
    """The components of the form.

    Attributes:
        place: holds all of it.
        files: the chosen files, and
        add_files: what adds them.
        addresses: web addresses, one on a line, and
        add_addresses: what fetches them.
        article: text, title, source, day and address of a pasted article, and
        add_text: what adds it.
    """

    place: gr.Accordion
    files: gr.File
    add_files: gr.Button
    addresses: gr.Textbox
    add_addresses: gr.Button
    article: list[Any]
    add_text: gr.Button


def adding_form() -> AddingForm:
    """Put the form into the Blocks that are being built, hidden until it is known who looks."""
    with gr.Accordion("Add articles", open=False, elem_id="add", visible=False) as place, gr.Tabs():
        with gr.Tab("Files"):
            files = gr.File(
                label="Text, Markdown, HTML, JSON, CSV, PDF, Word, feeds, web archives; also .gz",
                file_count="multiple",
                type="filepath",
                elem_id="files",
                height=160,
            )
            add_files = gr.Button("Add the files", variant="primary", size="sm")
        with gr.Tab("Addresses"):
            addresses = gr.Textbox(
                label="Addresses, one on each line",
                info="Each is fetched once; nothing that it links to is.",
                lines=3,
                placeholder="https://",
            )
            add_addresses = gr.Button("Fetch and add", variant="primary", size="sm")
        with gr.Tab("Text"):
            title = gr.Textbox(label="Title", max_length=1_000)
            text = gr.Textbox(label="Text", lines=6, max_lines=14)
            with gr.Row():
                source = gr.Textbox(label="Source", max_length=300, min_width=120)
                day = gr.DateTime(label="Date", include_time=False, type="string", min_width=120)
            url = gr.Textbox(label="Address", max_length=2_000)
            add_text = gr.Button("Add the article", variant="primary", size="sm")
    article = [text, title, source, day, url]
    return AddingForm(place, files, add_files, addresses, add_addresses, article, add_text)
