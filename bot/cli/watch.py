"""The command ``newsbot watch``: an index that keeps itself up to date."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import complain
from bot.cli.factory import index_articles, settings_for
from bot.cli.feed import poll_lines
from bot.cli.options import Collection, Index, Model, Prune
from bot.cli.question import question_watch
from bot.sanitize import counted, one_line

if TYPE_CHECKING:
    from index.builder import BuildReport

__all__ = ["watch"]


def watch(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DIR",
            help="Folders, with all that is below them. Default: those among the articles of "
            "newsbot.toml.",
        ),
    ] = None,
    index: Index = None,
    collection: Collection = None,
    model: Model = None,
    prune: Prune = False,
) -> None:
    """Keep an index in step with folders and feeds, until Ctrl-C.

    The folders are indexed, and then whatever arrives in them, changes or, with --prune, goes. The
    feeds that newsbot feed add has added are polled, each when it is due. Standing questions are
    asked again after each change.

    A file is read once it has stayed the same for two seconds, so one that is still being copied or
    downloaded waits until it is whole. Each round of indexing is one line. Ask meanwhile, and leave
    the chat page open: a round becomes visible all at once when it is done.

    What goes wrong in a round is one line on standard error, and the round is tried again. So is a
    file that the system refuses, after longer and longer pauses. A folder that is suddenly empty is
    taken for a disk that is missing: --prune leaves its articles alone.

    Example: newsbot watch ~/articles --prune
    """
    settings = settings_for(index, collection)
    folder, watched = settings.index, folders or _folders(settings.articles)
    from bot.watching.feeds import feeds_beside

    feeds = feeds_beside(folder)
    polled = feeds.all()
    if not watched and not polled:
        raise typer.BadParameter("name one, or run newsbot feed add URL", param_hint="DIR")
    from bot.cli.formatting import summary
    from bot.watching.polling import FeedPoller
    from index.watcher import FolderWatch

    one_at_a_time, stop = threading.Lock(), threading.Event()

    def index_files(paths: Sequence[Path], prune: bool = False, **only: Any) -> BuildReport:
        with one_at_a_time:
            return index_articles(paths, folder, model=model, prune=prune, **only)

    watching = FolderWatch(
        watched,
        folder,
        lambda what: index_files(watched, what.prune, only=what.only),
        lambda cause: complain(f"newsbot: {cause}"),
        tell=lambda report: print(summary(report), flush=True),
        prune=prune,
        stop=stop,
    )
    poller = FeedPoller(feeds, folder, index_files, poll_lines, stop=stop)
    polling = threading.Thread(target=poller.run, name="newsbot-feeds", daemon=True)
    questions = question_watch(settings)
    asking = threading.Thread(target=questions.run, args=[stop], name="questions", daemon=True)
    what = [*map(str, watched), *([counted(len(polled), "feed")] if polled else [])]
    with suppress(KeyboardInterrupt):  # the way to end it, and no failure
        print(f"watching {one_line(', '.join(what))}; Ctrl-C ends it", flush=True)
        polling.start()
        asking.start()
        if watched:
            watching.run()
        else:
            while polling.is_alive():  # not without a time, which on Windows no key ends
                polling.join(0.5)
    stop.set()
    done = watching.tally
    print(
        f"stopped after {counted(done.rounds, 'round')}: "
        f"{done.added} added, {done.replaced} replaced, {done.removed} removed"
    )


def _folders(articles: Sequence[str]) -> list[Path]:
    return [Path(one) for one in articles if "://" not in one and Path(one).is_dir()]
