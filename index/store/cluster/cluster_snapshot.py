"""One generation in PostgreSQL and Milvus, opened to be searched."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.article import Article, Passage
from index.errors import IndexCorrupt, IndexFailure
from index.filters import Filters
from index.results import IndexStatus
from index.store.cluster.cluster_names import GenerationNames, alive_in, listed
from index.store.cluster.manifest import ClusterManifest
from index.store.cluster.milvus import (
    ARTICLES,
    MOST_FOUND,
    PASSAGES,
    MilvusCollections,
    milvus_condition,
)
from index.store.cluster.postgres import Database, storable
from index.store.duplicates import MOST_COPIES
from index.store.protocols import ArticleVersion, IndexedArticle, PassageLocation, StoredArticle
from index.store.rows import ARTICLE_FIELDS, passage_of, whole_article
from index.terms import content_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ClusterSnapshot"]

_PAGE = 500  # articles read at a time
_PASSAGE = 'p.number, p.start, p."end", p.sentences'


class ClusterSnapshot(GenerationNames):
    """What a generation holds. The engine proposes, the catalogue decides.

    Milvus is asked with bounded consistency, and may name what is not of this generation: what has
    been deleted, or is being written. Only what the catalogue has in this generation counts, and
    Milvus is asked for more until there is enough of it.
    """

    def __init__(
        self,
        address: str,
        database: Database,
        collections: MilvusCollections,
        number: int,
        name: str,
        manifest: ClusterManifest,
    ) -> None:
        """Read a generation by its number and name."""
        self.generation = name
        self.manifest = manifest
        self._address = address
        super().__init__(database, number)
        self._collections = collections

    # -- searching -------------------------------------------------------------------------------

    def is_empty(self, filters: Filters) -> bool:
        """Whether no passage passes the filters."""
        if not filters:
            return False
        tests = {
            "a.epoch >= ?": filters.since,
            "a.epoch <= ?": filters.until,
            "a.source_key = ANY(?)": listed(filters.sources),
            "a.id = ANY(?)": listed(filters.articles),
        }
        wanted: list[tuple[str, object]] = [one for one in tests.items() if one[1] is not None]
        named = "EXISTS (SELECT 1 FROM names AS n WHERE n.article = a.number AND n.key = ANY(?))"
        wanted += [(named, listed(keys)) for keys in filters.names]
        return not self._alive(
            f"SELECT 1 FROM article_rows AS a WHERE {' AND '.join(test for test, _ in wanted)} "
            "AND EXISTS (SELECT 1 FROM passages AS p WHERE p.article = a.number) AND ",
            *(value for _, value in wanted),
            table="a",
            after="LIMIT 1",
        )

    def nearest(
        self, vector: NDArray[np.float32], k: int, filters: Filters
    ) -> list[tuple[int, float]]:
        """Find the passages whose vectors are nearest to one."""
        condition = milvus_condition(filters, self.manifest.last_passage)
        return self._resolving(
            k, self.locations, lambda depth: self._collections.nearest(vector, depth, condition)
        )

    def similarities(self, vector: NDArray[np.float32], passage_ids: Sequence[int]) -> list[float]:
        """Return the cosine similarity of the vector to each of these passages, in their order."""
        found = self._collections.vectors(passage_ids)
        return [float(found[number] @ vector) if number in found else 0.0 for number in passage_ids]

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages that share words with a question: (passage id, BM25), the best first."""
        condition = milvus_condition(filters, self.manifest.last_passage)
        return self._resolving(
            k,
            self.locations,
            lambda depth: self._collections.matching(PASSAGES, question, depth, condition),
        )

    def matching_articles(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find whole articles that do: (article number, BM25), the best first."""
        condition = milvus_condition(filters, self.manifest.last_article)
        return self._resolving(
            k,
            self._articles_alive,
            lambda depth: self._collections.matching(ARTICLES, question, depth, condition),
        )

    def idf(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each stem of a question over the passages."""
        wanted = list(dict.fromkeys(content_stems(question)))
        counted = dict(
            self._database.run(
                "SELECT stem, passages FROM frequencies WHERE stem = ANY(?)", (wanted,)
            )
        )
        total = self.manifest.passages
        counts = {stem: min(counted.get(stem, 0), total) for stem in wanted}
        return {
            stem: math.log(1 + (total - count + 0.5) / (count + 0.5))
            for stem, count in counts.items()
        }

    # -- reading ---------------------------------------------------------------------------------

    def locations(self, passage_ids: Iterable[int]) -> dict[int, PassageLocation]:
        """Return where passages stand in their articles; unknown ids are left out."""
        rows = self._alive(
            "SELECT p.id, p.article, p.number FROM passages AS p "
            "JOIN article_rows AS a ON a.number = p.article WHERE p.id = ANY(?) AND ",
            list(passage_ids),
            table="a",
        )
        return {row[0]: PassageLocation(row[1], row[2] == 0) for row in rows}

    def resolve(self, passage_ids: Iterable[int]) -> dict[int, tuple[Passage, Article]]:
        """Return passages, each with its article; unknown ids are left out."""
        rows = self._database.run(
            f"SELECT p.article, p.id, {_PASSAGE} FROM passages AS p WHERE p.id = ANY(?)",
            (list(passage_ids),),
        )
        found = self._alive(
            f"SELECT number, {ARTICLE_FIELDS} FROM article_rows WHERE number = ANY(?) AND ",
            list({row[0] for row in rows}),
        )
        articles = {row[0]: self._whole(row[1:]) for row in found}
        return {
            row[1]: (passage_of(row[2:], articles[row[0]]), articles[row[0]])
            for row in rows
            if row[0] in articles
        }

    def article(self, article_id: str) -> Article | None:
        """Return an article as indexed, or None where there is none of that id."""
        if not storable(article_id):
            return None
        rows = self._alive(
            f"SELECT {ARTICLE_FIELDS} FROM article_rows WHERE id = ? AND ", article_id
        )
        return self._whole(rows[0]) if rows else None

    def articles(self) -> Iterator[Article]:
        """Return every article, in the order of their ids."""
        after = ""
        while True:
            rows = self._alive(
                f"SELECT {ARTICLE_FIELDS} FROM article_rows WHERE id > ? AND ",
                after,
                after=f"ORDER BY id LIMIT {_PAGE}",
            )
            for row in rows:
                article = self._whole(row)
                after = article.id
                yield article
            if len(rows) < _PAGE:
                return

    def indexed(self) -> Iterator[tuple[str, IndexedArticle]]:
        """Return every article's id, in order, with its hash and source path."""
        after = ""
        while True:
            rows = self._alive(
                "SELECT id, hash, source_path FROM article_rows WHERE id > ? AND ",
                after,
                after="ORDER BY id LIMIT 10000",
            )
            for after, *values in rows:
                yield after, IndexedArticle(*values)
            if not rows:
                return

    def stored(self, article_ids: Sequence[str]) -> Iterator[StoredArticle]:
        """Return articles with all that is kept of them; unknown ids are left out."""
        versions = self.versions(article_ids)
        articles = self._alive(
            f"SELECT number, {ARTICLE_FIELDS} FROM article_rows WHERE id = ANY(?) AND ",
            list(filter(storable, article_ids)),
        )
        rows: dict[int, list[tuple[Any, ...]]] = {number: [] for number, *_ in articles}
        for number, *values in self._database.run(
            f"SELECT p.article, p.id, {_PASSAGE} FROM passages AS p WHERE p.article = ANY(?) "
            "ORDER BY p.article, p.number",
            (list(rows),),
        ):
            rows[number].append(tuple(values))
        ids = [row[0] for found in rows.values() for row in found]
        vectors = self._collections.vectors(ids, "Strong")
        if len(vectors) < len(ids):
            raise IndexCorrupt(f"{len(ids) - len(vectors):,} passages have no vector in Milvus")
        names = self.names(article_ids)
        for number, *fields in articles:
            article = self._whole(fields)
            yield StoredArticle(
                article,
                [passage_of(row[1:], article) for row in rows[number]],
                np.array([vectors[row[0]] for row in rows[number]], np.float32).reshape(
                    -1, self.manifest.dimension
                ),
                versions.get(article.id, ()),
                names.get(article.id, ()),
            )

    def copies_of(self, article_id: str) -> tuple[str, ...]:
        """Return the ids of an article's original and its copies, with its own among them."""
        rows = self._alive(
            "SELECT other.article_id FROM groups AS other WHERE other.original = "
            f"(SELECT original FROM groups WHERE article_id = ? AND {alive_in('groups')}) AND ",
            article_id,
            self._number,
            self._number,
            table="other",
            after=f"ORDER BY other.moment, other.article_id LIMIT {MOST_COPIES}",
        )
        return tuple(row[0] for row in rows)

    def versions(self, article_ids: Iterable[str]) -> dict[str, list[ArticleVersion]]:
        """Return the earlier versions of articles that have some, by id, the oldest first."""
        found: dict[str, list[ArticleVersion]] = {}
        for article_id, *values in self._alive(
            "SELECT article_id, title, text, published, updated, replaced FROM versions "
            "WHERE article_id = ANY(?) AND ",
            list(article_ids),
            after="ORDER BY number",
        ):
            found.setdefault(article_id, []).append(ArticleVersion(*values))
        return found

    def ailing(self) -> dict[str, str]:
        """Return what is wrong with PostgreSQL and Milvus, where one does not answer."""
        looks: dict[str, Callable[[], object]] = {
            "catalogue": lambda: self._database.run("SELECT 1"),
            "engine": self._collections.check,
        }
        found: dict[str, str] = {}
        for name, look in looks.items():
            try:
                look()
            except IndexFailure as error:
                found[name] = str(error)
        return found

    def undated(self) -> int:
        """Count the articles without a date."""
        rows = self._alive("SELECT count(*) FROM article_rows WHERE epoch IS NULL AND ")
        return int(rows[0][0])

    def status(self) -> IndexStatus:
        """Return what the generation holds; its size is that of the catalogue."""
        manifest = self.manifest
        ((size,),) = self._database.run(
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        )
        languages = self._alive(
            "SELECT coalesce(language, 'unknown'), count(*) FROM article_rows WHERE ",
            after="GROUP BY 1 ORDER BY 2 DESC, 1",
        )
        return IndexStatus(
            self._address,
            self.generation,
            manifest.articles,
            manifest.passages,
            self.undated(),
            manifest.embedder,
            manifest.dimension,
            int(size),
            manifest.built_at,
            manifest.copies,
            dict(languages),
        )

    def _articles_alive(self, numbers: Iterable[int]) -> set[int]:
        rows = self._alive(
            "SELECT number FROM article_rows WHERE number = ANY(?) AND ", list(numbers)
        )
        return {row[0] for row in rows}

    def _resolving(
        self,
        k: int,
        known: Callable[[Iterable[int]], Any],
        search: Callable[[int], list[tuple[int, float]]],
    ) -> list[tuple[int, float]]:
        """Search deeper until ``k`` of what is found are of this generation."""
        depth = min(k, MOST_FOUND)
        while True:
            found = search(depth)
            ours = known([number for number, _ in found])
            kept = [pair for pair in found if pair[0] in ours]
            if len(kept) >= k or len(found) < depth or depth == MOST_FOUND:
                return kept[:k]
            depth = min(4 * depth, MOST_FOUND)

    def _whole(self, row: Sequence[Any]) -> Article:
        return whole_article(row, self._database.where)
