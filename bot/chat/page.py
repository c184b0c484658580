"""The chat page, on Gradio's components, and the local server that shows it."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.articles_tab import articles_tab
from bot.chat.ask_tab import ANY_SOURCE, ask_tab
from bot.chat.changes import Changes
from bot.chat.conversation import greeting
from bot.chat.events import HIDDEN
from bot.chat.examples import Examples
from bot.chat.listing import Listing
from bot.chat.markup import escaped
from bot.errors import BotError, PortBusy
from bot.feedback import FeedbackStore, feedback_file
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["build_page", "launch", "launch_options", "start"]

_AT_ONCE = 4  # questions answered at the same time; the others wait in Gradio's queue
_MOST_WAITING = 100
_UPLOADS_KEPT = 3_600  # seconds that Gradio keeps its own copy of an upload

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")


def build_page(bot: NewsBot) -> gr.Blocks:
    """Build the page: a tab to ask in, with the sources and articles beside, a tab of the articles.

    Args:
        bot: answers the questions; it may be shared with other threads.

    Returns:
        Blocks to be launched with ``launch_options()``. Beside the page they offer the endpoint
        ``/answer``: a question in, ``Answer.to_dict()`` out.
    """
    examples, listing, changes = Examples(bot), Listing(bot), Changes(bot)

    def welcome() -> list[Any]:
        held, notice = greeting(bot)
        return [_header(held), notice]

    def choices() -> Any:
        try:
            return gr.update(choices=[ANY_SOURCE, *listing.sources()])
        except NewsbotError:
            return gr.skip()  # ``greeting`` tells what is wrong with the index

    def suggest() -> Any:
        return gr.update(examples=[{"text": question} for question in examples.offered()])

    def answer(question: str) -> dict[str, Any]:
        try:
            return bot.answer(question).to_dict()
        except NewsbotError as error:
            raise gr.Error(str(error), print_exception=False) from error

    page = gr.Blocks(
        title="newsbot",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_UPLOADS_KEPT, _UPLOADS_KEPT),
    )
    with page:
        header = gr.HTML(_header(""), elem_id="header")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", elem_id="ask-tab"):
                asking = ask_tab(bot, FeedbackStore(feedback_file(bot.index)))
            with gr.Tab("Articles", elem_id="articles-tab") as shelf:
                articles = articles_tab(bot, listing, changes)
        quick: dict[str, Any] = {"queue": False, **HIDDEN}
        page.load(welcome, None, [header, asking.notice], **quick)
        page.load(choices, None, asking.source, **HIDDEN)
        # Apart, because it may take seconds: the questions are tried before they are offered.
        page.load(suggest, None, asking.chat, **HIDDEN)
        # Not at the page's load: Gradio makes a tab's components when it is first looked at.
        shelf.select(articles.show, [articles.words, articles.state], articles.table, **HIDDEN)
        shelf.select(articles.follow, None, articles.followed, trigger_mode="once", **HIDDEN)
        for event in articles.changed:
            event.then(lambda: _header(greeting(bot)[0]), None, header, **quick)
            event.then(choices, None, asking.source, **HIDDEN)
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
