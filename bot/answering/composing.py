"""From scored candidates or sentences to a cited answer or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from bot.answering.answers import REFUSAL, Alternative, Answer, Citation
from bot.answering.candidates import Candidate, normalised_answer
from bot.answering.quote import Quote
from bot.answering.sentence_selection import SelectedSentence

__all__ = ["MOST_SENTENCES", "cite", "compose_answer", "compose_sentences", "prose", "refuse"]

MOST_SENTENCES = 3
"""Sentences of an answer at the most."""

_MOST_ALTERNATIVES = 3
_NEAR_BEST = 0.5  # share of the best probability that a further answer must have
_MUCH_WEAKER = 2.0  # how far below the strongest a supporting sentence's margin may be

_AnyQuoted = TypeVar("_AnyQuoted", bound=Quote)


def compose_answer(candidates: Sequence[Candidate], threshold: float) -> Answer:
    """Answer in a few words, with the sentences they stand in, or refuse.

    Args:
        candidates: the most probable first.
        threshold: least probability of an answer, 0 to 1; below it the answer is refused.

    Returns:
        The best candidate, with at most ``MOST_SENTENCES`` of its sentences quoted; good
        candidates that say something else are its alternatives. A refusal names the best
        candidate's sentence as the closest where the odds are that its passage answers.
    """
    if not candidates or candidates[0].probability < threshold:
        return refuse(candidates)
    best = candidates[0]
    confidence = best.probability
    citations = cite(_strongest(best), 1)
    quoted = " ".join(f"“{prose(c.quote)}” [{c.number}]" for c in citations)
    alternatives: list[Alternative] = []
    number = len(citations) + 1
    for other in _others(candidates, threshold):
        cited = cite(_strongest(other), number)
        alternatives.append(Alternative(other.text, other.probability, cited))
        number += len(cited)
    text = f"{prose(best.text)} — {quoted}"
    return Answer(text, best.text, False, confidence, citations, tuple(alternatives))


def compose_sentences(
    sentences: Sequence[SelectedSentence], threshold: float, *, most: int = MOST_SENTENCES
) -> Answer:
    """Answer with the best sentences, each cited, or refuse.

    The most probable sentence comes first; the others follow article by article, in the order of
    the text. Of sentences that say the same, as syndicated copies do, only one is taken.

    Args:
        sentences: the most probable first.
        threshold: least probability of the best sentence, 0 to 1; below it the answer is refused.
        most: sentences at the most.

    Returns:
        An answer whose citations are of these sentences and nothing else.
    """
    if not sentences or sentences[0].probability < threshold:
        return refuse(sentences)
    confidence = sentences[0].probability
    least = max(threshold, _NEAR_BEST * confidence)
    good = [item for item in sentences if item.probability >= least]
    citations = cite(_readable(_different(good, most)), 1)
    text = " ".join(f"{prose(c.quote)} [{c.number}]" for c in citations)
    return Answer(text, None, False, confidence, citations)


def refuse(found: Sequence[Candidate | SelectedSentence]) -> Answer:
    """Refuse, and name the closest sentence where the passage that it stands in likely answers.

    Args:
        found: candidates or sentences, the most probable first.
    """
    if not found:
        return Answer(REFUSAL, None, True, 0.0, ())
    best = found[0]
    closest = cite(best.supports[:1], 1) if best.answerable > 0 else ()
    return Answer(REFUSAL, None, True, best.probability, (), closest=closest)


def prose(text: str) -> str:
    """Return a quoted sentence as an answer writes it: on one line."""
    return " ".join(text.split())


def cite(sentences: Sequence[Quote], first: int) -> tuple[Citation, ...]:
    """Return citations of whole sentences, numbered from ``first`` on."""
    return tuple(
        Citation(
            number,
            item.article.id,
            item.article.title,
            item.article.url,
            item.article.source,
            item.article.published,
            item.text,
            item.start,
            item.end,
            item.copies,
            item.article.updated,
            item.article.page_at(item.start),
            item.article.is_recognised(item.start, item.end),
            author=item.article.author,
        )
        for number, item in enumerate(sentences, start=first)
    )


def _strongest(candidate: Candidate) -> Sequence[Quote]:
    """Return the sentences that a candidate rests on, without those much weaker than the best."""
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
        if len(chosen) < most and not any(item.says_the_same(other) for other in chosen):
            chosen.append(item)
    return chosen


def _readable(chosen: Sequence[SelectedSentence]) -> list[SelectedSentence]:
    articles = list(dict.fromkeys(item.article.id for item in chosen))
    first, *rest = chosen
    return [first, *sorted(rest, key=lambda e: (articles.index(e.article.id), e.start))]
