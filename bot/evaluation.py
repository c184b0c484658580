"""The measures of ``newsbot eval``: how well questions with known answers are answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering.candidates import normalised_answer
from bot.errors import QuestionsUnreadable

if TYPE_CHECKING:
    from bot.answering.answers import Answer
    from bot.newsbot import NewsBot
    from index.results import Hit

__all__ = [
    "RECALL_AT",
    "Estimate",
    "Outcome",
    "Question",
    "ask_all",
    "estimates",
    "exact_match",
    "read_questions",
    "token_f1",
]

RECALL_AT = (1, 5, 20)
"""Numbers of passages at which recall is measured."""

_RESAMPLES = 1_000
_LONGEST_LINE = 100_000


@dataclass(frozen=True)
class Question:
    """A question with its accepted answers.

    Attributes:
        text: the question.
        answers: any of these is right; where there is none, it must be refused.
        article_id: the article that answers it, where known.
    """

    text: str
    answers: tuple[str, ...]
    article_id: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Measures of one question (see ``estimates``): 0 to 1, or None where one does not apply."""

    measures: Mapping[str, float | None]
    milliseconds: float


@dataclass(frozen=True)
class Estimate:
    """A mean over the questions that a measure applies to.

    Attributes:
        mean: from 0 to 1, or milliseconds.
        low: lower end of the 95 % bootstrap interval (Efron 1979), by resampling questions.
        high: its upper end.
        count: of these questions.
    """

    mean: float
    low: float
    high: float
    count: int


def read_questions(file: Path) -> list[Question]:
    """Read JSON lines of ``question``, ``answers`` and, optionally, ``article_id``.

    An answer is a string, or an object with ``text``.

    Raises:
        QuestionsUnreadable: the file is missing, empty, or has a line that does not fit; the line
            is named.
    """
    questions: list[Question] = []
    number = 0
    try:
        with file.open("rb") as lines:
            for raw in lines:
                number += 1
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                if len(line) > _LONGEST_LINE:
                    raise ValueError(f"longer than {_LONGEST_LINE} characters")
                if line.strip():
                    questions.append(_question(json.loads(line)))
    except OSError as error:
        raise QuestionsUnreadable(f"{file}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise QuestionsUnreadable(f"{file}, line {number}: {error}") from error
    if not questions:
        raise QuestionsUnreadable(f"{file}: no questions in it")
    return questions


def ask_all(
    bot: NewsBot, questions: Sequence[Question], progress: Callable[[int], None] | None = None
) -> list[Outcome]:
    """Ask every question, search for it, and compare; ``progress`` hears how many are done."""
    outcomes = []
    for number, question in enumerate(questions, 1):
        answer = bot.answer(question.text)
        hits = bot.search(question.text, max(RECALL_AT)) if question.answers else []
        outcomes.append(Outcome(_measures(question, answer, hits), answer.timings["total"]))
        if progress:
            progress(number)
    return outcomes


def estimates(outcomes: Sequence[Outcome]) -> dict[str, Estimate]:
    """Return the mean of each measure.

    Of the questions that have an answer: ``exact_match`` and ``f1``, where a refusal counts 0, and
    ``recall@k``: whether one of the first k passages (of the article that is named, if one is)
    holds an accepted answer. Of those that were answered: ``citation_precision``, the share of the
    cited sentences that hold one. Of those that were refused: ``refusal_precision``, whether they
    had to be. Of those that have no answer: ``refusal_recall``, whether they were refused.
    ``median_ms`` and ``p95_ms`` are the median and the 95th percentile of the times.

    Returns:
        Estimates by name; a measure that applies to no question is left out.
    """
    import numpy as np

    if not outcomes:
        return {}
    summed: dict[str, Estimate] = {}
    names = dict.fromkeys(name for outcome in outcomes for name in outcome.measures)
    for name in names:
        values = [v for o in outcomes if (v := o.measures.get(name)) is not None]
        if values:
            summed[name] = _estimate(np.array(values), np.mean)
    times = np.array([outcome.milliseconds for outcome in outcomes])
    summed["median_ms"] = _estimate(times, np.median)
    summed["p95_ms"] = _estimate(times, lambda sample: np.percentile(sample, 95))
    return summed


def exact_match(given: str, accepted: Iterable[str]) -> float:
    """Return 1 for an accepted answer, whatever its case, articles and punctuation, else 0."""
    return float(normalised_answer(given) in {normalised_answer(text) for text in accepted})


def token_f1(given: str, accepted: Iterable[str]) -> float:
    """Return the best F1 of an answer's words against an accepted one's, 0 to 1.

    As the SQuAD evaluation does (Rajpurkar et al. 2016).
    """
    return max((_f1(given, text) for text in accepted), default=0.0)


def _f1(given: str, accepted: str) -> float:
    left, right = normalised_answer(given).split(), normalised_answer(accepted).split()
    same = sum((Counter(left) & Counter(right)).values())
    if not left or not right:
        return float(left == right)
    return 2 * same / (len(left) + len(right))


def _question(record: Any) -> Question:
    if not isinstance(record, dict):
        raise ValueError("not an object with question and answers")
    text, answers, article = (record.get(n) for n in ("question", "answers", "article_id"))
    if not isinstance(text, str) or not text.strip():
        raise ValueError("it has no question")
    if not isinstance(answers, list):
        raise ValueError("answers is not a list; an empty one means that it must be refused")
    if article is not None and not isinstance(article, str):
        raise ValueError("article_id is not a string")
    given = [answer.get("text") if isinstance(answer, dict) else answer for answer in answers]
    accepted = tuple(a for a in given if isinstance(a, str) and a.strip())
    if len(accepted) < len(given):
        raise ValueError("an answer is neither a string nor an object with text")
    return Question(text, accepted, article)


def _measures(question: Question, answer: Answer, hits: Sequence[Hit]) -> dict[str, float | None]:
    measures: dict[str, float | None] = {}
    if question.answers:
        quotes = [citation.quote for citation in answer.citations]
        given = answer.short_answer if answer.short_answer is not None else " ".join(quotes)
        measures["exact_match"] = 0.0 if answer.refused else exact_match(given, question.answers)
        measures["f1"] = 0.0 if answer.refused else token_f1(given, question.answers)
        places = [at for at, hit in enumerate(hits) if _is_gold(hit, question)]
        for k in RECALL_AT:
            measures[f"recall@{k}"] = float(bool(places) and places[0] < k)
        held = [_holds(quote, question.answers) for quote in quotes]
        measures["citation_precision"] = sum(held) / len(held) if held else None
    measures["refusal_precision"] = float(not question.answers) if answer.refused else None
    measures["refusal_recall"] = None if question.answers else float(answer.refused)
    return measures


def _is_gold(hit: Hit, question: Question) -> bool:
    named = question.article_id is None or hit.article.id == question.article_id
    return named and _holds(hit.passage.text, question.answers)


def _holds(text: str, answers: Iterable[str]) -> bool:
    words = f" {normalised_answer(text)} "
    return any(f" {normalised_answer(answer)} " in words for answer in answers)


def _estimate(values: Any, statistic: Callable[[Any], Any]) -> Estimate:
    import numpy as np

    chance = np.random.default_rng(0)
    resampled = [
        float(statistic(values[chance.integers(0, len(values), len(values))]))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Estimate(float(statistic(values)), float(low), float(high), len(values))
