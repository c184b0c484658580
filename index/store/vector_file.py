"""Files of vectors by id, as FAISS writes them."""

from __future__ import annotations

from pathlib import Path

import faiss

from index.errors import IndexCorrupt

__all__ = ["read_vectors", "write_vectors"]


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
