"""Articles into the next generation of an index: split, embedded, published."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus.article import Article
from corpus.splitter import SplitterSettings, split_article
from index.embedding.batching import PassageBatches
from index.embedding.embedder import load_embedder, reload_embedder
from index.errors import EmbedderMismatch
from index.store.generation_writer import GenerationWriter

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder
    from index.store.layout import Manifest

__all__ = ["BuildProgress", "IndexChanges", "IndexWriter"]


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
    """

    added: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    moved: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.replaced or self.removed or self.moved)


class IndexWriter:
    """A build of an index, from the current generation where there is one.

    Attributes:
        catalogue: the articles, as they will be published.
        embedded: passages that the model has read.
        taken_over: passages that it had read for an earlier build, which was stopped.
        copies: articles that are copies of another one, once it is finished.
    """

    def __init__(self, index_dir: Path, embedder: Embedder | None, model: str | None) -> None:
        """Begin with what the current generation holds, or with nothing. The lock must be held.

        Raises:
            EmbedderMismatch: the index was built with another model.
            IndexFailure: the current generation is not whole.
        """
        self._generation = GenerationWriter(index_dir)
        self.catalogue = self._generation.catalogue
        self._embedder = embedder
        self._model = model
        self._splitter = SplitterSettings()
        self.embedded = 0
        self.taken_over = 0
        self.copies = 0
        if self._generation.before is not None:
            try:
                self._check_model(index_dir, self._generation.before[1])
            except BaseException:
                self.abandon()
                raise

    def _check_model(self, index_dir: Path, manifest: Manifest) -> None:
        self._splitter = manifest.splitter
        if self._embedder is None and self._model not in (None, manifest.embedder):
            self._embedder = load_embedder(self._model)
        if self._embedder is not None and self._embedder.fingerprint != manifest.fingerprint:
            raise EmbedderMismatch(
                f"{index_dir} was built with the model {manifest.embedder!r}, not "
                f"{self._embedder.name!r}: leave --model out, or give another --index folder"
            )

    def put(
        self,
        article: Article,
        source_path: str,
        known: dict[str, str],
        source_paths: dict[str, str],
        changes: IndexChanges,
    ) -> None:
        """Write an article to the catalogue, unless it is there already as it is."""
        before = known.get(article.id)
        if before == article.content_hash:
            changes.unchanged.add(article.id)
            if source_paths[article.id] != source_path:
                self.catalogue.move(article.id, source_path)
                changes.moved = True
            if article.id not in changes.replaced:
                return
            changes.replaced.discard(article.id)  # an earlier file of this run had another text
        else:
            (changes.added if before is None else changes.replaced).add(article.id)
            changes.unchanged.discard(article.id)
        passages = split_article(article, self._splitter, self.embedder.token_count)
        self.catalogue.put(article, source_path, passages)

    @property
    def embedder(self) -> Embedder:
        """The model, loaded when the first article needs it."""
        if self._embedder is None:
            if self._generation.before is None:
                self._embedder = load_embedder(self._model)
            else:
                manifest = self._generation.before[1]
                self._embedder = reload_embedder(manifest.embedder, manifest.fingerprint)
        return self._embedder

    def finish(self, changes: IndexChanges, progress: BuildProgress | None) -> tuple[str, int, int]:
        """Bring vectors, words and copies in step with the catalogue, and publish the changes.

        Returns:
            Name of the current generation, and its articles and passages.
        """
        generation = self._generation
        if not changes:
            if generation.before is None:
                return "", 0, 0
            name, manifest = generation.before
            self.copies = generation.count_copies()
            return name, manifest.articles, manifest.passages
        written = generation.written()
        if written:
            self._embed(written, progress)
        generation.keep_versions(changes.replaced, changes.removed)
        generation.update_words([*changes.removed, *changes.replaced], written)
        generation.find_copies(progress.articles if progress else lambda done, total: None)
        self.copies = generation.count_copies()
        if generation.before is None:
            model = (self.embedder.name, self.embedder.fingerprint, self.embedder.dimension)
        else:
            before = generation.before[1]
            model = (before.embedder, before.fingerprint, before.dimension)
        return generation.publish(model, self._splitter)

    def abandon(self) -> None:
        """Close the files, and remove what was not published."""
        self._generation.abandon()

    def _embed(self, written: list[str], progress: BuildProgress | None) -> None:
        """Make the vectors of the new passages."""
        generation, embedder = self._generation, self.embedder
        total = generation.passages_written()
        batches = PassageBatches(
            embedder,
            generation.journal(embedder.fingerprint, embedder.dimension),
            generation.add_vectors,
            lambda done: None if progress is None else progress.passages(done, total),
        )
        for article in generation.articles(written):
            batches.take(article, self.catalogue.passages_of(article))
        batches.finish()
        self.embedded, self.taken_over = batches.embedded, batches.taken_over
