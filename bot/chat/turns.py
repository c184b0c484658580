"""A question and its answer, as the page keeps them while a conversation lasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.chat.filters import SearchFilters

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation
    from index.results import Hit

__all__ = ["Turn", "TurnSource", "Vote", "day_of", "turn_sources"]


@dataclass(frozen=True)
class TurnSource:
    """A passage that search found: ``Hit`` without its text."""

    article_id: str
    title: str
    source: str | None
    published: str | None
    start: int
    end: int
    score: float
    dense: float
    sparse: float


@dataclass(frozen=True)
class Vote:
    """A thumb: its number in the feedback store, and whether it is up."""

    number: int
    liked: bool


@dataclass(frozen=True)
class Turn:
    """A question and its answer."""

    number: int  # from 1, ascending within a conversation
    question: str
    answer: Answer
    found: tuple[TurnSource, ...] = ()  # what was read for it, the best first
    filters: SearchFilters = SearchFilters()
    generation: str = ""  # of the index that answered
    html: str = ""  # the answer as it is shown
    cards: str = ""  # its sources as they are shown; empty for a refusal
    vote: Vote | None = None

    def cited(self) -> Iterator[Citation]:
        """Yield everything the answer cites; of a refusal, the closest sentence."""
        yield from self.answer.citations
        for other in self.answer.alternatives:
            yield from other.citations
        yield from self.answer.closest

    def to_dict(self) -> dict[str, Any]:
        """Return the question, its filters and the answer as JSON values."""
        return {
            "question": self.question,
            **self.filters.to_dict(),
            "answer": self.answer.to_dict(),
        }


def turn_sources(hits: Iterable[Hit]) -> tuple[TurnSource, ...]:
    """Return what is worth keeping of hits."""
    return tuple(
        TurnSource(
            hit.article.id,
            hit.article.title,
            hit.article.source,
            hit.article.published,
            hit.passage.start,
            hit.passage.end,
            hit.score,
            hit.dense,
            hit.sparse,
        )
        for hit in hits
    )


def day_of(published: str | None) -> date | None:
    """Return the day of a date of publication, or None if there is none."""
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None
