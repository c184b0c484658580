"""Sparse search: BM25 over title and body in a tantivy index, with filters on date and source."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import tantivy

from corpus.article import Article, Passage
from index.errors import IndexCorrupt, one_line
from index.filters import Filters
from index.terms import content_stems, indexed_text, query_terms, term_analyzer

__all__ = ["SparseIndex"]

_ANALYZER = "news_en"
_WRITER_BYTES = 64_000_000
_TITLE_BOOST = 0.5


class SparseIndex:
    """A folder with a tantivy index of passages (BM25, Robertson and Zaragoza 2009).

    Title and body are cut into the terms of ``index.terms``. Searching is safe from
    several threads and sees the state at the time it was opened.
    """

    def __init__(self, index: tantivy.Index) -> None:
        """Wrap a tantivy index; use ``create`` or ``open``."""
        index.register_tokenizer(_ANALYZER, term_analyzer())
        self._index = index
        self._searcher = index.searcher()
        self._schema = index.schema
        self._place: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def create(cls, folder: Path) -> SparseIndex:
        """Make an empty index in a folder, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(tantivy.Index(_schema(), path=str(folder)))

    @classmethod
    def open(cls, folder: Path) -> SparseIndex:
        """Open the index of a folder.

        Raises:
            IndexCorrupt: tantivy cannot read it.
        """
        try:
            if os.access(folder, os.W_OK):
                return cls(tantivy.Index.open(str(folder)))
            return cls._open_elsewhere(folder)
        except (ValueError, OSError) as error:
            raise IndexCorrupt(f"{folder}: tantivy cannot read it") from error

    @classmethod
    def _open_elsewhere(cls, folder: Path) -> SparseIndex:
        """Open an index that may only be read: tantivy writes a lock file wherever it opens one."""
        place = tempfile.TemporaryDirectory(prefix="newsbot-read-")
        for file in folder.iterdir():
            os.symlink(file.absolute(), Path(place.name) / file.name)
        opened = cls(tantivy.Index.open(place.name))
        opened._place = place  # for as long as it is open
        return opened

    def update(
        self,
        removed: Iterable[str],
        added: Iterable[tuple[Article, int | None, int, Passage]],
        name_keys: Callable[[str], Iterable[str]] = lambda article_id: (),
    ) -> None:
        """Remove all passages of some articles, then add passages, in one commit.

        Args:
            removed: article ids.
            added: (article, its publication in seconds since 1970 or None, passage id, passage).
            name_keys: returns the keys of the names in an article, by its id.

        Raises:
            OSError: the disk is full.
        """
        try:
            self._update(removed, added, name_keys)
        except ValueError as error:  # what tantivy makes of every failure
            raise OSError(f"tantivy cannot write: {one_line(error)}") from error

    def _update(
        self,
        removed: Iterable[str],
        added: Iterable[tuple[Article, int | None, int, Passage]],
        name_keys: Callable[[str], Iterable[str]],
    ) -> None:
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for article_id in removed:
            writer.delete_documents_by_term("article_id", article_id)
        for article, epoch, number, passage in added:
            document = tantivy.Document()
            document.add_integer("passage_id", number)
            document.add_text("article_id", article.id)
            document.add_text("title", indexed_text(article.title))
            document.add_text("body", indexed_text(passage.text))
            document.add_text("source", (article.source or "").casefold())
            for key in name_keys(article.id):
                document.add_text("name", key)
            if epoch is not None:
                document.add_integer("published", epoch)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        """Count the passages."""
        return int(self._searcher.num_docs)

    def search(
        self, question: str, k: int, filters: Filters | None = None
    ) -> list[tuple[int, float]]:
        """Find the passages that share words with a question.

        Args:
            question: any text; nothing in it is an operator.
            k: how many at the most.
            filters: what the articles must be.

        Returns:
            (passage id, BM25 score above 0) pairs, the best first, at most ``k``.
        """
        words = " ".join(query_terms(question))
        if not words or k <= 0:
            return []
        query = self._index.parse_query(words, ["title", "body"], {"title": _TITLE_BOOST})
        if filters:
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), *self._filter_clauses(filters)]
            )
        found = self._searcher.search(query, limit=k, count=False)
        results: list[tuple[int, float]] = []
        for score, address in found.hits:
            number = self._searcher.doc(address).get_first("passage_id")
            if number is not None:
                results.append((int(number), float(score)))
        return results

    def idf(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency over the passages' bodies of a question's stems.

        Each is 0 or more; words that every text has are left out.
        """
        total = len(self)
        weights: dict[str, float] = {}
        for stem in dict.fromkeys(content_stems(question)):
            count = self._searcher.doc_freq("body", stem)
            weights[stem] = math.log(1 + (total - count + 0.5) / (count + 0.5))
        return weights

    def _filter_clauses(self, filters: Filters) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        clauses: list[tantivy.Query] = []
        if filters.since is not None or filters.until is not None:
            clauses.append(
                tantivy.Query.range_query(
                    self._schema,
                    "published",
                    tantivy.FieldType.Integer,
                    filters.since,
                    filters.until,
                )
            )
        fields = [("source", filters.sources), ("article_id", filters.articles)]
        for field, names in (*fields, *(("name", keys) for keys in filters.names)):
            if names is not None:
                clauses.append(tantivy.Query.term_set_query(self._schema, field, sorted(names)))
        return [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(clause, 0.0)) for clause in clauses
        ]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("passage_id", stored=True, indexed=True, fast=True)
    builder.add_text_field("article_id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=_ANALYZER)
    builder.add_text_field("body", tokenizer_name=_ANALYZER)
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()
