"""``newsbot ask --interactive``: question after question, each asked with those before it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.citing.answered import AnsweredQuestion
from bot.citing.exports import export
from bot.citing.formats import ExportFormat
from bot.cli.console import OutputLine, complain, show, spinner
from bot.cli.formatting import said_lines, source_lines
from bot.sanitize import one_line
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.answering.answers import Answer

__all__ = ["converse"]

_COMMANDS = (
    "/sources shows what the last answer rests on, /export FILE saves the conversation, "
    "/new forgets it, Ctrl-D ends"
)
_FORMATS = {f".{form.ending}": form for form in ExportFormat}


def converse(
    answer_of: Callable[[str, list[tuple[str, str]]], Answer],
    question: str | None = None,
    filters: Mapping[str, Any] | None = None,
) -> None:
    """Answer what is typed, or comes from a pipe, until Ctrl-D.

    Ctrl-C stops an answer, and at the prompt ends the conversation.

    Args:
        answer_of: answers a question, given the earlier ones with their answers.
        question: the first one; the first line typed where None.
        filters: which articles are asked, as ``AnsweredQuestion`` has them.
    """
    answered: list[AnsweredQuestion] = []
    sources: list[OutputLine] = []
    if sys.stdin.isatty():
        complain(_COMMANDS)
    for line in _typed(question):
        if line == "/new":
            answered, sources = [], []
        elif line == "/sources":
            show(sources or [OutputLine((("no sources", ""),))])
        elif line.startswith("/export "):
            complain(_export(answered, Path(line.removeprefix("/export ").strip())))
        elif line.startswith("/"):
            complain(f"no command {line}: {_COMMANDS}")
        elif line:
            try:
                with spinner(sys.stderr, "looking through the articles"):
                    answer = answer_of(line, [one.answer.as_turn(one.question) for one in answered])
            except KeyboardInterrupt:
                print()
            except NewsbotError as error:
                complain(f"newsbot: {error}")
            else:
                sources = _say(answer)
                answered.append(AnsweredQuestion(line, answer, filters or {}))


def _say(answer: Answer) -> list[OutputLine]:
    """Show an answer, and return the lines of its sources."""
    for note in answer.notes:
        complain(f"note: {note}")
    if answer.question_read_as:
        show([OutputLine((("read as: ", "dim"), (one_line(answer.question_read_as), "")))])
    show(said_lines(answer))
    return [*source_lines(answer)]


def _export(answered: Sequence[AnsweredQuestion], file: Path) -> str:
    """Save a conversation in a new file, and say how that went."""
    form = _FORMATS.get(file.suffix.lower())
    if form is None or not answered:
        named = f"name a file that ends in {', '.join(_FORMATS)}"
        return "nothing to save yet" if form else named
    try:
        with file.expanduser().open("x", encoding="utf-8", errors="replace") as made:
            made.write(export(answered, form))
    except (OSError, ValueError, RuntimeError) as error:  # the last where ~ is nobody's folder
        cause = error.strerror if isinstance(error, OSError) else error
        return f"not saved: {file}: {cause}"
    return f"saved: {file}"


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
