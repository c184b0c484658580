"""Questions for the latest: then newer articles come first; otherwise age does not matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from bot.answering.candidates import Candidate
from bot.answering.sentence_selection import SelectedSentence
from corpus.dates import epoch_seconds
from index.results import Hit

__all__ = ["asks_for_latest", "newest_first", "newest_hits"]

_NEAR_BEST = 0.5  # share of the best score or probability from which age decides
_LATEST = re.compile(
    r"\b(?:latest|newest|most\s+recent(?:ly)?|current(?:ly)?|now|nowadays|today|at\s+present"
    r"|presently|at\s+the\s+moment|these\s+days|so\s+far|up[\s-]to[\s-]date)\b",
    re.IGNORECASE,
)

_Finding = TypeVar("_Finding", bound=Candidate | SelectedSentence)


def asks_for_latest(question: str) -> bool:
    """Tell whether a question asks how things are now, or for the last report of them."""
    return _LATEST.search(question) is not None


def newest_hits(hits: Sequence[Hit], k: int) -> tuple[Hit, ...]:
    """Put the newest of the good hits first.

    Args:
        hits: with scores of 0 or more. Those with half of the best score count as good.
        k: how many to give at the most.

    Returns:
        The good ones by date, the newest first and those without a date last; then the others in
        the order given.
    """
    least = _NEAR_BEST * max((hit.score for hit in hits), default=0.0)
    good = [hit for hit in hits if hit.score >= least]
    others = [hit for hit in hits if hit.score < least]
    return tuple([*sorted(good, key=lambda hit: -_age_key(hit.article.published)), *others][:k])


def newest_first(found: Sequence[_Finding], threshold: float) -> list[_Finding]:
    """Put the newest first of the answers or sentences that are sure enough.

    Args:
        found: the most probable first.
        threshold: least probability of an answer. Those that have it, and half of the best
            probability, are put in order by date.

    Returns:
        Those by date, the newest first and those without a date last; then the others as they were.
    """
    least = max(threshold, _NEAR_BEST * found[0].probability) if found else 0.0
    good = [item for item in found if item.probability >= least]
    others = [item for item in found if item.probability < least]
    return [*sorted(good, key=lambda item: -_published(item)), *others]


def _published(item: Candidate | SelectedSentence) -> float:
    supports = item.supports if isinstance(item, Candidate) else (item,)
    return max(_age_key(support.article.published) for support in supports)


def _age_key(published: str | None) -> float:
    seconds = epoch_seconds(published)
    return float("-inf") if seconds is None else float(seconds)
