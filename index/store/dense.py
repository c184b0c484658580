"""Dense search: passage vectors in FAISS (Johnson, Douze and Jégou 2017), by inner product."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from index.store.frozen_vectors import FrozenVectors, only, read_vectors, write_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOST_RECENT", "DenseIndex"]

MOST_RECENT = 10_000
"""Vectors that are searched exactly; with more, all are frozen (``index.store.frozen_vectors``)."""


class DenseIndex:
    """Vectors by passage id.

    Up to ``MOST_RECENT`` vectors are kept as they are, and searched exactly. Of a large index most
    are in a base, which never changes: what is deleted from it is only passed over. Reading is safe
    from several threads, changing it is not.
    """

    def __init__(
        self, recent: Any, base: FrozenVectors | None = None, deleted: Collection[int] = ()
    ):
        """Wrap a FAISS ``IndexIDMap2`` and a base; use ``empty`` or ``read``."""
        self._recent = recent
        self.base = base
        self._deleted = set(deleted)

    @classmethod
    def empty(cls, dimension: int) -> DenseIndex:
        """Make an index of no vectors of the given length."""
        return cls(faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)))

    @classmethod
    def read(
        cls, path: Path, base: FrozenVectors | None = None, deleted: Collection[int] = ()
    ) -> DenseIndex:
        """Read a file that ``write`` made.

        Args:
            path: of the file.
            base: the vectors that are not in the file.
            deleted: ids of the base that no longer count.

        Raises:
            IndexCorrupt: FAISS cannot read it, or it is another kind of index.
        """
        return cls(read_vectors(path), base, deleted)

    def write(self, path: Path) -> None:
        """Write the vectors that are not in the base to one file."""
        write_vectors(self._recent, path)

    def __len__(self) -> int:
        """Count the vectors."""
        base = len(self.base) if self.base is not None else 0
        return int(self._recent.ntotal) + base - len(self._deleted)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._recent.d)

    @property
    def wants_base(self) -> bool:
        """Whether much is outside the base, or deleted from it."""
        stale = self.base is not None and 5 * len(self._deleted) > len(self.base)
        return int(self._recent.ntotal) > MOST_RECENT or stale

    def add(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Add vectors, shape (len(ids), dimension), under ids that are not there yet."""
        if len(ids):
            self._recent.add_with_ids(
                np.ascontiguousarray(vectors, dtype=np.float32), np.asarray(ids, dtype=np.int64)
            )

    def remove(self, ids: Collection[int]) -> None:
        """Remove the vectors of these ids; unknown ids are passed over."""
        if len(ids):
            self._recent.remove_ids(np.fromiter(ids, np.int64, len(ids)))
            if self.base is not None:
                self._deleted.update(number for number in ids if number in self.base)

    def with_base(self) -> DenseIndex:
        """Return an index of the same vectors with all of them in its base.

        The base that is there stays as it is for those who search it.
        """
        if not len(self) and self.base is None:
            return self
        recent = self._recent
        vectors = recent.index.reconstruct_n(0, recent.ntotal)
        ids = faiss.vector_to_array(recent.id_map)
        if self.base is None:
            base = FrozenVectors.of(ids, vectors)
        else:
            base = self.base.changed(self._deleted, ids, vectors)
        return DenseIndex(DenseIndex.empty(self.dimension)._recent, base)

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Find the nearest passages.

        Args:
            vector: shape (dimension,), of length 1.
            k: how many at the most.
            allowed: only these passage ids, where given; all of them are in the index.

        Returns:
            (passage id, cosine similarity in [-1, 1]) pairs, the best first, at most ``k``.
        """
        k = min(k, len(self) if allowed is None else len(allowed))
        if k <= 0:
            return []
        query = np.ascontiguousarray(vector.reshape(1, -1), dtype=np.float32)
        found: list[tuple[int, float]] = []
        if self._recent.ntotal:
            parameters = None if allowed is None else only(allowed)
            scores, ids = self._recent.search(query, min(k, self._recent.ntotal), params=parameters)
            pairs = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
            found += [(number, score) for number, score in pairs if number >= 0]
        if self.base is not None:
            found += self.base.search(query, k, allowed, self._deleted)
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return found[:k]

    def scores(self, vector: NDArray[np.float32], ids: Sequence[int]) -> list[float]:
        """Return the cosine similarity of the vector to each of these passages, in their order."""
        return [float(score) for score in self.vectors(ids) @ vector]

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of these passages, shape (len(ids), dimension), in their order."""
        if not len(ids):
            return np.zeros((0, self.dimension), np.float32)
        rows = [
            self.base.vector(number)
            if self.base is not None and number in self.base
            else self._recent.reconstruct(int(number))
            for number in ids
        ]
        return np.stack(rows)
