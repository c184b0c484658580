"""The filters of a question, as a person types and chooses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.citing.answered import filters_in_words
from bot.errors import BotError

__all__ = ["FilterProblem", "SearchFilters"]

_LONGEST_NAME = 5_000  # code points; an id that is an address may be long
_MOST_NAMES = 1_000


class FilterProblem(BotError):
    """Text that is not a date, dates in the wrong order, or too many names."""


@dataclass(frozen=True)
class SearchFilters:
    """Which articles are asked: all of them if nothing is set."""

    since: date | None = None
    until: date | None = None  # included
    sources: tuple[str, ...] = ()  # compared without regard to case
    articles: tuple[str, ...] = ()  # ids
    names: tuple[str, ...] = ()  # people, organisations and places, all of which are named

    @classmethod
    def read(
        cls,
        since: str | None = None,
        until: str | None = None,
        sources: Sequence[str] | None = None,
        articles: Sequence[str] | None = None,
        names: Sequence[str] | None = None,
    ) -> SearchFilters:
        """Read what was typed and chosen; white space counts as nothing.

        Raises:
            FilterProblem: a date is none, the first comes after the last, or too much is chosen.
        """
        first, last = _day(since, "From"), _day(until, "Until")
        if first and last and first > last:
            raise FilterProblem(f"The dates are the wrong way round: {first} comes after {last}.")
        return cls(first, last, _names(sources), _names(articles), _names(names))

    def __bool__(self) -> bool:
        """Return whether any article is left out."""
        return self != SearchFilters()

    def __str__(self) -> str:
        """Return the filters in words; empty if nothing is left out."""
        return filters_in_words(self.keywords())

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values, dates as ISO 8601."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "sources": list(self.sources),
            "articles": list(self.articles),
            "names": list(self.names),
        }

    def keywords(self) -> dict[str, Any]:
        """Return the arguments that ``NewsBot``'s methods take for them."""
        return {
            "since": self.since,
            "until": self.until,
            "source": self.sources or None,
            "articles": self.articles or None,
            "name": self.names or None,
        }


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    names = dict.fromkeys(name.strip()[:_LONGEST_NAME] for name in given or ())
    if len(names) > _MOST_NAMES:
        raise FilterProblem(f"More than {_MOST_NAMES:,} are chosen.")
    return tuple(filter(None, names))


def _day(given: str | None, name: str) -> date | None:
    text = (given or "").strip()
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as error:
        raise FilterProblem(f"“{name}” is not a date: write it as 2024-05-31.") from error
