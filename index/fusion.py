"""Dense and sparse scores made one.

``tests/bench/fusion.py`` chooses ways and weights on questions with even numbers, of NewsQA dev and
of realtimeqa, and reports those with odd ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from index.store.protocols import PassageLocation

__all__ = ["DENSE_WEIGHT", "Shares", "fuse", "fuse_with_articles"]

DENSE_WEIGHT = 0.5
"""Share of the dense score in the weighted sum, 0 to 1."""


class Shares(NamedTuple):
    """What counts for a passage, in shares that add up to 1.

    Attributes:
        passage: its own score, dense and BM25.
        article: BM25 of its whole article.
        lead: whether it is the first of its article.
    """

    passage: float = 0.6
    article: float = 0.3
    lead: float = 0.1


def fuse(
    dense: Mapping[int, float], sparse: Mapping[int, float], dense_weight: float = DENSE_WEIGHT
) -> dict[int, float]:
    """Add normalised scores: each side is scaled so that its best is 1 and its worst 0.

    Args:
        dense: similarity by passage id.
        sparse: BM25 score by passage id. A passage that one side lacks has 0 there.
        dense_weight: share of the dense side, 0 to 1.

    Returns:
        Scores in [0, 1] by passage id, the best first; equal ones by ascending id.
    """
    left, right = _scaled(dense), _scaled(sparse, floor=0.0)
    total = {
        number: dense_weight * left.get(number, 0.0) + (1 - dense_weight) * right.get(number, 0.0)
        for number in left.keys() | right.keys()
    }
    return _best_first(total)


def fuse_with_articles(
    passages: Mapping[int, float],
    locations: Mapping[int, PassageLocation],
    articles: Mapping[int, float],
    shares: Shares | None = None,
) -> dict[int, float]:
    """Add to a passage's own score that of its whole article, and favour the lead.

    What a question names often stands in another passage than the answer (as Callan 1994 found,
    passages do best together with their documents), and news tells the most important first.

    Args:
        passages: fused score in [0, 1] by passage id.
        locations: where they stand; a passage that is not there is left out.
        articles: BM25 score of the best articles, by their numbers; another one has 0.
        shares: what each counts; ``Shares()`` where None.

    Returns:
        Scores in [0, 1] by passage id, the best first; equal ones by ascending id.
    """
    share = shares or Shares()
    whole = _scaled(articles, floor=0.0)
    total = {
        number: share.passage * score
        + share.article * whole.get(locations[number].article, 0.0)
        + share.lead * locations[number].leads
        for number, score in passages.items()
        if number in locations
    }
    return _best_first(total)


def _scaled(scores: Mapping[int, float], floor: float | None = None) -> dict[int, float]:
    if not scores:
        return {}
    low = min(scores.values()) if floor is None else floor
    width = max(scores.values()) - low
    return {number: (score - low) / width if width > 0 else 1.0 for number, score in scores.items()}


def _best_first(scores: Mapping[int, float]) -> dict[int, float]:
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))
