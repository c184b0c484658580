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
from index.store.catalogue import Catalogue, PassageLocation
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
    read_current,
    verify_generation,
)
from index.store.sparse import SparseIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Snapshot"]

_FILTERS_KEPT = 16  # whose passages are remembered


class Snapshot:
    """What a generation holds, which newer ones never change. Safe to use from several threads.

    Attributes:
        generation: name of the generation.
        manifest: of the generation.
        duplicates: which articles are copies of which.
        versions: what articles were before they were corrected.
    """

    def __init__(self, folder: Path, previous: Snapshot | None = None) -> None:
        """Open the folder of a generation; use ``open``."""
        self.generation = folder.name
        self.manifest = Manifest.read(folder)
        self._folder = folder
        trusted = None if previous is None else (previous._folder, previous.manifest)
        verify_generation(folder, self.manifest, opening=True, trusted=trusted)
        self._catalogue = Catalogue.open(folder)
        self.duplicates = DuplicateTable(self._catalogue)
        self.versions = VersionTable(self._catalogue)
        deleted = self._catalogue.deleted_from_base()
        self._dense = DenseIndex.read(folder / DENSE, self._base(previous), deleted)
        self._sparse = SparseIndex.open(folder / SPARSE)
        self._sparse_articles = SparseIndex.open(folder / SPARSE_ARTICLES)
        self._allowed = lru_cache(maxsize=_FILTERS_KEPT)(self._passages_allowed)
        if len(self._dense) != self.manifest.passages:
            raise IndexCorrupt(f"{folder}: vectors and passages differ in number")

    @classmethod
    def open(cls, index_dir: Path, previous: Snapshot | None = None) -> Snapshot:
        """Open the current generation of an index.

        Args:
            index_dir: folder of the index.
            previous: an earlier generation of the same index, still open: what has not changed
                since is not read again.

        Raises:
            IndexMissing: there is no index there.
            IndexCorrupt: a file is missing, cut short or altered.
            IndexForeign: another program or version made it.
        """
        return read_current(index_dir, lambda folder: cls(folder, previous))

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

    def undated(self) -> int:
        """Count the articles without a date."""
        return self._catalogue.undated()

    def languages(self) -> dict[str, int]:
        """Count the articles of each language, the most common first."""
        return self._catalogue.languages()

    def _passages_allowed(self, filters: Filters) -> NDArray[np.int64]:
        return np.array(self._catalogue.allowed(filters), np.int64)

    def _base(self, previous: Snapshot | None) -> FrozenVectors | None:
        checksum = self.manifest.checksums.get(BASE_DENSE)
        if checksum is None:
            return None
        if previous is not None and previous.manifest.checksums.get(BASE_DENSE) == checksum:
            return previous._dense.base
        return FrozenVectors.read(self._folder / BASE_DENSE)
