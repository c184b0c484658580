"""The LangChain runnable behind newsbot: retrieve, weigh, compose; sources first, then the text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from typing import Any, TypedDict

from langchain_core.documents import Document
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda
from langchain_core.runnables.utils import AddableDict

from bot.composer import Answer, Citation, compose_answer
from bot.evidence import PASSAGES_READ, REFUSAL_THRESHOLD, find_evidence
from index.searcher import Searcher, SearchResult

__all__ = ["ChainInput", "build_chain", "citation_document"]


class ChainInput(TypedDict, total=False):
    """What the chain takes beside a bare question.

    ``question`` is asked for; ``history``, ``since``, ``until`` and ``source`` may be left out.
    """

    question: str
    history: list[tuple[str, str]]
    since: Any
    until: Any
    source: str | None


class _Found(TypedDict):
    began: float
    searched: float
    result: SearchResult
    searcher: Searcher


def build_chain(
    searcher: Callable[[], Searcher],
    *,
    k: int = PASSAGES_READ,
    threshold: float = REFUSAL_THRESHOLD,
) -> Runnable[ChainInput | str, dict[str, Any]]:
    """Build the question-answering chain.

    It takes a question, or a ``ChainInput``. ``invoke`` gives a dict with ``sources`` (Documents,
    a citation each, with its fields as metadata; none in a refusal), ``text`` (prose with [1]
    markers) and ``answer`` (the ``Answer``). ``stream`` gives the same keys in that order, the
    text in pieces; ``ainvoke``, ``astream`` and ``batch`` likewise.

    Args:
        searcher: gives the generation to search, anew for each question, such as
            ``NewsBot.searcher`` or ``lambda: Searcher.open(folder)``.
        k: passages to weigh.
        threshold: least probability of the best sentence, 0 to 1.

    Returns:
        A runnable that raises ``index.errors.SearchFailure`` for a question or a filter that
        cannot be searched for, and ``IndexFailure`` where there is no index.
    """

    def retrieve(given: ChainInput | str) -> _Found:
        began = time.perf_counter()
        request: ChainInput = {"question": given} if isinstance(given, str) else given
        current = searcher()
        result = current.search(
            request["question"],
            k,
            since=request.get("since"),
            until=request.get("until"),
            source=request.get("source"),
        )
        return _Found(began=began, searched=time.perf_counter(), result=result, searcher=current)

    def compose(inputs: Iterator[_Found]) -> Iterator[dict[str, Any]]:
        for found in inputs:
            result = found["result"]
            evidence = find_evidence(result, found["searcher"])
            done = time.perf_counter()
            timings = {
                "search": 1000 * (found["searched"] - found["began"]),
                "read": 1000 * (done - found["searched"]),
                "total": 1000 * (done - found["began"]),
            }
            answer = compose_answer(
                evidence, threshold=threshold, timings=timings, notes=result.notes
            )
            yield AddableDict(sources=[citation_document(c) for c in answer.citations])
            for piece in _pieces(answer):
                yield AddableDict(text=piece)
            yield AddableDict(answer=answer)

    async def acompose(inputs: AsyncIterator[_Found]) -> AsyncIterator[dict[str, Any]]:
        async for found in inputs:
            for part in await asyncio.to_thread(list, compose(iter([found]))):
                yield part

    chain = RunnableLambda(retrieve) | RunnableGenerator(compose, acompose)
    return chain.with_config(run_name="newsbot")


def citation_document(citation: Citation) -> Document:
    """Give a citation as a LangChain Document: the quote, its other fields as metadata."""
    return Document(page_content=citation.quote, metadata=asdict(citation))


def _pieces(answer: Answer) -> Iterator[str]:
    words = answer.text.split(" ")
    for number, word in enumerate(words):
        yield word if number == 0 else f" {word}"
