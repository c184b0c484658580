"""What the commands open or make before they begin: an index, and a NewsBot over it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.console import complain, progress_bars
from bot.settings import Level, Settings
from index.address import IndexAddress, address_of

if TYPE_CHECKING:
    from bot.newsbot import NewsBot
    from index.builder import BuildReport

__all__ = ["index_articles", "index_folder", "open_bot", "settings_for"]


def index_articles(
    paths: Sequence[Path | str], folder: IndexAddress, **options: Any
) -> BuildReport:
    """Index articles with progress bars, and name each file that could not be read.

    Takes and raises what ``build_index`` does.
    """
    from index.builder import build_index

    with progress_bars(sys.stderr) as bars:
        report = build_index(paths, folder, progress=bars, **options)
    for failure in report.failures:
        complain(f"could not read {failure.path}: {failure.cause}")
    return report


def settings_for(index: str | Path | None, collection: str | None) -> Settings:
    """Return the settings, with the named index where one is named; as ``Settings.load``.

    Raises:
        BadParameter: both an index and a collection are named.
    """
    if index is not None and collection is not None:
        raise typer.BadParameter("it does not go with --index", param_hint="--collection")
    settings = Settings.load(collection=collection)
    return settings if index is None else replace(settings, index=address_of(index))


def index_folder(index: str | Path | None, collection: str | None = None) -> IndexAddress:
    """Return the named index, else the settings' one; raises what ``settings_for`` does."""
    return settings_for(index, collection).index


def open_bot(
    index: str | Path | None,
    reader: str | None = None,
    level: Level | None = None,
    chat_model: str | None = None,
    collection: str | None = None,
) -> NewsBot:
    """Open an index to be asked; takes and raises what ``NewsBot`` and ``settings_for`` do."""
    folder = index_folder(index, collection)
    from bot.newsbot import NewsBot

    return NewsBot(folder, reader=reader, level=level, chat_model=chat_model, collection=collection)
