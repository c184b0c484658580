"""What the commands open before they begin: the index's folder, and a NewsBot over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Level, Settings

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["index_folder", "open_bot"]


def index_folder(index: Path | None) -> Path:
    """Give the folder that was named, or the settings' one; raises what ``Settings.load`` does."""
    settings = Settings.load()
    return settings.index if index is None else index


def open_bot(index: Path | None, reader: str | None = None, level: Level | None = None) -> NewsBot:
    """Open an index to be asked; takes and raises what ``NewsBot`` does."""
    folder = index_folder(index)
    from bot.newsbot import NewsBot

    return NewsBot(folder, reader=reader, level=level)
