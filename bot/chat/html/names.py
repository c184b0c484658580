"""People, organisations and places as HTML: buttons that narrow, and the quotes of one name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from bot.chat.html.article_view import merged, pane_html
from bot.chat.html.markup import byline, escaped, title_html
from bot.sanitize import counted
from index.names.records import KINDS, NameCount

if TYPE_CHECKING:
    from index.name_directory import NameEntry, NameQuote

__all__ = ["entry_html", "names_html"]

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
    also = f"<p>Also: <bdi>{escaped(', '.join(entry.others))}</bdi></p>" if entry.others else ""
    quotes = "".join(map(_quote, entry.quotes))
    return pane_html(
        close,
        name,
        f'<p class="byline">{entry.kind.capitalize()} in {counted(entry.articles, "article")}</p>'
        f'{also}<p class="foot"><button type="button" class="link" name="named" value="{name}">'
        f'Only articles that name it</button></p><ol class="quotes">{quotes}</ol>',
    )


def _name(one: NameCount, chosen: Collection[str] | None) -> str:
    name = escaped(one.name)
    pressed = ""
    if chosen is not None:
        pressed = f' aria-pressed="{"true" if one.name in chosen else "false"}"'
    return (
        f'<dd><button type="button" name="named" value="{name}"{pressed}>'
        f'<bdi>{name}</bdi> <span class="number">{one.articles:,}</span></button>'
        f'<button type="button" class="link" name="quotes" value="{name}" '
        f'aria-label="Quotes: {name}">quotes</button></dd>'
    )


def _quote(quote: NameQuote) -> str:
    article = quote.article
    title = title_html(article.title)
    return (
        f"<li>{byline(article.source, article.published)}"
        f'<blockquote dir="auto">{"".join(_marked(quote))}</blockquote>'
        f'<p class="foot"><button type="button" class="link" name="quoted" '
        f'value="{quote.start}/{quote.end}/{escaped(article.id)}">{title}</button> '
        f'<span class="offsets">characters {quote.start:,}–{quote.end:,}</span></p></li>'
    )


def _marked(quote: NameQuote) -> Iterator[str]:
    text, at = quote.article.text, quote.start
    for start, end in merged(quote.mentions, quote.start, quote.end):
        yield f"{escaped(text[at:start])}<mark>{escaped(text[start:end])}</mark>"
        at = end
    yield escaped(text[at : quote.end])
