"""Answers, sources and messages as HTML. Every character of others' text is escaped in here.

Titles, texts, addresses and questions come from anywhere. What is shown of them has passed
``escaped``, which leaves no markup alive; the chat page shows HTML only, never Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from bot.chat.excerpt import excerpt
from bot.composer import Citation
from bot.terminal import clean
from index.copies import Copy

__all__ = [
    "answer_html",
    "card_html",
    "cards_html",
    "escaped",
    "message_html",
    "notice_html",
    "pending_html",
    "question_html",
    "refusal_html",
    "safe_link",
]

_LONGEST_QUESTION = 2_000  # code points of a question that the page repeats
_LONGEST_ADDRESS = 200  # code points of an address that is shown and not linked
_MOST_COPIES = 5  # other places of a source that are named

_MARKER = re.compile(r"\[(\d{1,4})\]")
_GAP = re.compile(r"\s+")


def escaped(text: str) -> str:
    """Give text as HTML that shows it and does nothing else.

    Control characters and those that turn the writing direction are left out.
    """
    return html.escape(clean(text), quote=True)


def safe_link(url: str | None) -> tuple[str, str] | None:
    """Tell whether an address may be a link.

    Returns:
        The address and its host, neither escaped yet; None unless it is plain http or https with
        a host, without a user name, which can pass for a host, and without white space.
    """
    if not url or clean(url) != url or _GAP.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
        named = parts.username is not None or parts.password is not None
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or named:
        return None
    return url, host


def question_html(question: str) -> str:
    """Show what was asked."""
    shown = question.strip()
    if len(shown) > _LONGEST_QUESTION:
        shown = f"{shown[:_LONGEST_QUESTION]}…"
    return f'<p class="asked" dir="auto">{escaped(shown)}</p>'


def pending_html() -> str:
    """Show that an answer is on its way."""
    return '<p class="pending">Reading the articles…</p>'


def answer_html(
    text: str,
    numbers: Iterable[int],
    turn: int,
    notes: Iterable[str] = (),
    *,
    short: str | None = None,
    others: Iterable[tuple[str, Iterable[int]]] = (),
    streaming: bool = False,
) -> str:
    """Show an answer.

    Args:
        text: its prose, with [1] markers.
        numbers: those of the citations; a marker with another number stays plain text.
        turn: number of the turn, from 1: the markers point to that turn's cards.
        notes: remarks to show below.
        short: the answer in a few words, which the prose begins with and which then stands out.
        others: other answers that the articles may give, with the numbers of their citations.
        streaming: whether there is more of the text to come.
    """
    known = set(numbers)

    def marker(match: re.Match[str]) -> str:
        number = int(match[1])
        return _marker(turn, number) if number in known else match[0]

    first = short if short and text.startswith(short) else ""
    prose = _MARKER.sub(marker, escaped(text[len(first) :]))
    if first:
        prose = f'<strong class="short">{escaped(first)}</strong>{prose}'
    also = "".join(
        f'<p class="other" dir="auto">Or: <strong>{escaped(other)}</strong> '
        f"{' '.join(_marker(turn, number) for number in cited)}</p>"
        for other, cited in others
    )
    kind = "answer streaming" if streaming else "answer"
    return f'<div class="{kind}"><p dir="auto">{prose}</p>{also}{_notes(notes)}</div>'


def refusal_html(text: str, notes: Iterable[str] = ()) -> str:
    """Show that the articles do not answer, in a way that no answer looks."""
    return (
        f'<div class="refusal"><p class="refusal-title" dir="auto">{escaped(text)}</p>'
        "<p>Nothing in the indexed articles answers this, so there are no sources to show. "
        "Naming the people, places or events that the articles would name may help.</p>"
        f"{_notes(notes)}</div>"
    )


def card_html(citation: Citation, turn: int, text: str | None) -> str:
    """Show one source: where it is from, and the quote in its passage.

    Args:
        citation: what is cited.
        turn: number of the turn it is of, from 1.
        text: the article's text; None where it cannot be had, and then the quote stands alone.
    """
    card = _card_id(turn, citation.number)
    title = escaped(" ".join(citation.title.split())) or "Untitled article"
    return (
        f'<article class="card" id="{card}" tabindex="-1" aria-labelledby="{card}-title">'
        f'<h3 id="{card}-title"><span class="number">{citation.number}</span> '
        f'<bdi class="title">{title}</bdi></h3>'
        f"{_byline(citation)}{_also_in(citation.copies)}"
        f'<blockquote class="passage" dir="auto">{_passage(citation, text)}</blockquote>'
        f'<p class="foot">{_original(citation.url)}'
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


def message_html(text: str) -> str:
    """Show a remark of the page's own in place of cards."""
    return f'<p class="empty">{escaped(text)}</p>'


def notice_html(text: str = "", commands: Iterable[str] = (), *, problem: bool = False) -> str:
    """Show a line near the question box, which a screen reader speaks; empty, it takes no room.

    Args:
        text: what to say.
        commands: commands to run, a line each.
        problem: whether something failed, rather than being a hint.
    """
    kind = "problem" if problem else "hint"
    lines = "".join(f"<pre><code>{escaped(command)}</code></pre>" for command in commands)
    body = f'<div class="{kind}"><p dir="auto">{escaped(text)}</p>{lines}</div>' if text else ""
    return f'<div class="notice" role="status" aria-live="polite">{body}</div>'


def _card_id(turn: int, number: int) -> str:
    return f"source-{turn}-{number}"


def _marker(turn: int, number: int) -> str:
    return (
        f'<a class="marker" href="#{_card_id(turn, number)}" title="Source {number}">[{number}]</a>'
    )


def _notes(notes: Iterable[str]) -> str:
    return "".join(f'<p class="note" dir="auto">{escaped(note)}</p>' for note in notes)


def _byline(citation: Citation) -> str:
    parts = []
    if citation.source:
        parts.append(f'<bdi class="source">{escaped(citation.source)}</bdi>')
    if citation.published:
        parts.append(_date(citation.published))
    return f'<p class="byline">{" · ".join(parts)}</p>' if parts else ""


def _also_in(copies: Sequence[Copy]) -> str:
    named = [_copy(copy) for copy in copies[:_MOST_COPIES]]
    if len(copies) > _MOST_COPIES:
        named.append(f"{len(copies) - _MOST_COPIES} more")
    return f'<p class="byline">Also in {", ".join(named)}</p>' if named else ""


def _copy(copy: Copy) -> str:
    """Name where a copy ran by its publisher, else by its headline; the whole headline on hover."""
    title = " ".join(copy.title.split())
    name = f'<bdi title="{escaped(title)}">{escaped(copy.source or title) or "an article"}</bdi>'
    link = safe_link(copy.url)
    if link is None:
        return name
    address = escaped(link[0])
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{name}</a>'


def _date(published: str) -> str:
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return f"<bdi>{escaped(published)}</bdi>"
    return f'<time datetime="{escaped(published)}">{moment.day} {moment:%B %Y}</time>'


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


def _original(url: str | None) -> str:
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
