"""Answers in the formats in which people keep and cite them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.answering.csv_export import csv_cell
from bot.citing.answered import AnsweredQuestion
from bot.citing.bibliography import as_bibtex, as_ris
from bot.citing.csl import chicago_notes, csl_items
from bot.citing.formats import ExportFormat
from bot.citing.markdown import as_markdown
from bot.sanitize import clean, one_line, safe_link

if TYPE_CHECKING:
    from bot.answering.answers import Citation

__all__ = ["export"]


_COLUMNS = (
    *("question", "answer", "number", "quote", "title", "author", "source", "published"),
    *("url", "page", "accessed", "article_id", "start", "end"),
)


def export(
    answered: Sequence[AnsweredQuestion],
    form: ExportFormat | str,
    accessed: date | None = None,
) -> str:
    """Return answers with their citations as text in one of the formats.

    ``markdown`` and ``chicago`` have the questions and the answers; ``bibtex``, ``ris`` and
    ``csl-json`` an entry for each cited article, with all that is quoted of it; ``csv`` a row for
    each citation. What is not known of an article is left out. A refusal cites nothing.

    Args:
        answered: the questions with their answers, in their order.
        form: the format.
        accessed: day on which the articles were read; today where None.

    Raises:
        ValueError: there is no such format.

    Example:
        ``export([AnsweredQuestion(question, bot.answer(question))], "bibtex")``
    """
    return _WRITERS[ExportFormat(form)](answered, accessed or date.today())


def _chicago(answered: Sequence[AnsweredQuestion], accessed: date) -> str:
    parts = []
    for one in answered:
        cited = _citations(one)
        notes = chicago_notes(cited, accessed)
        lines = [
            f"{citation.number}. {note} “{one_line(citation.quote)}”"
            for citation, note in zip(cited, notes, strict=True)
        ]
        said = [one_line(one.question), clean(one.answer.text), *(["\n".join(lines)] * bool(lines))]
        parts.append("\n\n".join(said))
    return "\n\n\n".join(parts) + "\n" if parts else ""


def _bibtex(answered: Sequence[AnsweredQuestion], accessed: date) -> str:
    return as_bibtex(csl_items(_all_citations(answered), accessed))


def _ris(answered: Sequence[AnsweredQuestion], accessed: date) -> str:
    return as_ris(csl_items(_all_citations(answered), accessed))


def _csl_json(answered: Sequence[AnsweredQuestion], accessed: date) -> str:
    return f"{json.dumps(csl_items(_all_citations(answered), accessed), indent=2)}\n"


def _csv(answered: Sequence[AnsweredQuestion], accessed: date) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(_COLUMNS)
    for one in answered:
        for cited in _citations(one):
            url = cited.url if safe_link(cited.url) else ""
            texts = (cited.quote, cited.title, cited.author, cited.source, cited.published, url)
            table.writerow(
                (
                    *(csv_cell(one.question), csv_cell(_answered_by(one, cited)), cited.number),
                    *(csv_cell(text or "") for text in texts),
                    *(cited.page or "", accessed.isoformat(), csv_cell(cited.article_id)),
                    *(cited.start, cited.end),
                )
            )
    return written.getvalue()


_Writer = Callable[[Sequence[AnsweredQuestion], date], str]
_WRITERS: Mapping[ExportFormat, _Writer] = {
    ExportFormat.MARKDOWN: as_markdown,
    ExportFormat.CHICAGO: _chicago,
    ExportFormat.BIBTEX: _bibtex,
    ExportFormat.RIS: _ris,
    ExportFormat.CSL_JSON: _csl_json,
    ExportFormat.CSV: _csv,
}


def _citations(one: AnsweredQuestion) -> Sequence[Citation]:
    return () if one.answer.refused else list(one.answer.cited())


def _all_citations(answered: Sequence[AnsweredQuestion]) -> Iterator[Citation]:
    for one in answered:
        yield from _citations(one)


def _answered_by(one: AnsweredQuestion, cited: Citation) -> str:
    """Return what a citation bears, in a few words; empty where whole sentences are the answer."""
    answer = one.answer
    items = answer.listing.items if answer.listing else ()
    for said, citations in (
        *((item.value, item.citations) for item in items),
        *((view.value, view.citations) for view in answer.views),
        *((other.short_answer, other.citations) for other in answer.alternatives),
    ):
        if cited in citations:
            return said
    return answer.short_answer or ""
