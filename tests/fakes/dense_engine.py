"""A Milvus without BM25, such as PyPI's ``milvus==2.3.5``: what newsbot asks of it but words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from index.store.cluster import milvus
from index.store.cluster.milvus import PASSAGES, MilvusCollections

__all__ = ["without_words"]

_SETTINGS = {"M": 32, "efConstruction": 200}
_insert = MilvusCollections.insert


@contextmanager
def without_words() -> Iterator[None]:
    """Make collections of vectors and filters only; nothing is found by its words."""
    without = {"insert": _insert_vectors, "matching": lambda *_: []}
    with (
        mock.patch.object(milvus, "_layout", _layout),
        mock.patch.multiple(MilvusCollections, **without),
    ):
        yield


def _layout(which: str, dimension: int) -> tuple[Any, Any]:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("epoch", DataType.INT64)
    for field, length in (("article", 32), ("source", 32), ("terms", 65_535)):
        schema.add_field(field, DataType.VARCHAR, max_length=length)
    digests = {"element_type": DataType.VARCHAR, "max_capacity": 200, "max_length": 32}
    schema.add_field("names", DataType.ARRAY, **digests)
    # A collection must have a vector: that of whole articles has one that nobody asks for.
    length = dimension if which == PASSAGES else 2
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=length)
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("vector", index_type="HNSW", metric_type="IP", params=_SETTINGS)
    return schema, indexes


def _insert_vectors(self: MilvusCollections, which: str, rows: Iterable[dict[str, Any]]) -> None:
    _insert(self, which, ({"vector": [0.0, 0.0]} | row for row in rows))
