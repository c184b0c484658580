"""``newsbot ask --interactive``: question after question, each asked with those before it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.cli.console import OutputLine, complain, show, spinner
from bot.cli.formatting import answer_lines
from bot.sanitize import one_line
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.answering.answers import Answer

__all__ = ["converse"]

_COMMANDS = "/sources shows what the last answer rests on, /new forgets the questions, Ctrl-D ends"


def converse(
    answer_of: Callable[[str, list[tuple[str, str]]], Answer], question: str | None = None
) -> None:
    """Answer what is typed, or comes from a pipe, until Ctrl-D.

    Ctrl-C stops an answer, and at the prompt ends the conversation.

    Args:
        answer_of: answers a question, given the earlier ones with their answers.
        question: the first one; the first line typed where None.
    """
    history: list[tuple[str, str]] = []
    sources: list[OutputLine] = []
    if sys.stdin.isatty():
        complain(_COMMANDS)
    for line in _typed(question):
        if line == "/new":
            history, sources = [], []
        elif line == "/sources":
            show(sources or [OutputLine((("no sources", ""),))])
        elif line.startswith("/"):
            complain(f"no command {line}: {_COMMANDS}")
        elif line:
            try:
                with spinner(sys.stderr, "looking through the articles"):
                    answer = answer_of(line, list(history))
            except KeyboardInterrupt:
                print()
            except NewsbotError as error:
                complain(f"newsbot: {error}")
            else:
                for note in answer.notes:
                    complain(f"note: {note}")
                text, *sources = answer_lines(answer)
                if answer.question_read_as:
                    read_as = one_line(answer.question_read_as)
                    show([OutputLine((("read as: ", "dim"), (read_as, "")))])
                show([text])
                history.append(answer.as_turn(line))


def _typed(first: str | None) -> Iterator[str]:
    """Yield lines without the space around them; with arrow keys and history on a terminal."""
    with suppress(ImportError):  # Windows, whose terminals have keys and history of their own
        import readline  # noqa: F401
    if first is not None:
        yield first.strip()
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            yield input("> " if sys.stdin.isatty() else "").strip()
    if sys.stdin.isatty():
        print()
