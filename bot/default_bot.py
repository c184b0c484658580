"""``answer``: one question to the default index."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.newsbot import History, NewsBot
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.answering.answers import Answer
    from index.filters import Names

__all__ = ["answer"]


def answer(
    question: str,
    history: History | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    source: Names | None = None,
    articles: Names | None = None,
) -> Answer:
    """Answer from the default index, which the first call opens.

    The default index is what NEWSBOT_INDEX or newsbot.toml names, else one in the user's data
    folder.
    Takes what ``NewsBot.answer`` does; raises what it and ``NewsBot`` do.
    """
    bot = _default_bot(Settings.load().index)
    return bot.answer(question, history, since, until, source, articles)


@cache
def _default_bot(index: Path) -> NewsBot:
    return NewsBot(index)
