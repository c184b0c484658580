"""The vectors of a large index, in a file that never changes.

Each number has 8 bits. Beside them are codes of product quantisation, two bits a number (Jégou,
Douze and Schmid 2011), which registers compare 32 at a time (André, Kermarrec and Le Scouarnec
2015; "fast scan" in FAISS): what they find is scored again with the 8 bits. This finds 0.99 of what
exact search finds. Indexes with lists or graphs lose more, or nothing can be removed from them
(``tests.bench.dense`` compares the kinds that FAISS has).
"""

from __future__ import annotations

from collections.abc import Collection, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from index.errors import IndexCorrupt

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PQ_FROM", "FrozenVectors", "only", "read_vectors", "write_vectors"]

PQ_FROM = 2_000
"""Vectors from which there are PQ codes beside the 8 bits."""

_FAISS: Any = faiss  # its type hints are those of C++, without what its Python layer adds
_REFINED = 4  # as many are found by PQ codes, for each one that is wanted, and scored again
_FEWEST = 100  # as if so many were wanted: of a few times a few, the PQ codes miss some
_AT_ONCE = 65_536  # vectors that are taken over at a time


class FrozenVectors:
    """Vectors that stay as they are, by passage id. Searching is safe from several threads."""

    def __init__(self, index: Any) -> None:
        """Wrap a FAISS ``IndexIDMap2``; use ``of`` or ``read``.

        Raises:
            TypeError: it is of another kind than ``of`` makes.
        """
        inner = _FAISS.downcast_index(index.index)
        self._index = index
        self._has_pq = isinstance(inner, _FAISS.IndexRefine)
        self._codes = _FAISS.downcast_index(inner.refine_index) if self._has_pq else inner
        if not isinstance(self._codes, _FAISS.IndexScalarQuantizer):
            raise TypeError(f"not 8 bits a number: {type(self._codes).__name__}")
        self._ids = faiss.vector_to_array(index.id_map)
        if self._codes.ntotal != len(self._ids):
            raise TypeError("its parts are of different vectors")
        self._sorted_ids = np.sort(self._ids)

    @classmethod
    def of(cls, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> FrozenVectors:
        """Make a base of vectors, shape (len(ids), dimension)."""
        count, dimension = vectors.shape
        has_pq = count >= PQ_FROM and dimension % 2 == 0
        kind = f"PQ{dimension // 2}x4fs,Refine(SQ8)" if has_pq else "SQ8"
        inner = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
        inner.train(vectors)
        index = faiss.IndexIDMap2(inner)
        index.add_with_ids(vectors, ids)
        return cls(index)

    @classmethod
    def read(cls, path: Path) -> FrozenVectors:
        """Read a file that ``write`` made.

        Raises:
            IndexCorrupt: FAISS cannot read it, or it is another kind of index.
        """
        try:
            return cls(read_vectors(path))
        except TypeError as error:
            raise IndexCorrupt(f"{path}: {error}") from error

    def write(self, path: Path) -> None:
        """Write the vectors to a new file, and put it where another may be."""
        made = path.with_name(f"{path.name}.new")
        write_vectors(self._index, made)
        made.replace(path)

    def __len__(self) -> int:
        """Count the vectors."""
        return len(self._ids)

    def __contains__(self, number: int) -> bool:
        """Whether there is a vector of this id."""
        place = int(np.searchsorted(self._sorted_ids, int(number)))
        return place < len(self) and bool(self._sorted_ids[place] == number)

    def vector(self, number: int) -> NDArray[np.float32]:
        """Return one vector as it is kept, shape (dimension,)."""
        row: NDArray[np.float32] = self._index.reconstruct(int(number))
        return row

    def changed(
        self, deleted: Collection[int], ids: NDArray[np.int64], vectors: NDArray[np.float32]
    ) -> FrozenVectors:
        """Return another base without the vectors of some ids and with new ones."""
        index = _FAISS.clone_index(self._index)
        if deleted:
            index.reset()  # of PQ codes, none can be removed
            gone = np.fromiter(deleted, np.int64, len(deleted))
            kept = np.flatnonzero(~np.isin(self._ids, gone))
            for begin in range(0, len(kept), _AT_ONCE):
                places = kept[begin : begin + _AT_ONCE]
                index.add_with_ids(self._codes.reconstruct_batch(places), self._ids[places])
        if len(ids):
            index.add_with_ids(vectors, ids)
        return FrozenVectors(index)

    def search(
        self,
        query: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.int64] | None = None,
        deleted: Set[int] = frozenset(),
    ) -> list[tuple[int, float]]:
        """Find the nearest vectors.

        Args:
            query: shape (1, dimension).
            k: how many at the most.
            allowed: only these ids, none of them deleted, or None for all.
            deleted: ids that are passed over.

        Returns:
            (id, inner product) pairs, the best first.
        """
        if allowed is not None:
            return self._scan(query, k, allowed)
        refined = _FAISS.IndexRefineSearchParameters(k_factor=_REFINED) if self._has_pq else None
        count = max(k, _FEWEST) + min(len(deleted), k)
        while True:
            count = min(count, len(self))
            scores, ids = self._index.search(query, count, params=refined)
            found = [pair for pair in _pairs(ids, scores) if pair[0] not in deleted]
            if len(found) >= k or count == len(self):
                return found[:k]
            count *= 4

    def _scan(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64]
    ) -> list[tuple[int, float]]:
        """Score each of some vectors: PQ codes can be searched only all together."""
        narrowed = only(allowed)  # held until the search is over: FAISS has a bare pointer to it
        selector = _FAISS.IDSelectorTranslated(self._index.id_map, narrowed.sel)
        parameters = _FAISS.SearchParameters(sel=selector)
        scores, places = self._codes.search(query, min(k, len(self)), params=parameters)
        return [(int(self._ids[place]), score) for place, score in _pairs(places, scores)]


def only(ids: NDArray[np.int64]) -> faiss.SearchParameters:
    """Return what narrows a search to these ids."""
    marks = np.zeros(int(ids.max(initial=0)) + 1, bool)
    marks[ids] = True
    bits = _FAISS.IDSelectorBitmap(np.packbits(marks, bitorder="little"))
    parameters: faiss.SearchParameters = _FAISS.SearchParameters(sel=bits)
    return parameters


def read_vectors(path: Path) -> faiss.IndexIDMap2:
    """Read a file of vectors by id.

    Raises:
        IndexCorrupt: FAISS cannot read it, or it is another kind of index.
    """
    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise IndexCorrupt(f"{path}: FAISS cannot read it") from error
    if not isinstance(index, faiss.IndexIDMap2):
        raise IndexCorrupt(f"{path}: not an index that newsbot made")
    return index


def write_vectors(index: faiss.IndexIDMap2, path: Path) -> None:
    """Write vectors by id to a file.

    Raises:
        OSError: the disk is full.
    """
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"{path}: FAISS cannot write it; is the disk full?") from error


def _pairs(ids: NDArray[np.int64], scores: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Return the first query's results as pairs; FAISS fills up with ids of -1."""
    found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
    return [(number, score) for number, score in found if number >= 0]
