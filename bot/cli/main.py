"""The ``newsbot`` command: index articles, ask them, search them, open the chat page.

What a command needs is imported inside it: torch, FAISS and Gradio take seconds, and ``--help``
must not wait for what it does not use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from bot.cli.chat import chat
from bot.cli.console import complain, show, sign_of_life
from bot.cli.eval import evaluate
from bot.cli.factory import index_articles, index_folder, open_bot
from bot.cli.feedback import feedback
from bot.cli.options import (
    AllowLocal,
    Articles,
    AsJson,
    Index,
    Model,
    Prune,
    Question,
    Refusal,
    Since,
    Source,
    Until,
    WithReader,
)
from bot.cli.status import status
from bot.cli.user import user
from bot.cli.watch import watch
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from corpus.loader import LoadFailure

__all__ = ["app", "main"]

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def newsbot(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Ask questions of your own news articles, and get answers that cite them.

    Read a folder of articles once, then ask. Every answer quotes sentences of the articles, with
    the characters they stand at; where the articles do not say, newsbot says so.

    First: newsbot index ~/articles

    Then: newsbot ask "who denied the missile attack?"
    """
    if version:
        from importlib import metadata

        try:
            print(f"newsbot {metadata.version('newsbot-qa')}")
        except metadata.PackageNotFoundError:
            print("newsbot, run from its source without an installation")
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def index(
    paths: Annotated[
        list[str],  # a Path would take one of the two slashes out of an address
        typer.Argument(
            metavar="PATH",
            help="Article files, folders of them, and web addresses.",
            show_default=False,
        ),
    ],
    index: Index = None,
    model: Model = None,
    prune: Prune = False,
    even_if_empty: Annotated[
        bool,
        typer.Option(
            "--even-if-empty",
            help="With --prune: also where a folder has no article file left. Else that is taken "
            "for a disk that is missing.",
        ),
    ] = False,
    allow_local: AllowLocal = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say why each file was passed over.")
    ] = False,
) -> None:
    """Read articles into the index, or bring it up to date.

    Text, Markdown, HTML, JSON, JSONL, CSV, PDF, Word documents, feeds (RSS, Atom) and web archives
    (WARC) are read, gzipped too. Run it again at any time: new articles are added, changed ones
    replaced, the others left as they are. A file that cannot be read is named on standard error
    and the others are indexed.

    A path that begins with https:// or http:// is fetched, and indexed as the page, the feed or the
    file that it is. Nothing is fetched but the addresses you give. What was fetched stays until
    newsbot remove: --prune is about files.

    Example: newsbot index ~/articles --prune

    Example: newsbot index https://example.org/2024/05/flood.html
    """
    if even_if_empty and not prune:
        raise typer.BadParameter("it goes with --prune", param_hint="--even-if-empty")
    folder = index_folder(index)
    from bot.cli.formatting import summary

    report = index_articles(
        paths,
        folder,
        model=model,
        prune=prune,
        even_if_empty=even_if_empty,
        allow_local=allow_local,
    )
    _tell_skipped(report.skipped, verbose)
    print(summary(report))
    if not report.added + report.replaced + report.unchanged + report.removed:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Question,
    index: Index = None,
    as_json: AsJson = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    article: Articles = None,
    reader: WithReader = None,
    level: Refusal = None,
) -> None:
    """Answer a question from the articles, and cite the sentences the answer rests on.

    Where the articles do not answer it, newsbot says so and names no source; that is no error.

    Example: newsbot ask "who denied the missile attack?" --since 2019-12-01
    """
    with sign_of_life(sys.stderr, "looking through the articles"):
        bot = open_bot(index, reader, level)
        answer = bot.answer(
            question, since=since, until=until, source=source or None, articles=article or None
        )
    _tell_notes(answer.notes)
    from bot.cli.formatting import answer_lines, print_json

    if as_json:
        print_json(answer.to_dict())
        return

    show(answer_lines(answer))


@app.command()
def search(
    question: Question,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    index: Index = None,
    as_json: AsJson = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    article: Articles = None,
    reader: WithReader = None,
    rerank: Annotated[
        bool, typer.Option(help="Let the reader put them in order, or leave them as found.")
    ] = True,
) -> None:
    """List the passages nearest to a question, best first, without an answer.

    Example: newsbot search "missile attack" -k 3
    """
    with sign_of_life(sys.stderr, "looking through the articles"):
        bot = open_bot(index, reader)
        found = bot.find(
            question,
            k,
            rerank,
            since=since,
            until=until,
            source=source or None,
            articles=article or None,
        )
    _tell_notes(found.notes)
    from bot.cli.formatting import hit_lines, print_json

    if as_json:
        print_json([hit.to_dict() for hit in found.hits])
        return

    show(hit_lines(found.hits))


app.command()(status)


@app.command()
def remove(
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID", help="Ids as ask and search print them.", show_default=False),
    ],
    index: Index = None,
) -> None:
    """Remove articles from the index; the files they came from stay.

    An article comes back when its file is indexed again.

    Example: newsbot remove town/flood.txt
    """
    folder = index_folder(index)
    from bot.cli.formatting import summary
    from index.builder import remove_articles

    print(summary(remove_articles(ids, folder)))


app.command()(chat)
app.command("eval")(evaluate)
app.command()(watch)
app.add_typer(feedback, name="feedback")
app.add_typer(user, name="user")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after ``newsbot``; those of the process when None.

    Returns:
        The exit status: 0 done (a refusal too), 1 a failure or a reader of the output that left,
        2 wrong usage, 130 stopped by Ctrl-C. Failures are one line on standard error.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows "?" for it rather than ending the command.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        outcome = app(words, prog_name="newsbot", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "newsbot"
        complain(f"{command}: {error.format_message().rstrip('.')} (see: {command} --help)")
        return error.exit_code
    except NewsbotError as error:
        complain(f"newsbot: {error}")
        return 1
    except BrokenPipeError:
        _drop_output()
        return 1
    except SystemExit as stop:
        # Typer and rich end the process themselves when the reader of a pipe has left.
        _drop_output()
        return stop.code if isinstance(stop.code, int) else 1
    return outcome if isinstance(outcome, int) else 0


def _drop_output() -> None:
    """Point standard output at nothing, so that Python's last flush has nobody to complain to."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())


def _tell_notes(notes: Sequence[str]) -> None:
    for note in notes:
        complain(f"note: {note}")


def _tell_skipped(skipped: Sequence[LoadFailure], verbose: bool) -> None:
    if verbose:
        for one in skipped:
            complain(f"passed over {one.path}: {one.cause}")
    elif skipped:
        first = ", ".join(one.path for one in skipped[:3])
        more = ", ..." if len(skipped) > 3 else ""
        complain(f"passed over {len(skipped)}: {first}{more} (-v says why)")


if __name__ == "__main__":
    sys.exit(main())
