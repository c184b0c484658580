"""The ``newsbot`` command: its commands, and how it ends.

What a command needs is imported inside it: torch, FAISS and Gradio take seconds, and ``--help``
must not wait for what it does not use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bot.cli.ask import ask
from bot.cli.chat import chat
from bot.cli.config import config
from bot.cli.console import complain
from bot.cli.copy import copy
from bot.cli.doctor import doctor
from bot.cli.eval import evaluate
from bot.cli.feed import feed
from bot.cli.feedback import feedback
from bot.cli.history import history
from bot.cli.index import index
from bot.cli.init import init
from bot.cli.names import names
from bot.cli.question import question
from bot.cli.remove import remove
from bot.cli.search import search
from bot.cli.status import status
from bot.cli.user import user
from bot.cli.watch import watch
from corpus.errors import NewsbotError

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

    Index a folder of articles once, then ask. Every answer quotes sentences of the articles, with
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


for command in (index, ask, search, status, history, remove, copy, chat):
    app.command()(command)
app.command("eval")(evaluate)
app.command()(watch)
app.command()(doctor)
app.command()(config)
app.command()(init)
app.add_typer(feed, name="feed")
app.add_typer(feedback, name="feedback")
app.add_typer(names, name="names")
app.add_typer(question, name="question")
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
        cause = error.format_message().rstrip(".").replace(": Value error, ", ": ", 1)
        complain(f"{command}: {cause} (see: {command} --help)")
        return error.exit_code
    except NewsbotError as error:
        complain(f"newsbot: {error}")
        return 1
    except BrokenPipeError:
        _discard_output()
        return 1
    except SystemExit as stop:
        # Typer and rich end the process themselves when the reader of a pipe has left.
        _discard_output()
        return stop.code if isinstance(stop.code, int) else 1
    return outcome if isinstance(outcome, int) else 0


def _discard_output() -> None:
    """Point standard output at nothing, so that Python's last flush does not complain."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
