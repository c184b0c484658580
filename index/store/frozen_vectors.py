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

Up to 10,000 vectors the exact index is as quick as any. Beyond, ``PQ192x4fs`` over ``SQ8``: with a
third of the memory it finds 0.99 of what exact search finds, and is the quickest of those that do.
Of 312,450 vectors it finds 0.998 of the 100 that ``SQ8`` alone finds, and all of the first 20; as
many where the short codes were learnt of the first 10,000 only, so they need not be learnt again.
It cannot be searched among some ids only: where a question is narrowed the ``SQ8`` codes are
scanned, by as many threads as there are cores, ``MOST_THREADS`` at the most (312,450 vectors: one
thread 14.6 ms, two 8.6). Inverted lists lose too much; HNSW as well, and of it nothing can be
removed.
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
from index.store.selection import Selection, places_of
from index.store.vector_file import read_vectors, write_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "EACH_THREAD",
    "MOST_THREADS",
    "QUICK_FROM",
    "FrozenVectors",
]

QUICK_FROM = 2_000
"""Vectors from which there are short codes beside, that find what is worth scoring."""

_FAISS: Any = faiss  # its type hints are those of C++, without what its Python layer adds
MOST_THREADS = 4
"""Threads that look for one question's vectors, at the most."""

EACH_THREAD = 75_000
"""Vectors from which one thread more is worth its while."""

_SAMPLE = 50_000  # vectors that show what vectors are like
_REFINED = 4  # as many are found by short codes, for each one that is wanted, and scored again
_FEWEST = 100  # as if so many were wanted: of a few times a few, the short codes miss some
_AT_ONCE = 65_536  # vectors that are taken over at a time


class FrozenVectors:
    """Vectors that stay as they are, by passage id. Searching is safe from several threads.

    They are kept in 8 bits a number. Where they are many there are also two bits for each number,
    made by product quantisation (Jégou, Douze and Schmid 2011), which registers can compare 32 at a
    time (André, Kermarrec and Le Scouarnec 2015, quick ADC; FAISS calls it fast scan).
    """

    def __init__(self, index: Any) -> None:
        """Wrap a FAISS ``IndexIDMap2``; use ``of`` or ``read``.

        Raises:
            TypeError: of another kind of index than ``of`` makes, or its parts do not go together.
        """
        inner = _FAISS.downcast_index(index.index)
        self._index = index
        quick = isinstance(inner, _FAISS.IndexRefine)
        self._short = _FAISS.downcast_index(inner.base_index) if quick else None
        self._codes = _FAISS.downcast_index(inner.refine_index) if quick else inner
        if not isinstance(self._codes, _FAISS.IndexScalarQuantizer):
            raise TypeError(f"not 8 bits a number: {type(self._codes).__name__}")
        self._places = faiss.vector_to_array(index.id_map)
        parts = [one for one in (index, inner, self._short, self._codes) if one is not None]
        if {(one.ntotal, one.d) for one in parts} != {(len(self._places), self._codes.d)}:
            raise TypeError("its parts are of different vectors")
        self._ids = np.sort(self._places)

    @classmethod
    def of(cls, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> FrozenVectors:
        """Make a base of vectors, shape (len(ids), dimension)."""
        codes = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        step = max(1, len(vectors) // _SAMPLE)
        sample = np.ascontiguousarray(vectors[::step])
        codes.train(sample)
        index = faiss.IndexIDMap2(_with_short(codes, _short(sample)))
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
        """Tell whether there is a vector of this id."""
        place = int(np.searchsorted(self._ids, int(number)))
        return place < len(self._ids) and bool(self._ids[place] == number)

    def vector(self, number: int) -> NDArray[np.float32]:
        """Give one vector as it is kept, shape (dimension,)."""
        row: NDArray[np.float32] = self._index.reconstruct(int(number))
        return row

    @property
    def lacks_short_codes(self) -> bool:
        """Whether it could be searched quicker: an earlier newsbot made it."""
        return self._short is None and _can_be_short(len(self), self._codes.d)

    def changed(
        self, gone: Collection[int], ids: NDArray[np.int64], vectors: NDArray[np.float32]
    ) -> FrozenVectors:
        """Give another base without the vectors of some ids and with new ones."""
        if gone or self.lacks_short_codes:
            index = self._without(gone)
        else:
            index = _FAISS.clone_index(self._index)
        if len(ids):
            index.add_with_ids(vectors, ids)
        return FrozenVectors(index)

    def search(
        self, query: NDArray[np.float32], k: int, selection: Selection | None
    ) -> list[tuple[int, float]]:
        """Find the nearest vectors.

        Args:
            query: shape (1, dimension).
            k: how many at the most.
            selection: from ``only`` or ``all_but``, or None for all.

        Returns:
            (id, inner product) pairs, the best first.
        """
        if self._short is not None and (selection is None or selection.but is not None):
            return self._search_quickly(query, k, (selection and selection.but) or frozenset())
        count = max(1, min(MOST_THREADS, os.cpu_count() or 1, len(self) // EACH_THREAD))
        bounds = [len(self) * part // count for part in range(count + 1)]
        parts = [
            places_of(self._index.id_map, selection, low, high)
            for low, high in itertools.pairwise(bounds)
        ]
        waiting = [_threads().submit(self._scan, query, k, part) for part in parts[1:]]
        found = self._scan(query, k, parts[0])
        for one in waiting:
            found += one.result()
        return sorted(found, key=lambda pair: -pair[1])[:k]

    def _search_quickly(
        self, query: NDArray[np.float32], k: int, gone: frozenset[int]
    ) -> list[tuple[int, float]]:
        """Find by the short codes, score by the long ones, and pass over what is gone."""
        refined = _FAISS.IndexRefineSearchParameters(k_factor=_REFINED)
        count = max(k, _FEWEST) + min(len(gone), k)
        while True:
            count = min(count, len(self))
            scores, ids = self._index.search(query, count, params=refined)
            found = [
                pair
                for pair in zip(ids[0].tolist(), scores[0].tolist(), strict=True)
                if pair[0] >= 0 and pair[0] not in gone
            ]
            if len(found) >= k or count == len(self):
                return found[:k]
            count *= 4

    def _scan(
        self, query: NDArray[np.float32], k: int, places: faiss.SearchParameters
    ) -> list[tuple[int, float]]:
        scores, found = self._codes.search(query, min(k, len(self)), params=places)
        return [
            (int(self._places[place]), score)
            for place, score in zip(found[0].tolist(), scores[0].tolist(), strict=True)
            if place >= 0
        ]

    def _without(self, gone: Collection[int]) -> Any:
        """Give an index of what is not gone, with short codes where they are worth it."""
        kept = np.flatnonzero(~np.isin(self._places, np.fromiter(gone, np.int64, len(gone))))
        codes = _FAISS.clone_index(self._codes)
        codes.reset()
        if self._short is None:
            short = _short(self._vectors(kept[:: max(1, len(kept) // _SAMPLE)]))
        else:
            short = _FAISS.clone_index(self._short)
            short.reset()
        index = faiss.IndexIDMap2(_with_short(codes, short))
        for begin in range(0, len(kept), _AT_ONCE):
            some = kept[begin : begin + _AT_ONCE]
            index.add_with_ids(self._vectors(some), self._places[some])
        return index

    def _vectors(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the vectors at some places, shape (len(places), dimension)."""
        rows: NDArray[np.float32] = self._codes.reconstruct_batch(places)
        return rows


def _can_be_short(count: int, dimension: int) -> bool:
    return count >= QUICK_FROM and dimension % 2 == 0


def _short(sample: NDArray[np.float32]) -> Any:
    """Learn short codes from vectors, or give None where they are not worth it."""
    if not _can_be_short(*sample.shape):
        return None
    dimension = sample.shape[1]
    short = _FAISS.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
    short.train(sample)
    return short


def _with_short(codes: Any, short: Any) -> Any:
    return codes if short is None else _FAISS.IndexRefine(short, codes)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="dense")
