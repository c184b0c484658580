"""A conversation as a file to keep, and an answer as text to paste, each with its sources."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bot.answering.answers import CLOSEST, EXTRACTIVE, RELATIONS
from bot.chat.html.markup import safe_link
from bot.chat.turns import day_of
from bot.sanitize import clean, one_line

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation, View
    from bot.chat.turns import Turn

__all__ = ["as_json", "as_markdown", "as_text"]

_MARKED = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$:@])")


def as_text(turn: Turn) -> str:
    """Return an answer with its sources numbered below it, as plain text."""
    lines = [clean(turn.answer.text)]
    for cited in turn.cited():
        address = cited.url if safe_link(cited.url) else None
        where = ", ".join(filter(None, (one_line(cited.title) or "Untitled", *_place(cited))))
        mark = f"[{cited.number}]"
        if turn.answer.refused:
            mark = f"{CLOSEST} “{one_line(cited.quote)}”"
        lines.append(f"{mark} {where}{f', {address}' if address else ''}")
    lines += map(one_line, turn.answer.notes)
    return "\n".join(lines)


def as_markdown(turns: Sequence[Turn]) -> str:
    """Return a conversation as Markdown in which no text of others is markup."""
    return "\n".join(_markdown(turns))


def as_json(turns: Sequence[Turn]) -> str:
    """Return a conversation as JSON: a list of questions with ``Answer.to_dict()``."""
    return json.dumps([turn.to_dict() for turn in turns], indent=2)


def _markdown(turns: Iterable[Turn]) -> Iterator[str]:
    yield "# A conversation with newsbot\n"
    for turn in turns:
        yield f"## {_plain(turn.question)}\n"
        if read_as := turn.answer.question_read_as:
            yield f"Read as: {_plain(read_as)}\n"
        if turn.filters:
            yield f"Only articles: {_plain(str(turn.filters))}\n"
        if turn.answer.answered_by != EXTRACTIVE:
            yield f"Written by {_plain(turn.answer.answered_by)}, checked\n"
        yield from _views(turn.answer.views) or [*_surveyed(turn.answer)]
        for other in turn.answer.alternatives:
            numbers = " ".join(f"\\[{cited.number}\\]" for cited in other.citations)
            yield f"Or: {_plain(other.short_answer)} {numbers}\n"
        if turn.answer.closest:
            yield f"{CLOSEST}\n"
        for cited in turn.cited():
            yield from _source(cited)
        for note in turn.answer.notes:
            yield f"\n{_plain(note)}"
        yield ""


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


def _surveyed(answer: Answer) -> Iterator[str]:
    """Yield an answer's text, or its list and its timeline with what it says beside them."""
    for cited in answer.citations:
        if answer.surveyed and cited.number not in answer.surveyed:
            yield f"{_plain(cited.quote)} \\[{cited.number}\\]\n"
    if answer.listing:
        yield f"Found here: {_plain(str(answer.listing))}\\. There may be more\\.\n"
        for place, item in enumerate(answer.listing.items, 1):
            numbers = " ".join(f"\\[{cited.number}\\]" for cited in item.citations)
            yield f"{place}. {_plain(item.value)} {numbers}"
        yield ""
    for place, event in enumerate(answer.events, 1):
        by = "" if event.is_named else " \\(published\\)"
        number = f"\\[{event.citation.number}\\]"
        yield f"{place}. **{_plain(event.days)}**{by} {_plain(event.citation.quote)} {number}"
    if answer.events:
        yield ""
    if not answer.surveyed:
        yield f"{_plain(answer.text)}\n"


def _source(cited: Citation) -> Iterator[str]:
    title = _plain(cited.title) or "Untitled"
    link = safe_link(cited.url)
    address = re.sub(r"[<>()\\]", lambda match: f"%{ord(match[0]):02X}", link[0]) if link else ""
    named = f"[{title}](<{address}>)" if address else title
    where = ", ".join([named, *map(_plain, _place(cited))])
    yield f"- \\[{cited.number}\\] {where}, characters {cited.start}\\-{cited.end}:"
    yield f"  > {_plain(cited.quote)}"


def _place(cited: Citation) -> list[str]:
    day = day_of(cited.published)
    parts = (one_line(cited.source or ""), f"{day}" if day else "", cited.on_page)
    return [part for part in parts if part]


def _plain(text: str) -> str:
    return _MARKED.sub(r"\\\1", one_line(text))
