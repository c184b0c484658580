"""A question with its answer, as it is exported and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.answering.answers import Answer

__all__ = ["AnsweredQuestion", "day_of"]


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question and its answer.

    Attributes:
        question: as it was asked.
        answer: what was said.
        filters: which articles were asked, in words; empty for all.
    """

    question: str
    answer: Answer
    filters: str = ""


def day_of(published: str | None) -> date | None:
    """Return the day of a date of publication, or None if there is none."""
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None
