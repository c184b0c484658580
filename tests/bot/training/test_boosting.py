"""Trees grown beside a regression's weights, on invented findings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.answering.confidence import Regression, Split, Tree
from bot.training.boosting import grow_trees

NAMES = ("a", "b", "c")
Drawn = tuple[NDArray[np.float64], NDArray[np.bool_]]


def drawn(size: int = 2_000, seed: int = 0) -> Drawn:
    """Draw findings that are right where ``a`` and ``b`` are both high; ``c`` tells nothing."""
    chance = np.random.default_rng(seed)
    features = chance.uniform(-1, 1, (size, len(NAMES)))
    return features, (features[:, :2] > 0).all(1) ^ (chance.random(size) < 0.05)


def as_regression(trees: tuple[Tree, ...], bias: float) -> Regression:
    return Regression(NAMES, (0.0,) * len(NAMES), bias, trees)


GROWN = as_regression(*grow_trees(*drawn(), 40))
FEATURES = st.tuples(*[st.floats(-3, 3)] * len(NAMES))


def test_they_tell_what_no_weighted_sum_does() -> None:
    features, right = drawn(seed=1)
    said = np.array([GROWN.probability(row) for row in features.tolist()])
    assert ((said > 0.5) == right).mean() > 0.93
    both, first, second = (GROWN.probability(x) for x in ((1, 1, 0), (1, -1, 0), (-1, 1, 0)))
    assert both > 0.8 and max(first, second) < 0.2


@given(FEATURES, FEATURES)
def test_nothing_counts_against_an_answer(one: tuple[float, ...], two: tuple[float, ...]) -> None:
    low = [min(pair) for pair in zip(one, two, strict=True)]
    high = [max(pair) for pair in zip(one, two, strict=True)]
    assert GROWN.logit(low) <= GROWN.logit(high) + 1e-3  # leaves are rounded


def test_what_counts_against_an_answer_is_left_out() -> None:
    features, right = drawn()
    trees, bias = grow_trees(-features, right, 10)
    used = [node.feature for tree in trees for node in tree if isinstance(node, Split)]
    assert set(used) <= {NAMES.index("c")}
    assert as_regression(trees, bias).probability((-1, -1, 0)) == pytest.approx(
        right.mean(), abs=0.05
    )


def test_the_same_findings_give_the_same_trees() -> None:
    assert grow_trees(*drawn(), 5) == grow_trees(*drawn(), 5)


def test_a_few_findings_are_too_few_to_split() -> None:
    trees, bias = grow_trees(*drawn(60), 3)
    assert all(len(tree) == 1 for tree in trees)
    assert as_regression(trees, bias).logit((0, 0, 0)) == pytest.approx(bias, abs=1e-4)
