"""Questions for the latest: newer articles come first. For other questions age does not matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bot.answering.candidates import Candidate
from bot.answering.sentence_selection import SelectedSentence
from corpus.article import Article
from corpus.dates import epoch_seconds
from index.results import Hit

__all__ = ["asks_for_latest", "newest_first", "newest_hits"]

_NEAR_BEST = 0.5  # share of the best score or probability from which age decides
_LATEST = re.compile(
    r"\b(?:latest|newest|most\s+recent(?:ly)?|current(?:ly)?|now|nowadays|today|at\s+present"
    r"|presently|at\s+the\s+moment|these\s+days|so\s+far|up[\s-]to[\s-]date)\b",
    re.IGNORECASE,
)

_T = TypeVar("_T")
_Found = TypeVar("_Found", bound=Candidate | SelectedSentence)


def asks_for_latest(question: str) -> bool:
    """Return whether a question asks how things are now, or for the last report of them."""
    return _LATEST.search(question) is not None


def newest_hits(hits: Sequence[Hit], k: int) -> tuple[Hit, ...]:
    """Return the first k hits, with the newest of the good ones first.

    Args:
        hits: with scores of 0 or more. Those with half of the best score are good.
        k: hits at the most.

    Returns:
        The good ones by date, the newest first and those without a date last; then the others in
        the order given.
    """
    least = _NEAR_BEST * max((hit.score for hit in hits), default=0.0)
    good = [hit for hit in hits if hit.score >= least]
    others = [hit for hit in hits if hit.score < least]
    return (*_by_date(good, lambda hit: [hit.article]), *others)[:k]


def newest_first(found: Sequence[_Found], threshold: float) -> list[_Found]:
    """Put the newest first of the answers or sentences that are sure enough.

    Args:
        found: the most probable first.
        threshold: least probability of an answer. Those that have it, and half of the best
            probability, are put in order by date.

    Returns:
        Those by date, the newest first and those without a date last; then the others as they were.
    """
    least = max(threshold, _NEAR_BEST * found[0].probability) if found else 0.0
    good = [one for one in found if one.probability >= least]
    others = [one for one in found if one.probability < least]
    return [*_by_date(good, _supporting_articles), *others]


def _supporting_articles(found: Candidate | SelectedSentence) -> list[Article]:
    return [quote.article for quote in found.supports]


def _by_date(items: Iterable[_T], articles: Callable[[_T], Iterable[Article]]) -> list[_T]:
    def newest(item: _T) -> float:
        dates = (epoch_seconds(article.published) for article in articles(item))
        return max((date for date in dates if date is not None), default=float("-inf"))

    return sorted(items, key=newest, reverse=True)
