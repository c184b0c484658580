"""The LangChain runnable behind newsbot: retrieve, read, compose; sources first, then the text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any, TypedDict

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

__all__ = ["ChainInput", "build_chain", "citation_document"]


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
        filters = filters_of(
            request.get("since"),
            request.get("until"),
            request.get("source"),
            request.get("articles"),
        )
        result = retrieve(current, request["question"], k, filters)
        return _Found(began=began, searched=time.perf_counter(), result=result, searcher=current)

    def compose(inputs: Iterator[_Found]) -> Iterator[dict[str, Any]]:
        for found in inputs:
            embedder = found["searcher"].embedder
            answer = answer_hits(
                found["result"], reader(), embedder, level=wanted, threshold=threshold
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


def citation_document(citation: Citation) -> Document:
    """Give a citation as a LangChain Document: the quote, and all its fields as metadata."""
    return Document(page_content=citation.quote, metadata=citation.to_dict())


def _pieces(answer: Answer) -> Iterator[str]:
    words = answer.text.split(" ")
    for number, word in enumerate(words):
        yield word if number == 0 else f" {word}"
