"""The vectors of a large index: which kind of FAISS index they are kept in, and why.

Measured on vectors of news pages (all-MiniLM-L6-v2, 384 numbers) with 200 questions, each asking
for the 100 nearest in one thread, on 2026-11-24 on two cores, other work beside
(``python -m tests.bench.dense --data DIR --index DIR``; faiss-cpu 1.15.1). Recall is the share of
what exact search finds; bytes, recall and ms are of 114,293 vectors, the last two columns the ms
of fewer; ``fs`` is fast scan, ``Refine`` scores the best again:

====================================  =====  =========  ====  =========  =========
kind                                  bytes  recall@20  ms    at 25,000  at 10,000
====================================  =====  =========  ====  =========  =========
Flat                                  1536   1.000      21.1  4.5        0.5
SQfp16                                768    0.999      12.3  1.0        0.3
SQ8                                   384    0.991      9.2   1.2        0.4
IVF,SQ8, nprobe 32                    406    0.944      0.3   0.1        0.1
IVF,SQ8, nprobe 128                   406    0.982      0.8   0.4        0.2
HNSW32,SQ8, efSearch 100              656    0.961      0.3   0.2        0.2
HNSW32,SQ8, efSearch 400              656    0.988      0.8   0.7        0.5
PQ192x4fs,Refine(SQ8), k_factor_rf 4  480    0.991      0.6   0.2        0.1
RaBitQfs,Refine(SQ8), k_factor_rf 8   445    0.991      2.7   0.8        0.5
====================================  =====  =========  ====  =========  =========

Up to 10,000 vectors the exact index is as quick as any (``index.dense``). Beyond, ``SQ8``: with a
quarter of the memory it finds 0.99 of what exact search finds, at every size that was tried; it
needs no training but the range of each number; and it can be searched among some ids only and have
vectors removed, which fast scan and, the latter, HNSW cannot. With nothing else beside, a query of
97,000 takes 4 ms. A large base is scanned by as many threads as there are cores, ``MOST_THREADS``
at the most: 312,450 vectors take one of them 14.6 ms, two 8.6 (medians of 40 queries, turn about).
Inverted lists lose too much. Beyond a million passages ``PQ192x4fs`` over the same codes would be
the next step.
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

__all__ = [
    "EACH_THREAD",
    "MOST_THREADS",
    "DenseBase",
    "all_but",
    "nearest",
    "only",
    "read_vectors",
    "write_vectors",
]

_FAISS: Any = faiss  # its type hints are those of C++, without what its Python layer adds
MOST_THREADS = 4
"""Threads that look for one question's vectors, at the most."""

EACH_THREAD = 75_000
"""Vectors from which one thread more is worth its while."""

_SAMPLE = 100_000  # vectors that show in which range each number lies


class DenseBase:
    """Vectors that stay as they are, by passage id. Searching is safe from several threads."""

    def __init__(self, index: Any) -> None:
        """Wrap a FAISS ``IndexIDMap2``; use ``of`` or ``read``."""
        self._index = index
        self._ids = np.sort(faiss.vector_to_array(index.id_map))

    @classmethod
    def of(cls, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> DenseBase:
        """Make a base of vectors, shape (len(ids), dimension)."""
        codes = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        step = max(1, len(vectors) // _SAMPLE)
        codes.train(np.ascontiguousarray(vectors[::step]))
        index = faiss.IndexIDMap2(codes)
        index.add_with_ids(vectors, ids)
        return cls(index)

    @classmethod
    def read(cls, path: Path) -> DenseBase:
        """Read a file that ``write`` made.

        Raises:
            IndexCorrupt: FAISS cannot read it, or it is another kind of index.
        """
        return cls(read_vectors(path))

    def write(self, path: Path) -> None:
        """Write the vectors to a new file, and put it where another may be."""
        made = path.with_name(f"{path.name}.new")
        write_vectors(self._index, made)
        made.replace(path)

    def __len__(self) -> int:
        """Count the vectors."""
        return len(self._ids)

    def __contains__(self, number: int) -> bool:
        """Tell whether there is a vector of this id."""
        place = int(np.searchsorted(self._ids, int(number)))
        return place < len(self._ids) and bool(self._ids[place] == number)

    def vector(self, number: int) -> NDArray[np.float32]:
        """Give one vector as it is kept, shape (dimension,)."""
        row: NDArray[np.float32] = self._index.reconstruct(int(number))
        return row

    def changed(
        self, gone: Collection[int], ids: NDArray[np.int64], vectors: NDArray[np.float32]
    ) -> DenseBase:
        """Give another base without the vectors of some ids and with new ones."""
        index = _FAISS.clone_index(self._index)
        if gone:
            index.remove_ids(np.fromiter(gone, np.int64, len(gone)))
        if len(ids):
            index.add_with_ids(vectors, ids)
        return DenseBase(index)

    def search(
        self, query: NDArray[np.float32], k: int, selection: faiss.SearchParameters | None
    ) -> list[tuple[int, float]]:
        """Find the nearest vectors.

        Args:
            query: shape (1, dimension).
            k: how many at the most.
            selection: from ``only`` or ``all_but``, or None for all.

        Returns:
            (id, inner product) pairs, the best first.
        """
        count = min(MOST_THREADS, os.cpu_count() or 1, len(self) // EACH_THREAD)
        if count < 2:
            return nearest(self._index, query, k, selection)
        bounds = [int(self._ids[len(self) * part // count]) for part in range(1, count)]
        limits = list(itertools.pairwise([int(self._ids[0]), *bounds, int(self._ids[-1]) + 1]))
        parts = [_between(low, high, selection) for low, high in limits]
        waiting = [_threads().submit(nearest, self._index, query, k, part) for part in parts[1:]]
        found = nearest(self._index, query, k, parts[0])
        for one in waiting:
            found += one.result()
        return sorted(found, key=lambda pair: -pair[1])[:k]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="dense")


def _between(low: int, high: int, selection: faiss.SearchParameters | None) -> Any:
    """Narrow a selection to the ids from ``low`` to below ``high``."""
    part = _FAISS.IDSelectorRange(low, high)
    if selection is not None:
        part = _FAISS.IDSelectorAnd(part, selection.sel)
    return _FAISS.SearchParameters(sel=part)


def nearest(
    index: Any, query: NDArray[np.float32], k: int, selection: faiss.SearchParameters | None
) -> list[tuple[int, float]]:
    """Search a FAISS index that holds vectors; takes and gives what ``DenseBase.search`` does."""
    scores, ids = index.search(query, min(k, index.ntotal), params=selection)
    found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
    return [(number, score) for number, score in found if number >= 0]


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


def only(ids: NDArray[np.int64]) -> faiss.SearchParameters:
    """Narrow a search to these ids."""
    parameters: faiss.SearchParameters = _FAISS.SearchParameters(
        sel=_FAISS.IDSelectorBitmap(_bits(ids))
    )
    return parameters


def all_but(ids: NDArray[np.int64]) -> faiss.SearchParameters:
    """Leave these ids out of a search."""
    parameters: faiss.SearchParameters = _FAISS.SearchParameters(
        sel=_FAISS.IDSelectorNot(_FAISS.IDSelectorBitmap(_bits(ids)))
    )
    return parameters


def _bits(ids: NDArray[np.int64]) -> NDArray[np.uint8]:
    marks = np.zeros(int(ids.max(initial=0)) + 1, bool)
    marks[ids] = True
    return np.packbits(marks, bitorder="little")
