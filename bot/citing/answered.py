"""A question with its answer, as it is exported and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.answering.answers import Answer
from bot.sanitize import counted

__all__ = ["AnsweredQuestion", "day_of", "filters_in_words", "names_in"]


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question and its answer.

    Attributes:
        question: as it was asked.
        answer: what was said.
        filters: which articles were asked: ``since``, ``until``, ``source``, ``articles`` and
            ``name``, as ``NewsBot.answer`` takes them; what is not set may be missing or None.
    """

    question: str
    answer: Answer
    filters: Mapping[str, Any] = field(default_factory=dict)


def filters_in_words(filters: Mapping[str, Any]) -> str:
    """Return which articles were asked, for people; empty if all were."""
    since, until = filters.get("since"), filters.get("until")
    days = f"from {since}" if since else f"until {until}" if until else ""
    if since and until:
        days = f"{since}" if since == until else f"{since} to {until}"
    sources, names, ids = (names_in(filters, one) for one in ("source", "name", "articles"))
    only = "" if filters.get("articles") is None else counted(len(ids), "article")
    return " · ".join(filter(None, (days, ", ".join(sources), ", ".join(names), only)))


def names_in(filters: Mapping[str, Any], which: str) -> list[str]:
    """Return the values of a filter; none if it is not set."""
    given = filters.get(which) or ()
    return [given] if isinstance(given, str) else list(given)


def day_of(published: str | None) -> date | None:
    """Return the day of a date of publication, or None if there is none."""
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None
