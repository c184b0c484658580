"""How different values in reports are related: rules that can be read, each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.comparing.cues import (
    ATTRIBUTED,
    BLAMED,
    CORRECTED,
    CORRECTING_TITLE,
    CUMULATIVE,
    DISPUTED,
    MEASURED,
    MOVED,
    PRICED,
    RISEN,
    SUCCEEDED,
    UNIQUE,
)
from bot.comparing.moments import Moment
from bot.comparing.questions import Asked, asked_kind, asks_of_a_state
from bot.comparing.reports import Report
from bot.comparing.scope import same_scope
from bot.comparing.sides import Cause, Stance, speaker_of
from bot.comparing.tokens import folded
from bot.comparing.values import Quantity, Value
from corpus.article import Span
from index.terms import stems, words

__all__ = ["Evidence", "Relation", "Saying", "are_claims", "relation_of"]


class Relation(StrEnum):
    """How different values in reports are related."""

    GROWTH = "growth"
    """A count that rises with time."""

    CORRECTION = "correction"
    """A later report says that an earlier one was wrong."""

    SUCCESSION = "succession"
    """Of an office, a price, a record: the newest is current."""

    CLAIMS = "claims"
    """Each side has its own."""

    UNEXPLAINED = "unexplained"
    """Independent reports differ, and none says why."""

    @property
    def has_newest(self) -> bool:
        """Whether the newest value answers the question."""
        return self in (Relation.GROWTH, Relation.CORRECTION, Relation.SUCCESSION)


@dataclass(frozen=True)
class Saying:
    """A value with the reports that give it, the surest first."""

    value: Value
    reports: tuple[Report, ...]

    @property
    def margin(self) -> float:
        """Log-odds of its surest span against no answer."""
        return self.reports[0].margin

    @property
    def is_counted(self) -> bool:
        """Whether it is a number with what is asked for after it, however unsure the reader is."""
        return isinstance(self.value, Quantity) and self.value.is_counted

    @property
    def first(self) -> date | None:
        """Day of its first report."""
        return min((report.day for report in self.reports if report.day), default=None)

    @property
    def last(self) -> date | None:
        """Day of its last report."""
        return max((report.day for report in self.reports if report.day), default=None)


@dataclass(frozen=True)
class Evidence:
    """What a relation rests on.

    Attributes:
        relation: which one.
        sentence: that shows it, with its report, where it is not one that is quoted anyway.
    """

    relation: Relation
    sentence: tuple[Report, Span] | None = None


_OURS = re.compile(r"\b(?:we|us|our|my|I)\b")
_SOON = 60  # days in which two reports of one event without other evidence must come
_LATE = 400  # in which it may where it is said to have risen
_MONTH = 28


def relation_of(
    question: str, sayings: Sequence[Saying]
) -> tuple[Sequence[Saying], Evidence] | None:
    """Return how different values are related, of those sure enough; None where no rule says so.

    Args:
        question: as it was read.
        sayings: two or more that cannot all be right, the first reported first.
    """
    for rule, least in _RULES.items():
        sure = [saying for saying in sayings if saying.is_counted or saying.margin >= least]
        found = rule(question, sure) if len(sure) > 1 else None
        if found is not None:
            return sure, found
    return None


def _correction(question: str, sayings: Sequence[Saying]) -> Evidence | None:
    """The newest value's report says, near it, that something was wrong.

    Either in the sentence of the value or in its headline, or it repeats the earlier value.
    """
    *earlier, last = sayings
    firsts = [saying.first for saying in earlier]
    for report in last.reports:
        if report.day is None or any(first is None or first > report.day for first in firsts):
            continue
        near = _near(report, CORRECTED)
        titled = CORRECTING_TITLE.search(report.article.title)
        if titled or (
            near is not None
            and (near == report.sentence or any(_mentions(report, saying) for saying in earlier))
        ):
            return Evidence(Relation.CORRECTION, (report, near or report.sentence))
    return None


def _dispute(question: str, sayings: Sequence[Saying]) -> Evidence | None:
    """Both sides are quoted, and one of the reports says that they contradict each other."""
    if len(sayings) != 2 or not _all_attributed(sayings) or not _all_close(sayings, _SOON):
        return None
    for saying in sayings:
        for report in saying.reports:
            if DISPUTED.search(report.article.title):
                return Evidence(Relation.CLAIMS)
            near = _near(report, DISPUTED)
            if near is not None:
                return Evidence(Relation.CLAIMS, (report, near))
    return None


def _growth(question: str, sayings: Sequence[Saying]) -> Evidence | None:
    """A count is larger in each later report, and it adds up or is said to have risen."""
    values = [saying.value for saying in sayings]
    lows = [value.low for value in values if isinstance(value, Quantity)]
    if len(lows) < len(values) or PRICED.search(question) or not _are_in_order(sayings):
        return None
    if any(late <= early for early, late in zip(lows, lows[1:], strict=False)):
        return None
    if not _same_scopes(sayings, growing=True):
        return None
    later = [folded(report.quote) for saying in sayings[1:] for report in saying.reports]
    if any(map(RISEN.search, later)):
        days = _LATE
    elif CUMULATIVE & set(stems(question)):
        days = _SOON
    else:
        return None
    return Evidence(Relation.GROWTH) if _all_close(sayings, days) else None


def _succession(question: str, sayings: Sequence[Saying]) -> Evidence | None:
    """The question is how something is, and a later report gives another value.

    That it is new must be said near it, unless the reports are a month apart.
    """
    if not asks_of_a_state(question) or MEASURED.search(question) or not _are_in_order(sayings):
        return None
    kind = asked_kind(question)
    cue = MOVED if kind is Asked.PLACE else SUCCEEDED
    is_named = all(_is_name(saying.value) for saying in sayings)
    if kind in (Asked.PLACE, Asked.CAUSE, Asked.OTHER) and not is_named:
        return None
    for saying in reversed(sayings[1:]):
        for report in saying.reports:
            near = _near(report, cue)
            if near is not None:
                return Evidence(Relation.SUCCESSION, (report, near))
    firsts = [saying.first for saying in sayings if saying.first]
    apart = min((late - early).days for early, late in zip(firsts, firsts[1:], strict=False))
    if kind is not Asked.PLACE and apart >= _MONTH and _same_scopes(sayings, growing=True):
        return Evidence(Relation.SUCCESSION)
    return None


def _claims(question: str, sayings: Sequence[Saying]) -> Evidence | None:
    if all(isinstance(one.value, Quantity) for one in sayings) or len(sayings) != 2:
        return Evidence(Relation.CLAIMS) if are_claims(sayings) else None
    if not _all_close(sayings, _SOON) or not _all_attributed(sayings):
        return None
    is_cause = all(isinstance(one.value, Cause) for one in sayings)
    is_rival = is_cause or (_same_scopes(sayings) and _are_rivals(question, sayings))
    return Evidence(Relation.CLAIMS) if is_rival else None


def are_claims(sayings: Sequence[Saying]) -> bool:
    """Return whether two values are attributed, to different speakers, soon after each other."""
    return (
        len(sayings) == 2
        and _all_close(sayings, _SOON)
        and _all_attributed(sayings)
        and _same_scopes(sayings)
    )


def _denial(question: str, sayings: Sequence[Saying]) -> Evidence | None:
    """One says what another one, soon after or before, denies."""
    is_denied = all(isinstance(saying.value, Stance) for saying in sayings)
    if not is_denied or not _all_close(sayings, _SOON) or not _all_attributed(sayings):
        return None
    return Evidence(Relation.CLAIMS) if _same_scopes(sayings) else None


def _unexplained(question: str, sayings: Sequence[Saying]) -> Evidence | None:
    """Exact values of the same scope, soon after each other."""
    if not _same_scopes(sayings) or not _all_close(sayings, _SOON):
        return None
    is_exact = all(
        isinstance(one.value, Cause)
        or (isinstance(one.value, Quantity | Moment) and one.value.is_exact)
        for one in sayings
    )
    return Evidence(Relation.UNEXPLAINED) if is_exact or _are_rivals(question, sayings) else None


def _are_rivals(question: str, sayings: Sequence[Saying]) -> bool:
    """Return whether only one of some names can be right.

    Either those whom one names give the other ("the army", says a rebel), and the question is who
    did wrong; or the question and each sentence have a word for what only one can be, and no
    article has another's name.
    """
    one, other, *more = sayings
    if more:
        return False
    pairs = ((one, other), (other, one))
    asked = set(stems(question))
    if BLAMED & asked and any(_gives_other(mine, others) for mine, others in pairs):
        return True
    sentences = [set(stems(saying.reports[0].quote)) for saying in sayings]
    unique = any(forms & asked and all(forms & had for had in sentences) for forms in UNIQUE)
    return (
        unique
        and all(_is_name(saying.value) and saying.margin >= 0 for saying in sayings)
        and not any(_is_known(mine, others) for mine, others in pairs)
    )


def _gives_other(saying: Saying, other: Saying) -> bool:
    """Return whether those whom one value names give the other."""
    _, speaker = speaker_of(other.reports[0].quote)
    return bool(speaker & set(stems(saying.value.text)))


def _is_known(saying: Saying, other: Saying) -> bool:
    """Return whether an article that gives another value has the words of this one."""
    named = set(words(saying.value.text.lower()))
    return any(named & set(words(report.whole.lower())) for report in other.reports)


def _is_name(value: Value) -> bool:
    return not isinstance(value, Quantity) and getattr(value, "is_proper", False)


def _mentions(report: Report, earlier: Saying) -> bool:
    """Return whether a report repeats an earlier value in the sentences around its own."""
    text = report.article.text
    near = folded(" ".join(text[start:end] for start, end in report.around)).casefold()
    values = {folded(one.text).casefold() for one in earlier.reports}
    if isinstance(earlier.value, Quantity):
        values |= {earlier.value.text.casefold(), f"{earlier.value.low:,.0f}"}
    return any(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", near) for value in values)


def _near(report: Report, pattern: re.Pattern[str]) -> Span | None:
    """Return the sentence around a report's own, that first, in which a pattern is found."""
    around = sorted(report.around, key=lambda span: abs(span[0] - report.sentence[0]))
    for start, end in around:
        if pattern.search(folded(report.article.text[start:end])):
            return start, end
    return None


def _are_in_order(sayings: Sequence[Saying]) -> bool:
    """Return whether each value was last reported before the next one first was."""
    return all(
        early.last is not None and late.first is not None and early.last < late.first
        for early, late in zip(sayings, sayings[1:], strict=False)
    )


def _all_close(sayings: Sequence[Saying], days: int) -> bool:
    found = [day for saying in sayings for day in (saying.first, saying.last)]
    known = [day for day in found if day is not None]
    return len(known) == len(found) and (max(known) - min(known)).days <= days


def _same_scopes(sayings: Sequence[Saying], *, growing: bool = False) -> bool:
    first = sayings[0].reports[0]
    return all(same_scope(first, saying.reports[0], growing=growing) for saying in sayings[1:])


def _all_attributed(sayings: Sequence[Saying]) -> bool:
    quotes = [saying.reports[0].quote for saying in sayings]
    (_, one), (_, other) = map(speaker_of, quotes)
    return all(map(_is_attributed, quotes)) and not one & other


def _is_attributed(sentence: str) -> bool:
    return bool(ATTRIBUTED.search(sentence) or ('"' in folded(sentence) and _OURS.search(sentence)))


_SURE, _UNSURE = -1.0, -5.0  # margins
_RULES: dict[Callable[[str, Sequence[Saying]], Evidence | None], float] = {
    _correction: _UNSURE,
    _dispute: _SURE,
    _growth: _UNSURE,
    _succession: _SURE,
    _claims: _SURE,
    _denial: _UNSURE,
    _unexplained: _SURE,
}
"""In their order, with the least margin of the reports that each compares."""
