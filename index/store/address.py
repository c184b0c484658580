"""From the address of an index to the store that keeps it."""

from __future__ import annotations

import re
from pathlib import Path

from index.errors import IndexFailure
from index.store.local import LocalStore
from index.store.protocols import Store

__all__ = ["open_store"]

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://")


def open_store(address: str | Path) -> Store:
    """Return the store of an address: a folder.

    Raises:
        IndexFailure: it is a URL of a kind that newsbot does not know.
    """
    scheme = _SCHEME.match(address) if isinstance(address, str) else None
    if scheme is None:
        return LocalStore(Path(address))
    raise IndexFailure(f"an index is kept in a folder; newsbot knows no {scheme[1]}:// for one")
