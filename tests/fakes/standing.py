"""A program that asks standing questions of a bot whose answers stand in a file, to be killed.

``python -m tests.fakes.standing FOLDER``: the file ``generation`` holds a number; that is the
generation of the index and the answer to every question.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot.answering.answers import Answer, Citation
from bot.settings import Notify
from bot.watching.question_watch import QuestionWatch
from bot.watching.questions import QuestionStore

__all__ = ["CountingBot", "answer_of"]


def answer_of(number: int) -> Answer:
    """Return the answer that so many were evacuated."""
    quote = f"In all, {number} people were evacuated."
    cited = Citation(1, "a", "Flood", None, "Post", None, quote, 0, len(quote))
    return Answer(f"{number} [1]", f"{number} people", False, 0.9, (cited,))


class CountingBot:
    """Answers with the number that stands in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def searcher(self) -> Any:
        return SimpleNamespace(generation=self._file.read_text())

    def answer(self, question: str, **filters: Any) -> Answer:
        return answer_of(int(self._file.read_text()))


def main() -> None:
    """Ask until killed."""
    folder = Path(sys.argv[1])
    bot: Any = CountingBot(folder / "generation")
    hook = Notify(webhook=sys.argv[2]) if len(sys.argv) > 2 else Notify()
    store = QuestionStore(folder / "questions.sqlite")
    watch = QuestionWatch(store, lambda: bot, hook, print)
    never = threading.Event()
    while not never.wait(0.002):
        watch.ask()


if __name__ == "__main__":
    main()
