"""What Milvus keeps of an index: vectors, terms for BM25, and the fields that filters need."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from index.errors import IndexFailure, one_line
from index.filters import Filters
from index.terms import content_stems, indexed_text, stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ARTICLES",
    "MOST_FOUND",
    "PASSAGES",
    "MilvusCollections",
    "milvus_condition",
    "milvus_row",
]

PASSAGES = "passages"
ARTICLES = "articles"

MOST_FOUND = 16_384
"""Hits of one search at the most: a limit of Milvus."""

_MOST_BYTES = 65_535  # of a VARCHAR
_MOST_NAMES = 200  # of an article
_UNDATED = -(2**62)
_BATCH = 500
_TIMEOUT = 20.0
_SHORT_TIMEOUT = 3.0  # of a look at whether it is there
_LONG_TIMEOUT = 300.0  # of what waits for all that was written
_T = TypeVar("_T")


class MilvusCollections:
    """The two collections of an index: its passages, and its whole articles. Safe for threads.

    Ids of articles and publishers are kept as digests: their length and characters are theirs.
    """

    def __init__(self, uri: str, token: str, name: str) -> None:
        """Prepare; the first call connects.

        Args:
            uri: HTTP address of Milvus.
            token: ``user:password`` or a key; empty where Milvus asks for none.
            name: first part of the collections' names.
        """
        self._uri = uri
        self._token = token
        self._name = name

    @cached_property
    def _client(self) -> Any:
        return _connected(self._uri, self._token)

    def create(self, dimension: int) -> None:
        """Make the collections that are missing, for vectors of a length."""
        for which in (PASSAGES, ARTICLES):
            if not self._call("has_collection", which):
                self._create(which, dimension)

    def check(self) -> None:
        """Find out whether both are there, within a few seconds.

        Raises:
            IndexFailure: Milvus does not answer, or has lost one.
        """
        for which in (PASSAGES, ARTICLES):
            if not self._call("has_collection", which, timeout=_SHORT_TIMEOUT):
                raise IndexFailure(
                    f"Milvus at {self._uri}: the collection {self._name}_{which} is gone"
                )

    def drop(self) -> None:
        """Remove those that are there."""
        for which in (PASSAGES, ARTICLES):
            if self._call("has_collection", which):
                self._call("drop_collection", which)

    def _create(self, which: str, dimension: int) -> None:
        schema, indexes = _layout(which, dimension)
        self._call("create_collection", which, schema=schema, consistency_level="Bounded")
        # Of nothing, an index is made at once: pymilvus would wait half a second for each.
        self._call("create_index", which, index_params=indexes, sync=False)
        self._call("load_collection", which)

    def insert(self, which: str, rows: Iterable[dict[str, Any]]) -> None:
        """Insert what ``milvus_row`` made; the same id a second time replaces the first."""
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                self._call("upsert", which, data=batch)
                batch = []
        if batch:
            self._call("upsert", which, data=batch)

    def delete(self, which: str, numbers: Sequence[int]) -> None:
        """Delete by id; unknown ones are passed over."""
        for begin in range(0, len(numbers), 5_000):
            self._call("delete", which, ids=list(numbers[begin : begin + 5_000]))

    def delete_above(self, which: str, number: int) -> None:
        """Delete everything of a higher id."""
        self._call("delete", which, filter=f"id > {number}")

    def count(self, which: str, above: int = -1) -> int:
        """Count what has a higher id, all that was written before included."""
        (row,) = self._call(
            "query",
            which,
            filter=f"id > {above}",
            output_fields=["count(*)"],
            consistency_level="Strong",
            timeout=_LONG_TIMEOUT,
        )
        return int(row["count(*)"])

    def nearest(
        self, vector: NDArray[np.float32], k: int, condition: str
    ) -> list[tuple[int, float]]:
        """Find the passages whose vectors are nearest: (id, inner product), the best first."""
        (found,) = self._call(
            "search",
            PASSAGES,
            data=[np.asarray(vector, np.float32).tolist()],
            anns_field="vector",
            limit=k,
            filter=condition,
            output_fields=["id"],
            search_params={"params": {"ef": max(128, k)}},
            consistency_level="Bounded",
        )
        return sorted(
            ((int(one["id"]), float(one["distance"])) for one in found),
            key=lambda pair: (-pair[1], pair[0]),
        )

    def matching(
        self, which: str, question: str, k: int, condition: str
    ) -> list[tuple[int, float]]:
        """Find what shares words with a question: (id, BM25), the best first."""
        terms = _terms(content_stems(question))
        if not terms:
            return []
        (found,) = self._call(
            "search",
            which,
            data=[terms],
            anns_field="bm25",
            limit=k,
            filter=condition,
            output_fields=["id"],
            consistency_level="Bounded",
        )
        # Milvus Lite returns the scores with the other sign.
        return sorted(
            ((int(one["id"]), abs(float(one["distance"]))) for one in found),
            key=lambda pair: (-pair[1], pair[0]),
        )

    def vectors(
        self, numbers: Sequence[int], consistency: str = "Bounded"
    ) -> dict[int, NDArray[np.float32]]:
        """Return the vectors of passages; unknown ids are left out."""
        found: dict[int, NDArray[np.float32]] = {}
        for begin in range(0, len(numbers), _BATCH):
            rows = self._call(
                "query",
                PASSAGES,
                filter=f"id in {list(map(int, numbers[begin : begin + _BATCH]))}",
                output_fields=["id", "vector"],
                consistency_level=consistency,
            )
            found |= {int(row["id"]): np.asarray(row["vector"], np.float32) for row in rows}
        return found

    def _call(self, method: str, which: str, **arguments: Any) -> Any:
        call = getattr(self._client, method)
        arguments.setdefault("timeout", _TIMEOUT)  # within which pymilvus tries again
        return _translated(self._uri, lambda: call(f"{self._name}_{which}", **arguments))


def _layout(which: str, dimension: int) -> tuple[Any, Any]:
    """Return the schema and the indexes of a collection."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("article", DataType.VARCHAR, max_length=32)
    schema.add_field("source", DataType.VARCHAR, max_length=32)
    schema.add_field("epoch", DataType.INT64)
    digests = {"element_type": DataType.VARCHAR, "max_capacity": _MOST_NAMES, "max_length": 32}
    schema.add_field("names", DataType.ARRAY, **digests)
    schema.add_field(
        "terms",
        DataType.VARCHAR,
        max_length=_MOST_BYTES,
        enable_analyzer=True,
        analyzer_params={"tokenizer": "standard"},
    )
    schema.add_field("bm25", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("terms_bm25", FunctionType.BM25, ["terms"], ["bm25"]))
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("bm25", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    if which == PASSAGES:
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        indexes.add_index(
            "vector",
            index_type="HNSW_SQ",
            metric_type="IP",
            params={"M": 32, "efConstruction": 200, "sq_type": "SQ8"},
        )
    return schema, indexes


def milvus_row(
    number: int,
    article_id: str,
    source: str | None,
    epoch: int | None,
    text: str,
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what Milvus keeps of a text, beside its vector."""
    return {
        "id": number,
        "article": _digest(article_id),
        "source": _digest((source or "").casefold()),
        "epoch": _UNDATED if epoch is None else epoch,
        "names": list(map(_digest, names[:_MOST_NAMES])),
        "terms": _terms(stems(indexed_text(text))),
    }


def milvus_condition(filters: Filters, last: int) -> str:
    """Return the expression for what passes the filters and has an id up to ``last``."""
    tests = [f"id <= {last}"]
    if filters.since is not None or filters.until is not None:
        tests.append(f"epoch > {_UNDATED}")
    if filters.since is not None:
        tests.append(f"epoch >= {filters.since}")
    if filters.until is not None:
        tests.append(f"epoch <= {filters.until}")
    for field, names in (("source", filters.sources), ("article", filters.articles)):
        if names is not None:
            tests.append(f"{field} in [{_listed(names)}]")
    tests += [f"array_contains_any(names, [{_listed(keys)}])" for keys in filters.names]
    return " and ".join(tests)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{_digest(name)}"' for name in sorted(names))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _terms(words: Iterable[str]) -> str:
    """Join stems, each in ASCII letters and digits: Milvus's tokenizer finds them again."""
    plain = (
        word if word.isascii() and word.isalnum() else f"u{word.encode().hex()}" for word in words
    )
    joined = " ".join(plain)
    return joined if len(joined) <= _MOST_BYTES else joined[:_MOST_BYTES].rpartition(" ")[0]


@lru_cache(maxsize=8)
def _connected(uri: str, token: str) -> Any:
    os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")  # pymilvus reads a file .env
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise IndexFailure(
            'an index in Milvus and PostgreSQL needs the extra: pip install "newsbot-qa[cluster]"'
        ) from error
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what fails is raised
    return _translated(uri, lambda: MilvusClient(uri=uri, token=token, timeout=_TIMEOUT))


def _translated(uri: str, call: Callable[[], _T]) -> _T:
    from grpc import RpcError
    from pymilvus import MilvusException

    try:
        return call()
    except (MilvusException, RpcError) as error:
        details = getattr(error, "details", None)  # gRPC's errors have it: "Deadline Exceeded"
        told = details() if callable(details) else getattr(error, "message", error)
        raise IndexFailure(f"Milvus at {uri}: {one_line(told)}") from error
