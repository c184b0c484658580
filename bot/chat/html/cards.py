"""The sources of an answer as cards: where each is from, and the quote in its passage."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.answering.answers import Citation
from bot.chat.html.markup import also_in, byline, escaped, original_html, title_html

__all__ = ["card_html", "card_id", "cards_html", "excerpt", "marker_html", "quote_html"]

_CONTEXT = 240  # code points of the article shown before and after a quote, at most
_LEAST_CONTEXT = 80  # rather cut at a word than show less than this

_SENTENCE_END = re.compile(r"([.!?…][\"'”’)\]]*)\s+")
_GAP = re.compile(r"\s+")


def card_id(turn: int, number: int) -> str:
    """Return the id of a source's card: what [n] of that turn's answer points to."""
    return f"source-{turn}-{number}"


def marker_html(turn: int, number: int) -> str:
    """Show [n], which points to a source's card."""
    return (
        f'<a class="marker" href="#{card_id(turn, number)}" title="Source {number}">[{number}]</a>'
    )


def quote_html(citation: Citation, turn: int) -> str:
    """Show a quote with its marker."""
    return (
        f'<blockquote class="quote"><p dir="auto">“{escaped(" ".join(citation.quote.split()))}”'
        f"&nbsp;{marker_html(turn, citation.number)}</p></blockquote>"
    )


def card_html(citation: Citation, turn: int, text: str | None) -> str:
    """Show one source: where it is from, and the quote in its passage.

    Args:
        citation: what is cited.
        turn: number of the turn it belongs to, from 1.
        text: the article's text; None if it cannot be had, and then the quote stands alone.
    """
    card = card_id(turn, citation.number)
    title = title_html(citation.title)
    page = f"{citation.on_page}, " if citation.page else ""
    reading = ""
    if text is not None:
        reading = (
            f'<button type="button" class="link" name="read" value="{turn}/{citation.number}" '
            f'aria-label="Read the article: {title}">Read the article</button> '
            f'<button type="button" class="link" name="only" value="{turn}/{citation.number}" '
            f'aria-label="Ask only this article: {title}">Ask only this article</button>'
        )
    return (
        f'<article class="card" id="{card}" tabindex="-1" aria-labelledby="{card}-title">'
        f'<h3 id="{card}-title"><span class="number">{citation.number}</span> '
        f'<bdi class="title">{title}</bdi></h3>'
        f"{byline(citation.source, citation.published, updated=citation.updated)}"
        f"{also_in(citation.copies)}"
        f'<blockquote class="passage" dir="auto">{_passage(citation, text)}</blockquote>'
        f'<p class="foot">{reading}{original_html(citation.url)}'
        f'<span class="offsets" title="Where the quote stands in the article’s text">'
        f"{page}characters {citation.start:,}–{citation.end:,}</span></p></article>"
    )


def cards_html(latest: str, earlier: Iterable[tuple[str, str]] = ()) -> str:
    """Show the sources of a conversation: the latest answer's open, the earlier ones' folded.

    Args:
        latest: cards of the latest answer, as ``card_html`` returns them, or a message.
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


def excerpt(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where an excerpt of an article begins and ends that has ``text[start:end]`` in it.

    It has at most 240 code points before and after that, and is cut between sentences if that
    leaves enough to read, else between words, else anywhere.
    """
    first, last = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    if first:
        before = text[first:start]
        sentences = [match.end() for match in _SENTENCE_END.finditer(before)]
        words = [match.end() for match in _GAP.finditer(before)]
        long_enough = [cut for cut in sentences if len(before) - cut >= _LEAST_CONTEXT]
        first += next(iter(long_enough or words), 0)
    if last < len(text):
        after = text[end:last]
        sentences = [match.end(1) for match in _SENTENCE_END.finditer(after)]
        words = [match.start() for match in _GAP.finditer(after)]
        long_enough = [cut for cut in sentences if cut >= _LEAST_CONTEXT]
        last = end + next(reversed(long_enough or words), len(after))
    return first, last


def _passage(citation: Citation, text: str | None) -> str:
    start, end = citation.start, citation.end
    mark = f"<mark>{escaped(citation.quote)}</mark>"
    if text is None or text[start:end] != citation.quote:
        return mark
    first, last = excerpt(text, start, end)
    opening, closing = "… " if first else "", " …" if last < len(text) else ""
    return f"{opening}{escaped(text[first:start])}{mark}{escaped(text[end:last])}{closing}"
