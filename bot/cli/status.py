"""The command ``newsbot status``: what the index holds, and whether it is whole."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.console import complain, report, spinner
from bot.cli.factory import index_folder
from bot.cli.options import AsJson, Collection, Index
from index.address import IndexAddress

__all__ = ["status"]


def status(
    index: Index = None,
    collection: Collection = None,
    as_json: AsJson = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Read every file of the index, and say whether all are as written."
        ),
    ] = False,
) -> None:
    """Show what the index holds, or if it is whole.

    That is how many articles and passages, which model, what size, and when it was built. A server
    of the index that does not answer is named, and the exit status is then 1. With
    --verify each of its files is compared with the checksum taken when it was written, and one that
    is missing, cut short or altered is named.

    Example: newsbot status --json

    Example: newsbot status --verify
    """
    folder = index_folder(index, collection)
    if verify:
        _verify(folder, as_json)
        return
    from index.searcher import Searcher

    searcher = Searcher.open(folder)
    found, ailing = searcher.status(), searcher.snapshot.ailing()
    from bot.cli.formatting import status_lines

    told = asdict(found) | ({"ailing": ailing} if ailing else {})
    report(told, status_lines(found), as_json)
    for name, cause in ailing.items():
        complain(f"the {name} of the index does not answer: {cause}")
    if ailing:
        raise typer.Exit(1)


def _verify(index: IndexAddress, as_json: bool) -> None:
    from bot.cli.formatting import whole_line
    from index.errors import IndexCorrupt
    from index.store.opening import open_store

    try:
        with spinner(sys.stderr, "reading every file of the index"):
            whole = open_store(index).verify()
    except IndexCorrupt as error:
        # Beside the line on standard error.
        report({"path": str(index), "whole": False, "cause": str(error)}, (), as_json)
        raise
    told = {"path": str(index), "whole": True, "generation": whole.generation}
    report({**told, "files": whole.files, "bytes": whole.size}, [whole_line(*whole)], as_json)
