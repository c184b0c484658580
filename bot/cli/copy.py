"""The command ``newsbot copy``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.cli.console import progress_bars

__all__ = ["copy"]

_ADDRESS = "a folder, or milvus://HOST/NAME?catalogue=postgresql://DB/NAME"


def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help=f"The index that is read: {_ADDRESS}.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="The index that is written, likewise.")
    ],
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove from TO the articles that FROM does not have.")
    ] = False,
) -> None:
    """Copy an index to another folder or store.

    Articles, vectors and earlier versions go along; nothing is embedded again. Articles that are
    new in TO are added, those that differ replaced, the others left as they are: run it again to
    bring TO up to date, or to go on with a copy that was stopped. FROM may be asked meanwhile. Both
    must be of one embedding model.

    Example: newsbot copy ~/news-index 'milvus://host/news?catalogue=postgresql://db/newsbot'
    """
    from bot.cli.formatting import summary
    from bot.sanitize import counted
    from index.copying import copy_index

    with progress_bars(sys.stderr, "articles") as bars:
        told = {} if bars is None else {"progress": bars.copied}
        report = copy_index(source, target, prune=prune, **told)
    read = report.added + report.replaced + report.unchanged
    print(summary(report, f"{counted(read, 'article')} copied"))
