"""From the address of an index to the store that keeps it."""

from __future__ import annotations

from pathlib import Path

from index.address import address_of
from index.errors import IndexFailure
from index.store.local import LocalStore
from index.store.protocols import Store

__all__ = ["open_store"]


def open_store(address: str | Path) -> Store:
    """Return the store of an address.

    Raises:
        IndexFailure: it is a URL of a kind that newsbot does not know, or needs an extra.
    """
    found = address_of(address)
    if isinstance(found, Path):
        return LocalStore(found)
    scheme = found.partition("://")[0]
    if scheme in ("milvus", "milvus+https"):
        from index.store.cluster.cluster_store import ClusterStore  # an extra, slow to import

        return ClusterStore(found)
    raise IndexFailure(f"newsbot keeps an index in a folder or in milvus://, not in {scheme}://")
