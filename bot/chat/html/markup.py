"""Text, dates and links as HTML, and the page's own remarks.

Titles, texts, addresses and questions come from anywhere and are escaped in here. The chat page
shows HTML only, never Markdown.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.chat.collection_choice import CollectionChoice
from bot.sanitize import clean, one_line, safe_link
from index.results import DuplicateRef

__all__ = [
    "also_in",
    "byline",
    "date_html",
    "escaped",
    "header_html",
    "list_html",
    "message_html",
    "notice_html",
    "original_html",
    "problem_html",
    "title_html",
]

_LONGEST_ADDRESS = 200  # code points of an address that is shown and not linked
_MOST_COPIES = 5  # other places of a source that are named


def escaped(text: str) -> str:
    """Return text as HTML that shows it and does nothing else, without control characters."""
    return html.escape(clean(text), quote=True)


def title_html(title: str) -> str:
    """Return a headline on one line, or a stand-in for an empty one."""
    return escaped(one_line(title)) or "Untitled article"


def byline(
    source: str | None, published: str | None, author: str | None = None, updated: str | None = None
) -> str:
    """Show publisher, author and dates, as far as they are known."""
    parts = []
    if source:
        parts.append(f'<bdi class="source">{escaped(source)}</bdi>')
    if author:
        parts.append(f'<bdi class="author">{escaped(author)}</bdi>')
    if published:
        parts.append(date_html(published))
    if updated and updated[:10] != (published or "")[:10]:
        parts.append(f"updated {date_html(updated)}")
    return f'<p class="byline">{" · ".join(parts)}</p>' if parts else ""


def date_html(published: str) -> str:
    """Show a date of publication as a day, or as it is if it is not a date."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return f"<bdi>{escaped(published)}</bdi>"
    return f'<time datetime="{escaped(published)}">{moment.day} {moment:%B %Y}</time>'


def also_in(copies: Sequence[DuplicateRef]) -> str:
    """Name where else something ran, linked if its address may be a link."""
    named = [_copy(copy) for copy in copies[:_MOST_COPIES]]
    if len(copies) > _MOST_COPIES:
        named.append(f"{len(copies) - _MOST_COPIES} more")
    return f'<p class="byline copies">Also in {", ".join(named)}</p>' if named else ""


def original_html(url: str | None) -> str:
    """Link an original; an address that may not be a link is shown as text."""
    if not url:
        return ""
    link = safe_link(url)
    if link is None:
        shown = url if len(url) <= _LONGEST_ADDRESS else f"{url[:_LONGEST_ADDRESS]}…"
        return f'<bdi class="address">{escaped(shown)}</bdi> '
    address, host = link
    return (
        f'<a class="original" href="{escaped(address)}" target="_blank" '
        f'rel="noopener noreferrer nofollow">Original at <bdi>{escaped(host)}</bdi></a> '
    )


def message_html(text: str) -> str:
    """Show a remark of the page's own in place of cards."""
    return f'<p class="empty">{escaped(text)}</p>'


def notice_html(text: str = "", commands: Iterable[str] = (), kind: str = "hint") -> str:
    """Show a line near the question box, which a screen reader speaks; empty, it takes no room.

    Args:
        text: what to say.
        commands: commands to run, a line each.
        kind: CSS class of the line.
    """
    lines = "".join(f"<pre><code>{escaped(command)}</code></pre>" for command in commands)
    body = f'<div class="{kind}"><p dir="auto">{escaped(text)}</p>{lines}</div>' if text else ""
    return f'<div class="notice" role="status" aria-live="polite">{body}</div>'


def problem_html(problem: object, commands: Iterable[str] = ()) -> str:
    """Show what failed, as ``notice_html`` shows a hint."""
    return notice_html(str(problem), commands, "problem")


def list_html(items: Sequence[str], most: int) -> str:
    """Show the first items of a list, which are HTML, and how many more there are."""
    shown = "".join(f"<li>{item}</li>" for item in items[:most])
    more = len(items) - most
    return f"{shown}<li>and {more:,} more</li>" if more > 0 else shown


def header_html(count: str, choice: CollectionChoice) -> str:
    """Show the head of the page: how many articles it answers from, and other collections."""
    links = "".join(
        f'<li><a href="{escaped(path)}"{current}>{escaped(name)}</a></li>'
        for name, path in choice.links()
        for current in [' aria-current="page"' if name == choice.current else ""]
    )
    nav = f'<nav class="collections" aria-label="Collections"><ul>{links}</ul></nav>'
    return (
        '<header class="masthead"><h1>newsbot</h1>'
        "<p>Ask your news articles. Every answer shows the sentences it rests on.</p>"
        f'<p class="held">{escaped(count)}</p>{nav if links else ""}</header>'
    )


def _copy(copy: DuplicateRef) -> str:
    """Name a copy by its publisher, else by its headline, which is shown whole on hover."""
    title = one_line(copy.title)
    name = f'<bdi title="{escaped(title)}">{escaped(copy.source or title) or "an article"}</bdi>'
    link = safe_link(copy.url)
    if link is None:
        return name
    address = escaped(link[0])
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{name}</a>'
