"""Decision trees that tell right answers from wrong ones, as gradient boosting grows them.

Each tree is fitted to what those before it leave of the log loss, by its first and second
derivatives (Friedman 2001; Chen and Guestrin 2016), and no feature may count against an answer:
splits by it only ever add where it is higher. Trees can say that a feature counts only where
another is high, which a weighted sum cannot, and say the same of all values beyond the last seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.answering.confidence import Split, Tree

__all__ = ["grow_trees"]

_LEAVES = 4
_LEAST_IN_LEAF = 40
_RATE = 0.1  # share of what a tree would add that is added
_LEAST_CURVATURE = 1e-3  # of the loss, so that no finding weighs nothing


def grow_trees(
    features: NDArray[np.float64], right: NDArray[np.float64] | NDArray[np.bool_], count: int
) -> tuple[tuple[Tree, ...], float]:
    """Grow trees.

    Args:
        features: shape (findings, features).
        right: shape (findings,), how right each is, 0 to 1; some right and some not.
        count: how many trees, 1 or more.

    Returns:
        The trees, and the logit to which they add.
    """
    from sklearn.tree import DecisionTreeRegressor

    bias = float(np.log(right.mean() / (1 - right.mean())))
    logits = np.full(len(right), bias)
    trees = []
    for number in range(count):
        said = 1 / (1 + np.exp(-logits))
        curvature = np.maximum(said * (1 - said), _LEAST_CURVATURE)
        grown = DecisionTreeRegressor(
            max_leaf_nodes=_LEAVES,
            min_samples_leaf=_LEAST_IN_LEAF,
            monotonic_cst=np.ones(features.shape[1], dtype=np.int8),
            random_state=number,
        ).fit(features, (right - said) / curvature, sample_weight=curvature)
        logits += _RATE * grown.predict(features)
        trees.append(_to_tree(grown.tree_))
    return tuple(trees), bias


def _to_tree(grown: Any) -> Tree:
    return tuple(
        Split(int(feature), round(float(at), 5), int(low), int(high))
        if low > 0
        else round(_RATE * float(value), 5)
        for feature, at, low, high, value in zip(
            grown.feature,
            grown.threshold,
            grown.children_left,
            grown.children_right,
            grown.value[:, 0, 0],
            strict=True,
        )
    )
