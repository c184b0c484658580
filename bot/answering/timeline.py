"""What happened, in the order of the days: the dated sentences about a question's subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.answers import Answer, Event
from bot.answering.composing import cite
from bot.answering.quote import Quote
from bot.answering.term_overlap import coverage
from bot.comparing.moments import Days, event_days
from bot.comparing.reports import Report
from bot.comparing.scope import has_names, same_subject
from corpus.dates import DAYS_AND_MONTHS
from index.results import Hit, SearchResult
from index.terms import content_stems, stems

__all__ = ["FoundEvent", "asks_for_timeline", "find_events", "with_timeline"]

_MOST = 30
_LEAST_COVERAGE = 0.4  # of the weight of the question's words, in an article
_LONGEST = 366  # days
_LONGEST_LEAD = 500
_SAME = 0.5  # share of common stems from which two sentences of one day tell of one event
_LEAD = re.compile(
    r"^\W*(?:(?:please|can you|could you) )*(?:(?:show|give|make|draw) (?:me )?)?(?:an? |the )?"
    r"(?:timeline|chronology)(?: of events)?\b\W*(?:(?:of|for|on|about)\b\W*)?",
    re.IGNORECASE,
)
_HAPPENED = re.compile(r"^\W*(?:and )?what happened (?:when|before|after|during)\b", re.IGNORECASE)
_UNREAL = re.compile(r"\b(?:if|whether|unless)\b|\?[\"”’')]*$", re.IGNORECASE)
_OF_FORM = frozenset(
    stems(
        "timeline chronology events happened how many there were been took place reported broke "
        f"break out often time times {' '.join(DAYS_AND_MONTHS)}"
    )
)


@dataclass(frozen=True)
class FoundEvent:
    """A sentence with the days it tells of.

    Attributes:
        days: first and last.
        is_named: whether the sentence names them.
        quote: the sentence.
        is_expected: whether it is planned or may happen, or was to have happened.
    """

    days: Days
    is_named: bool
    quote: Quote
    is_expected: bool = False


def asks_for_timeline(question: str) -> bool:
    """Return whether a question asks what happened, day by day."""
    return bool(_LEAD.search(question) or _HAPPENED.search(question))


def find_events(result: SearchResult) -> list[FoundEvent]:
    """Find the events of a question's subject, each once, the earliest first.

    Of an article on the subject these are the sentences that name a day; of one whose headline does
    not name the subject, only those that have a word of the question or the headline, or follow one
    that has. Where there is none, it is the sentence nearest to the question, on the day of
    publication. Questions and conditions tell of nothing that happened.

    Args:
        result: of the search; all its hits are looked through.
    """
    subject = _LEAD.sub("", result.question)
    idf = _subject_idf(result)
    articles: dict[str, list[Hit]] = {}
    for hit in result.hits:
        articles.setdefault(hit.article.id, []).append(hit)
    found: list[FoundEvent] = []
    surest: Report | None = None
    for hits in articles.values():
        whole = _whole(subject, hits[0])
        words = frozenset(stems(whole.whole))
        if coverage(idf, words) < _LEAST_COVERAGE or len(words & set(idf)) < min(2, len(idf)):
            continue  # "Dunholm" alone is not "the fires in Dunholm"
        if not has_names(whole):
            continue
        surest = surest or whole
        if same_subject(surest, whole):
            _add(found, _events(hits, whole, idf))
    return sorted(found[:_MOST], key=lambda event: (event.days, event.quote.start))


def _whole(subject: str, hit: Hit) -> Report:
    return Report(subject, hit.article, (0, 0), hit.passage.sentences[0], 0.0)


def _events(hits: Sequence[Hit], report: Report, idf: dict[str, float]) -> Iterator[FoundEvent]:
    quotes = [
        Quote(hit.article, *sentence, copies=hit.copies)
        for hit in hits
        for sentence in hit.passage.sentences
    ]
    quotes.sort(key=lambda quote: quote.start)
    title = frozenset(content_stems(report.article.title))
    is_headed = coverage(idf, title) >= _LEAST_COVERAGE
    about = frozenset(idf) | title
    dated = [
        FoundEvent(told[0], True, quote, told[1])
        for before, quote in zip([quotes[0], *quotes], quotes, strict=False)
        if not _UNREAL.search(quote.text)
        and (is_headed or about & (before.stems | quote.stems))
        and (told := event_days(quote.text, report.day)) is not None
        and (told[0][1] - told[0][0]).days < _LONGEST
    ]
    if dated or report.day is None:
        yield from dated
        return
    nearest = max(quotes, key=lambda quote: coverage(idf, quote.stems))
    yield FoundEvent((report.day, report.day), False, nearest)


def _add(found: list[FoundEvent], events: Iterator[FoundEvent]) -> None:
    for event in events:
        same = [place for place, other in enumerate(found) if _is_same(event, other)]
        if not same:
            found.append(event)
        elif found[same[0]].is_expected and not event.is_expected:
            found[same[0]] = event


def _is_same(one: FoundEvent, other: FoundEvent) -> bool:
    if one.quote.says_the_same(other.quote):
        return True
    mine, others = one.quote.stems, other.quote.stems
    shared = len(mine & others) >= _SAME * min(len(mine), len(others))
    return shared and one.days[0] <= other.days[1] and other.days[0] <= one.days[1]


def with_timeline(answer: Answer, found: Sequence[FoundEvent], result: SearchResult) -> Answer:
    """Put a timeline into an answer; return that where there are no two events.

    Args:
        answer: to the question, in sentences or refused.
        found: as ``find_events`` returns them.
        result: of the search. "What happened when" is answered beside the timeline, and by it alone
            where the answer is refused and a headline or lead has all that happened; "timeline of"
            by it alone, but for what a chat model wrote.
    """
    named = _LEAD.search(result.question) is not None
    if len(found) < 2 or (answer.refused and not named and not _is_told(found, result)):
        return answer
    alone = answer.refused or (named and not answer.statements)
    own = () if alone else answer.citations
    cited = {(one.article_id, one.start, one.end): one for one in own}
    for event in found:
        if event.quote.place not in cited:
            [cited[event.quote.place]] = cite([event.quote], len(cited) + 1)
    events = tuple(
        Event(
            one.days[0].isoformat(),
            one.days[1].isoformat(),
            one.is_named,
            cited[one.quote.place],
            one.is_expected,
        )
        for one in found
    )
    text = f"Timeline: {' '.join(map(_said, events))}"
    return replace(
        answer,
        text=text if alone else f"{answer.text} {text}",
        refused=False,
        citations=tuple(cited.values()),
        closest=(),
        events=events,
    )


def _is_told(found: Sequence[FoundEvent], result: SearchResult) -> bool:
    idf = _subject_idf(result)
    heads = (
        f"{event.quote.article.title} {event.quote.article.text[:_LONGEST_LEAD]}" for event in found
    )
    return any(coverage(idf, frozenset(stems(head))) == 1 for head in heads)


def _subject_idf(result: SearchResult) -> dict[str, float]:
    return {
        stem: weight
        for stem, weight in result.idf.items()
        if stem not in _OF_FORM and not stem.isdigit()
    }


def _said(event: Event) -> str:
    note = f" ({event.note})" if event.note else ""
    return (
        f"{event.days}{note} — “{' '.join(event.citation.quote.split())}” [{event.citation.number}]"
    )
