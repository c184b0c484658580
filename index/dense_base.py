"""The vectors of a large index: which kind of FAISS index they are kept in, and why.

TABLE
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from index.errors import IndexCorrupt

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DenseBase", "all_but", "only", "read_vectors", "write_vectors"]

_FAISS: Any = faiss  # its type hints are those of C++, without what its Python layer adds
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
        scores, ids = self._index.search(query, min(k, len(self)), params=selection)
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
