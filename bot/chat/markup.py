"""Answers, sources and messages as HTML. Every character of others' text is escaped in here.

Titles, texts, addresses and questions come from anywhere. What is shown of them has passed
``escaped``, which leaves no markup alive; the chat page shows HTML only, never Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.composer import Citation
from bot.terminal import clean

__all__ = [
    "Excerpt",
    "answer_html",
    "card_html",
    "cards_html",
    "escaped",
    "excerpt",
    "message_html",
    "notice_html",
    "pending_html",
    "question_html",
    "refusal_html",
    "safe_link",
]

_CONTEXT = 240  # code points of the article shown before and after a quote, at the most
_LEAST_CONTEXT = 80  # rather cut at a word than show less than this
_LONGEST_QUESTION = 2_000  # code points of a question that the page repeats
_LONGEST_ADDRESS = 200  # code points of an address that is shown and not linked

_MARKER = re.compile(r"\[(\d{1,4})\]")
_SENTENCE_END = re.compile(r"([.!?…][\"'”’)\]]*)\s+")
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


@dataclass(frozen=True)
class Excerpt:
    """A quote where it stands: ``before + quote + after`` is a piece of the article's text.

    Attributes:
        before: context before the quote, from the start of a sentence or word.
        quote: the quote.
        after: context after it, to the end of a sentence or word.
        starts: whether the excerpt starts where the article does.
        ends: whether it ends where the article does.
    """

    before: str
    quote: str
    after: str
    starts: bool
    ends: bool


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """Cut ``text[start:end]`` out of an article with some context on either side.

    Args:
        text: the article's text.
        start: first code point of the quote, 0 or more.
        end: one past its last, not above ``len(text)``.

    Returns:
        The quote with at most 240 code points before and after it, cut between sentences where
        that leaves enough to read, else between words, else anywhere.
    """
    first, last = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    before, after = text[first:start], text[end:last]
    if first:
        before = before[_opening(before) :]
    if last < len(text):
        after = after[: _closing(after)]
    starts, ends = start == len(before), end + len(after) == len(text)
    return Excerpt(before, text[start:end], after, starts, ends)


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
    streaming: bool = False,
) -> str:
    """Show an answer.

    Args:
        text: its prose, with [1] markers.
        numbers: those of the citations; a marker with another number stays plain text.
        turn: number of the turn, from 1: the markers point to that turn's cards.
        notes: remarks to show below.
        streaming: whether there is more of the text to come.
    """
    known = set(numbers)

    def marker(match: re.Match[str]) -> str:
        if int(match[1]) not in known:
            return match[0]
        return (
            f'<a class="marker" href="#{_card_id(turn, int(match[1]))}" '
            f'title="Source {int(match[1])}">[{int(match[1])}]</a>'
        )

    prose = _MARKER.sub(marker, escaped(text))
    kind = "answer streaming" if streaming else "answer"
    return f'<div class="{kind}"><p dir="auto">{prose}</p>{_notes(notes)}</div>'


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
        f"{_byline(citation)}"
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


def _opening(before: str) -> int:
    """Where to begin in a context that was cut at its front."""
    sentences = [match.end() for match in _SENTENCE_END.finditer(before)]
    words = [match.end() for match in _GAP.finditer(before)]
    long_enough = [place for place in sentences if len(before) - place >= _LEAST_CONTEXT]
    return next(iter(long_enough or words), 0)


def _closing(after: str) -> int:
    """Where to end in a context that was cut at its back."""
    sentences = [match.end(1) for match in _SENTENCE_END.finditer(after)]
    words = [match.start() for match in _GAP.finditer(after)]
    long_enough = [place for place in sentences if place >= _LEAST_CONTEXT]
    return next(reversed(long_enough or words), len(after))


def _notes(notes: Iterable[str]) -> str:
    return "".join(f'<p class="note" dir="auto">{escaped(note)}</p>' for note in notes)


def _byline(citation: Citation) -> str:
    parts = []
    if citation.source:
        parts.append(f'<bdi class="source">{escaped(citation.source)}</bdi>')
    if citation.published:
        parts.append(_date(citation.published))
    return f'<p class="byline">{" · ".join(parts)}</p>' if parts else ""


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
