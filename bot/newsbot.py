"""``NewsBot`` answers questions from an index; ``answer`` asks the default one."""

from __future__ import annotations

import asyncio
import copy
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from bot.answering.answers import Answer
from bot.answering.pipeline import PASSAGES_READ, read_hits
from bot.answering.recency import asks_for_latest, newest_hits
from bot.answering.reranking import rerank as rerank_hits
from bot.chain import ChainInput, build_chain
from bot.errors import UnknownArticle
from bot.generation.chat_model import load_chat_model
from bot.reader.reader import Reader
from bot.reader.registry import load_reader
from bot.retriever import retrieve
from bot.settings import Level, Settings
from corpus.article import Article
from index.address import IndexAddress, address_of
from index.filters import Names, filters_of
from index.name_directory import NameDirectory
from index.results import Correction, Hit, IndexStatus, SearchResult
from index.searcher import Searcher
from index.store.opening import open_store

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

    from index.embedding.embedder import Embedder

__all__ = ["AnswerHook", "Chunk", "History", "NewsBot", "answer"]

AnswerHook = Callable[[str, Answer | Exception], None]
"""Called with each question and its answer, or the error that it ended in."""

History = Sequence[tuple[str, str]]
"""Earlier questions with their answers' texts, the oldest first."""

_log = logging.getLogger(__name__)


class Chunk(TypedDict, total=False):
    """A part of a streamed answer: first ``sources``, then ``text`` in pieces, last ``answer``.

    With the answer come the ``hits`` that were read for it.
    """

    sources: list[dict[str, Any]]
    text: str
    answer: Answer
    hits: tuple[Hit, ...]


class NewsBot:
    """Answers questions from one index. Safe to use from several threads.

    Each question is answered from one whole generation. When the index has been rebuilt since,
    the next question sees the new one.
    """

    def __init__(
        self,
        index: str | Path | None = None,
        *,
        embedder: Embedder | None = None,
        model: str | None = None,
        reader: Reader | str | None = None,
        level: Level | str | None = None,
        threshold: float | None = None,
        chat_model: BaseChatModel | str | None = None,
        collection: str | None = None,
    ) -> None:
        """Open an index.

        Args:
            index: its folder or URL; the default index where None.
            embedder: the model it was built with; loaded when first needed where None.
            model: name or folder that the index must have been built with, where given.
            reader: finds the answers: a reader, or its name or folder as ``load_reader`` takes it;
                the reader of the settings, else the shipped one, where None. Loaded when first
                needed.
            level: how sure an answer must be: ``cautious``, ``balanced`` or ``eager``; that of the
                settings, else ``balanced``, where None.
            threshold: least confidence of an answer, 0 to 1, in place of the level's own; at 0
                only questions without any candidate are refused.
            chat_model: writes the answers, every word of which is checked: ``PROVIDER:NAME`` such
                as ``ollama:llama3.2``, or a LangChain model; that of the settings, else none,
                where None. It is sent each question with the sentences that were found.
            collection: name of the collection whose ``newsbot.toml`` has what is not given here.

        Raises:
            ValueError: there is no such level.
            ChatModelError: there is no such chat model, or its package is missing.
            SettingsError: there is no such collection, or a setting is unknown or invalid.
            IndexMissing: there is no index there. The other errors of ``Searcher.open`` likewise.
        """
        settings = Settings.load(collection=collection)
        self._index = address_of(index) if index is not None else settings.index
        self._reader = settings.reader if reader is None else reader
        named = settings.chat_model if chat_model is None else chat_model
        self._chat_model = None if named is None else load_chat_model(named)
        self._on_answer: AnswerHook | None = None
        self._open = _OpenIndex(self._index, embedder)
        if embedder is None and model not in (None, self.searcher().status().model):
            from index.embedding.embedder import load_embedder

            self._open = _OpenIndex(self._index, load_embedder(model))
        self.searcher()
        self._chain: Runnable[ChainInput | str, dict[str, Any]] = build_chain(
            self.searcher,
            reader=self.reader,
            level=settings.level if level is None else level,
            threshold=threshold,
            chat_model=self._chat_model,
        )

    @property
    def chat_model(self) -> str | None:
        """Name of the chat model that writes answers; None where there is none."""
        return self._chat_model.name if self._chat_model else None

    @property
    def index(self) -> IndexAddress:
        """Folder of the index, or its URL."""
        return self._index

    @property
    def chain(self) -> Runnable[ChainInput | str, dict[str, Any]]:
        """The LangChain runnable that answers."""
        return self._chain

    def searcher(self) -> Searcher:
        """Return the current generation, opened; opened anew only when there is a newer one."""
        return self._open.searcher()

    def with_hook(self, on_answer: AnswerHook) -> NewsBot:
        """Return a bot over the same index and models that calls a hook after each question.

        A hook that fails is logged, and the answer is given all the same. ``chain`` calls none.
        """
        hooked = copy.copy(self)
        hooked._on_answer = on_answer
        return hooked

    def reader(self) -> Reader:
        """Return the reader, loaded at first use.

        Raises:
            ReaderError: it is not on this machine, or is not whole.
        """
        if self._reader is None or isinstance(self._reader, str):
            return load_reader(self._reader)
        return self._reader

    def answer(
        self,
        question: str,
        history: History | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        source: Names | None = None,
        articles: Names | None = None,
        answer_by: str | None = None,
        name: Names | None = None,
    ) -> Answer:
        """Answer a question from the articles, or refuse.

        Args:
            question: plain words; what is over 1,000 characters is cut off, and a note says so.
            history: earlier questions with the texts of their answers, the oldest first. A
                question that does not stand by itself is read in their light:
                ``Answer.question_read_as`` says how.
            since: earliest date of publication, ISO 8601 or a date, included.
            until: latest one; a date without a time means the whole day.
            source: publisher or publishers, without regard to case.
            articles: id or ids of the only articles to ask.
            answer_by: ``extractive``, or the chat model's name; the chat model where there is one
                if None.
            name: person, organisation or place that an article has to name, or several, all of
                them.

        Raises:
            ChatModelError: there is no chat model of that name.
            SearchFailure: the question is blank or a filter is not a date.
            IndexFailure: the index has gone or is not whole.
        """
        *_, last = self.stream(question, history, since, until, source, articles, answer_by, name)
        return last["answer"]

    def stream(
        self,
        question: str,
        history: History | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        source: Names | None = None,
        articles: Names | None = None,
        answer_by: str | None = None,
        name: Names | None = None,
    ) -> Iterator[Chunk]:
        """Answer in parts: the citations first, as dicts, then the text, then the whole Answer.

        Takes and raises what ``answer`` does.
        """
        given = ChainInput(
            question=question,
            history=list(history or ()),
            since=since,
            until=until,
            source=source,
            articles=articles,
            answer_by=answer_by,
            name=name,
        )
        try:
            for part in self._chain.stream(given):
                if "sources" in part:
                    yield {"sources": [dict(document.metadata) for document in part["sources"]]}
                if "text" in part:
                    yield {"text": part["text"]}
                if "answer" in part:
                    self._call_hook(question, part["answer"])
                    yield {"answer": part["answer"], "hits": part["hits"]}
        except Exception as error:
            self._call_hook(question, error)
            raise

    async def aanswer(
        self,
        question: str,
        history: History | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        source: Names | None = None,
        articles: Names | None = None,
        answer_by: str | None = None,
        name: Names | None = None,
    ) -> Answer:
        """Answer without blocking the event loop; takes and raises what ``answer`` does."""
        return await asyncio.to_thread(
            self.answer, question, history, since, until, source, articles, answer_by, name
        )

    def batch(self, questions: Sequence[str], history: History | None = None) -> list[Answer]:
        """Answer several questions in their order, each after the same history; as ``answer``."""
        return [self.answer(question, history) for question in questions]

    def search(
        self,
        question: str,
        k: int = 10,
        rerank: bool = True,
        since: str | date | None = None,
        until: str | date | None = None,
        source: Names | None = None,
        articles: Names | None = None,
        name: Names | None = None,
    ) -> list[Hit]:
        """Find passages.

        Args:
            question: plain words.
            k: passages at the most, 1 or more.
            rerank: whether the reader orders the best ``PASSAGES_READ`` of them, or ``k`` if that
                is more; their score is then the probability that they answer, lower for those
                that the search put far below its best.
            since: as for ``answer``.
            until: as for ``answer``.
            source: as for ``answer``.
            articles: as for ``answer``.
            name: as for ``answer``.

        Returns:
            Hits, the best first; where the latest is asked for, the newest of the good ones first.
            Empty where nothing is found.
        """
        found = self.find(
            question,
            k,
            rerank,
            since=since,
            until=until,
            source=source,
            articles=articles,
            name=name,
        )
        return list(found.hits)

    def find(
        self,
        question: str,
        k: int = 10,
        rerank: bool = True,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        source: Names | None = None,
        articles: Names | None = None,
        name: Names | None = None,
    ) -> SearchResult:
        """Find passages, as ``search`` does, with the notes that go with them."""
        searcher = self.searcher()
        depth = max(k, PASSAGES_READ) if rerank else k
        filters = filters_of(since, until, source, articles, name)
        found = retrieve(searcher, question, depth, filters)
        if not rerank:
            return found
        hits = rerank_hits(found.hits, read_hits(self.reader(), found))
        if asks_for_latest(found.question):
            return replace(found, hits=newest_hits(hits, k))
        return replace(found, hits=tuple(hits[:k]))

    def article(self, article_id: str) -> Article:
        """Return an article as indexed: offsets count in its text.

        Raises:
            UnknownArticle: there is none of that id.
        """
        article = self.searcher().article(article_id)
        if article is None:
            raise UnknownArticle(f"no article {article_id!r} in {self._index}")
        return article

    def history(self, article_id: str) -> list[Correction]:
        """Return how an article was corrected, the oldest version first; empty if it never was.

        Raises:
            UnknownArticle: there is none of that id.
        """
        return self.searcher().history(self.article(article_id).id)

    def articles(self) -> Iterator[Article]:
        """Return every article, in the order of their ids."""
        return self.searcher().articles()

    def names(self) -> NameDirectory:
        """Return the people, organisations and places that the articles name."""
        return self.searcher().names

    def status(self) -> IndexStatus:
        """Return what the index holds."""
        return self.searcher().status()

    def _call_hook(self, question: str, outcome: Answer | Exception) -> None:
        if self._on_answer is None:
            return
        try:
            self._on_answer(question, outcome)
        except Exception:
            _log.exception("the hook on answers failed")


def answer(
    question: str,
    history: History | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    source: Names | None = None,
    articles: Names | None = None,
) -> Answer:
    """Answer from the default index, which the first call opens.

    That is the one that NEWSBOT_INDEX or newsbot.toml names, else one in the user's data folder.
    Takes what ``NewsBot.answer`` does; raises what it and ``NewsBot`` do.
    """
    bot = _default_bot(Settings.load().index)
    return bot.answer(question, history, since, until, source, articles)


@cache
def _default_bot(index: IndexAddress) -> NewsBot:
    return NewsBot(index)


class _OpenIndex:
    """An index with its current generation open, for the bots that share it."""

    def __init__(self, index: IndexAddress, embedder: Embedder | None) -> None:
        self._store = open_store(index)
        self._embedder = embedder
        self._lock = threading.Lock()
        self._current: Searcher | None = None

    def searcher(self) -> Searcher:
        name = self._store.current()
        with self._lock:
            if self._current is None or self._current.generation != name:
                self._current = Searcher.open(self._store, self._embedder, self._current)
            return self._current
