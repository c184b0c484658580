"""The articles of an index as rows of a table: searched, sorted and cut into pages."""

from __future__ import annotations

import html
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from bot.chat.html.markup import byline, date_html, escaped, title_html
from corpus.errors import NewsbotError

if TYPE_CHECKING:
    from bot.newsbot import NewsBot

__all__ = ["PAGE", "ArticleRow", "ArticleTable", "Order", "chosen", "table_html"]

PAGE = 50
"""Rows of a page."""

Order = Literal["title", "source", "published"]
"""What the rows may be sorted by."""

_HEADINGS: dict[Order, str] = {"title": "Article", "source": "Source", "published": "Date"}
_MOST_SOURCES = 1_000
_REMOVE = '<button type="button" name="remove-chosen" hidden>Remove them from the index</button>'
_CHOOSING = (
    '<p class="choosing"><span role="status"></span>'
    '<button type="button" name="ask-chosen" hidden>Ask only these</button>{}'
    '<button type="button" name="choose-none" hidden>Choose none</button></p>'
)
_ALL = (
    '<th scope="col" class="box"><input type="checkbox" name="choose-all" '
    'aria-label="Choose every article of this page"></th>'
)


@dataclass(frozen=True)
class ArticleRow:
    """An article without its text.

    Attributes:
        id: as ``NewsBot.article`` takes it.
        title: its headline.
        source: its publisher, or an empty string.
        published: timezone-aware ISO 8601, or an empty string.
        author: its author line, or an empty string.
    """

    id: str
    title: str
    source: str
    published: str
    author: str

    @property
    def searched(self) -> str:
        """What a search of the table looks through, without regard to case."""
        return f"{self.title}\n{self.source}\n{self.author}\n{self.published}\n{self.id}".casefold()


class ArticleTable:
    """The rows of an index, read once for each of its states. Safe for threads."""

    def __init__(self, bot: NewsBot) -> None:
        """List the articles that this bot answers from."""
        self._bot = bot
        self._lock = threading.Lock()
        self._read: tuple[str, tuple[ArticleRow, ...]] = ("", ())

    def rows(self) -> tuple[ArticleRow, ...]:
        """Give every article, in the order of their ids; raises what ``NewsBot.articles`` does."""
        with self._lock:
            generation = self._bot.searcher().generation
            if self._read[0] != generation:
                rows = tuple(
                    ArticleRow(a.id, a.title, a.source or "", a.published or "", a.author or "")
                    for a in self._bot.articles()
                )
                self._read = (generation, rows)
            return self._read[1]

    def at_hand(self) -> tuple[ArticleRow, ...]:
        """Give what ``rows`` does, or nothing where the index cannot be read now.

        For what a person may choose from: the next question, and the table, tell what is wrong.
        """
        try:
            return self.rows()
        except NewsbotError:
            return ()

    def sources(self) -> list[str]:
        """Give the publishers, in order; those with the most articles where there are many."""
        counts: Counter[str] = Counter()
        names: dict[str, str] = {}
        for row in self.rows():
            if row.source:
                counts[row.source.casefold()] += 1
                names.setdefault(row.source.casefold(), row.source)
        return sorted(
            (names[key] for key, _ in counts.most_common(_MOST_SOURCES)), key=str.casefold
        )


def chosen(rows: Sequence[ArticleRow], words: str, order: str, falling: bool) -> list[ArticleRow]:
    """Give the rows that have all the words, sorted; what has nothing to sort by comes last.

    Args:
        rows: of a listing.
        words: each must occur in title, source, author, date or id, without regard to case.
        order: an ``Order``; any other text is the title.
        falling: whether the last comes first.
    """
    wanted = words.casefold().split()
    found = [row for row in rows if all(word in row.searched for word in wanted)]
    by = order if order in get_args(Order) else "title"
    full = [row for row in found if getattr(row, by)]
    full.sort(key=lambda row: (getattr(row, by).casefold(), row.id), reverse=falling)
    return full + [row for row in found if not getattr(row, by)]


def table_html(
    rows: Sequence[ArticleRow],
    page: int,
    order: str,
    falling: bool,
    total: int,
    removal: bool = False,
) -> str:
    """Show a page of rows as a table whose headings sort and whose titles open the article.

    Args:
        rows: all that were chosen.
        page: from 0; beyond the last it is the last.
        order: what they are sorted by.
        falling: whether the last comes first.
        total: articles in the index.
        removal: whether those chosen by their boxes may be removed; what is chosen is kept by the
            script in ``bot.chat.selection``.
    """
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(page, 0), pages - 1)
    first = page * PAGE
    some = rows[first : first + PAGE]
    count = f"{len(rows):,} of {total:,} articles" if len(rows) < total else f"{total:,} articles"
    if total == 1:
        count = "1 article" if rows else "0 of 1 article"
    if not some:
        return f'<p class="count" role="status">{count}</p>'
    headings = "".join(_heading(by, order, falling) for by in get_args(Order))
    body = "".join(_row(row, number) for number, row in enumerate(some))
    return (
        f'<p class="count" role="status">{count}</p>{_CHOOSING.format(_REMOVE if removal else "")}'
        f'<table class="articles"><thead><tr>{_ALL}{headings}</tr></thead>'
        f"<tbody>{body}</tbody></table>{_pager(page, pages)}"
    )


def _heading(by: Order, order: str, falling: bool) -> str:
    sorted_by = by == order
    state = f' aria-sort="{"descending" if falling else "ascending"}"' if sorted_by else ""
    arrow = ("▾" if falling else "▴") if sorted_by else ""
    return (
        f'<th scope="col"{state}><button type="button" name="sort" value="{by}">{_HEADINGS[by]}'
        f'<span aria-hidden="true">{arrow}</span></button></th>'
    )


def _row(row: ArticleRow, number: int) -> str:
    """Show a row, by its number among those of the page; its title names its box."""
    row_id, name = html.escape(row.id), f"article-{number}"
    return (
        f'<tr><td class="box"><input type="checkbox" name="choose" value="{row_id}" '
        f'aria-labelledby="{name}"></td>'
        f'<td><button type="button" class="link" name="open" value="{row_id}" id="{name}">'
        f"<bdi>{title_html(row.title)}</bdi></button>{byline(None, None, row.author)}</td>"
        f"<td><bdi>{escaped(row.source)}</bdi></td>"
        f"<td>{date_html(row.published) if row.published else ''}</td></tr>"
    )


def _pager(page: int, pages: int) -> str:
    if pages == 1:
        return ""

    def button(to: int, words: str) -> str:
        off = "" if 0 <= to < pages else " disabled"
        return f'<button type="button" name="turn" value="{to}"{off}>{words}</button>'

    return (
        f'<nav class="pager" aria-label="Pages">{button(page - 1, "Previous")}'
        f"<span>Page {page + 1} of {pages}</span>{button(page + 1, 'Next')}</nav>"
    )
