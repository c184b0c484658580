"""A generation under construction: the catalogue first, then dense and sparse in step with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus.article import Article
from corpus.dates import epoch_seconds
from corpus.splitter import SplitterSettings, split_article
from index.duplicates import DuplicateTable
from index.embedding.batching import Embedding
from index.embedding.embedder import load_embedder, reload_embedder
from index.errors import EmbedderMismatch, IndexMissing
from index.store.catalogue import Catalogue
from index.store.catalogue_files import move_into_base
from index.store.dense import DenseIndex
from index.store.frozen_vectors import FrozenVectors
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
from index.store.passage_locations import article_number, as_one
from index.store.publishing import begin_generation, discard_generation, publish_generation
from index.store.sparse import SparseIndex

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder

__all__ = ["BuildProgress", "IndexChanges", "IndexWriter"]


class BuildProgress(Protocol):
    """Told how far the work is; both counts only grow within a build."""

    def files(self, done: int, total: int, name: str) -> None:
        """``done`` of ``total`` files have been read; the last was ``name``."""

    def passages(self, done: int, total: int) -> None:
        """``done`` of ``total`` new passages have been embedded."""

    def articles(self, done: int, total: int) -> None:
        """``done`` of ``total`` new articles have been compared, to find copies; the last step."""


@dataclass
class IndexChanges:
    """What differs from the generation that the build starts from.

    Attributes:
        added: ids of new articles.
        replaced: ids of those whose content changed.
        unchanged: ids of those that are the same.
        removed: ids of those taken out.
        moved: whether an article comes from another file now.
    """

    added: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    moved: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.added or self.replaced or self.removed or self.moved)


class IndexWriter:
    """A generation being made, from the current one where there is one."""

    def __init__(
        self,
        index_dir: Path,
        before: tuple[Path, Manifest] | None,
        embedder: Embedder | None,
        model: str | None,
        splitter: SplitterSettings,
    ) -> None:
        """Begin a generation in a folder of its own; use ``begin``."""
        self._index_dir = index_dir
        self._before = before
        self._embedder = embedder
        self._model = model
        self._splitter = splitter
        self._folder = begin_generation(index_dir, before[0] if before else None)
        self.catalogue = Catalogue.create(self._folder)
        self._last_before = self.catalogue.last_passage_id()
        self.embedded = 0
        self.taken_over = 0
        self.copies = 0
        self._closed = False

    @classmethod
    def begin(
        cls,
        index_dir: Path,
        embedder: Embedder | None,
        model: str | None,
        splitter: SplitterSettings | None,
    ) -> IndexWriter:
        """Begin with what the current generation holds, or with nothing. The lock must be held.

        Raises:
            EmbedderMismatch: the index was built with another model.
            IndexFailure: the current generation is not whole.
        """
        before: tuple[Path, Manifest] | None = None
        try:
            folder = current_generation(index_dir)
        except IndexMissing:
            settings = splitter or SplitterSettings()
        else:
            manifest = Manifest.read(folder)
            verify_generation(folder, manifest, opening=True)
            before, settings = (folder, manifest), manifest.splitter
            if embedder is None and model is not None:
                if model == manifest.embedder:
                    embedder = reload_embedder(model, manifest.fingerprint)
                else:
                    embedder = load_embedder(model)
            if embedder is not None and embedder.fingerprint != manifest.fingerprint:
                raise EmbedderMismatch(
                    f"{index_dir} was built with the model {manifest.embedder!r}, not "
                    f"{embedder.name!r}: leave --model out, or give another --index folder"
                )
        return cls(index_dir, before, embedder, model, settings)

    def put(
        self,
        article: Article,
        origin: str,
        known: dict[str, str],
        origins: dict[str, str],
        changes: IndexChanges,
    ) -> None:
        """Write an article to the catalogue, unless it is there already as it is."""
        before = known.get(article.id)
        if before == article.content_hash:
            changes.unchanged.add(article.id)
            if origins[article.id] != origin:
                self.catalogue.move(article.id, origin)
                changes.moved = True
            if article.id not in changes.replaced:
                return
            changes.replaced.discard(article.id)  # an earlier file of this run had another text
        else:
            (changes.added if before is None else changes.replaced).add(article.id)
            changes.unchanged.discard(article.id)
        passages = split_article(article, self._splitter, self.embedder.token_count)
        self.catalogue.put(article, origin, passages)

    @property
    def embedder(self) -> Embedder:
        """The model, loaded when the first article needs it."""
        if self._embedder is None:
            if self._before is None:
                self._embedder = load_embedder(self._model)
            else:
                manifest = self._before[1]
                self._embedder = reload_embedder(manifest.embedder, manifest.fingerprint)
        return self._embedder

    def finish(self, changes: IndexChanges, progress: BuildProgress | None) -> tuple[str, int, int]:
        """Bring dense and sparse in step with the catalogue and publish, if anything changed.

        Returns:
            Name of the current generation, and its articles and passages.
        """
        if not changes:
            if self._before is None:
                return "", 0, 0
            manifest = self._before[1]
            self.copies = DuplicateTable(self.catalogue).count()
            return self._before[0].name, manifest.articles, manifest.passages
        # An article is always written whole, so its passages are all new or all old.
        written = self.catalogue.articles_since(self._last_before)
        dense = self._open_dense()
        dense.remove(self.catalogue.dropped)
        journal = self._journal() if written else None
        if journal is not None:
            self._embed(dense, journal, written, progress)
        self._update_sparse(sorted(changes.removed | changes.replaced | set(written)), written)
        copies = DuplicateTable.create(self.catalogue)
        if progress is None:
            copies.update()
        else:
            copies.update(progress.articles)
        self.copies = copies.count()
        counts = self.catalogue.counts()
        self._close()
        if dense.wants_base:
            dense = dense.with_base()
            move_into_base(self._folder)
            if dense.base is not None:
                dense.base.write(self._folder / BASE_DENSE)
        dense.write(self._folder / DENSE)
        if self._before is None:
            model = (self.embedder.name, self.embedder.fingerprint, self.embedder.dimension)
        else:
            before = self._before[1]
            model = (before.embedder, before.fingerprint, before.dimension)
        Manifest.describe(self._folder, model, self._splitter, counts, self._before)
        self._folder = publish_generation(self._index_dir, self._folder)
        if journal is not None:
            journal.clear()
        return self._folder.name, *counts

    def abandon(self) -> None:
        """Close the files, and remove what was not published."""
        self._close()
        discard_generation(self._folder)

    def _articles(self, article_ids: Iterable[str]) -> Iterator[Article]:
        for article_id in article_ids:
            article = self.catalogue.article(article_id)
            if article is not None:
                yield article

    def _embed(
        self,
        dense: DenseIndex,
        journal: VectorJournal,
        written: list[str],
        progress: BuildProgress | None,
    ) -> None:
        """Give the new passages their vectors."""
        total = self.catalogue.passages_since(self._last_before)
        embedding = Embedding(
            self.embedder,
            journal,
            dense,
            lambda done: None if progress is None else progress.passages(done, total),
        )
        for article in self._articles(written):
            embedding.take(article, self.catalogue.passages_of(article))
        embedding.finish()
        self.embedded, self.taken_over = embedding.embedded, embedding.taken_over

    def _open_dense(self) -> DenseIndex:
        if self._before is None:
            return DenseIndex.empty(self.embedder.dimension)
        base = self._folder / BASE_DENSE
        return DenseIndex.read(
            self._folder / DENSE,
            FrozenVectors.read(base) if base.exists() else None,
            self.catalogue.gone_from_base(),
        )

    def _update_sparse(self, removed: list[str], written: list[str]) -> None:
        """Bring BM25 in step, over the passages and over the whole articles."""
        before = self._before[1] if self._before else None
        sparse = self._open_sparse(SPARSE, before is None)
        sparse.update(
            removed,
            (
                (article, epoch_seconds(article.published), number, passage)
                for article in self._articles(written)
                for number, passage in self.catalogue.passages_of(article)
            ),
        )
        made = before is None or not before.has_articles  # by an earlier newsbot
        whole = self._open_sparse(SPARSE_ARTICLES, made)
        whole.update(
            removed,
            (
                (untitled, epoch_seconds(article.published), number, passage)
                for article in self._articles(self.catalogue.ids() if made else written)
                for number in [article_number(self.catalogue, article.id)]
                for untitled, passage in [as_one(article)]
            ),
        )

    def _open_sparse(self, name: str, new: bool) -> SparseIndex:
        folder = self._folder / name
        return SparseIndex.create(folder) if new else SparseIndex.open(folder)

    def _journal(self) -> VectorJournal:
        folder = self._index_dir / JOURNAL
        return VectorJournal(folder, self.embedder.fingerprint, self.embedder.dimension)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self.catalogue.close()
