"""Questions, answers and refusals as HTML messages of the conversation.

An answer is built from its parts, the short answer and the cited sentences. Its [n] are put where a
sentence ends, and never looked for in the text: an article's own "[2]" stays text.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.answering.answers import CLOSEST, EXTRACTIVE
from bot.answering.composing import prose
from bot.chat.html.cards import marker_html
from bot.chat.html.citing import cite_menu
from bot.chat.html.markup import byline, escaped, title_html
from bot.chat.html.surveys import events_html, listing_html
from bot.chat.html.views import views_html
from bot.sanitize import clean

if TYPE_CHECKING:
    from bot.answering.answers import Alternative, Answer, Citation

__all__ = ["answer_html", "growing_html", "in_words", "pending_html", "question_html"]

_LONGEST_QUESTION = 2_000  # code points of a question that the page repeats

_WORDS = (
    (0.9, "Very likely right"),
    (0.7, "Likely right"),
    (0.5, "More likely right than not"),
    (0.0, "Uncertain"),
)


def question_html(question: str) -> str:
    """Show what was asked.

    There is no element around it and quotes are left as they are: when the question is edited,
    Gradio puts these very characters into its box.
    """
    shown = question.strip()
    if len(shown) > _LONGEST_QUESTION:
        shown = f"{shown[:_LONGEST_QUESTION]}…"
    return html.escape(clean(shown), quote=False)


def pending_html() -> str:
    """Show that an answer is on its way."""
    return '<p class="pending">Reading the articles…</p>'


def in_words(confidence: float) -> str:
    """Return a probability of being right, 0 to 1, in words."""
    return next(words for least, words in _WORDS if confidence >= least or least == 0.0)


def growing_html(text: str, citations: Sequence[Citation], turn: int) -> str:
    """Show as much of an answer as has come.

    Args:
        text: the first characters of ``Answer.text``.
        citations: those of the answer, in the order of their numbers; none where a chat model
            wrote the text, which is then shown as it comes.
        turn: number of the turn, from 1.
    """
    if not citations:
        return f'<div class="answer streaming">{_sentence(text, [], turn, False)}</div>'
    first = prose(citations[0].quote)
    short, rest = "", text
    if not first.startswith(text) and not text.startswith(first):
        short, joint, rest = text.partition(" — “")
        short = short if joint else short.rstrip(" —")
    shown = [_short(short)] if short else []
    for cited in citations:
        if not rest:
            break
        whole = f"{prose(cited.quote)}{'”' if short else ''} [{cited.number}]"
        complete = rest.startswith(whole)
        piece = prose(cited.quote) if complete else rest
        is_quote = bool(short) and (complete or whole.startswith(rest))
        shown.append(_sentence(piece, [cited.number] if complete else [], turn, is_quote))
        rest = rest[len(whole) :].lstrip(" “") if complete else ""
    return f'<div class="answer streaming">{"".join(shown)}</div>'


def answer_html(answer: Answer, turn: int, filters: str = "") -> str:
    """Show an answer, or that the articles do not say, in a way that no answer looks.

    Args:
        answer: what is shown.
        turn: number of the turn, from 1: its links and buttons name it.
        filters: which articles were asked, in words; empty for all.
    """
    if answer.refused:
        return _refusal(answer, turn, filters)
    short = answer.short_answer
    said = [(one.text, one.numbers) for one in answer.statements]
    own = [cited for cited in answer.citations if cited.number not in answer.surveyed]
    said = said or [(prose(cited.quote), (cited.number,)) for cited in own]
    sentences = "".join(_sentence(text, numbers, turn, short is not None) for text, numbers in said)
    if answer.views:
        short, sentences = short or "The reports differ.", views_html(answer.views, turn)
    if answer.listing:
        short = short if own else None
        sentences += listing_html(answer.listing, turn)
    if answer.events:
        sentences += events_html(answer.events, turn)
    return (
        f'<div class="answer">{_read_as(answer, turn)}'
        f"{'' if short is None else _short(short)}{sentences}"
        f"{_others(answer.alternatives, turn)}{_notes(_remarks(answer))}{_foot(answer, turn)}</div>"
    )


def _remarks(answer: Answer) -> list[str]:
    """Return the notes, who wrote the answer, and why sentences of it were left out."""
    by_model = answer.answered_by != EXTRACTIVE
    written = [f"Written by {answer.answered_by}, and checked word by word."] if by_model else []
    return [*answer.notes, *written, *(f"Left out: {reason}." for reason in answer.dropped)]


def _refusal(answer: Answer, turn: int, filters: str) -> str:
    advice = "It may help to name the people, places or events that an article would name."
    if filters:
        advice = f"Only these were asked: <bdi>{escaped(filters)}</bdi>."
    closest = "".join(
        f'<div class="closest"><p>{CLOSEST}</p>'
        f'<blockquote dir="auto">{escaped(prose(cited.quote))}</blockquote>'
        f'<button type="button" class="link" name="read" value="{turn}/{cited.number}">'
        f"<bdi>{title_html(cited.title)}</bdi></button>"
        f"{byline(cited.source, cited.published, updated=cited.updated)}</div>"
        for cited in answer.closest
    )
    return (
        f'<div class="refusal">{_read_as(answer, turn)}'
        f'<p class="refusal-title" dir="auto">{escaped(answer.text)}</p>'
        f"<p>Nothing in the {'chosen' if filters else 'indexed'} articles answers this. "
        f"{advice}</p>"
        f"{_notes(_remarks(answer))}{closest}{_foot(answer, turn)}</div>"
    )


def _read_as(answer: Answer, turn: int) -> str:
    """Show how a follow-up question was read: a click puts that into the box, to be edited."""
    if answer.question_read_as is None:
        return ""
    return (
        '<p class="read-as">Read as: <button type="button" class="link" name="reword" '
        f'title="Edit this question"><bdi>{escaped(prose(answer.question_read_as))}</bdi></button>'
        f' <button type="button" class="link" name="alone" value="{turn}" '
        'title="Ask these words alone">Not what I meant</button></p>'
    )


def _short(short: str) -> str:
    return f'<p class="short" dir="auto">{escaped(prose(short))}</p>'


def _sentence(text: str, numbers: Iterable[int], turn: int, quoted: bool) -> str:
    """Show a sentence with its markers: as a quotation below a short answer, else as the answer."""
    marks = "".join(f"&nbsp;{marker_html(turn, number)}" for number in numbers)
    if quoted:
        closing = "”" if marks else ""
        shown = f'<p dir="auto">“{escaped(text)}{closing}{marks}</p>'
        return f'<blockquote class="quote">{shown}</blockquote>'
    return f'<p class="sentence" dir="auto">{escaped(text)}{marks}</p>'


def _others(others: Sequence[Alternative], turn: int) -> str:
    if not others:
        return ""
    items = "".join(
        f'<li dir="auto"><strong>{escaped(prose(other.short_answer))}</strong> '
        f"{' '.join(marker_html(turn, cited.number) for cited in other.citations)} "
        f"{_confidence(other.confidence)}</li>"
        for other in others
    )
    return f'<div class="others"><p>Other possible answers:</p><ul>{items}</ul></div>'


def _confidence(confidence: float) -> str:
    return (
        f'<span class="confidence" title="Probability that this is right: {confidence:.0%}">'
        f"{in_words(confidence)}</span>"
    )


def _notes(notes: Iterable[str]) -> str:
    return "".join(f'<p class="note" dir="auto">{escaped(note)}</p>' for note in notes)


def _foot(answer: Answer, turn: int) -> str:
    many = bool(answer.surveyed) or (bool(answer.views) and answer.short_answer is None)
    sure = "" if answer.refused or many else _confidence(answer.confidence)
    copying = "Copy" if answer.refused else "Copy with citations"
    return (
        f'<p class="afterwards">{sure}'
        f'<button type="button" class="link" name="copy" value="{turn}">{copying}</button>'
        f'<button type="button" class="link" name="link" value="{turn}" '
        'title="An address at which this answer is kept as it is">Copy link</button>'
        f'<button type="button" class="link" name="how" value="{turn}">Show how</button>'
        f"{_timeline(turn) if not (answer.refused or answer.events) else ''}</p>"
        f"{'' if answer.refused else cite_menu(turn)}"
    )


def _timeline(turn: int) -> str:
    return (
        f'<button type="button" class="link" name="timeline" value="{turn}" '
        'title="What happened, in the order of the days">Timeline</button>'
    )
