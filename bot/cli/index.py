"""The command ``newsbot index``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import complain
from bot.cli.factory import index_articles, settings_for
from bot.cli.options import AllowLocal, Collection, Index, Model, Prune
from bot.cli.question import ask_standing_questions

if TYPE_CHECKING:
    from corpus.loader import LoadFailure

__all__ = ["index"]


def index(
    paths: Annotated[
        list[str] | None,  # a Path would take one of the two slashes out of an address
        typer.Argument(
            metavar="PATH",
            help="Article files, folders of them, and web addresses. Default: the articles of "
            "newsbot.toml.",
        ),
    ] = None,
    index: Index = None,
    collection: Collection = None,
    model: Model = None,
    prune: Prune = False,
    even_if_empty: Annotated[
        bool,
        typer.Option(
            "--even-if-empty",
            help="With --prune: also where a folder has no article file left. Otherwise that is "
            "taken for a missing disk.",
        ),
    ] = False,
    prune_feeds: Annotated[
        bool,
        typer.Option(
            "--prune-feeds", help="With --prune: also the entries that a feed no longer lists."
        ),
    ] = False,
    allow_local: AllowLocal = False,
    workers: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Let the workers of a Ray cluster read and embed: local for one of this machine, "
            "or ray://HOST:10001. Needs an index in Milvus and PostgreSQL.",
        ),
    ] = None,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild",
            help="Split and embed all that the index holds anew: for another --model, or for the "
            "passages of a later newsbot. What no PATH names is taken from the index.",
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say why each file was passed over.")
    ] = False,
) -> None:
    """Read articles into the index, or update it.

    Text, Markdown, HTML, JSON, JSONL, CSV, PDF, Word documents, feeds (RSS, Atom) and web archives
    (WARC) are read, gzipped too. Run it again at any time: new articles are added, changed ones
    replaced, the others left as they are. A file that cannot be read is named on standard error
    and the others are indexed. Scanned pages of a PDF are read where the program tesseract is
    installed; their words may be misread, and are marked where they are cited.

    A path that begins with https:// or http:// is fetched, and indexed as the page, the feed or the
    file that it is. Nothing is fetched but the addresses you give. What was fetched stays until
    newsbot remove, or until --prune finds that its address no longer holds it.

    Example: newsbot index ~/articles --prune

    With --workers the files are read and embedded by the machines of a Ray cluster, which must see
    them under the same paths. Vectors are kept as they are made: a run that is killed anywhere is
    gone on with by the next.

    With --rebuild the index is made anew beside the one that is asked, which answers until it is
    done. Without a PATH no file is read.

    Example: newsbot index --rebuild --model ~/models/multilingual

    Example: newsbot index https://example.org/2024/05/flood.html
    """
    for given, name in ((even_if_empty, "--even-if-empty"), (prune_feeds, "--prune-feeds")):
        if given and not prune:
            raise typer.BadParameter("it goes with --prune", param_hint=name)
    settings = settings_for(index, collection)
    paths = paths or [*settings.articles]
    if not paths and not rebuild:
        raise typer.BadParameter("name one, or write articles into newsbot.toml", param_hint="PATH")
    from bot.cli.formatting import summary

    report = index_articles(
        paths,
        settings.index,
        model=model,
        prune=prune,
        even_if_empty=even_if_empty,
        prune_feeds=prune_feeds,
        allow_local=allow_local,
        workers=workers,
        rebuild=rebuild,
    )
    _complain_of_skipped(report.skipped, verbose)
    print(summary(report))
    ask_standing_questions(settings)
    if not report.added + report.replaced + report.unchanged + report.removed:
        if not report.failures + report.skipped:
            complain(f"newsbot: no file of articles in {', '.join(paths) or 'the index'}")
        raise typer.Exit(1)


def _complain_of_skipped(skipped: Sequence[LoadFailure], verbose: bool) -> None:
    if verbose:
        for one in skipped:
            complain(f"passed over {one.path}: {one.cause}")
    elif skipped:
        first = ", ".join(one.path for one in skipped[:3])
        more = ", ..." if len(skipped) > 3 else ""
        complain(f"passed over {len(skipped)}: {first}{more} (-v says why)")
