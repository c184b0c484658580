"""The tab of the questions that are asked again after each change of the index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from bot.access.audit import Record
from bot.access.policy import AccessPolicy
from bot.chat.events import QUICK
from bot.chat.html.markup import notice_html, problem_html
from bot.chat.html.questions import questions_html
from bot.chat.turns import Turn
from bot.errors import RequestRefused
from bot.watching.questions import QuestionStore
from corpus.errors import NewsbotError

__all__ = ["QuestionsTab"]

_WATCHED = "This question is asked again after each change of the index: see “Watched”."


class QuestionsTab:
    """The components of the tab, and the button under the conversation that adds to it."""

    def __init__(self, store: QuestionStore, policy: AccessPolicy, record: Record) -> None:
        """Put the tab into the Blocks that are being built."""
        self._store = store
        self._policy = policy
        self._record = record
        self._shown = gr.HTML(questions_html((), ()), elem_id="watched")
        with gr.Row(elem_id="unwatch"):
            self._choice = gr.Dropdown([], label="Watched question", visible=False, scale=3)
            self._remove = gr.Button("Stop watching", visible=False, size="sm")
        self._outputs: list[Any] = [self._shown, self._choice, self._remove]
        self._remove.click(self._stop_watching, self._choice, self._outputs, **QUICK)

    def load_on(self, selected: Callable[..., Any]) -> None:
        """Show the questions when the tab is selected."""
        selected(self._show, None, self._outputs, **QUICK)

    def watch_on(self, button: gr.Button, turns: gr.State, notice: gr.HTML) -> None:
        """Let a button watch the question that was answered last."""
        button.click(self._watch, turns, notice, **QUICK)

    def _watch(self, turns: tuple[Turn, ...], request: gr.Request) -> str:
        if not turns:
            return notice_html("Ask a question first; then it can be watched.")
        last = turns[-1]
        try:
            self._check(request)
            question = last.answer.question_read_as or last.question
            self._store.add(question, last.filters.keywords())
            self._record("watch", question=question)
        except NewsbotError as error:
            return problem_html(error)
        return notice_html(_WATCHED)

    def _stop_watching(self, number: int | None, request: gr.Request) -> list[Any]:
        try:
            self._check(request)
            if number is not None:
                self._store.remove(number)
                self._record("unwatch", number=number)
        except NewsbotError as error:
            return [problem_html(error), gr.skip(), gr.skip()]
        return self._show()

    def _show(self) -> list[Any]:
        try:
            questions = self._store.all()
            shown = questions_html(questions, self._store.changes())
        except NewsbotError as error:
            return [problem_html(error), gr.skip(), gr.skip()]
        choices = [(one.question[:200], one.number) for one in questions]
        some = bool(questions)
        return [
            shown,
            gr.update(choices=choices, value=None, visible=some),
            gr.update(visible=some),
        ]

    def _check(self, request: gr.Request) -> None:
        if not self._policy.may_watch(request.request):
            raise RequestRefused("you may not watch questions here: log in, or use this machine")
