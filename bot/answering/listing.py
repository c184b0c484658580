"""All answers in the articles, to a question that asks for several: "Which towns flooded?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.answering.answers import Answer, Citation, Item, Listing, shown_days
from bot.answering.composing import cite
from bot.answering.context_rereading import reread_in_context
from bot.answering.quote import Quote
from bot.answering.reranking import rerank
from bot.answering.timeline import FoundEvent, find_events
from bot.comparing.moments import Days, event_days
from bot.comparing.questions import Asked
from bot.comparing.reports import Report
from bot.comparing.values import Name, value_of
from bot.reader.reader import AnswerSpan, Reader
from corpus.article import Span
from corpus.dates import MONTHS
from index.results import Hit, SearchResult
from index.terms import stems

__all__ = [
    "FoundItem",
    "asks_for_list",
    "asks_how_often",
    "count_events",
    "find_items",
    "with_count",
    "with_list",
]

_MOST_REREAD = 16  # passages, of one article each
_LEAST_MARGIN = -0.5
_LEAST_ALONE = 1.5  # of two items, where the best of them alone is too unsure an answer
_LEAST_ROOT = 5  # letters of a noun that may share them with its verb: "explosion", "exploded"
_MOST_QUOTES = 3
_ALL = re.compile(
    r"^\W*(?:please )?(?:(?:can|could) you )?(?:name|list|give me|show me)"
    r"(?: me)? (?:all|every|each|the)(?: of)?(?: the)? (?=\w)",
    re.IGNORECASE,
)
_PLURAL = r"(?:people|men|women|children|(?!was |is |has |does )[\w-]*[^\Wsui]s)"
_FOR_MANY = r"(?:are|were|have|had|did|do|will|can|could|would|[\w-]+ed|won|lost|made|took|left)"
_SEVERAL = re.compile(
    rf"^\W*(?:(?:in|at|for|from|to|by|with) )?which (?:of the )?{_PLURAL}(?! was| is)\b"
    rf"|^\W*which (?:(?!was|is|has|does)[\w-]+ ){{1,2}}?{_PLURAL} {_FOR_MANY}\b"
    rf"|^\W*what (?:[\w-]+ ){{0,2}}?{_PLURAL} (?:are|were|have|had|did|do|will|can)\b"
    r"|^\W*who (?:all|else|has|have|are|were)\b|^\W*where (?:were|have) there\b",
    re.IGNORECASE,
)
_EVENT = (
    r"(?:fire|blaze|flood|strike|accident|crash|collision|robbery|attack|raid|explosion|blast|"
    r"protest|march|rally|demonstration|riot|storm|earthquake|landslide|avalanche|eruption|shooting|"
    r"stabbing|murder|killing|burglary|theft|outage|blackout|outbreak|collapse|derailment|eviction)"
)
_EVENTS = rf"(?:(?:[\w-]+ )?{_EVENT.replace('y|', '(?:y|ies)|')}(?:e?s)?)"
_COUNT = re.compile(
    rf"^\W*how (?:many|often|many times) "
    r"(?:(?P<what>(?!people\b|persons\b)[\w -]+?) (?:(?:were|are) there|"
    r"have there been|had there been|were reported|took place|happened|occurred|broke out)\b"
    rf"|(?P<events>{_EVENTS}) (?:did|has|have|had|in|at|on|hit|struck)\b"
    rf"|(?:was|were|has|have|did)(?: there)?(?: been)? (?:an? )?(?P<one>{_EVENTS})\b)",
    re.IGNORECASE,
)
_VERBS = {"fire": "burn", "blaze": "burn"}
_WHICH = re.compile(
    rf"^(?P<lead>\W*(?:(?:in|at|for|from|to|by|with) )?)(?:which|what) (?:of the )?"
    rf"(?P<what>(?:[\w-]+ ){{0,2}}?)(?P<noun>{_PLURAL})\b|^\W*(?P<where>where)\b",
    re.IGNORECASE,
)
_AGREEING = {"were": "was", "are": "is", "have": "has", "do": "does"}
_BARE = re.compile(
    r"\b(had|saw|suffered|held|reported|there|there been|seen) ([a-z-]*[^\Wsui]s)\b", re.IGNORECASE
)
_PEOPLE = {"people": "person", "men": "man", "women": "woman", "children": "child"}
_MONTHS = {name.title(): number for number, name in enumerate(MONTHS, start=1)}
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_IN_TIME = re.compile(
    rf" (?:in|during) (?:the month of )?(?:{'|'.join(_MONTHS)}|(?:19|20)\d\d)"
    r"(?:,? (?:of )?(?:19|20)\d\d)?\b",
    re.IGNORECASE,
)
_WORD = r"[A-Z](?:[\w’'-]|\.(?=[\w ]))*"
_NAME = rf"(?:[Tt]he )?{_WORD}(?: (?:(?:of|de|del|la|von|van|the) ){{0,2}}{_WORD})*"
_NAMES = re.compile(rf"{_NAME}(?:, {_NAME})*,? (?:and|as well as) {_NAME}|{_NAME}(?:, {_NAME})+")
_JOINT = re.compile(r",? (?:and|as well as) |, ")
_ONE = r"(?:an?|another|new|first|second|third|fourth|fifth|on) "
_THE = re.compile(r"the ", re.IGNORECASE)


@dataclass(frozen=True)
class FoundItem:
    """One of several answers.

    Attributes:
        value: in a few words of an article; of an event its day.
        quotes: sentences that give it, the surest first.
        margin: log-odds of the surest against no answer.
    """

    value: str
    quotes: tuple[Quote, ...]
    margin: float = 0.0


def asks_for_list(question: str) -> bool:
    """Return whether a question asks for all of something, or how many there are of it."""
    return any(pattern.search(question) for pattern in (_ALL, _SEVERAL)) or asks_how_often(question)


def asks_how_often(question: str) -> bool:
    """Return whether a question asks how many events there were: "how many fires were there"."""
    return _COUNT.search(question) is not None


def find_items(
    reader: Reader, result: SearchResult, spans: Sequence[AnswerSpan]
) -> list[FoundItem]:
    """Find the different answers: in each article the best span, or the names that it lists.

    Args:
        reader: whose second reader reads the best passage of each article again.
        result: of the search.
        spans: of the first reading of all hits.

    Returns:
        The surest first. Two are one where one's words are all among the other's.
    """
    best: dict[str, Hit] = {}
    for hit in rerank(result.hits, spans):
        best.setdefault(hit.article.id, hit)
    question = _of_each(result.question)
    reread = reread_in_context(reader, question, list(best.values())[:_MOST_REREAD])
    spoken: dict[str, AnswerSpan] = {}
    for span in reread:
        if span.margin >= _LEAST_MARGIN:
            spoken.setdefault(span.passage.article_id, span)
    found: list[tuple[Name, FoundItem]] = []
    for span in spoken.values():
        hit = best[span.passage.article_id]
        quote = Quote(hit.article, *span.sentence, copies=hit.copies)
        if not _in_time(result.question, quote):
            continue
        for part in _parts(quote, (span.start, span.end)):
            report = Report(question, hit.article, part, span.sentence, span.margin)
            name = value_of(Asked.OTHER, report)
            if isinstance(name, Name):
                _add(found, name, FoundItem(name.text, (quote,), span.margin))
    return [item for _, item in found]


def _of_each(question: str) -> str:
    """Return what is asked of each article: "Which town had a fire?" of towns, fires and May."""
    asked = _IN_TIME.sub("", _ALL.sub("Which ", question))
    which = _WHICH.match(asked)
    if which is None:
        return asked
    rest = asked[which.end() :]
    verb, _, after = rest.strip().partition(" ")
    rest = f"{_AGREEING.get(verb.lower(), verb)} {after}"
    rest = _BARE.sub(lambda bare: f"{bare[1]} {_with_article(_singular(bare[2]))}", rest)
    noun = (which["noun"] or "").lower()
    one = f"{which['lead'] or ''}which {which['what']}{_PEOPLE.get(noun) or _singular(noun)}"
    return f"{'Where' if which['where'] else one} {rest}"


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _in_time(question: str, quote: Quote) -> bool:
    day = quote.article.published
    published = date.fromisoformat(day[:10]) if day else None
    told = event_days(quote.text, published)
    if told is None:
        return published is None or _in_asked_time(question, (published, published))
    return _in_asked_time(question, told[0])


def _in_asked_time(question: str, days: Days) -> bool:
    """Return whether days may be in the years and months that a question names, if it does."""
    first, last = days
    years = [int(year) for year in _YEAR.findall(question)]
    months = [_MONTHS[name] for name in _MONTH.findall(question)]
    return (not years or any(first.year <= year <= last.year for year in years)) and (
        not months or not {first.month, last.month}.isdisjoint(months)
    )


def _add(found: list[tuple[Name, FoundItem]], name: Name, item: FoundItem) -> None:
    words = set(name.words)
    for place, (other, before) in enumerate(found):
        if words <= set(other.words) or set(other.words) <= words:
            quotes = (
                before.quotes if item.quotes[0] in before.quotes else before.quotes + item.quotes
            )
            found[place] = (other, replace(before, quotes=quotes))
            return
    found.append((name, item))


def _parts(quote: Quote, span: Span) -> Iterator[Span]:
    """Yield the places of the names in a list of names that a span is, or is a part of."""
    text, (start, end) = quote.article.text, span
    for names in _NAMES.finditer(text, quote.start, quote.end):
        ends = [(joint.start(), joint.end()) for joint in _JOINT.finditer(text, *names.span())]
        firsts = [names.start(), *(after for _, after in ends)]
        lasts = [*(before for before, _ in ends), names.end()]
        begins = (*firsts, *(one + 4 for one in firsts if _THE.match(text, one)))
        if start in begins and end in lasts:
            yield from zip(firsts, lasts, strict=True)
            return
    yield span


def count_events(result: SearchResult) -> list[FoundItem]:
    """Find the events that a question asks the number of, a day each, the earliest first.

    Args:
        result: of the search; a sentence counts that has one of them ("a fire", "a second fire").
    """
    noun = _counted(result.question)
    verb = _VERBS.get(noun, noun[:-1] if len(noun) > _LEAST_ROOT else noun)
    one = re.compile(
        rf"\b{_ONE}(?:[\w-]+ ){{0,2}}{re.escape(noun)}\b|\b{re.escape(verb)}(?:ed|t|s)\b",
        re.IGNORECASE,
    )
    found: list[tuple[Days, list[Quote]]] = []
    for event in find_events(result):
        is_told = one.search(event.quote.text) and not event.is_expected
        if is_told and _in_asked_time(result.question, event.days):
            _count(found, event)
    return [FoundItem(shown_days(*days), tuple(quotes)) for days, quotes in found]


def _counted(question: str) -> str:
    """Return what a question that ``asks_how_often`` asks the number of, as of one: "fire"."""
    asked = _COUNT.search(question)
    assert asked is not None
    what = asked["what"] or asked["events"] or asked["one"]
    return _singular(re.split(r" (?:in|at|on) ", what)[0].split()[-1])


def _count(found: list[tuple[Days, list[Quote]]], event: FoundEvent) -> None:
    """Add an event; what is told of a longer period may be one of those that are known by day."""
    first, last = event.days
    same = [one for one, _ in found if one[0] <= last and first <= one[1]]
    if event.days in same:
        dict(found)[event.days].append(event.quote)
    elif first == last:
        found[:] = [one for one in found if one[0] not in same]
        found.append((event.days, [event.quote]))
    elif not same:
        found.append((event.days, [event.quote]))


def _singular(noun: str) -> str:
    return re.sub(r"(?<=[sx])es$|s$", "", re.sub(r"ies$", "y", noun))


def with_list(answer: Answer, found: Sequence[FoundItem], result: SearchResult) -> Answer:
    """Lay out the different answers where there are several; else return the answer.

    They are several things and no difference, so that they stand in the place of its views.

    Args:
        answer: to the question; where it is refused, two of what is found must be surer.
        found: as ``find_items`` returns them.
        result: of the search, all of whose hits were read.
    """
    sure = [item for item in found if item.margin >= _LEAST_ALONE]
    if len(found) < 2 or (answer.refused and len(sure) < 2):
        return answer
    own = answer.citations if answer.statements else ()
    listing = _listing(found, result, len(own) + 1)
    lead = f"{answer.text} Found here: " if own else ""
    return replace(
        answer,
        text=f"{lead}{listing}: {'; '.join(map(_said, listing.items))}",
        refused=False,
        citations=(*own, *listing.citations),
        alternatives=(),
        closest=(),
        views=(),
        listing=listing,
    )


def with_count(answer: Answer, found: Sequence[FoundItem], result: SearchResult) -> Answer:
    """Lay out the events of which the number is asked, below the number if an article states it.

    A number is stated where what is counted stands after it; their own number is no total.

    Args:
        answer: to the question, in a few words or refused.
        found: as ``count_events`` returns them; of fewer than two the answer is returned.
        result: of the search, all of whose hits were looked through.
    """
    if len(found) < 2:
        return answer
    is_stated = not answer.refused and (
        bool(answer.views or answer.statements) or _is_stated(answer, result.question)
    )
    own = answer.citations if is_stated else ()
    listing = _listing(found, result, len(own) + 1)
    lead = answer.text if is_stated else "No article that was read states the number."
    return replace(
        answer,
        text=f"{lead} Found here: {listing}: {'; '.join(map(_said, listing.items))}",
        short_answer=answer.short_answer if is_stated else None,
        refused=False,
        citations=(*own, *listing.citations),
        alternatives=(),
        closest=(),
        listing=listing,
    )


def _is_stated(answer: Answer, question: str) -> bool:
    noun = set(stems(_counted(question)))
    number = re.escape(answer.short_answer or "")
    after = (re.search(rf"{number}((?:\s+[\w-]+){{0,3}})", one.quote) for one in answer.citations)
    return any(noun <= set(stems(f"{answer.short_answer} {one[1]}")) for one in after if one)


def _listing(found: Sequence[FoundItem], result: SearchResult, number: int) -> Listing:
    cited: dict[tuple[str, int, int], Citation] = {}
    items: list[Item] = []
    for one in found:
        quotes = one.quotes[:_MOST_QUOTES]
        for quote in quotes:
            if quote.place not in cited:
                [cited[quote.place]] = cite([quote], number + len(cited))
        items.append(Item(one.value, tuple(cited[quote.place] for quote in quotes)))
    articles = {quote.article.id for one in found for quote in one.quotes}
    return Listing(tuple(items), len(articles), len({hit.article.id for hit in result.hits}))


def _said(item: Item) -> str:
    quotes = " ".join(f"“{' '.join(one.quote.split())}” [{one.number}]" for one in item.citations)
    return f"{item.value} — {quotes}"
