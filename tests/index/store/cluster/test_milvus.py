"""What newsbot asks of Milvus but BM25: on Milvus Lite, or on an older engine that has no BM25.

``NEWSBOT_TEST_MILVUS_ENGINE=http://127.0.0.1:19530`` names a server to use, such as PyPI's
``milvus==2.3.5`` (``milvus-server``, in an environment of its own).
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.filters import Filters
from index.store.cluster.milvus import PASSAGES, MilvusCollections, milvus_condition, milvus_row
from tests.fakes.dense_engine import without_words

pytestmark = pytest.mark.cluster
COUNT, DIMENSION, DEPTH = 1_000, 64, 50
VECTORS = np.random.default_rng(0).normal(size=(COUNT, DIMENSION)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def passages(request: pytest.FixtureRequest) -> Iterator[MilvusCollections]:
    """A thousand passages, every other one of the Post, each with its number as its date."""
    uri = os.environ.get("TEST_MILVUS_ENGINE") or request.getfixturevalue("cluster").milvus_uri
    made = MilvusCollections(uri, "", f"newsbot_test_{secrets.token_hex(4)}")
    with without_words():
        made.create(DIMENSION)
    made.insert(
        PASSAGES,
        (
            milvus_row(number, f"a{number // 6}", "Post" if number % 2 else "Wire", number, "text")
            | {"vector": VECTORS[number].tolist()}
            for number in range(COUNT)
        ),
    )
    assert made.count(PASSAGES) == COUNT, "a strong count sees what was inserted"
    yield made
    made.drop()


def nearest(vector: NDArray[Any], allowed: NDArray[Any]) -> set[int]:
    scores = np.where(allowed, VECTORS @ vector, -9)
    return set(np.argsort(-scores)[:DEPTH].tolist())


def test_filtered_search_is_almost_exact(passages: MilvusCollections) -> None:
    last, numbers = COUNT - 1, np.arange(COUNT)
    post = (numbers % 2 == 1) & (numbers >= 300)
    wanted = [(Filters(), numbers >= 0), (Filters(sources=frozenset(["post"]), since=300), post)]
    for filters, allowed in wanted:
        shares = []
        for vector in VECTORS[::50]:
            found = {n for n, _ in passages.nearest(vector, DEPTH, milvus_condition(filters, last))}
            assert all(allowed[n] for n in found), "a filter is never breached"
            shares.append(len(found & nearest(vector, allowed)) / DEPTH)
        assert np.mean(shares) >= 0.98


def test_vectors_come_back_as_they_were(passages: MilvusCollections) -> None:
    found = passages.vectors([3, 500, COUNT + 5], "Strong")
    assert sorted(found) == [3, 500]
    np.testing.assert_allclose(found[500], VECTORS[500], atol=1e-6)


def test_deleted_passages_are_gone_in_the_end(passages: MilvusCollections) -> None:
    passages.delete(PASSAGES, [*range(100), COUNT + 7])
    passages.delete_above(PASSAGES, 899)
    assert passages.count(PASSAGES) == 800
    assert passages.count(PASSAGES, above=499) == 400
    until = time.monotonic() + 30  # bounded reads see it later
    while any(n < 100 or n > 899 for n, _ in passages.nearest(VECTORS[5], DEPTH, "id >= 0")):
        assert time.monotonic() < until
        time.sleep(0.5)
