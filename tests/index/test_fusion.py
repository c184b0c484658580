"""Two lists of scores made one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import fuse, fuse_ranks

SCORES = st.dictionaries(st.integers(0, 50), st.floats(-1, 30, allow_nan=False))


@given(SCORES, SCORES)
def test_every_passage_of_either_side_is_there_once_best_first(
    dense: dict[int, float], sparse: dict[int, float]
) -> None:
    for fused in (fuse(dense, sparse), fuse_ranks(dense, sparse)):
        assert fused.keys() == dense.keys() | sparse.keys()
        assert list(fused.values()) == sorted(fused.values(), reverse=True)


def test_a_passage_that_leads_both_sides_leads_the_fusion() -> None:
    dense, sparse = {1: 0.9, 2: 0.8, 3: 0.1}, {1: 12.0, 3: 11.0}
    assert next(iter(fuse(dense, sparse))) == 1
    assert next(iter(fuse_ranks(dense, sparse))) == 1


def test_the_weight_decides_between_the_sides() -> None:
    dense, sparse = {1: 0.9, 2: 0.1}, {2: 9.0, 1: 0.5}
    assert next(iter(fuse(dense, sparse, dense_weight=0.9))) == 1
    assert next(iter(fuse(dense, sparse, dense_weight=0.1))) == 2


def test_reciprocal_ranks_are_those_of_the_paper() -> None:
    assert fuse_ranks({7: 0.5}, {7: 3.0, 8: 1.0}) == pytest.approx({7: 2 / 61, 8: 1 / 62})
