"""The command ``newsbot ask``."""

from __future__ import annotations

import sys

from bot.cli.console import complain, show, spinner
from bot.cli.factory import open_bot
from bot.cli.options import (
    Articles,
    AsJson,
    Index,
    Question,
    Refusal,
    Since,
    Source,
    Until,
    WithReader,
)

__all__ = ["ask"]


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
    """Answer a question, and cite the sentences.

    Where the articles do not answer it, newsbot says so and names no source; that is no error.

    Example: newsbot ask "who denied the missile attack?" --since 2019-12-01
    """
    with spinner(sys.stderr, "looking through the articles"):
        bot = open_bot(index, reader, level)
        answer = bot.answer(
            question, since=since, until=until, source=source or None, articles=article or None
        )
    from bot.cli.formatting import answer_lines, print_json

    for note in answer.notes:
        complain(f"note: {note}")
    if as_json:
        print_json(answer.to_dict())
    else:
        show(answer_lines(answer))
