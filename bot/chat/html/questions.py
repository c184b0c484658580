"""Standing questions and how their answers changed, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat.html.markup import byline, escaped, message_html
from bot.citing.answered import filters_in_words
from bot.watching.questions import AnswerChange, StandingQuestion, quotes_of

__all__ = ["questions_html"]

_MOST_CHANGES = 50
_NOTHING = (
    "No question is watched. Ask one, and press “Watch this question”: it is asked again after "
    "each change of the index, and what changes in its answer is shown here."
)


def questions_html(questions: Sequence[StandingQuestion], changes: Sequence[AnswerChange]) -> str:
    """Show what changed, the latest first, and then each question with its answer."""
    if not questions:
        return message_html(_NOTHING)
    told = "".join(_change(one) for one in changes[:_MOST_CHANGES])
    more = len(changes) - _MOST_CHANGES
    if more > 0:
        told += f"<p>and {more:,} earlier ones</p>"
    asked = "".join(f"<li>{_question(one)}</li>" for one in questions)
    changed = told or "<p>No answer has changed yet.</p>"
    return (
        f'<section class="watched"><h2>Changed answers</h2>{changed}'
        f"<h2>Watched questions</h2><ol>{asked}</ol></section>"
    )


def _change(change: AnswerChange) -> str:
    at = f'<time datetime="{escaped(change.at)}">{escaped(change.at[:16].replace("T", " "))}</time>'
    return (
        f'<article class="change"><h3>{escaped(change.text)}</h3><p class="byline">{at} UTC</p>'
        f"<dl><dt>Before</dt><dd>{_answer(change.old)}</dd>"
        f"<dt>Now</dt><dd>{_answer(change.new)}</dd></dl></article>"
    )


def _answer(answer: Mapping[str, Any]) -> str:
    quotes = "".join(
        f"<blockquote>{escaped(cited['quote'])}</blockquote>"
        f"<p><cite>{escaped(cited['title'])}</cite></p>"
        f"{byline(cited['source'], cited['published'])}"
        for cited in quotes_of(answer)
    )
    return f"<p><strong>{escaped(answer['short_answer'] or answer['text'])}</strong></p>{quotes}"


def _question(one: StandingQuestion) -> str:
    answer = one.answer and (one.answer["short_answer"] or one.answer["text"])
    said = f"<strong>{escaped(answer)}</strong>" if answer else "not asked yet"
    filters = filters_in_words(one.filters)
    narrowed = f' <span class="byline">({escaped(filters)})</span>' if filters else ""
    return f"{escaped(one.question)}{narrowed}<br>{said}"
