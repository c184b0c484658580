"""The sources of an answer as cards: where each is from, and the quote in its passage."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answering.answers import Citation
from bot.chat.html.excerpt import excerpt
from bot.chat.html.markup import also_in, byline, escaped, original_html, title_html

__all__ = ["card_html", "card_id", "cards_html"]


def card_id(turn: int, number: int) -> str:
    """Give the id of a source's card: what [n] of that turn's answer points to."""
    return f"source-{turn}-{number}"


def card_html(citation: Citation, turn: int, text: str | None) -> str:
    """Show one source: where it is from, and the quote in its passage.

    Args:
        citation: what is cited.
        turn: number of the turn it is of, from 1.
        text: the article's text; None where it cannot be had, and then the quote stands alone.
    """
    card = card_id(turn, citation.number)
    title = title_html(citation.title)
    reading = ""
    if text is not None:
        reading = (
            f'<button type="button" class="link" name="read" value="{turn}/{citation.number}" '
            f'aria-label="Read the article: {title}">Read the article</button> '
            f'<button type="button" class="link" name="only" value="{turn}/{citation.number}" '
            f'aria-label="Ask only this article: {title}">Ask only this one</button>'
        )
    return (
        f'<article class="card" id="{card}" tabindex="-1" aria-labelledby="{card}-title">'
        f'<h3 id="{card}-title"><span class="number">{citation.number}</span> '
        f'<bdi class="title">{title}</bdi></h3>'
        f"{byline(citation.source, citation.published)}{also_in(citation.copies)}"
        f'<blockquote class="passage" dir="auto">{_passage(citation, text)}</blockquote>'
        f'<p class="foot">{reading}{original_html(citation.url)}'
        f'<span class="offsets" title="Where the quote stands in the article’s text">'
        f"characters {citation.start:,}–{citation.end:,}</span></p></article>"
    )


def cards_html(latest: str, earlier: Iterable[tuple[str, str]] = ()) -> str:
    """Show the sources of a conversation: the latest answer's open, the earlier ones' folded.

    Args:
        latest: cards of the latest answer, as ``card_html`` gives them, or a message.
        earlier: question and cards of the answers before it, the latest first.
    """
    folded = "".join(
        f'<details class="earlier"><summary>Sources for <bdi>“{escaped(question)}”</bdi></summary>'
        f"{cards}</details>"
        for question, cards in earlier
    )
    return (
        f'<section class="sources" aria-label="Sources"><h2>Sources</h2>{latest}{folded}</section>'
    )


def _passage(citation: Citation, text: str | None) -> str:
    if text is None or text[citation.start : citation.end] != citation.quote:
        return f"<mark>{escaped(citation.quote)}</mark>"
    piece = excerpt(text, citation.start, citation.end)
    opening = "" if piece.starts else "… "
    closing = "" if piece.ends else " …"
    return (
        f"{opening}{escaped(piece.before)}<mark>{escaped(piece.quote)}</mark>"
        f"{escaped(piece.after)}{closing}"
    )
