"""The commands ``newsbot feed``: the feeds that newsbot watch polls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import OutputLine, complain, report
from bot.cli.factory import index_articles, index_folder, settings_for
from bot.cli.options import AllowLocal, AsJson, Collection, Index
from bot.cli.question import ask_standing_questions
from bot.sanitize import counted, one_line

if TYPE_CHECKING:
    from bot.watching.feeds import Feed, FeedEntry
    from bot.watching.polling import PollResult
    from index.builder import BuildReport

__all__ = ["feed", "poll_lines"]

feed = typer.Typer(
    help="""Manage the feeds that newsbot watch polls.

    Example: newsbot feed add https://example.org/news.rss
    """
)

_Address = Annotated[str, typer.Argument(metavar="URL", help="Web address of the feed.")]


@feed.command()
def add(
    address: _Address,
    pages: Annotated[
        bool,
        typer.Option(
            "--pages",
            help="Fetch the page that each entry links to, and index it instead of the entry, as "
            "far as the site's robots.txt allows.",
        ),
    ] = False,
    minutes: Annotated[
        int, typer.Option("--every", metavar="MINUTES", min=5, max=1440, help="Between two polls.")
    ] = 30,
    allow_local: AllowLocal = False,
    index: Index = None,
    collection: Collection = None,
) -> None:
    """Watch a feed (RSS, Atom, RDF), or watch it in another way.

    Nothing is fetched yet: newsbot watch polls it when it is due, and newsbot feed poll at once.
    Only what the feed lists is ever fetched, and its pages only with --pages.

    Example: newsbot feed add https://example.org/news.rss --pages
    """
    from bot.watching.feeds import feed_name, feeds_beside

    store = feeds_beside(index_folder(index, collection))
    new = store.add(address, pages=pages, minutes=minutes, allow_local=allow_local)
    print(one_line(f"{feed_name(address)} is {'watched' if new else 'watched in this way now'}"))


@feed.command()
def remove(address: _Address, index: Index = None, collection: Collection = None) -> None:
    """Watch a feed no more; its articles stay in the index.

    Example: newsbot feed remove https://example.org/news.rss
    """
    from bot.watching.feeds import feed_name, feeds_beside

    feeds_beside(index_folder(index, collection)).remove(address)
    print(one_line(f"{feed_name(address)} is not watched any more"))


@feed.command("list")
def list_feeds(
    entries: Annotated[
        bool, typer.Option("--entries", help="List what the feeds brought, the latest first.")
    ] = False,
    as_json: AsJson = False,
    index: Index = None,
    collection: Collection = None,
) -> None:
    """List the feeds, when each was polled last and what went wrong, or what they brought.

    Example: newsbot feed list --entries
    """
    from bot.watching.feeds import feeds_beside

    store = feeds_beside(index_folder(index, collection))
    if entries:
        came = store.entries()
        report([asdict(one) for one in came], map(_entry_line, came), as_json, "nothing came yet")
        return
    feeds = store.all()
    lines = (line for one in feeds for line in _feed_lines(one))
    none = "no feeds: newsbot feed add URL adds one"
    report([_public(one) for one in feeds], lines, as_json, none)


@feed.command()
def poll(
    all_feeds: Annotated[
        bool, typer.Option("--all", help="Poll all feeds, and not only those that are due.")
    ] = False,
    index: Index = None,
    collection: Collection = None,
) -> None:
    """Poll the feeds that are due, index what they bring, and end: for cron.

    A feed that fails is left alone for longer and longer, at most a day, or for as long as its
    server asks. The exit status is 1 where a feed failed.

    Example: newsbot feed poll --all
    """
    settings = settings_for(index, collection)
    folder = settings.index
    from bot.watching.feeds import feeds_beside
    from bot.watching.polling import FeedPoller

    def carry_out(paths: Sequence[Path]) -> BuildReport:
        return index_articles(paths, folder)

    poller = FeedPoller(feeds_beside(folder), folder, carry_out, poll_lines)
    results = poller.poll_due(all_feeds=all_feeds)
    ask_standing_questions(settings)
    if any(result.problem for result in results):
        raise typer.Exit(1)


def poll_lines(result: PollResult) -> None:
    """Say what a poll did, in one line."""
    if result.problem:
        complain(f"newsbot: {result.feed}: {result.problem}")
    elif result.new or result.pages:
        pages = f", {counted(result.pages, 'page')} fetched" if result.pages else ""
        new = counted(result.new, "new entry", "new entries")
        print(one_line(f"{result.feed}: {new}{pages}"), flush=True)


def _public(feed: Feed) -> dict[str, object]:
    record = asdict(feed)
    del record["given"]  # may hold a password
    return record


def _feed_lines(feed: Feed) -> Iterator[OutputLine]:
    how = f"every {feed.minutes} minutes{', with pages' if feed.pages else ''}"
    polled = f"polled {feed.polled}" if feed.polled else "not polled yet"
    yield OutputLine(((one_line(feed.address), "bold"), (f"  {how}; {polled}", "dim")))
    if feed.problem:
        times = counted(feed.failures, "time")
        yield OutputLine(((f"failed {times}: {one_line(feed.problem)}", "yellow"),), indent=4)


def _entry_line(entry: FeedEntry) -> OutputLine:
    problem = f"  ({one_line(entry.problem)})" if entry.problem else ""
    pieces = (
        (f"{entry.came}  ", "dim"),
        (one_line(entry.title or entry.key), ""),
        (problem, "dim"),
    )
    return OutputLine(pieces)
