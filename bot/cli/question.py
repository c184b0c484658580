"""The commands ``newsbot question``: questions that are asked again whenever the index changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import OutputLine, complain, report, show
from bot.cli.factory import settings_for
from bot.cli.options import Articles, AsJson, Collection, Index, Name, Since, Source, Until
from bot.sanitize import one_line
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.newsbot import NewsBot
    from bot.watching.question_watch import QuestionWatch
    from bot.watching.questions import AnswerChange, StandingQuestion

__all__ = ["ask_standing_questions", "question", "question_watch"]

question = typer.Typer(
    help="""Manage questions that are asked again and again.

    Example: newsbot question add "How many were evacuated from Arlen?"
    """
)


@question.command()
def add(
    text: Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotes.")],
    since: Since = None,
    until: Until = None,
    source: Source = None,
    article: Articles = None,
    name: Name = None,
    index: Index = None,
    collection: Collection = None,
) -> None:
    """Ask a question from now on, after each change of the index.

    newsbot index, remove, watch, feed poll and chat ask it again when they have changed the index.
    When the answer changes, and not only its wording, that is told: by these commands, by newsbot
    question list --changed, on the page, as an Atom feed, and by a webhook or mail if newsbot.toml
    sets them. Nothing is sent anywhere else.

    Example: newsbot question add "How many were evacuated from Arlen?" --since 2024-05-01
    """
    settings = settings_for(index, collection)
    from bot.watching.questions import questions_beside

    filters = {"since": since, "until": until, "source": source, "articles": article, "name": name}
    number = questions_beside(settings.index).add(text, filters)
    print(f"question {number} is asked from now on")
    ask_standing_questions(settings)


@question.command()
def remove(
    which: Annotated[
        str, typer.Argument(metavar="QUESTION", help="The question, or its number in the list.")
    ],
    index: Index = None,
    collection: Collection = None,
) -> None:
    """Ask a question no more, and forget how its answer changed.

    Example: newsbot question remove 3
    """
    from bot.watching.questions import questions_beside

    store = questions_beside(settings_for(index, collection).index)
    store.remove(int(which) if which.isascii() and which.isdigit() else " ".join(which.split()))
    print("it is not asked any more")


@question.command("list")
def list_questions(
    changed: Annotated[
        bool, typer.Option("--changed", help="List how answers changed, with old and new quotes.")
    ] = False,
    as_json: AsJson = False,
    index: Index = None,
    collection: Collection = None,
) -> None:
    """List the standing questions with their answers, or how the answers changed.

    Example: newsbot question list --changed
    """
    from bot.watching.questions import questions_beside

    store = questions_beside(settings_for(index, collection).index)
    if changed:
        changes = store.changes()
        lines = (line for one in changes for line in _change_lines(one))
        report([one.to_dict() for one in changes], lines, as_json, "no answer changed yet")
        return
    questions = store.all()
    lines = (line for one in questions for line in _question_lines(one))
    none = "no standing questions: newsbot question add QUESTION adds one"
    report([asdict(one) for one in questions], lines, as_json, none)


def ask_standing_questions(settings: Settings) -> None:
    """Ask the standing questions of an index that was changed, and say which answers changed."""
    question_watch(settings).ask()


def question_watch(settings: Settings) -> QuestionWatch:
    """Return what asks the standing questions of an index and prints the changes."""
    from bot.watching.question_watch import QuestionWatch
    from bot.watching.questions import questions_beside

    def open_bot() -> NewsBot:
        from bot.newsbot import NewsBot

        return NewsBot(
            settings.index,
            reader=settings.reader,
            level=settings.level,
            chat_model=settings.chat_model,
        )

    def tell(change: AnswerChange) -> None:
        show(_change_lines(change))

    return QuestionWatch(
        questions_beside(settings.index),
        open_bot,
        settings.notify,
        lambda cause: complain(f"newsbot: {cause}"),
        tell,
    )


def _question_lines(one: StandingQuestion) -> Iterator[OutputLine]:
    from bot.citing.answered import filters_in_words

    yield OutputLine(((f"{one.number}. ", "bold cyan"), (one_line(one.question), "bold")))
    if only := filters_in_words(one.filters):
        yield OutputLine(((one_line(f"only articles: {only}"), "dim"),), indent=4)
    answer = one_line(one.answer["short_answer"] or one.answer["text"]) if one.answer else ""
    yield OutputLine(((answer or "not asked yet", ""), (f"  {one.asked}", "dim")), indent=4)


def _change_lines(change: AnswerChange) -> Iterator[OutputLine]:
    from bot.watching.notify import change_lines

    first, *others = change_lines(change)
    yield OutputLine((("changed: ", "bold yellow"), (first, "bold"), (f"  {change.at}", "dim")))
    for line in filter(None, others):
        yield OutputLine(((line, ""),), indent=4)
