"""A question and its answer, as the page keeps them while a conversation lasts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.chat.filters import SearchFilters
from bot.citing.answered import AnsweredQuestion

if TYPE_CHECKING:
    from bot.answering.answers import Answer
    from index.names.records import NameCount
    from index.results import Hit

__all__ = ["Turn", "TurnSource", "Vote", "as_json", "turn_of", "turn_sources"]


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
    names: tuple[NameCount, ...] = ()  # in the articles found, the most frequent first

    @property
    def answered(self) -> AnsweredQuestion:
        """The question and its answer, as they are exported."""
        return AnsweredQuestion(self.question, self.answer, self.filters.keywords())

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


def turn_of(turns: Iterable[Turn], number: object) -> Turn | None:
    """Return the turn that a browser names by its number; None where there is none."""
    return next((turn for turn in turns if turn.number == number), None)


def as_json(turns: Sequence[Turn]) -> str:
    """Return a conversation as JSON: a list of questions with ``Answer.to_dict()``."""
    return json.dumps([turn.to_dict() for turn in turns], indent=2)
