"""What a person narrows the search to: dates and a publisher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.errors import BotError

__all__ = ["BadNarrowing", "Narrowing"]

_LONGEST_SOURCE = 300  # code points: what an article's own source line is cut to


class BadNarrowing(BotError):
    """A date that is none, or dates the wrong way round."""


@dataclass(frozen=True)
class Narrowing:
    """Which articles are asked; nothing is left out where all is None.

    Attributes:
        since: first day of publication.
        until: last day, included.
        source: publisher, compared without regard to case.
    """

    since: date | None = None
    until: date | None = None
    source: str | None = None

    @classmethod
    def read(cls, since: str | None, until: str | None, source: str | None) -> Narrowing:
        """Read what was typed and chosen; white space and nothing are the same.

        Raises:
            BadNarrowing: a date is none, or the first comes after the last.
        """
        first, last = _day(since, "From"), _day(until, "Until")
        if first and last and first > last:
            raise BadNarrowing(f"The dates are the wrong way round: {first} comes after {last}.")
        return cls(first, last, (source or "").strip()[:_LONGEST_SOURCE] or None)

    def __bool__(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.since or self.until or self.source)

    def __str__(self) -> str:
        """Give it in words; empty where nothing is left out."""
        days = ""
        if self.since and self.until:
            days = f"{self.since} to {self.until}" if self.since < self.until else f"{self.since}"
        elif self.since or self.until:
            days = f"from {self.since}" if self.since else f"until {self.until}"
        return " · ".join(part for part in (days, self.source) if part)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values, dates as ISO 8601."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "source": self.source,
        }


def _day(given: str | None, name: str) -> date | None:
    text = (given or "").strip()
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as error:
        raise BadNarrowing(f"“{name}” is not a date: write it as 2024-05-31.") from error
