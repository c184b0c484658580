"""A page of the table of articles, and the question before some of them are removed."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import get_args

from bot.chat.article_table import ArticleRow, Order
from bot.chat.html.markup import byline, date_html, escaped, list_html, title_html
from bot.sanitize import counted

__all__ = ["PAGE", "removal_html", "table_html"]

PAGE = 50
"""Rows of a page."""

_MOST_NAMED = 12  # titles that the question lists
_HEADINGS: dict[Order, str] = {"title": "Article", "source": "Source", "published": "Date"}
_REMOVE = '<button type="button" name="remove-selected" hidden>Remove these from the index</button>'
_SELECTION = (
    '<p class="selection"><span role="status"></span>'
    '<button type="button" name="ask-selected" hidden>Ask only these</button>{}'
    '<button type="button" name="clear-selection" hidden>Clear selection</button></p>'
)
_SELECT_PAGE = (
    '<th scope="col" class="box"><input type="checkbox" name="select-page" '
    'aria-label="Select every article on this page"></th>'
)


def table_html(
    rows: Sequence[ArticleRow],
    page: int,
    order: str,
    descending: bool,
    total: int,
    removal: bool = False,
) -> str:
    """Show a page of rows as a table whose headings sort and whose titles open the article.

    Args:
        rows: all that were found.
        page: from 0; beyond the last it is the last.
        order: what they are sorted by.
        descending: whether the last comes first.
        total: articles in the index.
        removal: whether selected ones may be removed; ``static/article_table.js`` keeps the
            selection.
    """
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(page, 0), pages - 1)
    some = rows[page * PAGE : (page + 1) * PAGE]
    found = f"{len(rows):,} of " if len(rows) < total else ""
    count = f'<p class="count" role="status">{found}{counted(total, "article")}</p>'
    if not some:
        return count
    headings = "".join(_heading(by, order, descending) for by in get_args(Order))
    body = "".join(_row(row, number) for number, row in enumerate(some))
    return (
        f"{count}{_SELECTION.format(_REMOVE if removal else '')}"
        f'<table class="articles"><thead><tr>{_SELECT_PAGE}{headings}</tr></thead>'
        f"<tbody>{body}</tbody></table>{_pager(page, pages)}"
    )


def removal_html(rows: Sequence[ArticleRow]) -> str:
    """Ask whether these are to be removed, and name them as far as there is room."""
    if not rows:
        return ""
    items = [f"<bdi>{title_html(row.title)}</bdi>" for row in rows]
    return (
        f'<p tabindex="-1"><strong>Remove {counted(len(rows), "article")} from the index?</strong>'
        f"</p><ul>{list_html(items, _MOST_NAMED)}</ul>"
    )


def _heading(by: Order, order: str, descending: bool) -> str:
    sorted_by = by == order
    state = f' aria-sort="{"descending" if descending else "ascending"}"' if sorted_by else ""
    arrow = ("▾" if descending else "▴") if sorted_by else ""
    return (
        f'<th scope="col"{state}><button type="button" name="sort" value="{by}">{_HEADINGS[by]}'
        f'<span aria-hidden="true">{arrow}</span></button></th>'
    )


def _row(row: ArticleRow, number: int) -> str:
    """Show the row of a number on its page; its title names its box."""
    row_id, name = html.escape(row.id), f"article-{number}"
    return (
        f'<tr><td class="box"><input type="checkbox" name="select" value="{row_id}" '
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
