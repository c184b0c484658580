"""Where the articles of an index came from, while nobody can change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexMissing
from index.store.catalogue import Catalogue
from index.store.layout import current_generation
from index.store.publishing import writer_lock

__all__ = ["held_source_paths"]


@contextmanager
def held_source_paths(index_dir: Path, seconds: float) -> Iterator[frozenset[str]]:
    """Hold an index as it is, and give the files and addresses that its articles came from.

    No writer is between reading a file and publishing its articles meanwhile: what is not among
    the origins inside the ``with`` is needed by nobody.

    Args:
        index_dir: folder of the index; where there is no index, nothing is needed.
        seconds: how long to wait for a writer to be done.

    Raises:
        IndexBusy: one goes on writing.
        IndexFailure: the index cannot be read.
        OSError: the folder cannot be written.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    with writer_lock(index_dir, seconds):
        yield _origins(index_dir)


def _origins(index_dir: Path) -> frozenset[str]:
    try:
        catalogue = Catalogue.open(current_generation(index_dir))
    except IndexMissing:
        return frozenset()
    try:
        return frozenset(catalogue.origins().values())
    finally:
        catalogue.close()
