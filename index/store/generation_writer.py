"""A generation of the local store being made: begun from the current one, published whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Article, Passage
from corpus.dates import local_seconds
from corpus.splitter import SplitterSettings
from index.errors import IndexMissing
from index.store.catalogue import Catalogue
from index.store.catalogue_files import move_into_base
from index.store.dense import DenseIndex
from index.store.duplicates import DuplicateTable
from index.store.frozen_vectors import FrozenVectors
from index.store.history import VersionTable
from index.store.journal import VectorJournal
from index.store.layout import (
    BASE_DENSE,
    DENSE,
    JOURNAL,
    SPARSE,
    SPARSE_ARTICLES,
    Manifest,
    current_generation,
    verify_generation,
)
from index.store.publishing import begin_generation, discard_generation, publish_generation
from index.store.sparse import SparseIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GenerationWriter"]


class GenerationWriter:
    """The next generation of an index. The writer's lock must be held as long as it is open.

    Articles go into the catalogue first; then vectors, words and copies are brought in step.

    Attributes:
        before: name and manifest of the generation that it began from, if there is one.
        catalogue: articles and passages.
    """

    def __init__(self, index_dir: Path) -> None:
        """Begin with what the current generation holds, or with nothing.

        Raises:
            IndexFailure: the current generation is not whole.
        """
        self._index_dir = index_dir
        self._before = _checked(index_dir)
        self.before = self._before and (self._before[0].name, self._before[1])
        self._folder = begin_generation(index_dir, self._before and self._before[0])
        self._closed = False
        self.catalogue = Catalogue.create(self._folder)
        self._last_before = self.catalogue.last_passage_id()
        self._dense: DenseIndex | None = None
        self._journal: VectorJournal | None = None

    def written(self) -> list[str]:
        """Return the ids of the articles written to the catalogue since it was begun, in order."""
        # An article is always written whole, so its passages are all new or all old.
        return self.catalogue.articles_since(self._last_before)

    def passages_written(self) -> int:
        """Count their passages."""
        return self.catalogue.passages_since(self._last_before)

    def journal(self, fingerprint: str, dimension: int) -> VectorJournal:
        """Open the vectors that a build which was stopped has left, and go on with them."""
        self._journal = VectorJournal(self._index_dir / JOURNAL, fingerprint, dimension)
        return self._journal

    def add_vectors(self, passage_ids: list[int], vectors: NDArray[np.float32]) -> None:
        """Add the vectors of new passages, shape (len(passage_ids), dimension)."""
        self._opened_dense(vectors.shape[1]).add(passage_ids, vectors)

    def update_words(self, removed: list[str], written: list[str]) -> None:
        """Bring BM25 in step, over the passages and over the whole articles."""
        gone = sorted({*removed, *written})
        self._sparse(SPARSE).update(
            gone,
            (
                (article, local_seconds(article.published), number, passage)
                for article in self.articles(written)
                for number, passage in self.catalogue.passages_of(article)
            ),
        )
        self._sparse(SPARSE_ARTICLES).update(
            gone,
            (
                (
                    replace(article, title=""),
                    local_seconds(article.published),
                    self.catalogue.article_number(article.id),
                    _as_passage(article),
                )
                for article in self.articles(written)
            ),
        )

    def keep_versions(self, replaced: Collection[str], removed: Iterable[str]) -> None:
        """Keep articles as they were before this build replaced them; forget those removed."""
        versions = VersionTable.create(self.catalogue)
        versions.forget(removed)
        if self._before is None or not replaced:
            return
        before = Catalogue.open(self._before[0])
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            for article_id in sorted(replaced):
                old, new = before.article(article_id), self.catalogue.article(article_id)
                if old and new and (old.title, old.text) != (new.title, new.text):
                    versions.keep(old, moment)
        finally:
            before.close()

    def find_copies(self, tell: Callable[[int, int], None]) -> None:
        """Compare the new articles with all others; ``tell`` hears how many of how many."""
        DuplicateTable.create(self.catalogue).update(tell)

    def count_copies(self) -> int:
        """Count the articles that are copies of another."""
        return DuplicateTable(self.catalogue).count()

    def publish(
        self, model: tuple[str, str, int], splitter: SplitterSettings
    ) -> tuple[str, int, int]:
        """Make it the current generation.

        Args:
            model: name, fingerprint and dimension of the embedder.
            splitter: how the articles were cut.

        Returns:
            Its name, and its articles and passages.
        """
        dense = self._opened_dense(model[2])
        dense.remove(self.catalogue.deleted_passages)
        counts = self.catalogue.counts()
        self.close()
        if dense.wants_base:
            dense = dense.with_base()
            move_into_base(self._folder)
            if dense.base is not None:
                dense.base.write(self._folder / BASE_DENSE)
        dense.write(self._folder / DENSE)
        Manifest.describe(self._folder, model, splitter, counts, self._before)
        self._folder = publish_generation(self._index_dir, self._folder)
        if self._journal is not None:
            self._journal.clear()
        return self._folder.name, *counts

    def close(self) -> None:
        """Commit what was written to the catalogue and close its files."""
        if not self._closed:
            self._closed = True
            self.catalogue.close()

    def abandon(self) -> None:
        """Close the files, and remove what was not published."""
        self.close()
        discard_generation(self._folder)

    def articles(self, article_ids: list[str]) -> Iterator[Article]:
        """Return the articles of these ids, in their order."""
        for article_id in article_ids:
            article = self.catalogue.article(article_id)
            if article is not None:
                yield article

    def _opened_dense(self, dimension: int) -> DenseIndex:
        if self._dense is None:
            if self._before is None:
                self._dense = DenseIndex.empty(dimension)
            else:
                base = self._folder / BASE_DENSE
                self._dense = DenseIndex.read(
                    self._folder / DENSE,
                    FrozenVectors.read(base) if base.exists() else None,
                    self.catalogue.deleted_from_base(),
                )
        return self._dense

    def _sparse(self, name: str) -> SparseIndex:
        folder = self._folder / name
        return SparseIndex.create(folder) if self._before is None else SparseIndex.open(folder)


def _checked(index_dir: Path) -> tuple[Path, Manifest] | None:
    """Return the current generation, once its files are found whole."""
    try:
        folder = current_generation(index_dir)
    except IndexMissing:
        return None
    manifest = Manifest.read(folder)
    verify_generation(folder, manifest, opening=True)
    return folder, manifest


def _as_passage(article: Article) -> Passage:
    """Return an article as one passage, its headline before its text.

    In a field of its own a headline would weigh as much as all of the text.
    """
    whole = f"{article.title}\n\n{article.text}"
    return Passage(article.id, 0, 0, len(whole), whole, ())
