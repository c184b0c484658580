"""The LangChain runnable behind newsbot: retrieve, read, compose; sources first, then the text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypedDict

from langchain_core.documents import Document
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda
from langchain_core.runnables.utils import AddableDict

from bot.answering.answers import Answer, Citation
from bot.answering.candidates import Candidate, find_candidates
from bot.answering.composing import MOST_SENTENCES, compose_answer, compose_sentences
from bot.answering.confidence import calibration_of
from bot.answering.context_rereading import reread_in_context
from bot.answering.question_type import QuestionType, question_type
from bot.answering.recency import asks_for_latest, newest_findings
from bot.answering.sentence_selection import SelectedSentence, select_sentences
from bot.reader.reader import AnswerSpan, Reader
from bot.reader.registry import load_reader
from bot.retriever import retrieve
from bot.settings import Level
from index.filters import Names
from index.results import Hit, SearchResult
from index.searcher import Searcher
from index.store.sparse import query_terms

__all__ = [
    "PASSAGES_READ",
    "ChainInput",
    "answer_hits",
    "build_chain",
    "citation_document",
    "read_hits",
]

PASSAGES_READ = 20
"""Passages that are searched for and read."""


class ChainInput(TypedDict, total=False):
    """What the chain takes beside a bare question.

    ``question`` is asked for; the others may be left out.
    """

    question: str
    history: list[tuple[str, str]]
    since: Any
    until: Any
    source: Names | None
    articles: Names | None


class _Found(TypedDict):
    began: float
    searched: float
    result: SearchResult
    searcher: Searcher


class _Composed(TypedDict):
    threshold: float
    closest: Sequence[Hit]
    timings: dict[str, float]
    notes: Sequence[str]


def build_chain(
    searcher: Callable[[], Searcher],
    *,
    reader: Callable[[], Reader] = load_reader,
    k: int = PASSAGES_READ,
    level: Level | str = Level.BALANCED,
    threshold: float | None = None,
) -> Runnable[ChainInput | str, dict[str, Any]]:
    """Build the question-answering chain.

    It takes a question, or a ``ChainInput``. ``invoke`` gives a dict with ``sources`` (Documents,
    a citation each, with its fields as metadata; none in a refusal), ``text`` (prose with [1]
    markers), ``answer`` (the ``Answer``) and ``hits`` (what was read for it, a tuple of ``Hit``).
    ``stream`` gives the same keys in that order, the text in pieces; ``ainvoke``, ``astream`` and
    ``batch`` likewise.

    Args:
        searcher: gives the generation to search, anew for each question, such as
            ``NewsBot.searcher`` or ``lambda: Searcher.open(folder)``.
        reader: gives the reader, anew for each question; the shipped one by default.
        k: passages to read.
        level: how sure an answer must be: ``cautious``, ``balanced`` or ``eager``.
        threshold: least confidence of an answer, 0 to 1, in place of the level's own.

    Returns:
        A runnable that raises ``index.errors.SearchFailure`` for a question or a filter that
        cannot be searched for, and ``IndexFailure`` where there is no index.
    """
    wanted = Level(level)

    def find(given: ChainInput | str) -> _Found:
        began = time.perf_counter()
        request: ChainInput = {"question": given} if isinstance(given, str) else given
        current = searcher()
        result = retrieve(
            current,
            request["question"],
            k,
            since=request.get("since"),
            until=request.get("until"),
            source=request.get("source"),
            articles=request.get("articles"),
        )
        return _Found(began=began, searched=time.perf_counter(), result=result, searcher=current)

    def compose(inputs: Iterator[_Found]) -> Iterator[dict[str, Any]]:
        for found in inputs:
            answer = answer_hits(
                found["result"], found["searcher"], reader(), level=wanted, threshold=threshold
            )
            searched = 1000 * (found["searched"] - found["began"])
            timings = {
                "search": searched,
                "read": answer.timings["read"],
                "total": 1000 * (time.perf_counter() - found["began"]),
            }
            answer = replace(answer, timings=timings)
            yield AddableDict(sources=[citation_document(c) for c in answer.citations])
            for piece in _pieces(answer):
                yield AddableDict(text=piece)
            yield AddableDict(answer=answer, hits=found["result"].hits)

    async def acompose(inputs: AsyncIterator[_Found]) -> AsyncIterator[dict[str, Any]]:
        async for found in inputs:
            for part in await asyncio.to_thread(list, compose(iter([found]))):
                yield part

    chain = RunnableLambda(find) | RunnableGenerator(compose, acompose)
    return chain.with_config(run_name="newsbot")


def answer_hits(
    result: SearchResult,
    searcher: Searcher,
    reader: Reader,
    *,
    level: Level = Level.BALANCED,
    threshold: float | None = None,
) -> Answer:
    """Read what a search found, and compose an answer from it.

    Args:
        result: of the search; all its hits are read.
        searcher: the generation that was searched.
        reader: reads.
        level: how sure the answer must be.
        threshold: least confidence, 0 to 1, in place of the level's own.

    Returns:
        The answer, with the time of reading as its only timing.

    Raises:
        ReaderError: the reader has no calibration that can be used.
    """
    began = time.perf_counter()
    calibration = calibration_of(reader)
    spans = read_hits(reader, result)
    kind = question_type(result.question)
    candidates: list[Candidate] = []
    evidence: list[SelectedSentence] = []
    if kind is QuestionType.SPAN:
        rarity = searcher.rarity(query_terms(result.question))
        again = reread_in_context(reader, result.question, result.hits, spans)
        candidates = find_candidates(
            result.question, result.hits, spans, rarity, calibration, again
        )
    else:
        evidence = select_sentences(result, spans, searcher, calibration)
    if threshold is None:
        threshold = calibration.threshold(level, sentences=kind is not QuestionType.SPAN)
    if asks_for_latest(result.question):
        candidates = newest_findings(candidates, threshold)
        evidence = newest_findings(evidence, threshold)
    composed = _Composed(
        threshold=threshold,
        closest=result.hits,
        timings={"read": 1000 * (time.perf_counter() - began)},
        notes=result.notes,
    )
    if kind is QuestionType.SPAN:
        return compose_answer(candidates, **composed)
    most = 1 if kind is QuestionType.YES_NO else MOST_SENTENCES
    return compose_sentences(evidence, most=most, **composed)


def read_hits(reader: Reader, result: SearchResult) -> list[AnswerSpan]:
    """Read all hits of a search for its question."""
    return reader.read(
        result.question,
        [hit.passage for hit in result.hits],
        [hit.article.title for hit in result.hits],
    )


def citation_document(citation: Citation) -> Document:
    """Give a citation as a LangChain Document: the quote, and all its fields as metadata."""
    return Document(page_content=citation.quote, metadata=citation.to_dict())


def _pieces(answer: Answer) -> Iterator[str]:
    words = answer.text.split(" ")
    for number, word in enumerate(words):
        yield word if number == 0 else f" {word}"
