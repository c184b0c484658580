"""Reports of one question side by side: which values they give, and how these are related."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.comparing.questions import Asked, asked_kind, asks_of_a_state
from bot.comparing.relations import Evidence, Relation, Saying, are_claims, relation_of
from bot.comparing.reports import Report
from bot.comparing.scope import answers_question, has_names, is_long_after, same_subject
from bot.comparing.sides import Stance, affirms, denial_of
from bot.comparing.tokens import folded
from bot.comparing.values import Quantity, Value, agree, value_of
from index.terms import stems

__all__ = ["Comparison", "compare"]

_MOST_SAYINGS = 6
_LEAST_MARGIN = -8.0
_NEAR = 4.0
_AGAINST = re.compile(r"(?:,? (?:while|whereas|but)|;(?: but)?|,? as against) ", re.IGNORECASE)
_NOUN = re.compile(r"\s+([a-z]\w*)")
_OF_AN_EVENT = re.compile(r"\W*(?:did|was|were)", re.IGNORECASE)


@dataclass(frozen=True)
class Comparison:
    """Values that cannot all be right, and how they are related.

    Attributes:
        sayings: each value with its reports; the newest first where the newest counts.
        evidence: the relation, and what it rests on.
    """

    sayings: tuple[Saying, ...]
    evidence: Evidence


def compare(question: str, reports: Sequence[Report]) -> Comparison | None:
    """Lay the reports of a question side by side.

    Args:
        question: as it was read.
        reports: the surest first; of an article's spans the first that says something of the kind
            that is asked for is taken, so that each article speaks once.

    Returns:
        The values and their relation; None where the reports agree, where what they say cannot be
        compared, and wherever no rule explains it.
    """
    kind = asked_kind(question)
    if kind is Asked.YES_NO:
        sayings = _stances(reports)
    elif kind is Asked.QUANTITY and (claimed := _claims_in_one(reports)):
        return Comparison(claimed, Evidence(Relation.CLAIMS))
    else:
        sayings = _cluster(_of_one_event(_of_one_subject(_read(kind, reports))))
    if not 2 <= len(sayings) <= _MOST_SAYINGS:
        return None
    sayings.sort(key=lambda saying: saying.first or date.max)
    related = relation_of(question, sayings)
    if related is None:
        return None
    chosen, evidence = related
    newest_first = tuple(reversed(chosen)) if evidence.relation.has_newest else tuple(chosen)
    return Comparison(newest_first, evidence)


def _read(kind: Asked, reports: Sequence[Report]) -> list[tuple[Report, Value]]:
    """Return the value of each article: of its spans the surest that says something of a kind.

    A number with what is asked for after it ("90 soldiers") goes before one without.
    """
    found: dict[str, tuple[Report, Value]] = {}
    for report in reports:
        if report.margin < _LEAST_MARGIN:
            continue
        value = value_of(kind, report)
        if value is None or not answers_question(report):
            continue
        before, other = found.setdefault(report.article.id, (report, value))
        near = before.margin - report.margin <= _NEAR
        if near and _is_counted(value) and not _is_counted(other):
            found[report.article.id] = report, value
    return list(found.values())


def _of_one_subject(read: Sequence[tuple[Report, Value]]) -> list[tuple[Report, Value]]:
    if not read:
        return []
    surest = next((report for report, _ in read if has_names(report)), read[0][0])
    return [one for one in read if same_subject(surest, one[0])]


def _of_one_event(read: Sequence[tuple[Report, Value]]) -> list[tuple[Report, Value]]:
    """Leave out what is long before the newest report, where an event is asked of."""
    days = [report.day for report, _ in read if report.day]
    if not days or asks_of_a_state(read[0][0].question):
        return list(read)
    newest = max(days)
    return [one for one in read if not one[0].day or not is_long_after(newest, one[0].day)]


def _stances(reports: Sequence[Report]) -> list[Saying]:
    """Return the reports that say what another one denies, and those that deny it."""
    sure = [report for report in reports if report.margin >= _LEAST_MARGIN]
    if _OF_AN_EVENT.match(reports[0].question) is None:
        return []  # what has not been done today may be done tomorrow
    for report in sure:
        denied = denial_of(report)
        if denied is None:
            continue
        others = (
            other
            for other in sure
            if other.article.id != report.article.id
            and affirms(other, denied)
            and any(
                has_names(one) and same_subject(one, another)
                for one, another in ((report, other), (other, report))
            )
        )
        if yes := next(others, None):
            return [Saying(Stance("Yes"), (yes,)), Saying(Stance("No"), (report,))]
    return []


def _claims_in_one(reports: Sequence[Report]) -> tuple[Saying, ...]:
    """Return the numbers of two sides that one sentence sets against each other; else none.

    With them stand the other articles that give one of the two.
    """
    for report in reports:
        if report.margin < _LEAST_MARGIN or not has_names(report) or not answers_question(report):
            continue
        clauses = list(_clauses(report))
        values = [value_of(Asked.QUANTITY, clause) for clause in clauses]
        if len(clauses) != 2 or None in values or _names_another(clauses, values):
            continue
        sayings = [Saying(v, (c,)) for v, c in zip(values, clauses, strict=True) if v]
        if agree(sayings[0].value, sayings[1].value) is False and are_claims(sayings):
            others = [one for one in reports if one.article.id != report.article.id]
            read = _of_one_subject(
                [(report, one.value) for one in sayings] + _read(Asked.QUANTITY, others)
            )
            return tuple(_cluster(read)[:2])
    return ()


def _clauses(report: Report) -> Iterator[Report]:
    """Yield the two parts of a sentence around its "while" as if each were a sentence."""
    start, end = report.sentence
    if (parted := _AGAINST.search(report.quote)) is not None:
        for span in ((start, start + parted.start()), (start + parted.end(), end)):
            yield replace(report, span=span, sentence=span)


def _names_another(clauses: Sequence[Report], values: Sequence[Value | None]) -> bool:
    """Return whether the second number is of something that is not named with the first one."""
    first, second = clauses
    after = folded(second.quote).partition(values[1].text if values[1] else "")[2]
    noun = _NOUN.match(after)
    return noun is not None and not set(stems(noun[1])) <= set(stems(first.quote))


def _is_counted(value: Value) -> bool:
    return isinstance(value, Quantity) and value.is_counted


def _cluster(read: Sequence[tuple[Report, Value]]) -> list[Saying]:
    """Put reports together that agree; leave out what agrees with several or cannot be compared."""
    found: list[tuple[Value, list[Report]]] = []
    for report, value in read:
        verdicts = [agree(value, other) for other, _ in found]
        if None in verdicts:
            continue
        agreed = [place for place, verdict in enumerate(verdicts) if verdict]
        if len(agreed) == 1:
            found[agreed[0]][1].append(report)
        elif not agreed:
            found.append((value, [report]))
    return [Saying(value, tuple(reports)) for value, reports in found]
