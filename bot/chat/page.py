"""The chat page, on Gradio's components, and the local server that shows it."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.components.chatbot import Message, MessageDict

from bot.chat.conversation import Turn, View, converse, first_view, greeting, offered
from bot.chat.markup import escaped
from bot.errors import BotError, PortBusy
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["build_page", "launch", "launch_options", "start"]

_AT_ONCE = 4  # questions answered at the same time; the others wait in Gradio's queue
_MOST_WAITING = 100

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")


def build_page(bot: NewsBot) -> gr.Blocks:
    """Build the page: a conversation, its sources beside it, the question box below.

    Args:
        bot: answers the questions; it may be shared with other threads.

    Returns:
        Blocks to be launched with ``launch_options()``. Beside the page they offer the endpoint
        ``/answer``: a question in, ``Answer.to_dict()`` out.
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

    def answer(question: str) -> dict[str, Any]:
        try:
            return bot.answer(question).to_dict()
        except NewsbotError as error:
            raise gr.Error(str(error), print_exception=False) from error

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
        gr.events.api(
            answer,
            api_name="answer",
            api_description="Answer a question from the indexed articles, with citations.",
        )
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=_MOST_WAITING)
    return page


def launch_options() -> dict[str, Any]:
    """Give what ``gradio.Blocks.launch`` needs for the page: its looks, and nothing that phones."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=_SANS,
        font_mono=_MONO,
    )
    folder = files("bot.chat")
    return {
        "theme": theme,
        "css": folder.joinpath("page.css").read_text(encoding="utf-8"),
        "js": folder.joinpath("page.js").read_text(encoding="utf-8"),
        "footer_links": [],
        "quiet": True,
        "share": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "run_history": False,
        "enable_monitoring": False,
        "inbrowser": False,
        "show_error": False,
    }


def start(bot: NewsBot, host: str = "127.0.0.1", port: int = 7860) -> gr.Blocks:
    """Serve the page in the background.

    Args:
        bot: answers the questions.
        host: an address of this machine's own, such as 127.0.0.1; no other can be listened on.
        port: 1 to 65,535.

    Returns:
        The page; ``close()`` ends it.

    Raises:
        PortBusy: something else listens there.
        BotError: the address is not this machine's own, or cannot be listened on.
    """
    _check(host, port)
    page = build_page(bot)
    try:
        page.launch(
            server_name=host, server_port=port, prevent_thread_lock=True, **launch_options()
        )
    except OSError as error:
        # Gradio found the port taken between our look and its own.
        raise PortBusy(_busy(host, port)) from error
    return page


def launch(bot: NewsBot, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serve the page, print its address and wait for Ctrl-C; takes and raises what ``start`` does.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the page is closed by then.
    """
    page = start(bot, host, port)
    print(f"newsbot is at http://{_written(host)}:{port}", flush=True)
    try:
        threading.Event().wait()
    finally:
        page.close(verbose=False)


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


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _busy(host: str, port: int) -> str:
    return (
        f"port {port} on {host} is in use by another program (newsbot itself, perhaps): "
        f"end that one, or choose another port with --port"
    )


def _check(host: str, port: int) -> None:
    try:
        own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        own = False
    if not own:
        raise BotError(f"the chat page listens on this machine only, such as on 127.0.0.1: {host}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        # As servers do, or the port would seem taken for a minute after newsbot ended there.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortBusy(_busy(host, port)) from error
            raise BotError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
