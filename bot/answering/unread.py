"""Articles in a language that the reader does not know: quoted by sentence, not by a few words."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.answers import Answer
from bot.answering.composing import cite
from bot.answering.quote import Quote
from bot.answering.term_overlap import coverage
from index.results import Hit, SearchResult

__all__ = ["quote_unread", "readable"]

_READ = ("en", None)
_LEAST_COVERAGE = 0.3  # of the weight of the question's words


def readable(result: SearchResult) -> SearchResult:
    """Return a search's result without the hits in languages that the reader does not know."""
    return replace(result, hits=tuple(filter(_is_read, result.hits)))


def quote_unread(answer: Answer, result: SearchResult) -> Answer:
    """Let a refusal quote the sentence nearest to the question where nobody could read it.

    Args:
        answer: of the hits that could be read.
        result: with those that could not be; nothing is changed unless the best hit is of these.
    """
    if not answer.refused or not result.hits or _is_read(result.hits[0]):
        return answer
    quotes = [
        Quote(hit.article, *sentence, copies=hit.copies)
        for hit in result.hits
        if not _is_read(hit)
        for sentence in hit.passage.sentences
    ]
    best = max(quotes, key=lambda quote: coverage(result.idf, quote.stems))
    if coverage(result.idf, best.stems) < _LEAST_COVERAGE:
        return answer
    note = f"The reader does not know the language of the best article ({best.article.language})."
    return replace(answer, closest=cite([best], 1), notes=(*answer.notes, note))


def _is_read(hit: Hit) -> bool:
    return hit.article.language in _READ
