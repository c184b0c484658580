"""The records of an answer: its text, and where each cited sentence stands."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any

from bot.sanitize import counted
from index.results import DuplicateRef, Revision

__all__ = [
    "CLOSEST",
    "EXTRACTIVE",
    "REFUSAL",
    "RELATIONS",
    "Alternative",
    "Answer",
    "Citation",
    "Event",
    "Item",
    "Listing",
    "Statement",
    "View",
    "page_in_words",
    "shown_days",
]

REFUSAL = "The articles do not say."
"""What a refused answer says."""

CLOSEST = "Closest, but no sure answer:"
"""What stands before the sentence that came closest, wherever it is shown."""

EXTRACTIVE = "extractive"
"""What an answer is answered by that no chat model wrote."""

RELATIONS = {
    "growth": "The count rises with time; the newest comes first.",
    "correction": "A later report corrects an earlier one.",
    "succession": "The newest is current.",
    "claims": "Each side has its own account.",
    "unexplained": "The reports do not say why they differ.",
}
"""How the views of an answer are related, in words."""


def page_in_words(page: int | None, recognised: bool) -> str:
    """Return what is said of the page on which a text stands; empty for what has no pages."""
    scan = " (recognised from a scan)" if recognised else ""
    return f"page {page:,}{scan}" if page else ""


@dataclass(frozen=True)
class Citation:
    """Where a sentence of an answer stands: ``article.text[start:end] == quote``, always.

    Attributes:
        number: what [n] in the answer's text refers to, from 1.
        article_id: the article, as ``NewsBot.article`` takes it.
        title: its headline.
        url: its address, or None.
        source: its publisher, or None.
        published: timezone-aware ISO 8601, or None.
        quote: the sentence, character by character.
        start: its first code point in the article's text.
        end: one past its last.
        copies: the other articles in which it stands too, of which this one is a copy or the
            original; they are no further witnesses.
        updated: when the article was last changed, in the form of ``published``, or None.
        page: of the document in which it begins, from 1; None for what has no pages.
        recognised: whether that page is a scan, whose letters may have been misread.
        revision: how the sentence was corrected, or was later in a copy of its article; else None.
        author: its author line as given, or None.
    """

    number: int
    article_id: str
    title: str
    url: str | None
    source: str | None
    published: str | None
    quote: str
    start: int
    end: int
    copies: tuple[DuplicateRef, ...] = ()
    updated: str | None = None
    page: int | None = None
    recognised: bool = False
    revision: Revision | None = None
    author: str | None = None

    @property
    def on_page(self) -> str:
        """The page and how it was read, in words; empty for what has no pages."""
        return page_in_words(self.page, self.recognised)

    def to_dict(self) -> dict[str, Any]:
        """Return the citation as JSON values."""
        record: dict[str, Any] = _as_json(self)
        return record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Citation:
        """Return the citation of a record that ``to_dict`` made."""
        copies = tuple(DuplicateRef(**copy) for copy in record.get("copies", ()))
        revised = record.get("revision")
        revision = None if revised is None else Revision(**revised)
        return cls(**{**record, "copies": copies, "revision": revision})


@dataclass(frozen=True)
class Alternative:
    """Another answer that the articles may give.

    Attributes:
        short_answer: in a few words of an article.
        confidence: probability that it is right, 0 to 1.
        citations: the sentences it stands in; their numbers go on after the answer's own.
    """

    short_answer: str
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class View:
    """What some reports say, where others say something else.

    Attributes:
        value: in a few words of an article.
        citations: the sentences it stands in, and one that shows the relation; of the answer's own.
        first: day on which it was first reported, ISO 8601; None where no report has a date.
        last: day on which it was last reported.
        sources: publishers of the reports, each once; of copies only the one that is cited.
        relation: of all views of an answer: ``growth`` (a count that rises with time),
            ``correction`` (a later report says that an earlier one was wrong), ``succession`` (of
            an office, a price, a record: the newest is current), ``claims`` (each side has its own)
            or ``unexplained``.
    """

    value: str
    citations: tuple[Citation, ...]
    first: str | None
    last: str | None
    sources: tuple[str, ...]
    relation: str


@dataclass(frozen=True)
class Item:
    """One of several answers to a question that asks for all.

    Attributes:
        value: in a few words of an article.
        citations: a sentence of each article that gives it, of the answer's own.
    """

    value: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Listing:
    """The different answers in the articles that were read, which need not be all there are.

    Attributes:
        items: the surest first.
        articles: number of articles that give one of them.
        read: number of articles that were read.
    """

    items: tuple[Item, ...]
    articles: int
    read: int

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of all items, each once."""
        cited = {one.number: one for item in self.items for one in item.citations}
        return tuple(cited[number] for number in sorted(cited))

    def __str__(self) -> str:
        """Return how many answers were found where, in words."""
        found = counted(len(self.items), "answer")
        return f"{found} in {self.articles:,} of {counted(self.read, 'article')} that were read"


def shown_days(first: date, last: date) -> str:
    """Return a day, a month or a year, or both ends of another period."""
    ends = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    if ends and first.year == last.year and (first.month, last.month) == (1, 12):
        return f"{first:%Y}"
    if ends and (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"{first}" if first == last else f"{first} to {last}"


@dataclass(frozen=True)
class Event:
    """What a sentence says happened, and when.

    Attributes:
        first: day on which it began or may have, ISO 8601.
        last: day on which it ended or may have; the same as ``first`` for a single day.
        is_named: whether the sentence names the day, resolved against the day of its article;
            else that is the day of publication.
        citation: the sentence, of the answer's own.
        is_expected: whether the sentence only says that it is planned or may happen then, or was
            to have happened.
    """

    first: str
    last: str
    is_named: bool
    citation: Citation
    is_expected: bool = False

    @property
    def note(self) -> str:
        """How its days are to be taken: "published", "expected", or nothing."""
        return "expected" if self.is_expected else "" if self.is_named else "published"

    @property
    def days(self) -> str:
        """The day, the month or the year, or both ends of another period."""
        return shown_days(date.fromisoformat(self.first), date.fromisoformat(self.last))


@dataclass(frozen=True)
class Statement:
    """A sentence that a chat model wrote and that holds.

    Attributes:
        text: the sentence, without markers.
        numbers: of the citations that bear it.
    """

    text: str
    numbers: tuple[int, ...]

    def __str__(self) -> str:
        """Return the sentence with its markers."""
        return f"{self.text} {''.join(f'[{number}]' for number in self.numbers)}"


@dataclass(frozen=True)
class Answer:
    """An answer with its citations, or a refusal without any.

    Attributes:
        text: prose with [1] markers, or the refusal.
        short_answer: the answer in a few words, or None where whole sentences are the answer.
        refused: whether the articles do not say.
        confidence: probability that the answer is right, 0 to 1; in a refusal, of the best that
            was found.
        citations: in the order of their numbers; empty in a refusal.
        alternatives: other good answers, the most probable first; empty in a refusal.
        closest: in a refusal the sentence that came closest, where the odds are that its passage
            answers; else empty.
        timings: milliseconds by step: ``search``, ``read``, ``total``.
        notes: one-line remarks, such as that the question was cut.
        answered_by: ``extractive``, or the name of the chat model that wrote it.
        statements: what a chat model wrote, sentence by sentence; empty in an extractive answer.
        dropped: of each sentence of a chat model that was left out, why.
        question_read_as: the question in full, where it was a follow-up to earlier ones; else None.
        views: what independent reports say, where they differ; the newest first where that is the
            short answer, which claims and what is unexplained have none of; else empty.
        listing: the different answers, where the question asks for all and there are several.
        events: the timeline, the earliest first, where the question asks for one; else empty.
    """

    text: str
    short_answer: str | None
    refused: bool
    confidence: float
    citations: tuple[Citation, ...]
    alternatives: tuple[Alternative, ...] = ()
    closest: tuple[Citation, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    answered_by: str = EXTRACTIVE
    statements: tuple[Statement, ...] = ()
    dropped: tuple[str, ...] = ()
    question_read_as: str | None = None
    views: tuple[View, ...] = ()
    listing: Listing | None = None
    events: tuple[Event, ...] = ()

    @property
    def surveyed(self) -> frozenset[int]:
        """Numbers of the citations in its list and its timeline."""
        cited = [
            *(self.listing.citations if self.listing else ()),
            *(e.citation for e in self.events),
        ]
        return frozenset(one.number for one in cited)

    def cited(self) -> Iterator[Citation]:
        """Yield all that it cites; of a refusal, the closest sentence."""
        yield from self.citations
        for other in self.alternatives:
            yield from other.citations
        yield from self.closest

    def as_turn(self, question: str) -> tuple[str, str]:
        """Return the question that it answers, in full, and its text, as a history takes them."""
        return self.question_read_as or question, self.text

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        record: dict[str, Any] = _as_json(self)
        return record


def _as_json(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_as_json(item) for item in value]
    return value
