"""Articles into the next generation of an index: split, embedded, published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from corpus.article import Article
from corpus.splitter import SplitterSettings, split_article
from index.embedding.batching import PassageBatches
from index.embedding.embedder import load_embedder, reload_embedder
from index.errors import EmbedderMismatch, IndexFailure
from index.names.article_names import find_names
from index.names.records import ArticleName
from index.store.protocols import IndexManifest, KeptVectors, Published, Store, Writer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedding.embedder import Embedder

__all__ = ["BuildProgress", "IndexChanges", "IndexWriter", "begin_generation"]


_LOCK_SECONDS = 10.0


@contextmanager
def begin_generation(store: Store) -> Iterator[Writer]:
    """Begin the next generation of a store; what is not published goes.

    Raises:
        IndexFailure: as ``Store.writing`` does, or it cannot be written.
    """
    try:
        with store.writing(_LOCK_SECONDS) as writer:
            yield writer
    except OSError as error:
        cause = error.strerror or str(error)
        raise IndexFailure(f"cannot write the index {store.address}: {cause}") from error


class BuildProgress(Protocol):
    """Told how far the work is; the counts only grow within a build."""

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
        rebuilt: whether every article is split and embedded anew.
    """

    added: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    moved: bool = False
    rebuilt: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.replaced or self.removed or self.moved or self.rebuilt)


class IndexWriter:
    """A build of an index, from the current generation where there is one.

    Attributes:
        embedded: passages that the model has read.
        taken_over: passages that it had read for an earlier build, which was stopped.
        found_names: names that have been found already, by the hash of their article.
        splitter: how articles are cut.
    """

    def __init__(
        self,
        address: str,
        writer: Writer,
        embedder: Embedder | None,
        model: str | None,
        rebuild: bool = False,
    ) -> None:
        """Begin with what the current generation holds, or with nothing.

        Args:
            address: of the index.
            writer: of its store.
            embedder: the model; loaded when it is needed where None.
            model: its name; where None, the one that the index was built with, else the default.
            rebuild: split and embed every article anew; those of ``rest`` are put again in the end.

        Raises:
            EmbedderMismatch: the index was built with another model, and is not rebuilt.
        """
        self._writer = writer
        self._embedder = embedder
        self._model = model
        self.splitter = SplitterSettings()
        self.embedded = 0
        self.taken_over = 0
        self.found_names: dict[str, tuple[ArticleName, ...]] = {}
        self._left: int | None = None
        self._manifest = writer.manifest
        self.rebuilds = rebuild and self._manifest is not None
        if self._manifest is None:
            return
        if self.rebuilds:
            self._model = model or self._manifest.embedder
            self._manifest = None
            writer.start_over()
        else:
            self._check_model(address, self._manifest)

    def _check_model(self, address: str, manifest: IndexManifest) -> None:
        self.splitter = manifest.splitter
        if self._embedder is None and self._model not in (None, manifest.embedder):
            self._embedder = load_embedder(self._model)
        if self._embedder is not None and self._embedder.fingerprint != manifest.fingerprint:
            raise EmbedderMismatch(
                f"{address} was built with the model {manifest.embedder!r}, not "
                f"{self._embedder.name!r}: leave --model out, add --rebuild to embed all that it "
                "holds anew, or give another --index"
            )

    def put(self, article: Article, source_path: str, changes: IndexChanges) -> None:
        """Write an article to the store, unless it is there already as it is."""
        before = self._writer.known([article.id]).get(article.id)
        if before is not None and before.content_hash == article.content_hash:
            changes.unchanged.add(article.id)
            if before.source_path != source_path:
                self._writer.move(article.id, source_path)
                changes.moved = True
            if article.id not in changes.replaced and not self.rebuilds:
                return
            changes.replaced.discard(article.id)  # an earlier file of this run had another text
        else:
            (changes.added if before is None else changes.replaced).add(article.id)
            changes.unchanged.discard(article.id)
        self._write(article, source_path)

    def rest(self, changes: IndexChanges) -> Iterator[tuple[str, str]]:
        """Return the id and source path of the articles that nothing was said of in this build."""
        taken = changes.added | changes.replaced | changes.unchanged | changes.removed
        return (pair for pair in self._writer.source_paths() if pair[0] not in taken)

    def put_again(self, article_id: str, source_path: str, changes: IndexChanges) -> None:
        """Write an article once more as it is, split as this build does."""
        article = self._writer.article(article_id)
        if article is not None:
            changes.unchanged.add(article_id)
            self._write(article, source_path)

    def _write(self, article: Article, source_path: str) -> None:
        passages = split_article(article, self.splitter, self.embedder.token_count)
        self._writer.put(article, source_path, passages)

    @property
    def embedder(self) -> Embedder:
        """The model, loaded when the first article needs it."""
        if self._embedder is None:
            before = self._manifest
            if before is None:
                self._embedder = load_embedder(self._model)
            else:
                self._embedder = reload_embedder(before.embedder, before.fingerprint)
        return self._embedder

    def count_kept(self) -> int:
        """Count the vectors that a stopped build has left, as they are when this is first asked."""
        if self._left is None:
            self._left = len(self._kept())
        return self._left

    def _kept(self) -> KeptVectors:
        return self._writer.kept_vectors(self.embedder.fingerprint, self.embedder.dimension)

    def finish(self, changes: IndexChanges, progress: BuildProgress | None) -> Published:
        """Make the vectors of what is new, and publish the changes, where there are any.

        Returns:
            What the current generation is now.
        """
        writer = self._writer
        if not changes:
            return writer.unchanged()
        self._embed(progress)
        before = self._manifest
        if before is None:
            model = (self.embedder.name, self.embedder.fingerprint, self.embedder.dimension)
        else:
            model = (before.embedder, before.fingerprint, before.dimension)
        return writer.publish(
            model,
            self.splitter,
            changes.replaced,
            changes.removed,
            progress.articles if progress else lambda done, total: None,
        )

    def _embed(self, progress: BuildProgress | None) -> None:
        """Make the vectors of the new passages, and find the names in their articles meanwhile."""
        total = self._writer.passages_written()
        if not total:
            return
        left = self.count_kept()
        finder = ThreadPoolExecutor(1)
        found: list[tuple[str, Future[Sequence[ArticleName]]]] = []

        def add(passage_ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
            for article_id, names in found:
                self._writer.put_names(article_id, names.result())
            found.clear()
            self._writer.embed(passage_ids, vectors)

        batches = PassageBatches(
            self.embedder,
            self._kept(),
            add,
            lambda done: None if progress is None else progress.passages(done, total),
        )
        try:
            for article, passages in self._writer.written():
                found.append((article.id, finder.submit(self._names, article)))
                batches.take(article, passages)
            batches.finish()
        finally:
            finder.shutdown(cancel_futures=True)
        self.taken_over = min(left, batches.taken_over)  # the rest was kept in this build
        self.embedded = total - self.taken_over

    def _names(self, article: Article) -> Sequence[ArticleName]:
        names = self.found_names.pop(article.content_hash, None)
        return find_names(article) if names is None else names
