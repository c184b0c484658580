"""Retrieval: search, the newest first where they are asked for; also as a LangChain retriever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from bot.answering.recency import asks_for_latest, newest_hits
from index.filters import EVERYTHING, Filters, filters_of
from index.results import Hit, SearchResult
from index.searcher import Searcher

__all__ = ["PassageRetriever", "passage_document", "retrieve"]

_DEEPER = 5


class PassageRetriever(BaseRetriever):
    """Finds passages by hybrid search.

    A Document's ``page_content`` is the passage; its metadata holds ``article_id title url source
    published start end score copies``, with ``article.text[start:end] == page_content``.

    Attributes:
        searcher: called for each question, for the generation to search.
        k: passages at the most.
        since: earliest date of publication, or None.
        until: latest one, or None.
        source: publisher or publishers, or None.
        articles: ids of the only articles to search, or None.
        names: person, organisation or place that they have to name, or several; or None.
    """

    searcher: Callable[[], Searcher]
    k: int = 10
    since: str | date | None = None
    until: str | date | None = None
    source: str | list[str] | None = None
    articles: str | list[str] | None = None
    names: str | list[str] | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        filters = filters_of(self.since, self.until, self.source, self.articles, self.names)
        result = retrieve(self.searcher(), query, self.k, filters)
        return [passage_document(hit) for hit in result.hits]


def retrieve(
    searcher: Searcher, question: str, k: int, filters: Filters = EVERYTHING
) -> SearchResult:
    """Search as ``Searcher.search`` does; where the latest is asked for, the newest come first.

    Then five times as many hits are searched for, so that the last of many like reports is found.
    """
    latest = asks_for_latest(question)
    depth = _DEEPER * k if latest else k
    found = searcher.search(question, depth, filters)
    return replace(found, hits=newest_hits(found.hits, k)) if latest else found


def passage_document(hit: Hit) -> Document:
    """Return a hit as a LangChain Document."""
    record = hit.to_dict()
    return Document(page_content=record.pop("text"), metadata=record)
