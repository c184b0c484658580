"""Cited sentences that were changed or withdrawn: the answer says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.answering.answers import Answer, Citation
from bot.sanitize import one_line
from index.results import Revision

__all__ = ["mark_revised"]

_LONGEST = 300  # characters of another wording in a note


def mark_revised(answer: Answer, revision_of: Callable[[str, str], Revision | None]) -> Answer:
    """Mark the citations whose sentences were revised, and say so in the answer's notes.

    Args:
        answer: of any kind; its alternatives and the closest sentence count too.
        revision_of: returns the revision that concerns a sentence of an article, as
            ``Searcher.revision`` does.
    """
    notes: list[str] = []

    def marked(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        found = []
        for citation in citations:
            revision = revision_of(citation.article_id, citation.quote)
            if revision is not None:
                notes.append(_note(citation, revision))
            found.append(replace(citation, revision=revision))
        return tuple(found)

    citations = marked(answer.citations)
    by_number = {citation.number: citation for citation in citations}

    def again(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        return tuple(by_number[citation.number] for citation in citations)

    listing = answer.listing
    if listing is not None:
        items = (replace(item, citations=again(item.citations)) for item in listing.items)
        listing = replace(listing, items=tuple(items))
    answer = replace(
        answer,
        citations=citations,
        views=tuple(replace(view, citations=again(view.citations)) for view in answer.views),
        listing=listing,
        events=tuple(
            replace(event, citation=by_number[event.citation.number]) for event in answer.events
        ),
        alternatives=tuple(
            replace(other, citations=marked(other.citations)) for other in answer.alternatives
        ),
        closest=marked(answer.closest),
    )
    return replace(answer, notes=(*answer.notes, *notes))


def _note(citation: Citation, revision: Revision) -> str:
    mark = f"[{citation.number}]"
    if revision.article_id == citation.article_id:
        return f"{mark} was corrected; before, the article said: “{_cut(revision.earlier)}”"
    where = f"“{_cut(revision.title or revision.article_id)}”"
    if revision.later is None:
        return f"{mark} was withdrawn later from the same report in {where}"
    return f"{mark} was corrected later in {where}: “{_cut(revision.later)}”"


def _cut(text: str) -> str:
    plain = one_line(text)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
