"""An answer that a chat model writes: asked for, checked sentence by sentence, cited."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answering.answers import Answer, Statement
from bot.answering.candidates import Candidate
from bot.answering.composing import cite, refuse
from bot.answering.confidence import calibration_of
from bot.answering.pipeline import find_candidates, read_hits, survey
from bot.answering.quote import Quote
from bot.answering.reranking import rerank
from bot.answering.sentence_selection import SelectedSentence, select_sentences
from bot.generation.contract import (
    LONGEST_QUOTE_WORDS,
    MOST_STATEMENTS,
    Reply,
    ReplySentence,
    plain_statement,
    with_keys,
)
from bot.generation.quote_location import locate
from bot.generation.verification import Fault, Verdict, verify
from bot.settings import Level
from corpus.sentences import sentence_spans
from index.results import SearchResult

if TYPE_CHECKING:
    from bot.generation.chat_model import ChatModel
    from bot.reader.reader import Reader
    from index.embedding.embedder import Embedder

__all__ = ["check_reply", "write_answer"]

_MOST_GIVEN = 60  # sentences that a model is given


@dataclass(frozen=True)
class _Checked:
    """A statement that holds, with the sentences that bear it."""

    text: str
    bearing: tuple[Quote, ...]


def write_answer(
    result: SearchResult,
    reader: Reader,
    embedder: Embedder,
    model: ChatModel,
    *,
    level: Level = Level.BALANCED,
    threshold: float | None = None,
) -> Answer:
    """Let a chat model answer a question from what a search found for it.

    Args:
        result: of the search.
        reader: orders the passages and says how surely their sentences answer.
        embedder: the model of the index that was searched.
        model: writes.
        level: how sure an answer must be.
        threshold: least confidence, 0 to 1, in place of the level's own.

    Returns:
        An answer of statements that all hold, with a list or a timeline below them where the
        question asks for one, or a refusal. Its confidence is the reader's: the
        probability that the best of the cited sentences answers, or that what the reader itself
        would answer from one of them does.

    Raises:
        ChatModelError: the model did not answer.
        ReaderError: the reader has no calibration that can be used.
    """
    began = time.perf_counter()
    calibration = calibration_of(reader)
    spans = read_hits(reader, result)
    ordered = replace(result, hits=tuple(rerank(result.hits, spans)))
    scored = select_sentences(ordered, spans, embedder, calibration.sentence)
    read = 1000 * (time.perf_counter() - began)
    dropped: list[Fault] = []
    answer = refuse(scored)
    if scored:
        known = {one.place: one for one in scored}
        keyed = with_keys(_in_reading_order(ordered, known)[:_MOST_GIVEN])
        reply = model.write(result.question, keyed, date.today())
        checked, dropped = check_reply(reply, keyed)
        cited = list(dict.fromkeys(quote for one in checked for quote in one.bearing))
        sentences = [known[quote.place].probability for quote in cited]
        candidates = find_candidates(reader, result, spans, calibration) if cited else []
        answers = _answers_in(cited, candidates)
        least = {
            by_sentence: calibration.threshold(level, sentences=by_sentence)
            if threshold is None
            else threshold
            for by_sentence in (True, False)
        }
        sentence, span = max(sentences, default=0.0), max(answers, default=0.0)
        if checked and (sentence >= least[True] or span >= least[False]):
            answer = _compose(checked, cited, max(sentence, span))
        elif checked:
            dropped += [Fault.UNSURE] * len(checked)
    answer = survey(answer, reader, result, spans)
    total = 1000 * (time.perf_counter() - began)
    return replace(
        answer,
        answered_by=model.name,
        dropped=tuple(str(fault) for fault in dropped),
        notes=result.notes,
        timings={"read": read, "write": total - read},
    )


def check_reply(reply: Reply, keyed: Mapping[str, Quote]) -> tuple[list[_Checked], list[Fault]]:
    """Return the statements of a reply that hold, and why the others are left out."""
    held: list[_Checked] = []
    dropped: list[Fault] = []
    if not reply.answerable:
        return held, dropped
    given = list(keyed.values())
    for sentence in reply.sentences[:MOST_STATEMENTS]:
        text = plain_statement(sentence.text, keyed)
        quotes = _located(sentence, keyed, given)
        bearing: dict[Quote, None] = {}
        fault = None if quotes else Fault.NO_SOURCE
        for start, end in sentence_spans(text) or [(0, 0)]:
            verdict = _verified(text[start:end].split("; "), quotes)
            fault = fault or verdict.fault
            bearing |= dict.fromkeys(verdict.bearing)
        if fault is None:
            held.append(_Checked(text, tuple(bearing)))
        else:
            dropped.append(fault)
    return held, dropped


def _verified(parts: Sequence[str], quotes: Sequence[Quote]) -> Verdict:
    """Check what semicolons part: together, else the first parts and the others by themselves."""
    first = Verdict(None)
    for end in range(len(parts), 0, -1):
        verdict = verify("; ".join(parts[:end]), quotes)
        first = first if first.fault else verdict
        if verdict.fault is None and end == len(parts):
            return verdict
        if verdict.fault is None and (rest := _verified(parts[end:], quotes)).fault is None:
            return Verdict(None, (*verdict.bearing, *rest.bearing))
    return first


def _located(
    sentence: ReplySentence, keyed: Mapping[str, Quote], given: Sequence[Quote]
) -> list[Quote]:
    found = [
        locate(support.quote, keyed.get(support.key.strip(" []")), given)
        for support in sentence.support
        if len(support.quote.split()) <= LONGEST_QUOTE_WORDS
    ]
    return list(dict.fromkeys(quote for quote in found if quote is not None))


def _in_reading_order(
    result: SearchResult, known: Mapping[tuple[str, int, int], SelectedSentence]
) -> list[Quote]:
    """Return scored sentences, by their places, passage by passage: those of the best one first."""
    places = dict.fromkeys(
        (hit.article.id, *sentence) for hit in result.hits for sentence in hit.passage.sentences
    )
    return [
        Quote(one.article, one.start, one.end, copies=one.copies)
        for one in (known.get(place) for place in places)
        if one is not None
    ]


def _answers_in(cited: Sequence[Quote], candidates: Sequence[Candidate]) -> list[float]:
    """Return the probability of each candidate that stands in one of the sentences."""
    places = {quote.place for quote in cited}
    return [
        one.probability
        for one in candidates
        if places.intersection(support.place for support in one.supports)
    ]


def _compose(checked: Sequence[_Checked], cited: Sequence[Quote], confidence: float) -> Answer:
    statements = tuple(
        Statement(one.text, tuple(sorted(cited.index(quote) + 1 for quote in one.bearing)))
        for one in checked
    )
    text = " ".join(str(statement) for statement in statements)
    return Answer(text, None, False, confidence, cite(cited, 1), statements=statements)
