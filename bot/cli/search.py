"""The command ``newsbot search``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.cli.console import complain, report, spinner
from bot.cli.factory import open_bot
from bot.cli.options import (
    Articles,
    AsJson,
    Collection,
    Index,
    Name,
    Question,
    Since,
    Source,
    Until,
    WithReader,
)

__all__ = ["search"]


def search(
    question: Question,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    index: Index = None,
    collection: Collection = None,
    as_json: AsJson = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    article: Articles = None,
    name: Name = None,
    reader: WithReader = None,
    rerank: Annotated[
        bool, typer.Option(help="Let the reader put them in order, or leave them as found.")
    ] = True,
) -> None:
    """List the passages nearest to a question.

    The best come first, each with its place and score; there is no answer.

    Example: newsbot search "missile attack" -k 3
    """
    with spinner(sys.stderr, "looking through the articles"):
        found = open_bot(index, reader, collection=collection).find(
            question,
            k,
            rerank,
            since=since,
            until=until,
            source=source or None,
            articles=article or None,
            name=name or None,
        )
    from bot.cli.formatting import hit_lines

    for note in found.notes:
        complain(f"note: {note}")
    report([hit.to_dict() for hit in found.hits], hit_lines(found.hits), as_json)
