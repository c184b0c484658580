"""The chat page, on Gradio's components."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.components.chatbot import Message, MessageDict

from bot.chat.conversation import Turn, View, converse, first_view, greeting, offered
from bot.chat.markup import escaped

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["build_page"]


def build_page(bot: NewsBot) -> gr.Blocks:
    """Build the page: a conversation, its sources beside it, the question box below.

    Args:
        bot: answers the questions; it may be shared with other threads.

    Returns:
        Blocks, as ``bot.chat.serving`` serves them.
    """
    begin = first_view()

    def ask(question: str, turns: tuple[Turn, ...]) -> Iterator[list[Any]]:
        for view in converse(bot, question, turns):
            yield _outputs(view)

    def forget() -> list[Any]:
        return _outputs(first_view())

    def welcome() -> list[Any]:
        held, notice = greeting(bot)
        examples = [{"text": question} for question in offered(bot)]
        return [_header(held), notice, gr.update(examples=examples)]

    page = gr.Blocks(title="newsbot", analytics_enabled=False, fill_width=True)
    with page:
        header = gr.HTML(_header(""), elem_id="header")
        turns = gr.State(())
        with gr.Row(elem_id="room", equal_height=False):
            chat = gr.Chatbot(
                _messages(begin),
                elem_id="conversation",
                label="Conversation",
                show_label=False,
                container=False,
                height=None,
                layout="bubble",
                buttons=[],
                feedback_options=None,
                # What it is given is HTML made in bot.chat.markup; as Markdown it would be read
                # once more, and an article's text could become a link or a picture.
                render_markdown=False,
                latex_delimiters=[],
                allow_tags=False,
                sanitize_html=True,
                placeholder="<p>What would you like to know?</p>",
                examples=[],
            )
            sources = gr.HTML(begin.sources, elem_id="sources")
            with gr.Column(elem_id="asking"):
                notice = gr.HTML(begin.notice, elem_id="notice")
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
                    clear = gr.Button("New conversation", elem_id="clear", min_width=88)

        shown = [chat, sources, notice, box, turns]
        hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        gr.on([box.submit, send.click], ask, [box, turns], shown, trigger_mode="once", **hidden)
        chat.example_select(_chosen, None, box, queue=False, **hidden).then(
            ask, [box, turns], shown, **hidden
        )
        clear.click(forget, None, shown, queue=False, **hidden)
        page.load(welcome, None, [header, notice, chat], queue=False, **hidden)
    return page


def _chosen(chosen: gr.SelectData) -> str:
    return str(chosen.value["text"])


def _messages(view: View) -> list[MessageDict | Message]:
    return [MessageDict(role=role, content=content) for role, content in view.messages]


def _outputs(view: View) -> list[Any]:
    box = gr.skip() if view.box is None else view.box
    return [_messages(view), view.sources, view.notice, box, view.turns]


def _header(held: str) -> str:
    return (
        '<header class="masthead"><h1>newsbot</h1>'
        "<p>Ask your articles. Every answer shows the sentences it rests on.</p>"
        f'<p class="held">{escaped(held)}</p></header>'
    )
