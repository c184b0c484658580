"""A question and what came of it, as the page keeps it while a conversation lasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.chat.filters import SearchFilters

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation
    from index.results import Hit

__all__ = ["Turn", "TurnSources", "Vote", "day_of", "turn_sources"]


@dataclass(frozen=True)
class TurnSources:
    """A passage that search found, without its text.

    Attributes:
        article_id: the article it is of.
        title: its headline.
        source: its publisher, or None.
        published: timezone-aware ISO 8601, or None.
        start: first code point in the article's text.
        end: one past the last.
        score: fused score, 0 to 1, of this search only.
        dense: cosine similarity to the question, -1 to 1.
        sparse: BM25 score, 0 or more.
    """

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
    """What a person said of an answer.

    Attributes:
        number: of the vote where it is kept.
        liked: whether the thumb was up.
    """

    number: int
    liked: bool


@dataclass(frozen=True)
class Turn:
    """A question and what was answered.

    Attributes:
        number: from 1, ascending within a conversation.
        question: as it was asked.
        answer: the answer.
        found: what was read for it, the best first.
        narrowing: what the search was narrowed to.
        generation: name of the state of the index that answered.
        html: the answer as it is shown.
        cards: its sources as they are shown; empty where it was refused.
        vote: what was said of it, or None.
    """

    number: int
    question: str
    answer: Answer
    found: tuple[TurnSources, ...] = ()
    narrowing: SearchFilters = SearchFilters()
    generation: str = ""
    html: str = ""
    cards: str = ""
    vote: Vote | None = None

    def cited(self) -> Iterator[Citation]:
        """Give everything the answer cites; of a refusal, the passages that came closest."""
        yield from self.answer.citations
        for other in self.answer.alternatives:
            yield from other.citations
        yield from self.answer.closest

    def to_dict(self) -> dict[str, Any]:
        """Give the question, what it was narrowed to, and the answer, as JSON values."""
        return {
            "question": self.question,
            **self.narrowing.to_dict(),
            "answer": self.answer.to_dict(),
        }


def turn_sources(hits: Iterable[Hit]) -> tuple[TurnSources, ...]:
    """Give what is worth keeping of hits."""
    return tuple(
        TurnSources(
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
    """Give the day of a date of publication, or None where there is none."""
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None
