"""The question box, and all that asks a question: the box, an example, Retry and Edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.answering.answers import EXTRACTIVE
from bot.chat.conversation import ConversationView, converse, first_view, shown, stopped, typed
from bot.chat.conversation_lock import ConversationLock
from bot.chat.events import HIDDEN, QUICK
from bot.chat.filters import FilterProblem, SearchFilters
from bot.chat.html.markup import notice_html, problem_html
from bot.chat.turns import Turn, turn_of

if TYPE_CHECKING:
    from bot.chat.filter_bar import FilterBar
    from bot.chat.sources_pane import SourcesPane
    from bot.newsbot import NewsBot

__all__ = ["QuestionBox"]

_BUSY = "An answer is on its way: ask again when it is there, or stop it. The box keeps your text."
_QUOTED = "Quoted from the articles"
_SENT_JS = "(sent, box) => (sent.trim() && sent.trim() === box.trim() ? '' : box)"


class QuestionBox:
    """The box with its buttons, and the events of a conversation."""

    def __init__(self, bot: NewsBot) -> None:
        """Put the box into the Blocks that are being built."""
        self._bot = bot
        model = bot.chat_model
        writers = [(f"Written by {model}, checked", model)] if model else []
        self.answer_by = gr.Radio(
            [*writers, (_QUOTED, EXTRACTIVE)],
            value=model or EXTRACTIVE,
            visible=model is not None,
            label="Answers",
            container=False,
            elem_id="answer-by",
        )
        with gr.Row(elem_id="line", equal_height=True):
            self.box = gr.Textbox(
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
            self.send = gr.Button("Ask", variant="primary", elem_id="send", min_width=88)
            self.stop = gr.Button("Stop", elem_id="stop", min_width=88)

    def connect(
        self,
        chat: gr.Chatbot,
        pane: SourcesPane,
        notice: gr.HTML,
        turns: gr.State,
        filters: FilterBar,
        clear: gr.Button,
    ) -> None:
        """Let questions be asked and stopped, and ``clear`` begin a new conversation."""
        asked = gr.State("")  # what goes back into the box if it is stopped
        lock = gr.State(ConversationLock())
        # A question that leaves its box; of changes of a visible component the browser is not told.
        sent = gr.Textbox(visible="hidden")
        sent.change(None, [sent, self.box], self.box, js=_SENT_JS, **HIDDEN)
        # In the order of ``_values``.
        view = [chat, pane.sources, pane.timeline, notice, self.box, turns, pane.reading, sent]
        self._outputs = [*view, asked]
        self._notice = view.index(notice)
        self._busy: list[Any] = [gr.skip()] * len(self._outputs)
        self._busy[self._notice] = notice_html(_BUSY)

        asked_with = [lock, self.answer_by, self.box, turns, *filters.chosen]
        asked_again = [lock, self.answer_by, turns, *filters.chosen]
        submitted = [self.box.submit, self.send.click]
        example = chat.example_select(_example, None, self.box, **QUICK)
        questions = [
            gr.on(submitted, self._ask, asked_with, self._outputs, trigger_mode="once", **HIDDEN),
            example.then(self._ask, asked_with, self._outputs, **HIDDEN),
            chat.retry(self._retry, asked_again, self._outputs, **HIDDEN),
            chat.edit(self._edit, asked_with, self._outputs, **HIDDEN),
            pane.reading.alone(self._ask_alone, asked_again, self._outputs, **HIDDEN),
            pane.reading.timeline(self._ask_timeline, asked_again, self._outputs, **HIDDEN),
        ]
        stopping = [lock, turns, asked, self.box]
        self.stop.click(_stop, stopping, view, cancels=questions, **QUICK)
        clear.click(_clear, lock, view, cancels=questions, **QUICK)

    def _ask(
        self, lock: ConversationLock, by: str, question: str, before: tuple[Turn, ...], *chosen: Any
    ) -> Iterator[list[Any]]:
        steps = self._answer(question, before, None, question, chosen, by)
        yield from lock.run_exclusive(before, steps, self._busy)

    def _retry(
        self, lock: ConversationLock, by: str, before: tuple[Turn, ...], *chosen: Any
    ) -> Iterator[list[Any]]:
        if before:
            steps = self._answer(before[-1].question, before[:-1], before, None, chosen, by)
            yield from lock.run_exclusive(before, steps, self._busy)
        else:  # of a generator that yields nothing Gradio makes blanks
            yield [gr.skip()] * len(self._outputs)

    # Where *chosen takes the rest, Gradio can hand over the event only as the first argument.
    def _ask_alone(
        self,
        event: gr.EventData,
        lock: ConversationLock,
        by: str,
        before: tuple[Turn, ...],
        *chosen: Any,
    ) -> Iterator[list[Any]]:
        """Ask a follow-up question again as one that stands by itself."""
        asked = turn_of(before, event.turn)
        if asked is None:
            yield [gr.skip()] * len(self._outputs)
            return
        earlier = before[: before.index(asked)]
        steps = self._answer(asked.question, earlier, before, None, chosen, by, alone=True)
        yield from lock.run_exclusive(before, steps, self._busy)

    def _ask_timeline(
        self,
        event: gr.EventData,
        lock: ConversationLock,
        by: str,
        before: tuple[Turn, ...],
        *chosen: Any,
    ) -> Iterator[list[Any]]:
        """Ask for the timeline of what an answered question is about."""
        asked = turn_of(before, event.turn)
        if asked is None:
            yield [gr.skip()] * len(self._outputs)
            return
        question = f"Timeline: {asked.answer.question_read_as or asked.question}"
        steps = self._answer(question, before, before, None, chosen, EXTRACTIVE, alone=True)
        yield from lock.run_exclusive(before, steps, self._busy)

    def _edit(
        self,
        edit: gr.EditData,
        lock: ConversationLock,
        by: str,
        draft: str,
        before: tuple[Turn, ...],
        *chosen: Any,
    ) -> Iterator[list[Any]]:
        index = edit.index[0] if isinstance(edit.index, tuple) else edit.index
        question = typed(str(edit.value))
        returned = None if draft.strip() else question  # which is nowhere else
        steps = self._answer(question, before[: index // 2], before, returned, chosen, by)
        busy = [*self._busy]
        if returned:
            busy[self._outputs.index(self.box)] = returned
        yield from lock.run_exclusive(before, steps, busy)

    def _answer(
        self,
        question: str,
        before: tuple[Turn, ...],
        standing: tuple[Turn, ...] | None,
        returned: str | None,
        chosen: tuple[Any, ...],
        by: str,
        *,
        alone: bool = False,
    ) -> Iterator[tuple[tuple[Turn, ...], list[Any]]]:
        """Yield the conversation and the values of the outputs, as ``converse`` takes its steps."""
        try:
            filters = SearchFilters.read(*chosen)
        except FilterProblem as error:
            kept = before if standing is None else standing
            yield kept, [*_values(shown(kept, problem_html(error), returned)), ""]
            return
        last: list[Any] = [None] * (len(self._outputs) - 1)
        for view in converse(self._bot, question, before, filters, standing, returned, alone, by):
            values = _values(view)
            # What has not changed is not sent again with every word.
            changed = (gr.skip() if a == b else a for a, b in zip(values, last, strict=True))
            yield view.turns, [*changed, returned or ""]
            last = values
            last[self._notice] = None  # other events write there meanwhile


def _stop(lock: ConversationLock, before: tuple[Turn, ...], question: str, box: str) -> list[Any]:
    lock.release()
    return _values(stopped(before, question, box))


def _clear(lock: ConversationLock) -> list[Any]:
    lock.release()
    return _values(first_view())


def _example(chosen: gr.SelectData) -> str:
    return str(chosen.value["text"])


def _values(view: ConversationView) -> list[Any]:
    messages = [gr.MessageDict(role=role, content=content) for role, content in view.messages]
    votes = [turn.vote and ("Like" if turn.vote.liked else "Dislike") for turn in view.turns]
    box = gr.skip() if view.box is None else view.box
    reading = gr.skip() if view.reading is None else view.reading
    chat = gr.update(value=messages, feedback_value=votes)
    sent = gr.skip() if view.sent is None else view.sent
    return [chat, view.sources, view.timeline, view.notice, box, view.turns, reading, sent]
