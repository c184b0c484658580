"""The command ``newsbot watch``: an index that keeps itself up to date."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import complain
from bot.cli.factory import index_articles, settings_for
from bot.cli.options import Collection, Index, Model, Prune
from bot.sanitize import counted, one_line

if TYPE_CHECKING:
    from index.builder import BuildReport
    from index.watcher import WatchRound

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
    """Keep an index in step with folders, until Ctrl-C.

    The folders are indexed, and then whatever arrives in them, changes or, with --prune, goes.

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
    if not watched:
        raise typer.BadParameter("name one, or write articles into newsbot.toml", param_hint="DIR")
    from bot.cli.formatting import summary
    from index.watcher import FolderWatch

    def carry_out(what: WatchRound) -> BuildReport:
        return index_articles(watched, folder, model=model, prune=what.prune, only=what.only)

    watching = FolderWatch(
        watched,
        folder,
        carry_out,
        lambda cause: complain(f"newsbot: {cause}"),
        tell=lambda report: print(summary(report), flush=True),
        prune=prune,
    )
    names = one_line(", ".join(map(str, watched)))
    with suppress(KeyboardInterrupt):  # the way to end it, and no failure
        print(f"watching {names}; Ctrl-C ends it", flush=True)
        watching.run()
    done = watching.tally
    print(
        f"stopped after {counted(done.rounds, 'round')}: "
        f"{done.added} added, {done.replaced} replaced, {done.removed} removed"
    )


def _folders(articles: Sequence[str]) -> list[Path]:
    return [Path(one) for one in articles if "://" not in one and Path(one).is_dir()]
