"""What stands on the tab where questions are asked: the conversation, and the box below it."""

from __future__ import annotations

import gradio as gr

__all__ = ["chatbot", "question_line"]


def chatbot() -> gr.Chatbot:
    """Put the conversation into the Blocks that are being built."""
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


def question_line() -> tuple[gr.Textbox, gr.Button, gr.Button]:
    """Put the question box there, with what sends it and what stops the answer."""
    with gr.Row(elem_id="line", equal_height=True):
        box = gr.Textbox(
            elem_id="question",
            label="Your question",
            show_label=False,
            container=False,
            placeholder="Ask a question",
            lines=1,
            max_lines=4,
            autofocus=True,
            scale=1,
        )
        send = gr.Button("Ask", variant="primary", elem_id="send", min_width=88)
        stop = gr.Button("Stop", elem_id="stop", min_width=88)
    return box, send, stop
