"""The command ``newsbot remove``."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.factory import settings_for
from bot.cli.options import Collection, Index
from bot.cli.question import ask_standing_questions

__all__ = ["remove"]


def remove(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID", help="Ids as ask and search print them.")
    ],
    index: Index = None,
    collection: Collection = None,
) -> None:
    """Remove articles from the index.

    The files they came from stay, and indexing them again brings the articles back.

    Example: newsbot remove town/flood.txt
    """
    settings = settings_for(index, collection)
    from bot.cli.formatting import summary
    from index.builder import remove_articles

    print(summary(remove_articles(ids, settings.index)))
    ask_standing_questions(settings)
