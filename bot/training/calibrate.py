"""A reader's confidence, fitted to the questions that training held out.

Their contexts become articles, indexed among other contexts. Every question is then searched for
and read as a user's would be: half of them in their own article alone, as somebody asks who has it
open, for many name nothing that another article would not answer as well. From a third of the
others the article with the answer is kept away, so that nothing answers. Of the answers that come
out it is known which are right (F1 of 0.5 or more with an accepted answer), and which are from a
passage that holds one. To both logistic regressions are fitted, one for answers of a few words and
one for whole sentences, each on the questions that are answered so.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.confidence import ANSWER_FEATURES, SENTENCE_FEATURES, Calibration, Regression
from bot.answering.question_type import QuestionType, question_type
from bot.errors import ReaderError
from bot.reader.reader import Reader
from bot.training.fit_confidence import (
    NEWS_FAMILY,
    LabelledCandidate,
    choose_thresholds,
    fit_regression,
)
from bot.training.progress import say
from bot.training.questions import TrainingQuestion, is_held_out, load_questions

if TYPE_CHECKING:
    from bot.answering.candidates import Candidate
    from index.results import Hit, SearchResult
    from index.searcher import Searcher

__all__ = ["calibrate"]

_RIGHT = 0.5  # F1 from which an answer counts as right
_CANDIDATES = 5
_SOURCE = "articles.jsonl"
_ALONE = 0.5  # of the questions: asked of their own article
_KEPT_AWAY = 0.33  # of the others
_NEWS = "written_"  # what names of files of questions on news begin with
_SENTENCES = "sentences_"  # likewise of questions that whole sentences answer; never trained on
_ENOUGH = 100  # questions to be answered by sentences; of fewer, others are taken for some too


@dataclass(frozen=True)
class _Asked:
    """A held-out question: where its answers stand, in the article that was made for it."""

    question: TrainingQuestion
    article_id: str
    places: tuple[tuple[int, int], ...]


def calibrate(
    data: Sequence[Path], reader: Reader, *, most: int, others: int, seed: int
) -> Calibration:
    """Fit the regressions and the thresholds.

    Args:
        data: what the reader was trained on; what was held out of it is used.
        reader: to calibrate.
        most: questions to ask of each kind of data, 1 or more.
        others: contexts from training to index beside the held-out ones.
        seed: of the choice.

    Raises:
        ReaderError: the data cannot be read, or is too little to fit anything to.
    """
    from index.builder import build_index
    from index.searcher import Searcher

    chance = random.Random(seed)
    questions = load_questions(data)
    held = [question for question in questions if _is_unseen(question)]
    if not held:
        raise ReaderError(f"{', '.join(map(str, data))}: no question was held out of training")
    rest = [question for question in questions if not _is_unseen(question)]
    records, asked = _articles(held)
    beside, _ = _articles(chance.sample(rest, min(others, len(rest))))
    chosen = _choose(asked, most, chance)
    with tempfile.TemporaryDirectory(prefix="newsbot-calibrate-") as scratch:
        source = Path(scratch) / _SOURCE
        lines = [json.dumps(record) + "\n" for record in [*records, *beside]]
        source.write_text("".join(lines), encoding="utf-8")
        report = build_index([source], Path(scratch) / "index")
        say(f"{report.articles} articles, {len(chosen)} questions")
        searcher = Searcher.open(Path(scratch) / "index")
        answers, sentences = _ask(chosen, searcher, reader, chance)
    answer = fit_regression(answers, ANSWER_FEATURES)
    sentence = fit_regression(sentences, SENTENCE_FEATURES)
    say("answers of a few words")
    thresholds = choose_thresholds(answers, answer)
    say("answers of whole sentences")
    return Calibration(answer, sentence, thresholds, choose_thresholds(sentences, sentence))


def _is_unseen(question: TrainingQuestion) -> bool:
    return is_held_out(question) or question.source.startswith(_SENTENCES)


def _articles(questions: Sequence[TrainingQuestion]) -> tuple[list[dict[str, str]], list[_Asked]]:
    """Make an article of each document's contexts, and place the questions' answers in it."""
    contexts: dict[str, dict[str, TrainingQuestion]] = defaultdict(dict)
    for question in sorted(questions, key=lambda question: question.place):
        contexts[question.document].setdefault(question.context, question)
    records, starts = [], {}
    for number, (document, found) in enumerate(contexts.items()):
        text = ""
        for context in found:
            text += "\n\n" if text else ""
            starts[document, context] = len(text)
            text += context
        title = next(iter(found.values())).title
        records.append({"id": f"{number}-{document}", "title": title, "text": text})
    names = {  # the loader puts the file's name before a record's own id
        document: f"{_SOURCE}#{record['id']}"
        for document, record in zip(contexts, records, strict=True)
    }
    asked = []
    for question in questions:
        base = starts[question.document, question.context]
        places = tuple((base + start, base + start + len(t)) for start, t in question.answers)
        asked.append(_Asked(question, names[question.document], places))
    return records, asked


def _choose(asked: Sequence[_Asked], most: int, chance: random.Random) -> list[_Asked]:
    """Take as many questions of each kind: of news, answered, answered by sentences, and not."""
    kinds: dict[tuple[str, bool, bool], list[_Asked]] = defaultdict(list)
    for one in asked:
        by_sentences = _by_sentences(one)
        if by_sentences or not one.question.source.startswith(_SENTENCES):
            kinds[_family(one.question), bool(one.places), by_sentences].append(one)
    chosen = [one for kind in kinds.values() for one in chance.sample(kind, min(most, len(kind)))]
    chance.shuffle(chosen)
    return chosen


def _by_sentences(one: _Asked) -> bool:
    return question_type(one.question.text) is not QuestionType.SPAN


def _family(question: TrainingQuestion) -> str:
    """Name the kind of data: news, a collection of QAMR's, or how the question is written."""
    if question.source.startswith((_NEWS, _SENTENCES)):
        return NEWS_FAMILY
    collection = ":".join(question.document.split(":")[:2])
    if collection.startswith("Wiki1k:"):
        return collection
    return "search box" if question.text[:1].islower() else "sentence"


def _ask(
    chosen: Sequence[_Asked], searcher: Searcher, reader: Reader, chance: random.Random
) -> tuple[list[LabelledCandidate], list[LabelledCandidate]]:
    from bot.answering.candidates import group_spans, score_candidates
    from bot.answering.context_rereading import FirstReading
    from bot.answering.pipeline import PASSAGES_READ, read_hits, reread_best
    from bot.answering.sentence_selection import select_sentences
    from bot.evaluation import token_f1
    from index.filters import EVERYTHING, Filters

    by_gap = Regression(ANSWER_FEATURES, (0.0, 0.0, 1.0, 0.0, 0.0, 0.0), 0.0)
    alike = Regression(SENTENCE_FEATURES, (0.0,) * len(SENTENCE_FEATURES), 0.0)
    answers: list[LabelledCandidate] = []
    sentences: list[LabelledCandidate] = []
    few = sum(map(_by_sentences, chosen)) < _ENOUGH
    for number, one in enumerate(chosen):
        if number and number % 100 == 0:
            say(f"{number} of {len(chosen)} questions asked")
        alone = chance.random() < _ALONE
        filters = Filters(articles=frozenset([one.article_id])) if alone else EVERYTHING
        found: SearchResult = searcher.search(one.question.text, 2 * PASSAGES_READ, filters)
        away = not one.places or (not alone and chance.random() < _KEPT_AWAY)
        hits = [hit for hit in found.hits if not (away and hit.article.id == one.article_id)]
        if not one.places:  # the passage is there, and does not say
            hits = list(found.hits)
        found = replace(found, hits=tuple(hits[:PASSAGES_READ]))
        spans = read_hits(reader, found)
        reread = reread_best(reader, found, spans)
        family, by_sentences = _family(one.question), _by_sentences(one)
        if by_sentences or (few and number % 4 == 0):
            for sentence in select_sentences(found, reread, searcher.embedder, alike):
                place = (sentence.article.id, sentence.start, sentence.end)
                right = not away and _answers_within(one, *place)
                sentences.append(LabelledCandidate(number, family, sentence.features, right, right))
        if not by_sentences:
            accepted = [] if away else [text for _, text in one.question.answers]
            groups = group_spans(found.question, reread)
            candidates = score_candidates(groups, found, FirstReading(spans), by_gap)
            for candidate in candidates[:_CANDIDATES]:
                right = token_f1(candidate.text, accepted) >= _RIGHT
                held = not away and _holds(one, candidate, found.hits)
                answers.append(LabelledCandidate(number, family, candidate.features, right, held))
    return answers, sentences


def _holds(one: _Asked, candidate: Candidate, hits: Sequence[Hit]) -> bool:
    """Whether a passage that a candidate's best sentence stands in holds an answer."""
    best = candidate.supports[0]
    return any(
        _answers_within(one, hit.article.id, hit.passage.start, hit.passage.end)
        for hit in hits
        if hit.article.id == best.article.id
        and hit.passage.start <= best.start
        and best.end <= hit.passage.end
    )


def _answers_within(one: _Asked, article_id: str, start: int, end: int) -> bool:
    """Whether an answer, or a part of it, stands there."""
    return article_id == one.article_id and any(start < e and s < end for s, e in one.places)
