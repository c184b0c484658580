"""The current generation, read while a writer may take it away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from index.errors import IndexCorrupt
from index.store.layout import current_generation

__all__ = ["in_current"]

_Result = TypeVar("_Result")


def in_current(index_dir: Path, work: Callable[[Path], _Result]) -> _Result:
    """Do something with the folder of the current generation, and give what comes of it.

    Where a writer has pruned that folder meanwhile, it is done again with the newer one.

    Args:
        index_dir: folder of the index.
        work: takes the generation's folder; raises ``IndexCorrupt`` where a file of it is missing.

    Raises:
        IndexMissing: there is no index there.
        IndexForeign: the folder is something else.
        IndexCorrupt: the generation is not whole, and it is still the current one.
    """
    while True:
        folder = current_generation(index_dir)
        try:
            return work(folder)
        except IndexCorrupt:
            if current_generation(index_dir) == folder:
                raise
