"""The command ``newsbot eval``: how well your own questions are answered."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import progress_bars, report
from bot.cli.factory import index_articles, open_bot
from bot.cli.options import AsJson, Collection, Index, Refusal, WithReader

__all__ = ["evaluate"]


def evaluate(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="A file of JSON lines, as above.")
    ],
    articles: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Ask of these articles, indexed for the while, and not of the index.",
        ),
    ] = None,
    index: Index = None,
    collection: Collection = None,
    reader: WithReader = None,
    level: Refusal = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well known questions are answered.

    Each line of QUESTIONS is an object with the question, its answers and, if you like, the id of
    the article that answers it. An empty list of answers means that it must be refused:

    {"question": "Who denied it?", "answers": ["the mayor"], "article_id": "town/flood.txt"}

    Printed are exact match and F1 (a refusal counts 0), recall@k of the search with the reader on
    top, how many citations hold an answer, the precision and recall of refusals, and the time an
    answer takes; each with a 95 % bootstrap interval.

    Example: newsbot eval questions.jsonl --articles ~/articles
    """
    from bot.evaluation import ask_all, estimates, read_questions

    asked = read_questions(questions)
    with ExitStack() as stack:
        if articles is not None:
            index = stack.enter_context(tempfile.TemporaryDirectory(prefix="newsbot-eval-"))
            index_articles([articles], Path(index))
        bot = open_bot(index, reader, level, collection=collection)
        bars = stack.enter_context(progress_bars(sys.stderr, "questions"))
        outcomes = ask_all(
            bot, asked, (lambda done: bars.questions(done, len(asked))) if bars else None
        )
    found = estimates(outcomes)
    from bot.cli.formatting import estimate_lines

    told = {name: asdict(estimate) for name, estimate in found.items()}
    report(told, estimate_lines(found), as_json)
