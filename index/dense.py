"""Dense search: passage vectors in a FAISS index, exact, by inner product."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from index.errors import IndexCorrupt

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DenseIndex"]


class DenseIndex:
    """Vectors by passage id (Johnson, Douze and Jégou 2017, FAISS), kept with ``write_index``.

    The search is exact (a flat index): at the sizes of one folder of articles nothing is faster
    that is also always right. Reading is safe from several threads, changing it is not.
    """

    def __init__(self, index: Any) -> None:
        """Wrap a FAISS ``IndexIDMap2``; use ``empty`` or ``read``."""
        self._index = index

    @classmethod
    def empty(cls, dimension: int) -> DenseIndex:
        """Make an index of no vectors of the given length."""
        return cls(faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)))

    @classmethod
    def read(cls, path: Path) -> DenseIndex:
        """Read a file that ``write`` made.

        Raises:
            IndexCorrupt: FAISS cannot read it, or it is another kind of index.
        """
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise IndexCorrupt(f"{path}: FAISS cannot read it") from error
        if not isinstance(index, faiss.IndexIDMap2):
            raise IndexCorrupt(f"{path}: not an index that newsbot made")
        return cls(index)

    def write(self, path: Path) -> None:
        """Write the index to one file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        """Count the vectors."""
        return int(self._index.ntotal)

    def ids(self) -> list[int]:
        """Give the ids of all vectors."""
        return [int(number) for number in faiss.vector_to_array(self._index.id_map)]

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def add(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Add vectors, shape (len(ids), dimension), under ids that are not there yet."""
        if len(ids):
            self._index.add_with_ids(
                np.ascontiguousarray(vectors, dtype=np.float32), np.asarray(ids, dtype=np.int64)
            )

    def remove(self, ids: Sequence[int]) -> None:
        """Remove the vectors of these ids; unknown ids are passed over."""
        if len(ids):
            self._index.remove_ids(np.asarray(ids, dtype=np.int64))

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Find the nearest passages.

        Args:
            vector: shape (dimension,), of length 1.
            k: how many at the most.
            allowed: only these passage ids, where given.

        Returns:
            (passage id, cosine similarity in [-1, 1]) pairs, the best first, at most ``k``.
        """
        k = min(k, len(self) if allowed is None else len(allowed))
        if k <= 0:
            return []
        query = np.ascontiguousarray(vector.reshape(1, -1), dtype=np.float32)
        if allowed is None:
            scores, ids = self._index.search(query, k)
        else:
            chosen = faiss.IDSelectorBatch(np.asarray(allowed, dtype=np.int64))
            parameters = faiss.SearchParameters()
            parameters.sel = chosen
            scores, ids = self._index.search(query, k, params=parameters)
        found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return [(number, score) for number, score in found if number >= 0]

    def scores(self, vector: NDArray[np.float32], ids: Sequence[int]) -> list[float]:
        """Give the cosine similarity of the vector to each of these passages, in their order."""
        if not len(ids):
            return []
        rows = np.stack([self._index.reconstruct(int(number)) for number in ids])
        return [float(score) for score in rows @ vector]
