"""An index from one store to another: the vectors go along, and no model is loaded."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.address import address_of
from index.builder import BuildReport
from index.embedding.batching import PassageBatches, embedded_text
from index.errors import EmbedderMismatch, IndexCorrupt, IndexFailure
from index.store.opening import open_store
from index.store.protocols import IndexedArticle, IndexManifest, Published, Snapshot, Writer
from index.writer import IndexChanges, begin_generation

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["copy_index"]

_PAGE = 200  # articles read at a time
_STAGE = 20_000  # articles after which what has been copied is published


def copy_index(
    source: str | Path,
    target: str | Path,
    *,
    prune: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> BuildReport:
    """Bring what an index holds into another one, which may be kept in another kind of store.

    Articles, passages, vectors, names and earlier versions go along as they are; words and copies
    follow from them. As in ``build_index``, what is new is added, what differs replaced, and the
    rest left as it is. The target is published every 20,000 articles: a copy that was stopped goes
    on there.

    Args:
        source: address of the index that is read.
        target: address of the one that is written; made where it is missing.
        prune: also remove the articles that the source does not have.
        progress: told how many of how many articles are done.

    Raises:
        EmbedderMismatch: the target was built with another model, or another splitter.
        IndexBusy: another process is writing to the target.
        IndexFailure: an index cannot be read or written, or both are one, or one lies in the other.
    """
    began = time.monotonic()
    origin, goal = open_store(source), open_store(target)
    here, there = _place(source), _place(target)
    if here == there:
        raise IndexFailure(f"{origin.address} is to be copied to itself: give another target")
    if isinstance(here, Path) and isinstance(there, Path):
        if here in there.parents or there in here.parents:
            raise IndexFailure(f"{origin.address} and {goal.address}: one index lies in the other")
    copy = _Copy(origin.open(), progress)
    whole = False
    while not whole:
        with begin_generation(goal) as writer:
            if writer.manifest is not None:
                _check(writer.manifest, copy.manifest, goal.address)
            whole = copy.take(writer)
            if whole and prune:
                copy.prune(writer)
            done = copy.publish(writer)
    return BuildReport.of(copy.changes, done, began)


class _CopiedVectors:
    """Stands where the embedding model does; every passage has its vector already."""

    def __init__(self, manifest: IndexManifest) -> None:
        self.name = manifest.embedder
        self.fingerprint = manifest.fingerprint
        self.dimension = manifest.dimension

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        if texts:
            raise IndexCorrupt(f"the vectors of {len(texts):,} copied passages were not kept")
        return np.zeros((0, self.dimension), np.float32)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        raise NotImplementedError

    def token_count(self, text: str) -> int:
        raise NotImplementedError


class _Copy:
    """One run of ``copy_index``.

    Attributes:
        manifest: of the source.
        changes: what has become of the target.
    """

    def __init__(self, snapshot: Snapshot, progress: Callable[[int, int], None]) -> None:
        self.manifest = snapshot.manifest
        self.changes = IndexChanges()
        self._snapshot = snapshot
        self._indexed = snapshot.indexed()
        self._total = snapshot.status().articles
        self._done = 0
        self._progress = progress
        self._written = 0
        self._embedder = _CopiedVectors(snapshot.manifest)

    def take(self, writer: Writer) -> bool:
        """Write the next articles that differ; return whether those were the last."""
        kept = writer.kept_vectors(self.manifest.fingerprint, self.manifest.dimension)
        self._written = 0
        while page := list(islice(self._indexed, _PAGE)):
            wanted = dict(self._differing(page, writer))
            texts: list[str] = []
            made: list[NDArray[np.float32]] = []
            for article, passages, vectors, versions, names in self._snapshot.stored(list(wanted)):
                writer.put(article, wanted[article.id].source_path, passages)
                writer.put_names(article.id, names)
                writer.replace_versions(article.id, versions)
                texts += [embedded_text(article.title, passage.text) for passage in passages]
                made.append(vectors)
            if made:
                kept.append(texts, np.concatenate(made))
            found = len(made)
            self._written += found
            self._done += len(page) - len(wanted) + found
            self._progress(self._done, self._total)
            if found < len(wanted):
                break
            if self._written >= _STAGE:
                return False
        if self._done < self._total:
            raise IndexFailure(
                "the index was built anew while it was copied: copy again, and it goes on"
            )
        return True

    def prune(self, writer: Writer) -> None:
        """Remove what the source does not have."""
        changes = self.changes
        seen = changes.added | changes.replaced | changes.unchanged
        gone = [article_id for article_id, _ in writer.source_paths() if article_id not in seen]
        changes.removed.update(gone)
        writer.delete(gone)

    def publish(self, writer: Writer) -> Published:
        """Publish what was written, unless it changes nothing."""
        changed = self._written or self.changes.removed or self.changes.moved
        if not changed and writer.manifest is not None:
            return writer.unchanged()
        manifest = self.manifest
        batches = PassageBatches(
            self._embedder,
            writer.kept_vectors(manifest.fingerprint, manifest.dimension),
            writer.embed,
            lambda done: None,
        )
        for article, passages in writer.written():
            batches.take(article, passages)
        batches.finish()
        return writer.publish(
            (manifest.embedder, manifest.fingerprint, manifest.dimension),
            manifest.splitter,
            (),  # the earlier versions are those of the source
            self.changes.removed,
            lambda done, total: None,
        )

    def _differing(
        self, page: Collection[tuple[str, IndexedArticle]], writer: Writer
    ) -> Iterator[tuple[str, IndexedArticle]]:
        """Return the articles of a page that the target has not, or not as they are."""
        there = writer.known([article_id for article_id, _ in page])
        for article_id, indexed in page:
            before = there.get(article_id)
            if before is None or before.content_hash != indexed.content_hash:
                (self.changes.added if before is None else self.changes.replaced).add(article_id)
                yield article_id, indexed
                continue
            self.changes.unchanged.add(article_id)
            if before.source_path != indexed.source_path:
                writer.move(article_id, indexed.source_path)
                self.changes.moved = True


def _place(address: str | Path) -> str | Path:
    found = address_of(address)
    return found.resolve() if isinstance(found, Path) else found


def _check(there: IndexManifest, ours: IndexManifest, address: str) -> None:
    if there.fingerprint != ours.fingerprint:
        raise EmbedderMismatch(
            f"{address} was built with the model {there.embedder!r}, and what is to be copied with "
            f"{ours.embedder!r}: their vectors do not go together; copy to a new index"
        )
    if there.splitter != ours.splitter:
        raise EmbedderMismatch(
            f"{address} was split into passages of another length: copy to a new index"
        )
