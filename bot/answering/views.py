"""What the reports say, side by side, where they differ: an answer's views."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date

from bot.answering.answers import Answer, View
from bot.answering.candidates import Candidate
from bot.answering.composing import cite
from bot.answering.confidence import ANSWER_FEATURES, Regression
from bot.answering.quote import Quote
from bot.answering.sentence_selection import SelectedSentence
from bot.comparing.comparison import Comparison, compare
from bot.comparing.questions import Asked, asked_kind
from bot.comparing.relations import Relation, Saying
from bot.comparing.reports import Report
from bot.comparing.scope import is_long_after
from bot.reader.reader import LEAST_MARGIN, AnswerSpan, bounded_margin
from corpus.article import Article, Span
from index.results import DuplicateRef, Hit

__all__ = ["reports_of", "sentence_reports", "with_views"]

_GAP = ANSWER_FEATURES.index("gap")
_MOST_QUOTES = 2  # of a view, beside the one that shows the relation
_LEADING = {
    Relation.GROWTH: "Earlier it was:",
    Relation.CORRECTION: "This corrects:",
    Relation.SUCCESSION: "Before:",
}


def reports_of(
    question: str, hits: Sequence[Hit], candidates: Sequence[Candidate], spans: Sequence[AnswerSpan]
) -> list[Report]:
    """Return what the articles say, the surest first.

    Args:
        question: as it was read.
        hits: that were read.
        candidates: of the last reading.
        spans: of the first one, of which those of articles without a candidate count.
    """
    articles = {hit.article.id: hit.article for hit in hits}
    places = [
        (quote.article, span, (quote.start, quote.end), quote.margin)
        for candidate in candidates
        for quote in candidate.supports
        if (span := _found(candidate.text, quote))
    ]
    read = {article.id for article, *_ in places}
    places += [
        (articles[span.passage.article_id], (span.start, span.end), span.sentence, span.margin)
        for span in spans
        if span.passage.article_id not in read
    ]
    reports = [
        Report(question, article, span, sentence, bounded_margin(margin))
        for article, span, sentence, margin in places
    ]
    return sorted(reports, key=lambda report: -report.margin)


def sentence_reports(
    question: str, sentences: Sequence[SelectedSentence], spans: Sequence[AnswerSpan]
) -> list[Report]:
    """Return what sentences say, the surest first; none where the question is no "did it" or "why".

    Args:
        question: as it was read.
        sentences: the most probable first.
        spans: of the last reading, by margin: of those in a sentence the first is its answer.
    """
    if asked_kind(question) not in (Asked.YES_NO, Asked.CAUSE):
        return []
    found: dict[tuple[str, int, int], Span] = {}
    for span in spans:
        found.setdefault((span.passage.article_id, *span.sentence), (span.start, span.end))
    return [
        Report(
            question,
            one.article,
            found.get(one.place, (one.start, one.end)),
            (one.start, one.end),
            _log_odds(one.probability),
        )
        for one in sentences
    ]


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability)) if 0 < probability < 1 else LEAST_MARGIN


def _found(answer: str, quote: Quote) -> Span | None:
    """Return where an answer stands in a sentence; of its copies in other words, nowhere."""
    words = r"\s+".join(map(re.escape, answer.split()))
    found = re.compile(words, re.IGNORECASE).search(quote.article.text, quote.start, quote.end)
    return found.span() if found else None


def with_views(
    answer: Answer,
    candidates: Sequence[Candidate | SelectedSentence],
    threshold: float,
    reports: Sequence[Report],
    hits: Sequence[Hit],
    regression: Regression,
) -> Answer:
    """Lay out what reports say where they differ and a rule says how; else return the answer.

    What counts is that one of the values is right: the gap between them makes none less probable.

    Args:
        answer: of the candidates, in a few words or refused.
        candidates: or sentences, the most probable first.
        threshold: least probability of an answer, 0 to 1.
        reports: as ``reports_of`` returns them.
        hits: that they are of.
        regression: from a candidate's features to its probability.
    """
    comparison = compare(reports[0].question, reports) if reports and candidates else None
    if comparison is None:
        return answer
    sentences = {
        (report.article.id, *report.sentence)
        for saying in comparison.sayings
        for report in saying.reports
    }
    compared = [one for one in candidates if sentences & {quote.place for quote in one.supports}]
    others = [one for one in candidates if one not in compared]
    sures = [_probability(one, others, regression) for one in compared]
    confidence = 1 - math.prod(1 - sure for sure in sures)
    is_compared = candidates[0] in compared or _is_long_before(candidates[0], reports, comparison)
    if not is_compared or confidence < threshold:
        return answer
    views = _views(comparison, hits)
    newest = views[0] if comparison.evidence.relation.has_newest else None
    return Answer(
        _prose(comparison, views),
        newest.value if newest else None,
        False,
        confidence,
        tuple(cited for view in views for cited in view.citations),
        views=views,
    )


def _is_long_before(
    one: Candidate | SelectedSentence, reports: Sequence[Report], comparison: Comparison
) -> bool:
    """Return whether a candidate is of an event long before the one that is compared."""
    places = {quote.place for quote in one.supports}
    days = [report.day for report in reports if (report.article.id, *report.sentence) in places]
    first = min((saying.first for saying in comparison.sayings if saying.first), default=None)
    return bool(first and days) and all(first and day and is_long_after(first, day) for day in days)


def _probability(
    one: Candidate | SelectedSentence,
    others: Sequence[Candidate | SelectedSentence],
    regression: Regression,
) -> float:
    """Return how probable a candidate is, its gap that to the best of some others."""
    if not isinstance(one, Candidate) or not one.features:
        return one.probability
    margins = [other.margin for other in others if isinstance(other, Candidate)]
    gap = one.margin - max(margins, default=LEAST_MARGIN)
    features = [gap if n == _GAP else feature for n, feature in enumerate(one.features)]
    return max(one.probability, regression.probability(features))


def _views(comparison: Comparison, hits: Sequence[Hit]) -> tuple[View, ...]:
    copies = {hit.article.id: hit.copies for hit in hits}
    relation = comparison.evidence.relation
    views: list[View] = []
    number = 1
    for saying in comparison.sayings:
        quotes = _quotes(saying, comparison, copies)
        citations = cite(quotes, number)
        number += len(citations)
        sources = dict.fromkeys(_publisher(report.article) for report in saying.reports)
        views.append(
            View(
                saying.value.text,
                citations,
                _day(saying.first),
                _day(saying.last),
                tuple(sources),
                relation.value,
            )
        )
    return tuple(views)


def _quotes(
    saying: Saying, comparison: Comparison, copies: dict[str, tuple[DuplicateRef, ...]]
) -> list[Quote]:
    """Return the sentences of a value's reports, and the one that shows how it is related."""
    places = {(one.article.id, one.sentence): one.article for one in saying.reports}
    chosen = dict(list(places.items())[:_MOST_QUOTES])
    shown = comparison.evidence.sentence
    if shown is not None and shown[0] in saying.reports:
        chosen[shown[0].article.id, shown[1]] = shown[0].article
    return [
        Quote(article, *sentence, copies=copies.get(article.id, ()))
        for (_, sentence), article in chosen.items()
    ]


def _prose(comparison: Comparison, views: Sequence[View]) -> str:
    relation = comparison.evidence.relation
    if not relation.has_newest:
        return " ".join(("The reports differ.", *map(_said, views)))
    newest, *others = views
    return " ".join((_said(newest), _LEADING[relation], *map(_said, others)))


def _said(view: View) -> str:
    """Return a value with its last day and its sentences, each quoted with its marker."""
    quotes = " ".join(f"“{' '.join(one.quote.split())}” [{one.number}]" for one in view.citations)
    return f"{view.value}{f' ({view.last})' if view.last else ''} — {quotes}"


def _publisher(article: Article) -> str:
    return article.source or article.title or article.id


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
