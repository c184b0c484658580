"""The command ``newsbot history``: what an article said before it was corrected."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.console import report
from bot.cli.factory import index_folder
from bot.cli.options import AsJson, Collection, Index

__all__ = ["history"]


def history(
    article: Annotated[
        str, typer.Argument(metavar="ID", help="Id of an article as ask and search print it.")
    ],
    index: Index = None,
    collection: Collection = None,
    as_json: AsJson = False,
) -> None:
    """Show how an article was corrected, sentence by sentence.

    Indexing an article whose text or headline has changed keeps the earlier version. Each change
    is shown with the sentence before (-) and after (+). Versions go with their article when it is
    removed; of one article at most twenty are kept.

    Example: newsbot history town/flood.txt
    """
    folder = index_folder(index, collection)
    from bot.cli.formatting import history_lines
    from bot.errors import UnknownArticle
    from index.searcher import Searcher

    searcher = Searcher.open(folder)
    if searcher.article(article) is None:
        raise UnknownArticle(f"no article {article!r} in {folder}")
    found = searcher.history(article)
    report([asdict(one) for one in found], history_lines(found), as_json)
