"""Evidence to a cited answer or a refusal. Nothing here searches, reads or remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.evidence import REFUSAL_THRESHOLD, Evidence

__all__ = ["MOST_SENTENCES", "REFUSAL", "Answer", "Citation", "compose_answer"]

REFUSAL = "The articles do not say."
"""What a refused answer says."""

MOST_SENTENCES = 3
"""Sentences of an answer at the most."""

_NEAR_BEST = 0.5  # a further sentence is this probable, as a share of the best one's, or left out


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


@dataclass(frozen=True)
class Answer:
    """An answer with its citations, or a refusal without any.

    Attributes:
        text: prose with [1] markers, or the refusal.
        short_answer: the answer in a few words, or None where whole sentences are the answer.
        refused: whether the articles do not say.
        confidence: probability that the articles answer as cited, 0 to 1; low in a refusal.
        citations: in the order of their numbers; empty in a refusal.
        timings: milliseconds by step: ``search``, ``read``, ``total``.
        notes: one-line remarks, such as that the question was cut.
    """

    text: str
    short_answer: str | None
    refused: bool
    confidence: float
    citations: tuple[Citation, ...]
    timings: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values: dicts, lists, strings, numbers, booleans and None."""
        record = asdict(self)
        record["citations"] = [asdict(citation) for citation in self.citations]
        record["timings"] = dict(self.timings)
        record["notes"] = list(self.notes)
        return record


def compose_answer(
    evidence: Sequence[Evidence],
    *,
    threshold: float = REFUSAL_THRESHOLD,
    timings: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
) -> Answer:
    """Answer with the best one to three sentences, each cited, or refuse.

    The most probable sentence comes first. Those that follow it are in the order of their article,
    and an article is finished before the next begins. Of sentences that say the same in the same
    words, as syndicated copies do, only one is taken.

    Args:
        evidence: sentences, the most probable first.
        threshold: least probability of the best sentence, 0 to 1; below it the answer is refused.
        timings: milliseconds by step.
        notes: remarks to carry along.

    Returns:
        An answer whose citations are sentences of ``evidence`` and nothing else.
    """
    confidence = evidence[0].probability if evidence else 0.0
    if not evidence or confidence < threshold:
        return Answer(REFUSAL, None, True, confidence, (), dict(timings or {}), tuple(notes))
    citations = tuple(
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
        )
        for number, item in enumerate(_readable(_chosen(evidence, threshold)), start=1)
    )
    text = " ".join(f"{' '.join(c.quote.split())} [{c.number}]" for c in citations)
    return Answer(text, None, False, confidence, citations, dict(timings or {}), tuple(notes))


def _chosen(evidence: Sequence[Evidence], threshold: float) -> list[Evidence]:
    least = max(threshold, _NEAR_BEST * evidence[0].probability)
    chosen: list[Evidence] = []
    said: list[frozenset[str]] = []
    for item in evidence:
        if len(chosen) == MOST_SENTENCES or item.probability < least:
            break
        words = frozenset(item.quote.casefold().split())
        if not any(_alike(words, other) for other in said):
            chosen.append(item)
            said.append(words)
    return chosen


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    return len(left & right) >= 0.8 * len(left | right)


def _readable(chosen: Sequence[Evidence]) -> list[Evidence]:
    articles = list(dict.fromkeys(item.article.id for item in chosen))
    first, *rest = chosen
    return [first, *sorted(rest, key=lambda e: (articles.index(e.article.id), e.start))]
