"""One generation of the local store, opened to be searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Article, Passage
from index.errors import IndexCorrupt
from index.filters import Filters
from index.results import IndexStatus
from index.store.catalogue import Catalogue
from index.store.dense import DenseIndex
from index.store.duplicates import DuplicateTable
from index.store.frozen_vectors import FrozenVectors
from index.store.history import VersionTable
from index.store.layout import (
    BASE_DENSE,
    DENSE,
    SPARSE,
    SPARSE_ARTICLES,
    Manifest,
    verify_generation,
)
from index.store.name_table import NameTable
from index.store.protocols import ArticleVersion, IndexedArticle, PassageLocation, StoredArticle
from index.store.sparse import SparseIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LocalSnapshot"]

_FILTERS_KEPT = 16  # whose passages are remembered


class LocalSnapshot(NameTable):
    """What a generation holds, which newer ones never change. Safe to use from several threads.

    Attributes:
        generation: name of the generation.
        manifest: of the generation.
    """

    def __init__(self, folder: Path, previous: LocalSnapshot | None = None) -> None:
        """Open the folder of a generation, the current one unless another writer is quicker.

        Args:
            folder: of the generation.
            previous: an earlier generation of the same index, still open.

        Raises:
            IndexCorrupt: a file is missing, cut short or altered.
            IndexForeign: another program or version made it.
        """
        self.generation = folder.name
        self.manifest = Manifest.read(folder)
        self._folder = folder
        trusted = None if previous is None else (previous._folder, previous.manifest)
        verify_generation(folder, self.manifest, opening=True, trusted=trusted)
        super().__init__(Catalogue.open(folder))
        self._duplicates = DuplicateTable(self._catalogue)
        self._versions = VersionTable(self._catalogue)
        deleted = self._catalogue.deleted_from_base()
        self._dense = DenseIndex.read(folder / DENSE, self._base(previous), deleted)
        self._sparse = SparseIndex.open(folder / SPARSE)
        self._sparse_articles = SparseIndex.open(folder / SPARSE_ARTICLES)
        self._allowed = lru_cache(maxsize=_FILTERS_KEPT)(self._passages_allowed)
        if len(self._dense) != self.manifest.passages:
            raise IndexCorrupt(f"{folder}: vectors and passages differ in number")

    # -- searching -------------------------------------------------------------------------------

    def is_empty(self, filters: Filters) -> bool:
        """Whether no passage passes the filters."""
        return bool(filters) and not len(self._allowed(filters))

    def nearest(
        self, vector: NDArray[np.float32], k: int, filters: Filters
    ) -> list[tuple[int, float]]:
        """Find the passages whose vectors are nearest to one.

        Args:
            vector: shape (dimension,), of length 1.
            k: how many at the most.
            filters: what their articles must be.

        Returns:
            (passage id, cosine similarity in [-1, 1]) pairs, the best first.
        """
        return self._dense.search(vector, k, self._allowed(filters) if filters else None)

    def similarities(self, vector: NDArray[np.float32], passage_ids: Sequence[int]) -> list[float]:
        """Return the cosine similarity of the vector to each of these passages, in their order."""
        return self._dense.scores(vector, passage_ids)

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages that share words with a question: (passage id, BM25), the best first."""
        return self._sparse.search(question, k, filters)

    def matching_articles(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find whole articles that do: (article number, BM25), the best first."""
        return self._sparse_articles.search(question, k, filters)

    def idf(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each stem of a question over the passages."""
        return self._sparse.idf(question)

    # -- reading ---------------------------------------------------------------------------------

    def locations(self, passage_ids: Iterable[int]) -> dict[int, PassageLocation]:
        """Return where passages stand in their articles; unknown ids are left out."""
        return self._catalogue.locations(passage_ids)

    def resolve(self, passage_ids: Iterable[int]) -> dict[int, tuple[Passage, Article]]:
        """Return passages, each with its article; unknown ids are left out."""
        return self._catalogue.resolve(passage_ids)

    def article(self, article_id: str) -> Article | None:
        """Return an article as indexed, or None where there is none of that id."""
        return self._catalogue.article(article_id)

    def articles(self) -> Iterator[Article]:
        """Return every article, in the order of their ids."""
        return self._catalogue.articles()

    def indexed(self) -> Iterator[tuple[str, IndexedArticle]]:
        """Return every article's id, in order, with its hash and source path."""
        return self._catalogue.indexed()

    def stored(self, article_ids: Sequence[str]) -> Iterator[StoredArticle]:
        """Return articles with all that is kept of them; unknown ids are left out."""
        versions, names = self.versions(article_ids), self.names(article_ids)
        for article_id in article_ids:
            if (article := self.article(article_id)) is not None:
                rows = self._catalogue.passages_of(article)
                yield StoredArticle(
                    article,
                    [passage for _, passage in rows],
                    self._dense.vectors([number for number, _ in rows]),
                    versions.get(article_id, ()),
                    names.get(article_id, ()),
                )

    def copies_of(self, article_id: str) -> tuple[str, ...]:
        """Return the ids of an article's original and its copies, with its own among them."""
        return self._duplicates.group(article_id)

    def versions(self, article_ids: Iterable[str]) -> dict[str, list[ArticleVersion]]:
        """Return the earlier versions of articles that have some, by id, the oldest first."""
        return self._versions.of(article_ids)

    def ailing(self) -> dict[str, str]:
        """Return nothing: a folder has no servers."""
        return {}

    def undated(self) -> int:
        """Count the articles without a date."""
        return self._catalogue.undated()

    def status(self) -> IndexStatus:
        """Return what the generation holds."""
        manifest = self.manifest
        return IndexStatus(
            str(self._folder.parent.parent),
            self.generation,
            manifest.articles,
            manifest.passages,
            self.undated(),
            manifest.embedder,
            manifest.dimension,
            sum(manifest.sizes.values()),
            manifest.built_at,
            self._duplicates.count(),
            self._catalogue.languages(),
        )

    def _passages_allowed(self, filters: Filters) -> NDArray[np.int64]:
        return np.array(self._catalogue.allowed(filters), np.int64)

    def _base(self, previous: LocalSnapshot | None) -> FrozenVectors | None:
        checksum = self.manifest.checksums.get(BASE_DENSE)
        if checksum is None:
            return None
        if previous is not None and previous.manifest.checksums.get(BASE_DENSE) == checksum:
            return previous._dense.base
        return FrozenVectors.read(self._folder / BASE_DENSE)
