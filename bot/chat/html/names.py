"""People, organisations and places as HTML: buttons that narrow, and the quotes of one name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.chat.html.article_view import merged, pane_html
from bot.chat.html.markup import byline, escaped, original_html, title_html
from bot.chat.html.permalink import reading_page
from bot.sanitize import counted
from index.names.records import KINDS, NameCount

if TYPE_CHECKING:
    from index.name_directory import NameEntry, NameQuote

__all__ = ["entry_html", "name_page_html", "names_html", "no_name_html"]

_HEADINGS = dict(zip(KINDS, ("People", "Organisations", "Places"), strict=True))


def names_html(names: Sequence[NameCount], chosen: Collection[str] | None = None) -> str:
    """Show names by their kinds: a button that narrows to each, and one for its quotes.

    Args:
        names: the most frequent first.
        chosen: what is narrowed to, where the buttons show that and take it back.
    """
    groups = "".join(
        f"<dt>{heading}</dt>{''.join(_name(one, chosen) for one in names if one.kind == kind)}"
        for kind, heading in _HEADINGS.items()
        if any(one.kind == kind for one in names)
    )
    if not groups:
        return ""
    return (
        f'<details class="names"{" open" if chosen else ""}>'
        f"<summary>People, organisations, places</summary><dl>{groups}</dl></details>"
    )


def entry_html(entry: NameEntry, close: str) -> str:
    """Show what the articles say of a name: dated quotes, those of the newest article first.

    Args:
        entry: the name and its quotes.
        close: what the button says that closes the pane.
    """
    name = escaped(entry.name)
    quotes = "".join(map(_quote, entry.quotes))
    address = f"n/{quote(entry.name, '', errors='replace')}"
    return pane_html(
        close,
        name,
        f'{_facts(entry)}<p class="foot"><button type="button" class="link" name="named" '
        f'value="{name}">Only articles that name it</button> <a href="{address}" '
        f'target="_blank">Page of its own</a></p><ol class="quotes">{quotes}</ol>',
    )


def name_page_html(entry: NameEntry) -> str:
    """Show a name as a page of its own: the dated quotes of ``entry_html``, to be read and sent."""
    quotes = "".join(
        f'<li id="quote-{number}"><p><cite dir="auto">{title_html(one.article.title)}</cite></p>'
        f"{byline(one.article.source, one.article.published)}"
        f'<blockquote dir="auto">{"".join(_marked(one))}</blockquote>'
        f'<p class="byline">{original_html(one.article.url)}characters '
        f"{one.start:,}–{one.end:,}</p></li>"
        for number, one in enumerate(entry.quotes, start=1)
    )
    return reading_page(
        entry.name,
        f'<h1 dir="auto">{escaped(entry.name)}</h1>{_facts(entry)}<h2>Quotes</h2><ul>{quotes}</ul>',
    )


def no_name_html(cause: str) -> str:
    """Say that no article has a name."""
    return reading_page("No such name", f"<h1>No such name</h1><p>{escaped(cause)}.</p>")


def _facts(entry: NameEntry) -> str:
    also = f"<p>Also: <bdi>{escaped(', '.join(entry.others))}</bdi></p>" if entry.others else ""
    kind = entry.kind.capitalize()
    return f'<p class="byline">{kind} in {counted(entry.articles, "article")}</p>{also}'


def _name(one: NameCount, chosen: Collection[str] | None) -> str:
    name = escaped(one.name)
    pressed = ""
    if chosen is not None:
        pressed = f' aria-pressed="{"true" if one.name in chosen else "false"}"'
    return (
        f'<dd><button type="button" name="named" value="{name}"{pressed}>'
        f'<bdi>{name}</bdi> <span class="number">{one.articles:,}</span></button>'
        f'<button type="button" class="link" name="quotes" value="{name}" '
        f'aria-label="Quotes: {name}">Quotes</button></dd>'
    )


def _quote(one: NameQuote) -> str:
    article = one.article
    title = title_html(article.title)
    return (
        f"<li>{byline(article.source, article.published)}"
        f'<blockquote dir="auto">{"".join(_marked(one))}</blockquote>'
        f'<p class="foot"><button type="button" class="link" name="quoted" '
        f'value="{one.start}/{one.end}/{escaped(article.id)}">{title}</button> '
        f'<span class="offsets">characters {one.start:,}–{one.end:,}</span></p></li>'
    )


def _marked(one: NameQuote) -> Iterator[str]:
    text, at = one.article.text, one.start
    for start, end in merged(one.mentions, one.start, one.end):
        yield f"{escaped(text[at:start])}<mark>{escaped(text[start:end])}</mark>"
        at = end
    yield escaped(text[at : one.end])
