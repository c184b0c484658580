"""A generation of the local store being made: begun from the current one, published whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Article, Passage
from corpus.dates import local_seconds
from corpus.splitter import SplitterSettings
from index.errors import IndexMissing
from index.names.records import ArticleName
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
from index.store.name_table import NameTable
from index.store.protocols import ArticleVersion, IndexedArticle, Published
from index.store.publishing import begin_generation, discard_generation, publish_generation
from index.store.sparse import SparseIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GenerationWriter"]


class GenerationWriter:
    """The next generation of an index. The writer's lock must be held as long as it is open.

    Articles go into the catalogue first; then vectors, words and copies are brought in step.

    Attributes:
        manifest: of the generation that it began from; None where there is none.
        catalogue: articles and passages, as they will be published.
    """

    def __init__(self, index_dir: Path) -> None:
        """Begin with what the current generation holds, or with nothing.

        Raises:
            IndexFailure: the current generation is not whole.
        """
        self._index_dir = index_dir
        self._before = _checked(index_dir)
        self.manifest = self._before and self._before[1]
        self._folder = begin_generation(index_dir, self._before and self._before[0])
        self._closed = False
        self.catalogue = Catalogue.create(self._folder)
        self._catalogue_before = self._before and Catalogue.open(self._before[0])
        self._last_before = self.catalogue.last_passage_id()
        self._dense: DenseIndex | None = None
        self._journal: VectorJournal | None = None
        self._starts_over = False

    def start_over(self) -> None:
        """Take over no vectors: every article is put again, for another model or splitter."""
        self._starts_over = True

    def known(self, article_ids: Iterable[str]) -> dict[str, IndexedArticle]:
        """Return the hash and source path that articles had before; unknown ids are left out."""
        return self._catalogue_before.known(article_ids) if self._catalogue_before else {}

    def source_paths(self) -> Iterator[tuple[str, str]]:
        """Return the id and source path of every article that was there before."""
        return iter(self._catalogue_before.source_paths() if self._catalogue_before else ())

    def article(self, article_id: str) -> Article | None:
        """Return an article as it would be published now."""
        return self.catalogue.article(article_id)

    def put(self, article: Article, source_path: str, passages: Sequence[Passage]) -> None:
        """Insert an article with its passages, in place of what its id had before."""
        self.catalogue.put(article, source_path, passages)

    def put_names(self, article_id: str, names: Sequence[ArticleName]) -> None:
        """Insert the names of an article that has been put."""
        self.catalogue.put_names(article_id, names)

    def move(self, article_id: str, source_path: str) -> None:
        """Note that an article comes from another file now."""
        self.catalogue.move(article_id, source_path)

    def delete(self, article_ids: Iterable[str]) -> None:
        """Delete articles and their passages; unknown ids are passed over."""
        self.catalogue.delete(article_ids)

    def replace_versions(self, article_id: str, versions: Iterable[ArticleVersion]) -> None:
        """Keep these earlier versions of an article, the oldest first, and no others."""
        table = VersionTable.create(self.catalogue)
        table.forget([article_id])
        for version in versions:
            table.keep(article_id, version)

    def passages_written(self) -> int:
        """Count the passages that have been put."""
        return self.catalogue.passages_since(self._last_before)

    def written(self) -> Iterator[tuple[Article, Sequence[tuple[int, Passage]]]]:
        """Return the articles that have been put, each with its passages by id."""
        for article in self._articles(self._written()):
            yield article, self.catalogue.passages_of(article)

    def kept_vectors(self, fingerprint: str, dimension: int) -> VectorJournal:
        """Open the vectors that a build which was stopped has left, and go on with them."""
        self._journal = VectorJournal(self._index_dir / JOURNAL, fingerprint, dimension)
        return self._journal

    def embed(self, passage_ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Add the vectors of new passages, shape (len(passage_ids), dimension)."""
        self._opened_dense(vectors.shape[1]).add(passage_ids, vectors)

    def _update_words(self, gone: Iterable[str]) -> None:
        """Bring BM25 in step, over the passages and over the whole articles."""
        written = self._written()
        gone = sorted({*gone, *written})
        self._sparse(SPARSE).update(
            gone,
            (
                (article, local_seconds(article.published), number, passage)
                for article, passages in self.written()
                for number, passage in passages
            ),
            self._name_keys,
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
                for article in self._articles(written)
            ),
            self._name_keys,
        )

    def _name_keys(self, article_id: str) -> list[str]:
        names = NameTable(self.catalogue).names([article_id])
        return [name.key for name in names.get(article_id, ())]

    def _keep_versions(self, replaced: Collection[str], removed: Iterable[str]) -> None:
        """Keep articles as they were before this build replaced them; forget those removed."""
        versions = VersionTable.create(self.catalogue)
        versions.forget(removed)
        if self._catalogue_before is None:
            return
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        for article_id in sorted(replaced):
            old, new = self._catalogue_before.article(article_id), self.article(article_id)
            if old and new and (old.title, old.text) != (new.title, new.text):
                version = ArticleVersion(old.title, old.text, old.published, old.updated, moment)
                versions.keep(article_id, version)

    def unchanged(self) -> Published:
        """Return what the generation that it began from holds."""
        if self._before is None:
            return Published()
        folder, manifest = self._before
        copies = DuplicateTable(self.catalogue).count()
        return Published(folder.name, manifest.articles, manifest.passages, copies)

    def publish(
        self,
        model: tuple[str, str, int],
        splitter: SplitterSettings,
        replaced: Collection[str],
        removed: Collection[str],
        tell: Callable[[int, int], None],
    ) -> Published:
        """Bring words and copies in step with the catalogue, and make it the current generation."""
        self._keep_versions(replaced, removed)
        self._update_words([*removed, *replaced])
        duplicates = DuplicateTable.create(self.catalogue)
        duplicates.update(tell)
        copies = duplicates.count()
        dense = self._opened_dense(model[2])
        dense.remove(self.catalogue.deleted_passages)
        counts = self.catalogue.counts()
        self.close()
        if dense.wants_base or self._starts_over:  # what is in the old base no longer counts
            dense = dense.with_base()
            move_into_base(self._folder)
            (self._folder / BASE_DENSE).unlink(missing_ok=True)
            if dense.base is not None:
                dense.base.write(self._folder / BASE_DENSE)
        dense.write(self._folder / DENSE)
        Manifest.describe(self._folder, model, splitter, counts, self._before)
        self._folder = publish_generation(self._index_dir, self._folder)
        if self._journal is not None:
            self._journal.clear()
        return Published(self._folder.name, *counts, copies)

    def close(self) -> None:
        """Commit what was written to the catalogue and close its files."""
        if not self._closed:
            self._closed = True
            if self._catalogue_before is not None:
                self._catalogue_before.close()
            self.catalogue.close()

    def abandon(self) -> None:
        """Close the files, and remove what was not published."""
        self.close()
        discard_generation(self._folder)

    def _written(self) -> list[str]:
        # An article is always written whole, so its passages are all new or all old.
        return self.catalogue.articles_since(self._last_before)

    def _articles(self, article_ids: list[str]) -> Iterator[Article]:
        for article_id in article_ids:
            article = self.catalogue.article(article_id)
            if article is not None:
                yield article

    def _opened_dense(self, dimension: int) -> DenseIndex:
        if self._dense is None:
            if self._before is None or self._starts_over:
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
