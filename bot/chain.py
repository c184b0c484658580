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

from bot.answering.answers import EXTRACTIVE, Answer, Citation
from bot.answering.pipeline import PASSAGES_READ, PASSAGES_SURVEYED, answer_hits, asks_for_many
from bot.answering.revisions import mark_revised
from bot.conversation.follow_up import follow_up_of
from bot.errors import ChatModelError
from bot.generation.annotations import cited_message
from bot.generation.chat_model import ChatModel, load_chat_model
from bot.generation.follow_up import question_in_full
from bot.generation.writer import write_answer
from bot.reader.reader import Reader
from bot.reader.registry import load_reader
from bot.retriever import retrieve
from bot.settings import Level
from index.filters import Names, filters_of
from index.results import SearchResult
from index.searcher import Searcher

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


__all__ = ["ChainInput", "answer_pieces", "build_chain", "citation_document"]


class ChainInput(TypedDict, total=False):
    """What the chain takes in place of a bare question; only ``question`` is required."""

    question: str
    history: list[tuple[str, str]]
    since: Any
    until: Any
    source: Names | None
    articles: Names | None
    name: Names | None
    answer_by: str | None


class _Retrieved(NamedTuple):
    result: SearchResult
    searcher: Searcher
    writer: ChatModel | None
    began: float
    seconds: float
    read_as: str | None


def build_chain(
    searcher: Callable[[], Searcher],
    *,
    reader: Callable[[], Reader] = load_reader,
    k: int = PASSAGES_READ,
    level: Level | str = Level.BALANCED,
    threshold: float | None = None,
    chat_model: ChatModel | BaseChatModel | str | None = None,
) -> Runnable[ChainInput | str, dict[str, Any]]:
    """Build the question-answering chain.

    It takes a question, or a ``ChainInput``. ``invoke`` returns a dict with ``sources`` (a Document
    for each citation, with its fields as metadata; none in a refusal), ``text`` (prose with [1]
    markers), ``answer`` (the ``Answer``), ``message`` (the text as an ``AIMessage`` whose
    annotations are the citations) and ``hits`` (what was read, a tuple of ``Hit``).
    ``stream`` yields the same keys in this order, the text in pieces; ``ainvoke``, ``astream`` and
    ``batch`` likewise.

    Args:
        searcher: called for each question, for the generation to search, such as
            ``NewsBot.searcher`` or ``lambda: Searcher.open(folder)``.
        reader: called for each question; returns the shipped reader by default.
        k: passages to read.
        level: how sure an answer must be: ``cautious``, ``balanced`` or ``eager``.
        threshold: least confidence of an answer, 0 to 1, in place of the level's own.
        chat_model: writes the answers, as ``NewsBot`` takes it; None for extractive ones.

    Returns:
        A runnable that raises ``index.errors.SearchFailure`` for a question or a filter that
        cannot be searched for, and ``IndexFailure`` where there is no index.
    """
    wanted = Level(level)
    if chat_model is not None and not isinstance(chat_model, ChatModel):
        chat_model = load_chat_model(chat_model)

    def find(given: ChainInput | str) -> _Retrieved:
        began = time.perf_counter()
        request: ChainInput = {"question": given} if isinstance(given, str) else given
        writer = _writer(chat_model, request.get("answer_by"))
        current = searcher()
        filters = filters_of(
            request.get("since"),
            request.get("until"),
            request.get("source"),
            request.get("articles"),
            request.get("name"),
        )
        question, history = request["question"], request.get("history") or ()
        depth = max(k, PASSAGES_SURVEYED) if asks_for_many(question) else k
        follow_up = follow_up_of(question, history)
        read_as = question_in_full(writer, question, history) if follow_up and writer else None
        if follow_up and read_as is None:
            found = retrieve(current, follow_up.search_words, depth, filters)
            result = follow_up.in_full(found, current, reader())
            read_as = result.question
        else:
            result = retrieve(current, read_as or question, depth, filters)
        seconds = time.perf_counter() - began
        return _Retrieved(result, current, writer, began, seconds, read_as)

    def compose(inputs: Iterator[_Retrieved]) -> Iterator[dict[str, Any]]:
        for found in inputs:
            result, current, _, began, seconds, read_as = found
            answer = _answer(found, reader(), level=wanted, threshold=threshold)
            answer = mark_revised(answer, current.revision)
            total = time.perf_counter() - began
            timings = {"search": 1000 * seconds, **answer.timings, "total": 1000 * total}
            answer = replace(answer, timings=timings, question_read_as=read_as)
            yield AddableDict(sources=[citation_document(c) for c in answer.citations])
            for piece in answer_pieces(answer):
                yield AddableDict(text=piece)
            yield AddableDict(answer=answer, message=cited_message(answer), hits=result.hits)

    async def acompose(inputs: AsyncIterator[_Retrieved]) -> AsyncIterator[dict[str, Any]]:
        async for found in inputs:
            for part in await asyncio.to_thread(list, compose(iter([found]))):
                yield part

    chain = RunnableLambda(find) | RunnableGenerator(compose, acompose)
    return chain.with_config(run_name="newsbot")


def citation_document(citation: Citation) -> Document:
    """Return a citation as a LangChain Document: the quote, and all its fields as metadata."""
    return Document(page_content=citation.quote, metadata=citation.to_dict())


def _answer(found: _Retrieved, reader: Reader, **bounds: Any) -> Answer:
    """Answer by the chat model, where there is one and it works; else by the reader alone."""
    given = (found.result, reader, found.searcher.embedder)
    if found.writer is None:
        return answer_hits(*given, **bounds)
    try:
        return write_answer(*given, found.writer, **bounds)
    except ChatModelError as error:
        answer = answer_hits(*given, **bounds)
        note = f"{error}; this answer is extractive"
        return replace(answer, notes=(*answer.notes, note))


def _writer(model: ChatModel | None, answer_by: str | None) -> ChatModel | None:
    """Return the chat model that is to write, None for the reader alone."""
    known = [EXTRACTIVE, *([model.name] if model else [])]
    if answer_by is not None and answer_by not in known:
        raise ChatModelError(f"{answer_by!r} cannot answer here; answer_by can be: {known}")
    return None if answer_by == EXTRACTIVE else model


def answer_pieces(answer: Answer) -> Iterator[str]:
    """Yield an answer's text word by word, or as a chat model wrote it, sentence by sentence."""
    written = [f"{' ' if n else ''}{one}" for n, one in enumerate(answer.statements)]
    yield from written
    first, *rest = answer.text[len("".join(written)) :].split(" ")
    yield from filter(None, [first])
    yield from (f" {word}" for word in rest)
