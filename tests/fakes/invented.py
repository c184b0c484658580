"""Invented articles, and hits, spans and a reader over them, for tests of what comes after search.

Everything in these articles is made up. Two of them hold bracketed numbers of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.answering.answers import Answer
from bot.answering.confidence import (
    ANSWER_FEATURES,
    CALIBRATION_FILE,
    SENTENCE_FEATURES,
    Calibration,
    Regression,
    calibration_of,
)
from bot.reader.reader import AnswerSpan
from bot.reader.registry import SHIPPED_READER, load_reader
from bot.settings import Level
from corpus.article import Article, Passage
from corpus.sentences import sentence_spans
from index.results import Hit, SearchResult
from index.terms import content_stems

__all__ = [
    "ARTICLES",
    "BRIDGE",
    "FERRY",
    "HARBOUR",
    "TEXT_BEFORE",
    "PhraseReader",
    "PreparedBot",
    "calibration",
    "hit_of",
    "link_shipped_reader",
    "passage_of",
    "result_of",
    "span_in",
    "span_of",
    "write_calibration",
]

FERRY = Article(
    "ferry",
    "Ferry",
    "The ferry was late. Fog lay on the water off Halm. Captain Ina Roos denied the charge. "
    "Nobody was hurt.",
    "https://example.org/1",
    "Post",
    None,
    "2024-01-01T00:00:00+00:00",
)
HARBOUR = Article(
    "harbour",
    "Ferry, again",
    "“It was not me,” said the captain, Ina Roos [1]. The ferry was late. The mayor of Halm "
    "paid 300 crowns.",
)
BRIDGE = Article(
    "bridge",
    "",
    "The bridge of Askvik [2]\twas  closed by the mayor. 😀 Nobody knew why. It was the fog.",
)
ARTICLES = {article.id: article for article in (FERRY, HARBOUR, BRIDGE)}


def passage_of(article: Article, first: int = 0, last: int | None = None) -> Passage:
    """Return a passage of some of an article's sentences, all of them by default."""
    spans = sentence_spans(article.text)[first:last]
    start, end = spans[0][0], spans[-1][1]
    return Passage(article.id, first, start, end, article.text[start:end], tuple(spans))


def hit_of(passage: Passage, dense: float = 0.5) -> Hit:
    """Return a hit of a passage of ``ARTICLES``."""
    return Hit(passage, ARTICLES[passage.article_id], 0.5, dense, 1.0)


def result_of(
    hits: Sequence[Hit], question: str = "", idf: Mapping[str, float] | None = None
) -> SearchResult:
    """Return what a search for a question gave, with a vector that says nothing.

    Every stem of the question is as rare as the others unless ``idf`` is given.
    """
    weights = dict.fromkeys(content_stems(question), 1.0) if idf is None else idf
    return SearchResult(tuple(hits), question, np.zeros(1, np.float32), weights)


def span_of(passage: Passage, text: str, margin: float) -> AnswerSpan:
    """Return the span of a passage's first such characters."""
    at = passage.text.index(text)
    start, end = passage.start + at, passage.start + at + len(text)
    sentence = next(s for s in passage.sentences if s[0] <= start and end <= s[1])
    return AnswerSpan(passage, start, end, text, sentence, margin, 0.0)


def calibration(
    answer: dict[str, float] | None = None, sentence: dict[str, float] | None = None
) -> Calibration:
    """Return a calibration of named weights and no bias; the margin alone counts by default."""
    levels = {Level.CAUTIOUS: 0.9, Level.BALANCED: 0.5, Level.EAGER: 0.1}
    return Calibration(
        _regression(ANSWER_FEATURES, answer or {"answerable": 1.0}),
        _regression(SENTENCE_FEATURES, sentence or {"margin": 1.0}),
        levels,
        levels,
    )


def _regression(names: tuple[str, ...], weights: dict[str, float]) -> Regression:
    return Regression(names, tuple(weights.get(name, 0.0) for name in names), 0.0)


def write_calibration(folder: Path) -> Path:
    """Make a folder of a reader's calibration by which the margin alone counts."""
    folder.mkdir(exist_ok=True)
    calibration().save(folder / CALIBRATION_FILE)
    return folder


def link_shipped_reader(folder: Path) -> Path:
    """Link to the shipped reader, to refuse everything when cautious and else nothing."""
    shutil.copytree(SHIPPED_READER, folder, copy_function=os.symlink)
    (folder / CALIBRATION_FILE).unlink()
    levels = {Level.CAUTIOUS: 1.0, Level.BALANCED: 0.0, Level.EAGER: 0.0}
    changed = replace(calibration_of(load_reader()), thresholds=levels, sentence_thresholds=levels)
    changed.save(folder / CALIBRATION_FILE)
    return folder


class PhraseReader:
    """Finds one phrase, always as sure of it, and keeps what it was given to read last."""

    name = "phrase"

    def __init__(self, phrase: str, margin: float = 5.0, folder: Path | None = None) -> None:
        self.phrase = phrase
        self.margin = margin
        self.folder = folder
        self.asked: list[str] = []
        self.passages: list[Passage] = []
        self.titles: list[str] = []

    @property
    def second(self) -> PhraseReader:
        return self

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        self.asked.append(question)
        self.passages, self.titles = list(passages), list(titles or [])
        return [span for passage in passages for span in self._spans(passage)]

    def _spans(self, passage: Passage) -> list[AnswerSpan]:
        for low, high in passage.sentences:
            at = passage.text.find(self.phrase, low - passage.start, high - passage.start)
            if at >= 0:
                start, end = passage.start + at, passage.start + at + len(self.phrase)
                span = AnswerSpan(passage, start, end, self.phrase, (low, high), self.margin, 0.0)
                return [span]
        return []


class PreparedBot:
    """Gives answers and hits that are known beforehand."""

    def __init__(self, answers: Mapping[str, Answer], hits: list[Hit]) -> None:
        self.answers, self.hits = answers, hits
        self.searched: list[tuple[str, int]] = []

    def answer(self, question: str) -> Answer:
        return self.answers[question]

    def search(self, question: str, k: int) -> list[Hit]:
        self.searched.append((question, k))
        return self.hits[:k]


TEXT_BEFORE = "Crowds came. "
"""What stands in an article before the passages of ``span_in``."""


def span_in(text: str, answer: str) -> AnswerSpan:
    """Make a span of a passage of one sentence, which stands in an article after another one."""
    base = len(TEXT_BEFORE)
    passage = Passage("a", 0, base, base + len(text), text, ((base, base + len(text)),))
    start = base + text.index(answer)
    return AnswerSpan(passage, start, start + len(answer), answer, (base, base + len(text)), 1, 0)
