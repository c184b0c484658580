"""newsbot's search as a LangChain retriever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from index.searcher import Hit, Searcher

__all__ = ["PassageRetriever", "passage_document"]


class PassageRetriever(BaseRetriever):
    """Finds passages by hybrid search; each Document says where it stands.

    ``page_content`` is the passage; the metadata holds ``article_id title url source published
    start end score copies``, with ``article.text[start:end] == page_content``.

    Attributes:
        searcher: gives the generation to search, anew for each question.
        k: passages at the most.
        since: earliest date of publication, or None.
        until: latest one, or None.
        source: publisher, or None.
    """

    searcher: Callable[[], Searcher]
    k: int = 10
    since: str | date | None = None
    until: str | date | None = None
    source: str | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        result = self.searcher().search(
            query, self.k, since=self.since, until=self.until, source=self.source
        )
        return [passage_document(hit) for hit in result.hits]


def passage_document(hit: Hit) -> Document:
    """Give a hit as a LangChain Document."""
    record = hit.to_dict()
    return Document(page_content=record.pop("text"), metadata=record)
