"""The command ``newsbot ask``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.citing.formats import ExportFormat
from bot.cli.console import complain, report, spinner
from bot.cli.factory import open_bot
from bot.cli.options import (
    Articles,
    AsJson,
    ChatModelName,
    Collection,
    Index,
    Name,
    Refusal,
    Since,
    Source,
    Until,
    WithReader,
)

if TYPE_CHECKING:
    from bot.answering.answers import Answer
    from bot.citing.answered import AnsweredQuestion

__all__ = ["ask"]

_DOING = "looking through the articles"


def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="The question, in quotes.")
    ] = None,
    index: Index = None,
    collection: Collection = None,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print the list or the timeline as CSV.")
    ] = False,
    form: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="Print the answer to be kept or cited in this format."),
    ] = None,
    permalink: Annotated[
        bool, typer.Option("--permalink", help="Keep the answer under an address of its own.")
    ] = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    article: Articles = None,
    name: Name = None,
    reader: WithReader = None,
    level: Refusal = None,
    chat_model: ChatModelName = None,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Ask one question after another.")
    ] = False,
) -> None:
    """Answer a question, and cite the sentences.

    Where the articles do not answer it, newsbot says so and names no source; that is no error.

    With --interactive, questions are typed at a prompt until Ctrl-D, each asked with those before
    it. There, /sources shows what the last answer rests on, /new forgets the questions, and
    /export FILE saves them with their answers and citations, in the format that the end of the
    file's name says: .md, .txt (footnotes), .bib, .ris, .json (CSL) or .csv.

    Example: newsbot ask "who denied the missile attack?" --since 2019-12-01

    With --chat-model, a chat model writes the answer; what it writes that its sources do not say
    is left out, and said to be.

    Example: newsbot ask --interactive

    A question for several ("which towns ...", "name all ...", "how many fires were there ...") is
    answered with a list, and "timeline of ..." with dated events. With --csv these are printed as
    a table, and nothing where the answer has neither.

    Example: newsbot ask "timeline of the ferry accident" --csv

    --format markdown and chicago print the answer with its sources, as Markdown and with
    footnotes; bibtex, ris and csl-json the cited articles with what is quoted of them, for
    reference managers; csv a row for each citation. A refusal cites nothing.

    Example: newsbot ask "who denied the missile attack?" --format bibtex > attack.bib

    With --permalink the answer is kept beside the index, and its address is printed. Where
    newsbot chat serves the index, it shows the answer there as it was, and whether each quote
    still stands.
    """
    ways = {"--interactive": interactive, "--json": as_json, "--csv": as_csv, "--format": form}
    chosen = [name for name, given in ways.items() if given]
    chosen += ["--permalink"] * (interactive and permalink)
    if len(chosen) > 1:
        raise typer.BadParameter(f"it does not go with {chosen[0]}", param_hint=chosen[1])
    if question is None and not interactive:
        raise typer.BadParameter("type one, or say --interactive", param_hint="QUESTION")
    with spinner(sys.stderr, _DOING):
        bot = open_bot(index, reader, level, chat_model, collection=collection)
    filters: dict[str, Any] = {
        "since": since,
        "until": until,
        "source": source or None,
        "articles": article or None,
        "name": name or None,
    }

    def answer_of(question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        return bot.answer(question, history, **filters)

    if interactive or question is None:
        from bot.cli.interactive import converse

        converse(answer_of, question, filters)
        return
    generation = bot.searcher().generation
    with spinner(sys.stderr, _DOING):
        answer = answer_of(question)
    # Here and below, because they load what --help does not need.
    from bot.citing.answered import AnsweredQuestion
    from bot.citing.permalinks import PermalinkStore, permalink_file

    for note in answer.notes:
        complain(f"note: {note}")
    answered = AnsweredQuestion(question, answer, filters)
    kept = ""
    if permalink:
        store = PermalinkStore(permalink_file(bot.index))
        kept = f"/a/{store.keep(answered, generation)}"
        complain(f"kept as {kept}")
    if form:
        _print_export(answered, form)
    elif as_csv:
        _print_table(answer)
    else:
        from bot.cli.formatting import answer_lines

        told = answer.to_dict() | ({"permalink": kept} if kept else {})
        report(told, answer_lines(answer), as_json)


def _print_export(answered: AnsweredQuestion, form: ExportFormat) -> None:
    from bot.citing.exports import export

    print(export([answered], form), end="")
    if answered.answer.refused:
        complain("note: the articles do not say, so nothing is cited")


def _print_table(answer: Answer) -> None:
    from bot.answering.csv_export import as_csv

    print(as_csv(answer), end="")
    if not answer.surveyed:
        complain("note: the answer has no list and no timeline")
