"""The vectors of a large index, 8 bits a number, in a file that never changes.

A quarter of the memory of float32, and a scan finds 0.99 of what exact search finds. Indexes with
lists or graphs are quicker, but lose more, or nothing can be removed from them
(``tests.bench.dense`` compares the kinds that FAISS has).
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from index.errors import IndexCorrupt

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["EACH_THREAD", "FrozenVectors", "id_selector", "read_vectors", "write_vectors"]

EACH_THREAD = 75_000
"""Vectors from which one thread more is worth its while."""

_FAISS: Any = faiss  # its type hints are those of C++, without what its Python layer adds
_MOST_THREADS = 4  # for one question


class FrozenVectors:
    """Vectors that stay as they are, by passage id. Searching is safe from several threads."""

    def __init__(self, index: Any) -> None:
        """Wrap a FAISS ``IndexIDMap2``; use ``of`` or ``read``.

        Raises:
            TypeError: it is of another kind than ``of`` makes.
        """
        self._index = index
        self._codes = _FAISS.downcast_index(index.index)
        if not isinstance(self._codes, _FAISS.IndexScalarQuantizer):
            raise TypeError(f"not 8 bits a number: {type(self._codes).__name__}")
        self._ids = faiss.vector_to_array(index.id_map)
        self._sorted_ids = np.sort(self._ids)

    @classmethod
    def of(cls, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> FrozenVectors:
        """Make a base of vectors, shape (len(ids), dimension)."""
        codes = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        codes.train(vectors)
        index = faiss.IndexIDMap2(codes)
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
            index.remove_ids(np.fromiter(deleted, np.int64, len(deleted)))
        if len(ids):
            index.add_with_ids(vectors, ids)
        return FrozenVectors(index)

    def search(
        self, query: NDArray[np.float32], k: int, selector: faiss.IDSelector | None = None
    ) -> list[tuple[int, float]]:
        """Find the nearest vectors, with as many threads as their number is worth.

        Args:
            query: shape (1, dimension).
            k: how many at the most.
            selector: from ``id_selector``, or None for all.

        Returns:
            (id, inner product) pairs, the best first.
        """
        count = max(1, min(_MOST_THREADS, os.cpu_count() or 1, len(self) // EACH_THREAD))
        bounds = [len(self) * part // count for part in range(count + 1)]
        scans = [
            _threads().submit(self._scan, query, k, selector, *span)
            for span in itertools.pairwise(bounds[1:])
        ]
        found = self._scan(query, k, selector, *bounds[:2])
        for scan in scans:
            found += scan.result()
        return sorted(found, key=lambda pair: -pair[1])[:k]

    def _scan(
        self,
        query: NDArray[np.float32],
        k: int,
        selector: faiss.IDSelector | None,
        low: int,
        high: int,
    ) -> list[tuple[int, float]]:
        """Search the vectors at the places from ``low`` to before ``high``."""
        among = _FAISS.IDSelectorRange(low, high)
        if selector is not None:
            chosen = _FAISS.IDSelectorTranslated(self._index.id_map, selector)
            among = _FAISS.IDSelectorAnd(among, chosen)
        scores, places = self._codes.search(
            query, min(k, len(self)), params=_FAISS.SearchParameters(sel=among)
        )
        return [
            (int(self._ids[place]), score)
            for place, score in zip(places[0].tolist(), scores[0].tolist(), strict=True)
            if place >= 0
        ]


def id_selector(ids: NDArray[np.int64], *, but: bool = False) -> faiss.IDSelector:
    """Return what narrows a search to these ids, or to all ``but`` these."""
    marks = np.zeros(int(ids.max(initial=0)) + 1, bool)
    marks[ids] = True
    selector: faiss.IDSelector = _FAISS.IDSelectorBitmap(np.packbits(marks, bitorder="little"))
    return _FAISS.IDSelectorNot(selector) if but else selector


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


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="dense")
