"""The tab where questions are asked: conversation, question box, filters, sources and reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.components.chatbot import MessageDict

from bot.chat.conversation import ConversationView, converse, first_view, shown, stopped, typed
from bot.chat.conversation_lock import ConversationLock
from bot.chat.events import HIDDEN
from bot.chat.export import as_json, as_markdown
from bot.chat.feedback_panel import feedback_events, feedback_panel
from bot.chat.filter_bar import FilterBar, filter_bar, filter_events
from bot.chat.filters import FilterProblem, SearchFilters
from bot.chat.html.article_view import article_html, gone_html, how_html
from bot.chat.html.markup import notice_html
from bot.chat.question_box import chatbot, question_line
from bot.chat.turns import Turn
from bot.errors import UnknownArticle
from bot.feedback import FeedbackStore

if TYPE_CHECKING:
    from bot.answering.answers import Citation
    from bot.chat.article_table import ArticleTable
    from bot.newsbot import NewsBot

__all__ = ["AskTab", "ask_tab"]

# A click anywhere on the page on a button that opens something to read: such buttons stand in the
# conversation and in the sources, and the pane answers for all of them.
_READING_JS = """
document.addEventListener("click", (event) => {
  const button = event.target.closest("#ask-tab button[name]");
  if (!button) return;
  const [turn, number] = button.value.split("/").map(Number);
  if (button.name === "read") trigger("read", { turn, number });
  if (button.name === "how") trigger("how", { turn });
  if (button.name === "only") {
    trigger("only", { turn, number });
    document.querySelector("#question textarea")?.focus();
  }
  if (button.name === "close") { props.value = ""; window.newsbot?.closed(); }
});
watch("value", () => window.newsbot?.opened(element));
"""
_COVERAGE_JS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest('button[name="narrow"]');
  if (button) trigger("narrow", { days: button.value });
});
"""
_BUSY = "An answer is on its way: ask again when it is there, or stop it. The box keeps your text."
_SENT_JS = "(sent, box) => (sent.trim() && sent.trim() === box.trim() ? '' : box)"
_SAVE_JS = "(name, text) => window.newsbot?.save(name, text)"


@dataclass(frozen=True)
class AskTab:
    """The components of the tab that others write to or listen to.

    Attributes:
        chat: the conversation.
        notice: the line at the question box.
        turns: the conversation.
        filters: the line of filters.
        narrow_to: adds articles to those that the next question is asked of, as ``filter_events``
            gives it.
    """

    chat: gr.Chatbot
    notice: gr.HTML
    turns: gr.State
    filters: FilterBar
    narrow_to: Callable[[Sequence[str], Any, Iterable[Turn]], list[Any]]


def ask_tab(bot: NewsBot, listing: ArticleTable, store: FeedbackStore) -> AskTab:
    """Put the tab's components and events into the Blocks that are being built.

    Args:
        bot: answers the questions.
        listing: of the articles that may be asked.
        store: keeps what is said of the answers.
    """
    begin = first_view()
    turns = gr.State(())
    asked = gr.State("")  # what goes back to the box where it is stopped
    floor = gr.State(ConversationLock())
    with gr.Row(elem_id="room", equal_height=False):
        chat = chatbot()
        with gr.Column(elem_id="side"):
            coverage = gr.HTML("", elem_id="coverage", js_on_load=_COVERAGE_JS)
            sources = gr.HTML(begin.sources, elem_id="sources")
            reading = gr.HTML("", elem_id="reading", js_on_load=_READING_JS)
        with gr.Column(elem_id="asking"):
            panel = feedback_panel()
            notice = gr.HTML(begin.notice, elem_id="notice")
            box, send, stop = question_line()
            bar = filter_bar()
            with gr.Row(elem_id="tools"):
                clear = gr.Button("New conversation", elem_id="clear", elem_classes="quiet")
                markdown = gr.Button("Save as Markdown", elem_classes="quiet")
                json_file = gr.Button("Save as JSON", elem_classes="quiet")
    # Carries a file from the server to the script that saves it: nothing stays on the server.
    name, text = (gr.Textbox(visible=False) for _ in range(2))
    sent = gr.Textbox(visible="hidden")  # a question that leaves its box; told of changes only so
    sent.change(None, [sent, box], box, js=_SENT_JS, **HIDDEN)

    view = [chat, sources, coverage, notice, box, turns, reading, sent]
    narrow_to = filter_events(bar, listing, turns)

    def answer(
        question: str,
        before: tuple[Turn, ...],
        whole: tuple[Turn, ...] | None,
        back: str | None,
        *chosen: Any,
    ) -> Iterator[tuple[tuple[Turn, ...], list[Any]]]:
        kept = before if whole is None else whole
        try:
            narrowing = SearchFilters.read(*chosen)
        except FilterProblem as error:
            yield kept, [*_outputs(shown(kept, notice_html(str(error), problem=True), back)), ""]
            return
        last: list[Any] = [None] * len(view)
        for one in converse(bot, question, before, narrowing, whole, back):
            now = _outputs(one)
            # What has not changed is not sent again with every word.
            new = (gr.skip() if a == b else a for a, b in zip(now, last, strict=True))
            yield one.turns, [*new, back or ""]
            last = now
            last[view.index(notice)] = None  # other events write there meanwhile

    def ask(
        floor: ConversationLock, question: str, before: tuple[Turn, ...], *chosen: Any
    ) -> Iterator[list[Any]]:
        steps = answer(question, before, None, question, *chosen)
        yield from floor.alone(before, steps, busy)

    def again(
        floor: ConversationLock, before: tuple[Turn, ...], *chosen: Any
    ) -> Iterator[list[Any]]:
        if before:
            steps = answer(before[-1].question, before[:-1], before, None, *chosen)
            yield from floor.alone(before, steps, busy)
        else:  # of a generator that gives nothing Gradio makes blanks
            yield [gr.skip()] * len(told)

    # Gradio counts the parameters to know where the event goes: *chosen would take it.
    def edited(
        floor: ConversationLock,
        typing: str,
        before: tuple[Turn, ...],
        since: Any,
        until: Any,
        sources: Any,
        articles: Any,
        edit: gr.EditData,
    ) -> Iterator[list[Any]]:
        index = edit.index[0] if isinstance(edit.index, tuple) else edit.index
        question = typed(str(edit.value))
        back = None if typing.strip() else question  # which is nowhere else
        chosen = (since, until, sources, articles)
        steps = answer(question, before[: index // 2], before, back, *chosen)
        refused = [
            back if back and one is box else say for one, say in zip(told, busy, strict=True)
        ]
        yield from floor.alone(before, steps, refused)

    asked_with = [floor, box, turns, *bar.chosen]
    told = [*view, asked]
    busy = [notice_html(_BUSY) if one is notice else gr.skip() for one in told]
    asking_events = [
        gr.on([box.submit, send.click], ask, asked_with, told, trigger_mode="once", **HIDDEN),
        chat.example_select(_chosen, None, box, queue=False, **HIDDEN).then(
            ask, asked_with, told, **HIDDEN
        ),
        chat.retry(again, [floor, turns, *bar.chosen], told, **HIDDEN),
        chat.edit(edited, asked_with, told, **HIDDEN),
    ]

    def leave(
        floor: ConversationLock, before: tuple[Turn, ...], question: str, box: str
    ) -> list[Any]:
        floor.clear()
        return _outputs(stopped(before, question, box))

    def begin_anew(floor: ConversationLock) -> list[Any]:
        floor.clear()
        return _outputs(first_view())

    stop.click(
        leave,
        [floor, turns, asked, box],
        view,
        cancels=asking_events,
        queue=False,
        **HIDDEN,
    )
    clear.click(begin_anew, floor, view, cancels=asking_events, queue=False, **HIDDEN)
    _save(markdown, turns, [name, text], "newsbot.md", as_markdown)
    _save(json_file, turns, [name, text], "newsbot.json", as_json)

    def read(before: tuple[Turn, ...], event: gr.EventData) -> Any:
        return _article(bot, before, event.turn, event.number)

    def how(before: tuple[Turn, ...], event: gr.EventData) -> Any:
        turn = _turn(before, event.turn)
        return gr.skip() if turn is None else how_html(turn)

    reading.read(read, turns, reading, queue=False, **HIDDEN)
    reading.how(how, turns, reading, queue=False, **HIDDEN)

    def narrow(event: gr.EventData) -> list[Any]:
        since, _, until = str(event.days)[:30].partition("/")
        return [since, until, gr.update(open=True)]

    def only(before: tuple[Turn, ...], chosen: Any, event: gr.EventData) -> list[Any]:
        cited = _cited(before, event.turn, event.number)
        if cited is None:
            return [gr.skip(), gr.skip()]
        return narrow_to([cited.article_id], chosen, before)

    coverage.narrow(narrow, None, [bar.since, bar.until, bar.place], queue=False, **HIDDEN)
    reading.only(only, [turns, bar.articles], [bar.articles, notice], queue=False, **HIDDEN)
    feedback_events(panel, chat, turns, notice, store)
    return AskTab(chat, notice, turns, bar, narrow_to)


def _save(button: gr.Button, turns: gr.State, carriers: list[Any], name: str, form: Any) -> None:
    button.click(lambda before: [name, form(before)], turns, carriers, queue=False, **HIDDEN).then(
        None, carriers, None, js=_SAVE_JS, **HIDDEN
    )


def _article(bot: NewsBot, turns: tuple[Turn, ...], number: Any, cited: Any) -> Any:
    """Give the article of a citation with all that this answer cites of it, marked."""
    turn, here = _turn(turns, number), _cited(turns, number, cited)
    if turn is None or here is None:
        return gr.skip()
    try:
        article = bot.article(here.article_id)
    except UnknownArticle:
        return gone_html(here.title)
    quotes = [
        (one.start, one.end)
        for one in turn.cited()
        # It may have changed since: then what is there now is not what was quoted.
        if one.article_id == article.id and article.text[one.start : one.end] == one.quote
    ]
    place = (here.start, here.end)
    return article_html(article, quotes, place if place in quotes else None, copies=here.copies)


def _turn(turns: Iterable[Turn], number: Any) -> Turn | None:
    return next((turn for turn in turns if turn.number == number), None)


def _cited(turns: Iterable[Turn], number: Any, cited: Any) -> Citation | None:
    turn = _turn(turns, number)
    return next((one for one in turn.cited() if one.number == cited), None) if turn else None


def _chosen(chosen: gr.SelectData) -> str:
    return str(chosen.value["text"])


def _outputs(view: ConversationView) -> list[Any]:
    messages = [MessageDict(role=role, content=content) for role, content in view.messages]
    votes = [turn.vote and ("Like" if turn.vote.liked else "Dislike") for turn in view.turns]
    box = gr.skip() if view.box is None else view.box
    reading = gr.skip() if view.reading is None else view.reading
    chat = gr.update(value=messages, feedback_value=votes)
    sent = gr.skip() if view.sent is None else view.sent
    return [chat, view.sources, view.coverage, view.notice, box, view.turns, reading, sent]
