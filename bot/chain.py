"""The LangChain runnable around retrieval and answering: sources first, then the text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from langchain_core.documents import Document
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda
from langchain_core.runnables.utils import AddableDict

from bot.answering.answers import Answer, Citation
from bot.answering.pipeline import PASSAGES_READ, answer_hits
from bot.reader.reader import Reader
from bot.reader.registry import load_reader
from bot.retriever import retrieve
from bot.settings import Level
from index.filters import Names, filters_of
from index.results import SearchResult
from index.searcher import Searcher

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = ["ChainInput", "build_chain", "citation_document"]


class ChainInput(TypedDict, total=False):
    """What the chain takes in place of a bare question; only ``question`` is required."""

    question: str
    history: list[tuple[str, str]]
    since: Any
    until: Any
    source: Names | None
    articles: Names | None


class _Retrieved(NamedTuple):
    result: SearchResult
    embedder: Embedder
    began: float
    seconds: float


def build_chain(
    searcher: Callable[[], Searcher],
    *,
    reader: Callable[[], Reader] = load_reader,
    k: int = PASSAGES_READ,
    level: Level | str = Level.BALANCED,
    threshold: float | None = None,
) -> Runnable[ChainInput | str, dict[str, Any]]:
    """Build the question-answering chain.

    It takes a question, or a ``ChainInput``. ``invoke`` returns a dict with ``sources`` (a Document
    for each citation, with its fields as metadata; none in a refusal), ``text`` (prose with [1]
    markers), ``answer`` (the ``Answer``) and ``hits`` (what was read, a tuple of ``Hit``).
    ``stream`` yields the same keys in this order, the text in pieces; ``ainvoke``, ``astream`` and
    ``batch`` likewise.

    Args:
        searcher: called for each question, for the generation to search, such as
            ``NewsBot.searcher`` or ``lambda: Searcher.open(folder)``.
        reader: called for each question; returns the shipped reader by default.
        k: passages to read.
        level: how sure an answer must be: ``cautious``, ``balanced`` or ``eager``.
        threshold: least confidence of an answer, 0 to 1, in place of the level's own.

    Returns:
        A runnable that raises ``index.errors.SearchFailure`` for a question or a filter that
        cannot be searched for, and ``IndexFailure`` where there is no index.
    """
    wanted = Level(level)

    def find(given: ChainInput | str) -> _Retrieved:
        began = time.perf_counter()
        request: ChainInput = {"question": given} if isinstance(given, str) else given
        current = searcher()
        filters = filters_of(
            request.get("since"),
            request.get("until"),
            request.get("source"),
            request.get("articles"),
        )
        result = retrieve(current, request["question"], k, filters)
        return _Retrieved(result, current.embedder, began, time.perf_counter() - began)

    def compose(inputs: Iterator[_Retrieved]) -> Iterator[dict[str, Any]]:
        for result, embedder, began, seconds in inputs:
            answer = answer_hits(result, reader(), embedder, level=wanted, threshold=threshold)
            total = time.perf_counter() - began
            timings = {"search": 1000 * seconds, **answer.timings, "total": 1000 * total}
            answer = replace(answer, timings=timings)
            yield AddableDict(sources=[citation_document(c) for c in answer.citations])
            for piece in _pieces(answer):
                yield AddableDict(text=piece)
            yield AddableDict(answer=answer, hits=result.hits)

    async def acompose(inputs: AsyncIterator[_Retrieved]) -> AsyncIterator[dict[str, Any]]:
        async for found in inputs:
            for part in await asyncio.to_thread(list, compose(iter([found]))):
                yield part

    chain = RunnableLambda(find) | RunnableGenerator(compose, acompose)
    return chain.with_config(run_name="newsbot")


def citation_document(citation: Citation) -> Document:
    """Return a citation as a LangChain Document: the quote, and all its fields as metadata."""
    return Document(page_content=citation.quote, metadata=citation.to_dict())


def _pieces(answer: Answer) -> Iterator[str]:
    first, *rest = answer.text.split(" ")
    yield first
    yield from (f" {word}" for word in rest)
