"""The articles of an index as rows: listed, searched and sorted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from corpus.errors import NewsbotError
from index.filters import filters_of

if TYPE_CHECKING:
    from bot.newsbot import NewsBot
    from index.names.records import NameCount

__all__ = ["ArticleRow", "ArticleTable", "Order", "matching_rows"]

Order = Literal["title", "source", "published"]
"""What rows may be sorted by."""

_MOST_SOURCES = 1_000
_MOST_NAMES = 300


@dataclass(frozen=True)
class ArticleRow:
    """An ``Article`` without its text; what is unknown is an empty string."""

    id: str
    title: str
    source: str
    published: str
    author: str

    @property
    def searched(self) -> str:
        """What a search looks through, case-folded."""
        return f"{self.title}\n{self.source}\n{self.author}\n{self.published}\n{self.id}".casefold()


class ArticleTable:
    """The rows of an index, read once for each generation. Safe for threads."""

    def __init__(self, bot: NewsBot) -> None:
        """List the articles that this bot answers from."""
        self._bot = bot
        self._lock = threading.Lock()
        self._read: tuple[str, tuple[ArticleRow, ...]] = ("", ())
        self._names: tuple[object, tuple[NameCount, ...]] = (None, ())

    def rows(self) -> tuple[ArticleRow, ...]:
        """Return every article, in the order of ids; raises what ``NewsBot.articles`` does."""
        with self._lock:
            generation = self._bot.searcher().generation
            if self._read[0] != generation:
                rows = tuple(
                    ArticleRow(a.id, a.title, a.source or "", a.published or "", a.author or "")
                    for a in self._bot.articles()
                )
                self._read = (generation, rows)
            return self._read[1]

    def names_or_none(self) -> tuple[NameCount, ...]:
        """Return the names of the most articles, or none if the index cannot be read now."""
        try:
            directory = self._bot.names()
            state = self._bot.searcher().generation, directory.merges.all()
            with self._lock:
                if self._names[0] != state:
                    self._names = (state, tuple(directory.counts("", _MOST_NAMES)))
                return self._names[1]
        except NewsbotError:
            return ()

    def naming(self, names: Sequence[str]) -> set[str]:
        """Return the ids of the articles that have all the names."""
        return self._bot.names().articles_naming(filters_of(name=names))

    def names_in(self, article_ids: Sequence[str], most: int) -> tuple[NameCount, ...]:
        """Return the most frequent names of some articles."""
        return tuple(self._bot.names().counts("", most, article_ids))

    def rows_or_none(self) -> tuple[ArticleRow, ...]:
        """Return every article, or none if the index cannot be read now.

        For what a person may choose from: the next question, and the table, say what is wrong.
        """
        try:
            return self.rows()
        except NewsbotError:
            return ()

    def sources(self) -> list[str]:
        """Return the publishers, sorted; if there are many, those with the most articles."""
        counts: Counter[str] = Counter()
        names: dict[str, str] = {}
        for row in self.rows():
            if row.source:
                counts[row.source.casefold()] += 1
                names.setdefault(row.source.casefold(), row.source)
        return sorted(
            (names[key] for key, _ in counts.most_common(_MOST_SOURCES)), key=str.casefold
        )


def matching_rows(
    rows: Sequence[ArticleRow], words: str, order: str, descending: bool
) -> list[ArticleRow]:
    """Return the rows that have all the words, sorted; what has nothing to sort by comes last.

    Args:
        rows: of a table.
        words: each must occur in title, source, author, date or id, without regard to case.
        order: an ``Order``; any other text is the title.
        descending: whether the last comes first.
    """
    wanted = words.casefold().split()
    found = [row for row in rows if all(word in row.searched for word in wanted)]
    by = order if order in get_args(Order) else "title"
    full = [row for row in found if getattr(row, by)]
    full.sort(key=lambda row: (getattr(row, by).casefold(), row.id), reverse=descending)
    return full + [row for row in found if not getattr(row, by)]
