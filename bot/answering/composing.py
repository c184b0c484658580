"""What was found to a cited answer or a refusal. Nothing here searches, reads or remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from bot.answering.candidates import Candidate, normalised_answer
from bot.answering.sentence_selection import Evidence
from bot.answering.quote import Quoted, say_the_same
from index.duplicates import Copy
from index.searcher import Hit

__all__ = [
    "MOST_SENTENCES",
    "REFUSAL",
    "Alternative",
    "Answer",
    "Citation",
    "compose_answer",
    "compose_sentences",
]

REFUSAL = "The articles do not say."
"""What a refused answer says."""

MOST_SENTENCES = 3
"""Sentences of an answer at the most."""

_MOST_ALTERNATIVES = 3
_MOST_CLOSEST = 3
_NEAR_BEST = 0.5  # a further answer is this probable, as a share of the best one's, or left out
_MUCH_WEAKER = 2.0  # how far below the strongest a supporting sentence's margin may be


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
    copies: tuple[Copy, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the citation as JSON values."""
        return {**asdict(self), "copies": [asdict(copy) for copy in self.copies]}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Citation:
        """Make the citation that ``to_dict`` gave this record of."""
        return cls(**{**record, "copies": tuple(Copy(**copy) for copy in record.get("copies", ()))})


@dataclass(frozen=True)
class Alternative:
    """Another answer that the articles may give instead.

    Attributes:
        short_answer: in a few words of an article.
        confidence: probability that it is right, 0 to 1.
        citations: the sentences it stands in; their numbers go on after the answer's own.
    """

    short_answer: str
    confidence: float
    citations: tuple[Citation, ...]


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
        closest: in a refusal the passages that came closest, none of which answers; else empty.
        timings: milliseconds by step: ``search``, ``read``, ``total``.
        notes: one-line remarks, such as that the question was cut.
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

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values: dicts, lists, strings, numbers, booleans and None."""
        record = asdict(self)
        for name in ("citations", "closest"):
            record[name] = [cited.to_dict() for cited in getattr(self, name)]
        record["alternatives"] = [
            {**asdict(other), "citations": [cited.to_dict() for cited in other.citations]}
            for other in self.alternatives
        ]
        record["notes"] = list(self.notes)
        record["timings"] = dict(self.timings)
        return record


_AnyQuoted = TypeVar("_AnyQuoted", bound=Quoted)


def compose_answer(
    candidates: Sequence[Candidate],
    *,
    threshold: float,
    closest: Sequence[Hit] = (),
    timings: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
) -> Answer:
    """Answer in a few words and with the sentences they stand in, or refuse.

    Args:
        candidates: the most probable first.
        threshold: least probability of an answer, 0 to 1; below it the answer is refused.
        closest: hits to name in a refusal, the nearest first.
        timings: milliseconds by step.
        notes: remarks to carry along.

    Returns:
        The best candidate, with at most ``MOST_SENTENCES`` of its sentences quoted, and others
        that are good and say something else as alternatives.
    """
    if not candidates or candidates[0].probability < threshold:
        confidence = candidates[0].probability if candidates else 0.0
        return _refuse(confidence, closest, timings, notes)
    best = candidates[0]
    citations = _cite(_strongest(best), 1)
    quoted = " ".join(f"“{_prose(c.quote)}” [{c.number}]" for c in citations)
    alternatives: list[Alternative] = []
    number = len(citations) + 1
    for other in _others(candidates, threshold):
        cited = _cite(_strongest(other), number)
        alternatives.append(Alternative(other.text, other.probability, cited))
        number += len(cited)
    return Answer(
        f"{_prose(best.text)} — {quoted}",
        best.text,
        False,
        best.probability,
        citations,
        tuple(alternatives),
        timings=dict(timings or {}),
        notes=tuple(notes),
    )


def compose_sentences(
    evidence: Sequence[Evidence],
    *,
    threshold: float,
    most: int = MOST_SENTENCES,
    closest: Sequence[Hit] = (),
    timings: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
) -> Answer:
    """Answer with the best sentences, each cited, or refuse.

    The most probable sentence comes first. Those that follow it are in the order of their article,
    and an article is finished before the next begins. Of sentences that say the same in the same
    words, as syndicated copies do, only one is taken.

    Args:
        evidence: sentences, the most probable first.
        threshold: least probability of the best sentence, 0 to 1; below it the answer is refused.
        most: sentences at the most.
        closest: hits to name in a refusal, the nearest first.
        timings: milliseconds by step.
        notes: remarks to carry along.

    Returns:
        An answer whose citations are sentences of ``evidence`` and nothing else.
    """
    confidence = evidence[0].probability if evidence else 0.0
    if not evidence or confidence < threshold:
        return _refuse(confidence, closest, timings, notes)
    least = max(threshold, _NEAR_BEST * confidence)
    good = [item for item in evidence if item.probability >= least]
    citations = _cite(_readable(_different(good, most)), 1)
    text = " ".join(f"{_prose(c.quote)} [{c.number}]" for c in citations)
    return Answer(
        text, None, False, confidence, citations, timings=dict(timings or {}), notes=tuple(notes)
    )


def _refuse(
    confidence: float,
    closest: Sequence[Hit],
    timings: Mapping[str, float] | None,
    notes: Sequence[str],
) -> Answer:
    places = [
        Quoted(hit.article, hit.passage.start, hit.passage.end, copies=hit.copies)
        for hit in closest[:_MOST_CLOSEST]
    ]
    return Answer(
        REFUSAL,
        None,
        True,
        confidence,
        (),
        closest=_cite(places, 1),
        timings=dict(timings or {}),
        notes=tuple(notes),
    )


def _prose(text: str) -> str:
    return " ".join(text.split())


def _cite(sentences: Sequence[Quoted], first: int) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            number,
            item.article.id,
            item.article.title,
            item.article.url,
            item.article.source,
            item.article.published,
            item.quote,
            item.start,
            item.end,
            item.copies,
        )
        for number, item in enumerate(sentences, start=first)
    )


def _strongest(candidate: Candidate) -> Sequence[Quoted]:
    """Give the sentences that a candidate rests on: not each in which its words happen to be."""
    least = candidate.supports[0].margin - _MUCH_WEAKER
    return _different([s for s in candidate.supports if s.margin >= least], MOST_SENTENCES)


def _others(candidates: Sequence[Candidate], threshold: float) -> Sequence[Candidate]:
    best, *rest = candidates
    least = max(threshold, _NEAR_BEST * best.probability)
    said = [set(normalised_answer(best.text).split())]
    others: list[Candidate] = []
    for candidate in rest:
        words = set(normalised_answer(candidate.text).split())
        if candidate.probability < least or len(others) == _MOST_ALTERNATIVES:
            break
        if not any(words <= earlier or earlier <= words for earlier in said):
            others.append(candidate)
            said.append(words)
    return others


def _different(sentences: Sequence[_AnyQuoted], most: int) -> list[_AnyQuoted]:
    chosen: list[_AnyQuoted] = []
    for item in sentences:
        if len(chosen) < most and not any(say_the_same(item, other) for other in chosen):
            chosen.append(item)
    return chosen


def _readable(chosen: Sequence[Evidence]) -> list[Evidence]:
    articles = list(dict.fromkeys(item.article.id for item in chosen))
    first, *rest = chosen
    return [first, *sorted(rest, key=lambda e: (articles.index(e.article.id), e.start))]
