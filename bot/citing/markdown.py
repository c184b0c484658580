"""Answers as Markdown to keep, and one as text to paste, each with its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.answering.answers import CLOSEST, EXTRACTIVE, RELATIONS
from bot.citing.answered import day_of, filters_in_words
from bot.sanitize import clean, one_line, safe_link

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation, View
    from bot.citing.answered import AnsweredQuestion

__all__ = ["answer_markdown", "as_markdown", "as_text"]

_MARKED = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$:@])")


def as_text(answer: Answer) -> str:
    """Return an answer with its sources numbered below it, as plain text."""
    lines = [clean(answer.text)]
    for cited in answer.cited():
        address = cited.url if safe_link(cited.url) else None
        where = ", ".join(filter(None, (one_line(cited.title) or "Untitled", *_place(cited))))
        mark = f"[{cited.number}]"
        if answer.refused:
            mark = f"{CLOSEST} “{one_line(cited.quote)}”"
        lines.append(f"{mark} {where}{f', {address}' if address else ''}")
    lines += map(one_line, answer.notes)
    return "\n".join(lines)


def as_markdown(answered: Sequence[AnsweredQuestion], accessed: date) -> str:
    """Return answers with their questions as Markdown in which no text of others is markup.

    Args:
        answered: the questions with their answers, in their order.
        accessed: day on which the articles were read.
    """
    return "\n".join(_markdown(answered, accessed))


def answer_markdown(one: AnsweredQuestion) -> str:
    """Return an answer as Markdown without its question and its sources."""
    notes = (f"{_plain(note)}\n" for note in one.answer.notes)
    return "\n".join([*_told(one.answer), *notes])


def _markdown(answered: Iterable[AnsweredQuestion], accessed: date) -> Iterator[str]:
    yield "# A conversation with newsbot\n"
    for one in answered:
        yield f"## {_plain(one.question)}\n"
        if only := filters_in_words(one.filters):
            yield f"Only articles: {_plain(only)}\n"
        yield from _told(one.answer)
        if one.answer.closest:
            yield f"{CLOSEST}\n"
        for cited in one.answer.cited():
            yield from _source(cited, accessed)
        for note in one.answer.notes:
            yield f"\n{_plain(note)}"
        yield ""


def _told(answer: Answer) -> Iterator[str]:
    """Yield what an answer says, with the numbers of its sources."""
    if read_as := answer.question_read_as:
        yield f"Read as: {_plain(read_as)}\n"
    if answer.answered_by != EXTRACTIVE:
        yield f"Written by {_plain(answer.answered_by)}, checked\n"
    yield from _views(answer.views) or [*_said(answer)]
    yield from _surveyed(answer)
    for other in answer.alternatives:
        numbers = " ".join(f"\\[{cited.number}\\]" for cited in other.citations)
        yield f"Or: {_plain(other.short_answer)} {numbers}\n"


def _views(views: Sequence[View]) -> list[str]:
    """Return a table of what the reports say; nothing where they do not differ."""
    if not views:
        return []
    rows = [
        (
            _plain(view.value),
            *(_plain(day or "") for day in (view.first, view.last)),
            _plain(", ".join(view.sources)),
            " ".join(f"\\[{cited.number}\\]" for cited in view.citations),
        )
        for view in views
    ]
    table = [("Value", "First", "Last", "Reported by", "Sources"), ("---",) * 5, *rows]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in table)
    return [f"The reports differ\\. {_plain(RELATIONS[views[0].relation])}\n\n{lines}\n"]


def _said(answer: Answer) -> Iterator[str]:
    """Yield an answer's text, or of one with a list or a timeline what it says beside them."""
    if not answer.surveyed or answer.statements:
        said = " ".join(map(str, answer.statements)) if answer.surveyed else answer.text
        yield f"{_plain(said)}\n"
        return
    for cited in answer.citations:
        if cited.number not in answer.surveyed:
            yield f"{_plain(cited.quote)} \\[{cited.number}\\]\n"


def _surveyed(answer: Answer) -> Iterator[str]:
    """Yield an answer's list and its timeline."""
    if answer.listing:
        yield f"Found here: {_plain(str(answer.listing))}\\. There may be more\\.\n"
        for place, item in enumerate(answer.listing.items, 1):
            numbers = " ".join(f"\\[{cited.number}\\]" for cited in item.citations)
            yield f"{place}. {_plain(item.value)} {numbers}"
        yield ""
    for place, event in enumerate(answer.events, 1):
        by = f" \\({event.note}\\)" if event.note else ""
        number = f"\\[{event.citation.number}\\]"
        yield f"{place}. **{_plain(event.days)}**{by} {_plain(event.citation.quote)} {number}"
    if answer.events:
        yield ""


def _source(cited: Citation, accessed: date) -> Iterator[str]:
    title = _plain(cited.title) or "Untitled"
    link = safe_link(cited.url)
    address = re.sub(r"[<>()\\]", lambda match: f"%{ord(match[0]):02X}", link[0]) if link else ""
    named = f"[{title}](<{address}>)" if address else title
    place = (*_place(cited), f"characters {cited.start}-{cited.end}", f"accessed {accessed}")
    yield f"- \\[{cited.number}\\] {', '.join([named, *map(_plain, place)])}:"
    yield f"  > {_plain(cited.quote)}"


def _place(cited: Citation) -> list[str]:
    day = day_of(cited.published)
    names = (one_line(name or "") for name in (cited.author, cited.source))
    parts = (*names, f"{day}" if day else "", cited.on_page)
    return [part for part in parts if part]


def _plain(text: str) -> str:
    return _MARKED.sub(r"\\\1", one_line(text))
