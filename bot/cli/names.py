"""The commands ``newsbot names``: the people, organisations and places in the articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import OutputLine, report
from bot.cli.factory import index_folder
from bot.cli.options import AsJson, Collection, Index
from bot.sanitize import counted, one_line

if TYPE_CHECKING:
    from index.name_directory import NameDirectory, NameEntry
    from index.names.records import NameCount

__all__ = ["names"]

names = typer.Typer(
    help="""List the people, organisations and places that articles name.

    They are found when articles are indexed, in English ones. --name of newsbot ask and search
    narrows a question to the articles that name them.

    Example: newsbot names show "Angela Merkel"
    """
)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The name, in quotes.")]


@names.command("list")
def list_names(
    match: Annotated[
        str, typer.Argument(metavar="PART", help="Only names that contain this.")
    ] = "",
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many names.")] = 50,
    as_json: AsJson = False,
    index: Index = None,
    collection: Collection = None,
) -> None:
    """List names, those in the most articles first, each with its kind.

    Example: newsbot names list merkel
    """
    found = _directory(index, collection).counts(match, most)
    report([asdict(one) for one in found], map(_name_line, found), as_json, "no names")


@names.command("show")
def show_name(
    name: _Name,
    most: Annotated[
        int, typer.Option("--most", min=1, max=1_000, help="How many articles are quoted.")
    ] = 20,
    as_json: AsJson = False,
    index: Index = None,
    collection: Collection = None,
) -> None:
    """Show what the articles say of a name: dated quotes, those of the newest article first.

    Example: newsbot names show "Angela Merkel"
    """
    entry = _directory(index, collection).entry(name, most)
    report(entry.to_dict(), _entry_lines(entry), as_json)


@names.command()
def merge(
    name: _Name,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The name that it is read as.")],
    index: Index = None,
    collection: Collection = None,
) -> None:
    """Read one name as another from now on, in lists and in --name.

    This is kept beside the index and stays when articles are indexed anew.

    Example: newsbot names merge "Bundestag" "German Parliament"
    """
    _directory(index, collection).merge(name, into)
    print(one_line(f"{name} is read as {into}"))


@names.command()
def split(name: _Name, index: Index = None, collection: Collection = None) -> None:
    """Undo the merge of a name into another.

    Example: newsbot names split "Bundestag"
    """
    _directory(index, collection).merges.split(name)
    print(one_line(f"{name} is a name of its own"))


@names.command()
def merged(as_json: AsJson = False, index: Index = None, collection: Collection = None) -> None:
    """List the names that were merged by hand.

    Example: newsbot names merged
    """
    found = _directory(index, collection).merges.all()
    lines = (OutputLine(((one_line(f"{one.name} is read as {one.into}"), ""),)) for one in found)
    report([asdict(one) for one in found], lines, as_json, "no names were merged")


def _directory(index: str | None, collection: str | None) -> NameDirectory:
    folder = index_folder(index, collection)
    from index.searcher import Searcher

    return Searcher.open(folder).names


def _name_line(one: NameCount | NameEntry) -> OutputLine:
    count = counted(one.articles, "article")
    return OutputLine(((one_line(one.name), "bold"), (f"  {one.kind}, {count}", "dim")))


def _entry_lines(entry: NameEntry) -> Iterator[OutputLine]:
    from bot.cli.formatting import place_lines

    yield _name_line(entry)
    if entry.others:
        yield OutputLine(((f"also: {one_line(', '.join(entry.others))}", "dim"),))
    for number, quote in enumerate(entry.quotes, start=1):
        yield OutputLine()
        yield from place_lines(number, quote.article, quote.start, quote.end)
        yield OutputLine(((one_line(quote.text), ""),), indent=4)
