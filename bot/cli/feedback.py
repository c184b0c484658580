"""The command ``newsbot feedback``: what people said of the answers on the chat page."""

from __future__ import annotations

import json

import typer

from bot.cli.console import complain
from bot.cli.factory import index_folder
from bot.cli.options import Collection, Index
from bot.sanitize import counted

__all__ = ["feedback"]

feedback = typer.Typer(no_args_is_help=True)


@feedback.callback()
def _feedback() -> None:
    """Export the votes on the page's answers.

    Thumbs, reasons and right answers are kept in a SQLite file beside the index and go nowhere
    else.

    Example: newsbot feedback export > questions.jsonl
    """


@feedback.command()
def export(index: Index = None, collection: Collection = None) -> None:
    """Print votes as questions for newsbot eval, one a line.

    A thumb up makes a question of what was answered, or of what was rightly refused. A thumb down
    makes one only where the right answer was given with it. Of several votes on a question the
    last one counts; an answer for which dates or a source were chosen is left out.

    Example: newsbot feedback export > questions.jsonl
    """
    folder = index_folder(index, collection)
    from bot.feedback import FeedbackStore, feedback_file

    lines: dict[str, str | None] = {}
    votes = 0
    for vote in FeedbackStore(feedback_file(folder)).all():
        votes += 1
        said = vote.as_question()
        lines.pop(vote.question, None)
        lines[vote.question] = None if said is None else json.dumps(said)
    given = [line for line in lines.values() if line is not None]
    for line in given:
        print(line)
    complain(f"{counted(votes, 'vote')}, {len(given)} of use to newsbot eval")
