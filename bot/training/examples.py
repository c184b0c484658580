"""What a reader is shown in training: passages with the answer, and passages without it.

Of a question and its context comes one passage, cut at sentences to a random length around an
answer or, where there is none, around the sentence that has most of the question's words. Half of
the answerable questions bring a second passage that does not answer: another stretch of the same
document, or one of the articles that BM25 finds for the question. Some questions are asked with a
name or a number changed for another of the same document, and then have no answer. A context of
one sentence is set among others of its document, or among those that BM25 finds for it, whether it
answers or not.

Nothing that comes with the data rather than with the text tells whether there is an answer:
every source has its question marks as often (the tokenizers of both encoders write lower case by
themselves), and a passage from elsewhere may stand under the title that the question's own has.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path

from bot.reader.tokenization import dated_title
from bot.training.question_perturbation import QuestionPerturber
from bot.training.questions import TrainingQuestion
from corpus.article import Article, Passage, Span
from corpus.sentences import sentence_spans
from corpus.shingles import folded_words
from index.store.sparse import SparseIndex
from index.terms import query_terms

__all__ = ["Example", "ExampleMaker"]

_FEWEST_WORDS, _MOST_WORDS = 50, 250
_MOST_NEIGHBOURS = 8
# Shares of the questions with an answer that get a passage without one, and another question.
_WITHOUT_ANSWER, _CHANGED = 0.5, 0.08
_SAME_DOCUMENT = 0.5  # share of those passages that are looked for in the document itself
_FEWEST_WORDS_ELSEWHERE = 25
_TEMPTING = 0.7  # share of the passages without an answer that have most of the question's words
_OWN_TITLE = 0.5  # share of those of other documents that stand under the question's own title
_TITLED, _DATED, _MARKED = 0.85, 0.6, 0.7  # shares with a title, its date, a question mark


@dataclass(frozen=True)
class Example:
    """A question and a passage; ``answers`` are spans of the passage, none if it does not say."""

    question: str
    title: str
    passage: str
    answers: tuple[Span, ...]


class ExampleMaker:
    """Makes examples from questions, others from each seed."""

    def __init__(
        self,
        questions: Sequence[TrainingQuestion],
        articles: Sequence[TrainingQuestion] = (),
        processes: int = 2,
    ) -> None:
        """Find the sentences of all contexts, and index the contexts with BM25.

        Args:
            questions: to make examples of.
            articles: more contexts to find passages without an answer in; those that are the
                context of a question give it their date.
            processes: that find sentences.
        """
        days = {article.context: article.published for article in articles}
        questions = [replace(q, published=days.get(q.context)) for q in questions]
        self._decks: dict[str, list[TrainingQuestion]] = defaultdict(list)
        places: dict[str, TrainingQuestion] = {}
        for question in (*questions, *articles):
            places.setdefault(question.context, question)
            if question.text:
                self._decks[question.source].append(question)
        self._contexts = list(places.values())
        texts = [question.context for question in self._contexts]
        with Pool(processes) as pool:
            spans = pool.map(sentence_spans, texts, chunksize=64)
        self._sentences = dict(zip(texts, spans, strict=True))
        self._documents: dict[str, list[TrainingQuestion]] = defaultdict(list)
        for question in sorted(self._contexts, key=lambda question: question.place):
            self._documents[question.document].append(question)
        self._perturber = QuestionPerturber(questions)
        self._folder = tempfile.TemporaryDirectory(prefix="newsbot-train-")
        self._sparse = SparseIndex.create(Path(self._folder.name))
        self._sparse.update([], (_indexed(i, q) for i, q in enumerate(self._contexts)))
        self._near: dict[str, list[TrainingQuestion]] = {}

    def draw(self, shares: Mapping[str, float], seed: int) -> Iterator[tuple[Example, ...]]:
        """Yield, without end, questions of all sources, each as one passage or as two.

        Args:
            shares: of the questions, by source; one that is not named gives none. Each source is
                gone through in random order, and then again in another.
            seed: of everything that is random here; the same seed gives the same examples.
        """
        chance = random.Random(seed)
        sources = [source for source in sorted(shares) if self._decks.get(source)]
        if not sources:
            return
        weights = [shares[source] for source in sources]
        waiting: dict[str, list[TrainingQuestion]] = {source: [] for source in sources}
        while True:
            (source,) = chance.choices(sources, weights)
            if not waiting[source]:
                deck = self._decks[source]
                waiting[source] = chance.sample(deck, len(deck))
            yield from self._groups(_as_typed(waiting[source].pop(), chance), chance)

    def _groups(
        self, question: TrainingQuestion, chance: random.Random
    ) -> Iterator[tuple[Example, ...]]:
        passage, spans = self._passage(question, chance)
        titled = chance.random() < _TITLED
        title = _headline(question, chance) if titled else ""
        example = Example(question.text, title, passage, spans)
        draw = chance.random()
        if not spans or draw > _WITHOUT_ANSWER + _CHANGED:
            yield (example,)
        elif draw < _CHANGED:
            yield (example,)
            changed = self._perturber.change(question, passage, chance)
            if changed is not None:
                yield (Example(changed, title, passage, ()),)
        else:
            other, place = self._without_answer(question, chance)
            own = place is question or chance.random() < _OWN_TITLE
            if not own:
                title = _headline(place, chance) if titled else ""
            yield (example, Example(question.text, title, other, ())) if other else (example,)

    def _passage(
        self, question: TrainingQuestion, chance: random.Random
    ) -> tuple[str, tuple[Span, ...]]:
        """Cut the context around an answer, or set its one sentence among its neighbours."""
        context, sentences = question.context, self._sentences[question.context]
        if len(sentences) < 2:
            return self._among_neighbours(question, chance)
        if question.answers:
            start, text = chance.choice(question.answers)
            end = start + len(text)
        else:
            start, end = sentences[self._starting_point(question, context, sentences, chance)]
        first = max((i for i, (s, _) in enumerate(sentences) if s <= start), default=0)
        last = min((i for i, (_, e) in enumerate(sentences) if e >= end), default=first)
        first, last = self._widen(context, sentences, first, max(first, last), chance)
        low, high = sentences[first][0], sentences[last][1]
        passage = context[low:high]
        if not question.answers:
            return passage, ()
        return passage, _occurrences(passage, text, start - low)

    def _widen(
        self, context: str, sentences: Sequence[Span], first: int, last: int, chance: random.Random
    ) -> tuple[int, int]:
        words = chance.uniform(_FEWEST_WORDS, _MOST_WORDS)
        while first > 0 or last < len(sentences) - 1:
            before = first > 0 and (last == len(sentences) - 1 or chance.random() < 0.5)
            wider = (first - 1, last) if before else (first, last + 1)
            if len(context[sentences[wider[0]][0] : sentences[wider[1]][1]].split()) > words:
                break
            first, last = wider
        return first, last

    def _among_neighbours(
        self, question: TrainingQuestion, chance: random.Random
    ) -> tuple[str, tuple[Span, ...]]:
        others = [q for q in self._documents[question.document] if q.context != question.context]
        if len(others) < _MOST_NEIGHBOURS or chance.random() < 0.25:
            others = self._nearest(question) or others
        chosen = chance.sample(others, min(len(others), chance.randint(0, _MOST_NEIGHBOURS)))
        own = chance.randint(0, len(chosen))
        texts = [q.context for q in sorted(chosen, key=lambda q: q.place)]
        texts.insert(own, question.context)
        passage = " ".join(texts)
        if not question.answers:
            return passage, ()
        start, text = chance.choice(question.answers)
        low = sum(len(text) + 1 for text in texts[:own])
        spans = _occurrences(question.context, text, start)
        return passage, tuple((low + s, low + e) for s, e in spans)

    def _nearest(self, question: TrainingQuestion) -> list[TrainingQuestion]:
        if question.context not in self._near:
            found = self._sparse.search(question.context, 8)
            near = [self._contexts[number] for number, _ in found]
            self._near[question.context] = [
                other
                for other in near
                if other.context != question.context and len(self._sentences[other.context]) < 2
            ]
        return self._near[question.context]

    def _starting_point(
        self,
        question: TrainingQuestion,
        context: str,
        sentences: Sequence[Span],
        chance: random.Random,
    ) -> int:
        """Choose a sentence to cut a passage around: mostly the one most like the question."""
        if chance.random() > _TEMPTING:
            return chance.randrange(len(sentences))
        asked = set(query_terms(question.text))
        shared = [len(asked.intersection(folded_words(context[s:e]))) for s, e in sentences]
        return chance.choice([i for i, count in enumerate(shared) if count == max(shared)])

    def _without_answer(
        self, question: TrainingQuestion, chance: random.Random
    ) -> tuple[str | None, TrainingQuestion]:
        """Return a passage that does not answer, and where it is from; None where there is none."""
        if chance.random() < _SAME_DOCUMENT:
            found = list(self._documents[question.document])
            chance.shuffle(found)
            passage = self._rest(question, chance)
            if passage and (len(found) < 2 or chance.random() < 0.5):
                return passage, question
        else:
            found = [self._contexts[n] for n, _ in self._sparse.search(question.text, 8)]
            chance.shuffle(found)
        for other in found[:8]:
            passage = self._passage_of(other, question, chance)
            if passage:
                return passage, other
        return self._rest(question, chance), question

    def _rest(self, question: TrainingQuestion, chance: random.Random) -> str | None:
        """Cut a passage from what the question's context says before or after the answers."""
        context = question.context
        runs: list[list[Span]] = [[]]
        for start, end in self._sentences[context]:
            inside = any(start < s + len(t) and s < end for s, t in question.answers)
            if inside or _holds(context[start:end], question):
                runs.append([])
            else:
                runs[-1].append((start, end))
        long = [
            run
            for run in runs
            if run and len(context[run[0][0] : run[-1][1]].split()) >= _FEWEST_WORDS_ELSEWHERE
        ]
        return self._cut(question, context, chance.choice(long), chance) if long else None

    def _passage_of(
        self, other: TrainingQuestion, question: TrainingQuestion, chance: random.Random
    ) -> str | None:
        """Cut a passage from another context; None if it may answer the question."""
        if other.context == question.context or _holds(other.context, question):
            return None
        sentences = self._sentences[other.context]
        if len(sentences) < 2:
            passage, _ = self._among_neighbours(replace(other, answers=()), chance)
        else:
            passage = self._cut(question, other.context, sentences, chance)
        answers = _holds(passage, question) or question.context in passage
        return None if answers else passage

    def _cut(
        self,
        question: TrainingQuestion,
        context: str,
        sentences: Sequence[Span],
        chance: random.Random,
    ) -> str:
        first = self._starting_point(question, context, sentences, chance)
        first, last = self._widen(context, sentences, first, first, chance)
        return context[sentences[first][0] : sentences[last][1]]


def _indexed(number: int, question: TrainingQuestion) -> tuple[Article, None, int, Passage]:
    text = question.context
    article = Article(str(number), question.title, text)
    return article, None, number, _whole(article.id, text)


def _whole(name: str, text: str) -> Passage:
    """Make one passage of a text."""
    return Passage(name, 0, 0, len(text), text, ())


def _headline(question: TrainingQuestion, chance: random.Random) -> str:
    """Return the title of a context, mostly with the day it was published."""
    return dated_title(question.title, question.published if chance.random() < _DATED else None)


def _as_typed(question: TrainingQuestion, chance: random.Random) -> TrainingQuestion:
    """Put the question mark or leave it out: which data a question is from must not show by it."""
    text = question.text.rstrip("? ")
    return replace(question, text=text + "?" if chance.random() < _MARKED else text)


def _holds(text: str, question: TrainingQuestion) -> bool:
    lower = text.lower()
    return any(answer.lower() in lower for _, answer in question.answers)


def _occurrences(passage: str, answer: str, start: int) -> tuple[Span, ...]:
    """Return every whole-word place of the answer: data may mark another than the right one."""
    pattern = re.compile(rf"(?<!\w){re.escape(answer)}(?!\w)")
    spans = {match.span() for match in pattern.finditer(passage)}
    return tuple(sorted(spans | {(start, start + len(answer))}))
