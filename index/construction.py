"""A generation under construction: the catalogue first, then dense and sparse in step with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpus.article import Article
from corpus.splitter import SplitterSettings, split_article
from index.catalogue import Catalogue, epoch_seconds
from index.copies import Copies
from index.dense import DenseIndex
from index.embedder import load_embedder, reload_embedder
from index.errors import EmbedderMismatch, IndexMissing
from index.generation import (
    CATALOGUE,
    DENSE,
    JOURNAL,
    SPARSE,
    Manifest,
    begin_generation,
    current_generation,
    discard_generation,
    publish_generation,
    verify_generation,
)
from index.journal import VectorJournal
from index.sparse import SparseIndex

if TYPE_CHECKING:
    from index.embedder import Embedder

__all__ = ["Changes", "Construction", "Progress", "embedded_text"]

_CHUNK = 512  # passages embedded before their vectors are kept: what a kill can cost
_TITLE_LENGTH = 150  # code points: about 40 tokens, which the splitter's limit leaves room for


class Progress(Protocol):
    """Told how far the work is; both counts only grow within a build."""

    def files(self, done: int, total: int, name: str) -> None:
        """``done`` of ``total`` files have been read; the last was ``name``."""

    def passages(self, done: int, total: int) -> None:
        """``done`` of ``total`` new passages have been embedded."""


@dataclass
class Changes:
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


class Construction:
    """A generation being made, from the current one where there is one."""

    def __init__(
        self,
        index_dir: Path,
        base: tuple[Path, Manifest] | None,
        embedder: Embedder | None,
        model: str | None,
        splitter: SplitterSettings,
    ) -> None:
        """Begin a generation in a folder of its own; use ``begin``."""
        self._index_dir = index_dir
        self._base = base
        self._embedder = embedder
        self._model = model
        self._splitter = splitter
        self._folder = begin_generation(index_dir, base[0] if base else None)
        self.catalogue = Catalogue.create(self._folder / CATALOGUE)
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
    ) -> Construction:
        """Begin with what the current generation holds, or with nothing. The lock must be held.

        Raises:
            EmbedderMismatch: the index was built with another model.
            IndexFailure: the current generation is not whole.
        """
        base: tuple[Path, Manifest] | None = None
        try:
            folder = current_generation(index_dir)
        except IndexMissing:
            settings = splitter or SplitterSettings()
        else:
            manifest = Manifest.read(folder)
            verify_generation(folder, manifest)
            base, settings = (folder, manifest), manifest.splitter
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
        return cls(index_dir, base, embedder, model, settings)

    def put(
        self,
        article: Article,
        origin: str,
        known: dict[str, str],
        origins: dict[str, str],
        changes: Changes,
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
            if self._base is None:
                self._embedder = load_embedder(self._model)
            else:
                manifest = self._base[1]
                self._embedder = reload_embedder(manifest.embedder, manifest.fingerprint)
        return self._embedder

    def finish(self, changes: Changes, progress: Progress | None) -> tuple[str, int, int]:
        """Bring dense and sparse in step with the catalogue and publish, if anything changed.

        Returns:
            Name of the current generation, and its articles and passages.
        """
        if not changes:
            if self._base is None:
                return "", 0, 0
            manifest = self._base[1]
            self.copies = Copies.open(self.catalogue).count()
            return self._base[0].name, manifest.articles, manifest.passages
        if self._base is None:
            dense = DenseIndex.empty(self.embedder.dimension)
            sparse = SparseIndex.create(self._folder / SPARSE)
            old: set[int] = set()
        else:
            dense = DenseIndex.read(self._folder / DENSE)
            sparse = SparseIndex.open(self._folder / SPARSE)
            old = set(dense.ids())
        now = set(self.catalogue.all_passage_ids())
        dense.remove(sorted(old - now))
        # An article is always written whole, so its passages are all new or all old.
        written = self.catalogue.articles_of(now - old)
        journal = self._journal() if written else None
        if journal is not None:
            self._embed(dense, journal, sorted(written), len(now - old), progress)
        sparse.update(
            sorted(changes.removed | changes.replaced | written),
            (
                (article, epoch_seconds(article.published), number, passage)
                for article in self._articles(sorted(written))
                for number, passage in self.catalogue.passages_of(article)
            ),
        )
        dense.write(self._folder / DENSE)
        copies = Copies.create(self.catalogue)
        copies.update()
        self.copies = copies.count()
        counts = self.catalogue.counts()
        self._close()
        if self._base is None:
            model = (self.embedder.name, self.embedder.fingerprint, self.embedder.dimension)
        else:
            base = self._base[1]
            model = (base.embedder, base.fingerprint, base.dimension)
        Manifest.describe(self._folder, model, self._splitter, counts)
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

    def _journal(self) -> VectorJournal:
        folder = self._index_dir / JOURNAL
        return VectorJournal(folder, self.embedder.fingerprint, self.embedder.dimension)

    def _embed(
        self,
        dense: DenseIndex,
        journal: VectorJournal,
        written: list[str],
        total: int,
        progress: Progress | None,
    ) -> None:
        """Give new passages their vectors: those that a stopped build has left, the others made."""
        numbers: list[int] = []
        texts: list[str] = []

        def flush() -> None:
            known = journal.find(texts)
            begun = self.embedded + self.taken_over + len(known)

            def tell(done: int) -> None:
                if progress is not None:
                    progress.passages(begun + done, total)

            unknown = [place for place in range(len(texts)) if place not in known]
            made = self.embedder.embed_passages([texts[place] for place in unknown], tell)
            journal.append([texts[place] for place in unknown], made)
            vectors = np.zeros((len(texts), self.embedder.dimension), np.float32)
            vectors[unknown] = made
            for place, vector in known.items():
                vectors[place] = vector
            dense.add(numbers, vectors)
            self.embedded += len(unknown)
            self.taken_over += len(known)
            tell(len(unknown))
            numbers.clear()
            texts.clear()

        for article in self._articles(written):
            for number, passage in self.catalogue.passages_of(article):
                numbers.append(number)
                texts.append(embedded_text(article.title, passage.text))
            if len(numbers) >= _CHUNK:
                flush()
        if numbers:
            flush()

    def _close(self) -> None:
        if not self._closed:
            self.catalogue.close()
            self._closed = True


def embedded_text(title: str, text: str) -> str:
    """Give what the embedding model reads of a passage: the article's title, then the passage."""
    return f"{title[:_TITLE_LENGTH]}\n{text}" if title else text
