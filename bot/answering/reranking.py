"""The order of hits by how surely a reader says that each answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from bot.reader.reader import AnswerSpan, passage_margins
from index.results import Hit

__all__ = ["SEARCH_WEIGHT", "rerank"]

SEARCH_WEIGHT = 24.0
"""Weight of the search score (0 to 1) beside the log-odds that a passage answers.

Fitted on NewsQA by conditional logistic regression (McFadden 1974): ``tests.bench.order``.
"""


def rerank(hits: Sequence[Hit], spans: Sequence[AnswerSpan]) -> list[Hit]:
    """Order hits by how surely each answers.

    Args:
        hits: what was found.
        spans: what was read in them, in any order.

    Returns:
        The hits, the highest score first. A score is from 0 to 1, and 0 where there is no span: the
        probability that the passage answers, its odds less the further the score of the search is
        below the best one (``SEARCH_WEIGHT``).
    """
    best = max((hit.score for hit in hits), default=0.0)
    margins = passage_margins(spans)
    scored = []
    for hit in hits:
        score = 0.0
        if hit.passage in margins:
            logit = margins[hit.passage] + SEARCH_WEIGHT * (hit.score - best)
            score = 1 / (1 + math.exp(-logit))
        scored.append(replace(hit, score=score))
    return sorted(scored, key=lambda hit: -hit.score)
