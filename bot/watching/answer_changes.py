"""Tells a changed answer from one that is only worded differently."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.answering.candidates import normalised_answer
from bot.comparing.questions import asked_kind
from bot.comparing.reports import Report
from bot.comparing.values import Quantity, Value, agree, value_of
from corpus.article import Article
from corpus.shingles import folded_words

__all__ = ["has_changed"]

_Record = Mapping[str, Any]  # of ``Answer.to_dict``
_SAME_WORDS = 0.5  # least share of the words of two sentences that say the same
_NEGATION = re.compile(r"\b(?:no|not|never|none|nobody|cannot|den(?:y|ies|ied))\b|n['’]t\b", re.I)


def has_changed(question: str, old: _Record, new: _Record) -> bool:
    """Return whether two answers to a question say something different.

    Short answers are compared as the values they are: numbers with their units, days, names. Whole
    sentences are the same where they share most words, and all numbers and negations. What is no
    part of the answer, such as the closest sentence of a refusal, does not count.

    Args:
        question: that both answer.
        old: ``Answer.to_dict()`` of the earlier one.
        new: of the later one.
    """
    if old["refused"] or new["refused"]:
        return bool(old["refused"]) != bool(new["refused"])
    before, after = _values(old), _values(new)
    if before and after:
        return not _matched(before, after, lambda one, other: _same(question, one, other))
    return not _matched(_quotes(old), _quotes(new), _same_sentence)


def _values(answer: _Record) -> list[tuple[str, str]]:
    """Return the short answers, each with the sentence that it stands in; none in prose."""
    listing = answer.get("listing")
    told = listing["items"] if listing else answer.get("views") or ()
    if told:
        return [(one["value"], one["citations"][0]["quote"]) for one in told]
    short = answer["short_answer"]
    quote = answer["citations"][0]["quote"] if answer["citations"] else ""
    return [(short, quote)] if short else []


def _quotes(answer: _Record) -> list[str]:
    events = answer.get("events") or ()
    cited = [event["citation"] for event in events] or answer["citations"]
    return [one["quote"] for one in cited]


def _matched(before: Sequence[Any], after: Sequence[Any], same: Any) -> bool:
    """Return whether each has a counterpart on the other side."""
    return all(any(same(one, other) for other in after) for one in before) and all(
        any(same(other, one) for other in before) for one in after
    )


def _same(question: str, one: tuple[str, str], other: tuple[str, str]) -> bool:
    if normalised_answer(one[0]) == normalised_answer(other[0]):
        return True
    first, second = _value(question, *one), _value(question, *other)
    if first is None or second is None:
        return False
    if isinstance(first, Quantity) and isinstance(second, Quantity):
        # "At least 10" and 14 may both be right, and are two answers all the same.
        bounds = [(value.low, value.high, value.unit) for value in (first, second)]
        return bounds[0] == bounds[1]
    return agree(first, second) is True


def _value(question: str, text: str, quote: str) -> Value | None:
    at = quote.find(text)
    whole = quote if at >= 0 else text
    article = Article("", "", whole, None, None, None, None)
    span = (max(at, 0), max(at, 0) + len(text))
    return value_of(asked_kind(question), Report(question, article, span, (0, len(whole)), 0.0))


def _same_sentence(one: str, other: str) -> bool:
    words, others = set(folded_words(one)), set(folded_words(other))
    numbers = [{word for word in said if any(map(str.isdigit, word))} for said in (words, others)]
    negated = [len(_NEGATION.findall(said)) % 2 for said in (one, other)]
    shared = len(words & others) / max(1, len(words | others))
    return numbers[0] == numbers[1] and negated[0] == negated[1] and shared >= _SAME_WORDS
