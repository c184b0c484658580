"""Asks the standing questions again whenever the index changes, and reports changed answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.settings import Notify
from bot.watching.notify import send
from bot.watching.questions import AnswerChange, QuestionStore
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["QuestionWatch"]

_LOOK_SECONDS = 2.0


class QuestionWatch:
    """Asks the standing questions of one index."""

    def __init__(
        self,
        store: QuestionStore,
        open_bot: Callable[[], NewsBot],
        notify: Notify,
        complain: Callable[[str], None],
        tell: Callable[[AnswerChange], None] = lambda change: None,
    ) -> None:
        """Prepare; ``ask`` and ``run`` begin.

        Args:
            store: knows the questions.
            open_bot: returns what answers them, once there are any.
            notify: where changes are sent.
            complain: called with one line for each new problem.
            tell: called with each change as it is found.
        """
        self._store = store
        self._open_bot = open_bot
        self._notify = notify
        self._complain = complain
        self._tell = tell
        self._bot: NewsBot | None = None
        self._complaint = ""

    def run(self, stop: threading.Event) -> None:
        """Ask whenever the index has changed, until ``stop`` is set."""
        while not stop.is_set():
            self.ask(stop)
            stop.wait(_LOOK_SECONDS)

    def ask(self, stop: threading.Event | None = None) -> None:
        """Ask the questions that the current index has not answered yet, and report what changed.

        A failure is reported, and tried again the next time.
        """
        try:
            for question in self._store.all():
                if stop is not None and stop.is_set():
                    return
                if self._bot is None:
                    self._bot = self._open_bot()
                generation = self._bot.searcher().generation
                if question.generation == generation:
                    continue
                answer = self._bot.answer(question.question, **question.filters)
                if self._store.settle(question, generation, answer):
                    self._tell(self._store.changes(1)[0])
            while (change := self._store.claim()) is not None:
                send(change, self._notify)
                self._store.mark_told(change)
        except NewsbotError as error:
            if str(error) != self._complaint:
                self._complain(str(error))
            self._complaint = str(error)
        else:
            self._complaint = ""
