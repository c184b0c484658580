"""From what a search found to a cited answer: the stages, in their order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering.answers import Answer
from bot.answering.candidates import Candidate, group_spans, score_candidates
from bot.answering.composing import MOST_SENTENCES, compose_answer, compose_sentences
from bot.answering.confidence import Calibration, calibration_of
from bot.answering.context_rereading import FirstReading, reread_in_context
from bot.answering.identifiers import names_another_code
from bot.answering.listing import (
    asks_for_list,
    asks_how_often,
    count_events,
    find_items,
    with_count,
    with_list,
)
from bot.answering.question_type import QuestionType, question_type
from bot.answering.recency import asks_for_latest, newest_first, newest_hits
from bot.answering.reranking import rerank
from bot.answering.sentence_selection import select_sentences
from bot.answering.table_lookup import cells_asked_for
from bot.answering.timeline import asks_for_timeline, find_events, with_timeline
from bot.answering.unread import quote_unread, readable
from bot.answering.views import reports_of, sentence_reports, with_views
from bot.reader.reader import AnswerSpan, Reader
from bot.settings import Level
from index.results import SearchResult

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = [
    "PASSAGES_READ",
    "PASSAGES_REREAD",
    "PASSAGES_SURVEYED",
    "answer_hits",
    "asks_for_many",
    "find_candidates",
    "read_hits",
    "reread_best",
    "survey",
]

PASSAGES_READ = 20
"""Passages that are searched for and read."""

PASSAGES_SURVEYED = 40
"""Passages of a question that asks for a list or a timeline."""

PASSAGES_REREAD = 4
"""Those of them that the second reader reads."""


def answer_hits(
    result: SearchResult,
    reader: Reader,
    embedder: Embedder,
    *,
    level: Level = Level.BALANCED,
    threshold: float | None = None,
) -> Answer:
    """Answer a question from what a search found for it.

    Args:
        result: of the search; all its hits are read.
        reader: reads the passages.
        embedder: the model of the index that was searched.
        level: how sure the answer must be.
        threshold: least confidence, 0 to 1, in place of the level's own.

    Returns:
        The answer, with the time since the call as its only timing.

    Raises:
        ReaderError: the reader has no calibration that can be used.
    """
    began = time.perf_counter()
    whole, result = result, readable(result)
    question, latest = result.question, asks_for_latest(result.question)
    calibration = calibration_of(reader)
    kind = question_type(question)
    if threshold is None:
        threshold = calibration.threshold(level, sentences=kind is not QuestionType.SPAN)

    spans = read_hits(reader, result)
    if kind is QuestionType.SPAN:
        candidates = find_candidates(reader, result, spans, calibration)
        if latest:
            candidates = newest_first(candidates, threshold)
        answer = compose_answer(candidates, threshold)
        reports = reports_of(question, result.hits, candidates, spans)
        answer = with_views(answer, candidates, threshold, reports, result.hits, calibration.answer)
    else:
        reread = reread_best(reader, result, spans)
        sentences = select_sentences(result, reread, embedder, calibration.sentence)
        if latest:
            sentences = newest_first(sentences, threshold)
        most = 1 if kind is QuestionType.YES_NO else MOST_SENTENCES
        answer = compose_sentences(sentences, threshold, most=most)
        reports = sentence_reports(question, sentences, reread)
        answer = with_views(
            answer, sentences, threshold, reports, result.hits, calibration.sentence
        )
    answer = survey(answer, reader, result, spans)
    timings = {"read": 1000 * (time.perf_counter() - began)}
    answer = quote_unread(replace(answer, notes=result.notes), whole)
    return replace(answer, timings=timings)


def survey(
    answer: Answer, reader: Reader, result: SearchResult, spans: Sequence[AnswerSpan]
) -> Answer:
    """Add the list, the counted events or the timeline that a question asks for to its answer.

    Args:
        answer: by the reader or a chat model.
        reader: whose second reader reads what may be in a list.
        result: of the search.
        spans: of the first reading of all hits.
    """
    if asks_how_often(result.question):
        return with_count(answer, count_events(result), result)
    if asks_for_list(result.question):
        return with_list(answer, find_items(reader, result, spans), result)
    if asks_for_timeline(result.question):
        return with_timeline(answer, find_events(result), result)
    return answer


def asks_for_many(question: str) -> bool:
    """Return whether a question asks for a list or a timeline, for which more is read."""
    return asks_for_list(question) or asks_for_timeline(question)


def read_hits(reader: Reader, result: SearchResult) -> list[AnswerSpan]:
    """Read all hits of a search for its question."""
    return reader.read(
        result.question,
        [hit.passage for hit in result.hits],
        [hit.article.title for hit in result.hits],
    )


def reread_best(
    reader: Reader, result: SearchResult, spans: Sequence[AnswerSpan]
) -> list[AnswerSpan]:
    """Read again, with the words around them, the hits that most probably answer.

    What stands in a sentence about another code than the question's is left out.
    """
    question, hits = result.question, tuple(rerank(result.hits, spans))
    if asks_for_latest(question):
        hits = newest_hits(hits, PASSAGES_REREAD)
    hits = hits[:PASSAGES_REREAD]
    reread = reread_in_context(reader, question, hits)
    others = {
        (hit.passage, sentence)
        for hit in hits
        for sentence in hit.passage.sentences
        if names_another_code(question, hit, *sentence)
    }
    return [span for span in reread if (span.passage, span.sentence) not in others]


def find_candidates(
    reader: Reader, result: SearchResult, spans: Sequence[AnswerSpan], calibration: Calibration
) -> list[Candidate]:
    """Read the best hits again, and find what may answer, the most probable first.

    Args:
        reader: whose second reader reads.
        result: of the search.
        spans: of the first reading of all hits.
        calibration: of the reader.
    """
    reread = reread_best(reader, result, spans)
    groups = group_spans(result.question, reread)
    candidates = score_candidates(groups, result, FirstReading(spans), calibration.answer)
    candidates += cells_asked_for(result)
    return sorted(candidates, key=lambda candidate: -candidate.probability)
