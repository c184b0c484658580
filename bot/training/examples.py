"""What a reader is shown in training: passages with the answer, and passages without it.

Of a question and its context come one passage that holds the answer, cut at sentences to a random
length, and for most questions a second one that does not: another context of the same document or
one that BM25 finds for the question, now and then the context without the sentences that answer
it. A miner, a reader that is trained already, may choose the one that misleads it most. Some
questions are asked with a name or a number changed for another of the same document, and then have
no answer. A context of one sentence is set among others of its document, or among those that BM25
finds for it, whether it answers or not.

Nothing that comes with the data rather than with the text shall tell whether there is an answer:
questions lose or get their question mark, and a passage from elsewhere may stand under the title
that the question's own has.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path

from bot.reader.reader import AnswerSpan, Reader
from bot.training.question_perturbation import QuestionPerturber
from bot.training.questions import TrainingQuestion
from corpus.article import Article, Passage, Span
from corpus.sentences import sentence_spans
from corpus.shingles import folded_words
from index.store.sparse import SparseIndex

__all__ = ["Example", "ExampleMaker"]

# How many questions of one context an epoch has at most: QAMR asks 39 of each sentence.
_MOST_OF_ONE_CONTEXT = 16
_FEWEST_WORDS, _MOST_WORDS = 35, 200
_MOST_NEIGHBOURS = 5
# Shares of the questions with an answer that get a passage without one, and another question.
_WITHOUT_ANSWER, _CHANGED = 0.70, 0.10
_SAME_DOCUMENT = 0.4  # share of those found elsewhere that are looked for in the document itself
_MINED_OF = 4  # passages of which a miner chooses
_OWN_TITLE = 0.5  # share of those of other documents that stand under the question's own title
_MARK_PUT, _MARK_LEFT_OUT = 0.5, 0.4  # shares of the questions without and with their mark


@dataclass(frozen=True)
class Example:
    """A question and a passage; ``answers`` are spans of the passage, none if it does not say."""

    question: str
    title: str
    passage: str
    answers: tuple[Span, ...]


class ExampleMaker:
    """Makes an epoch of examples from questions, another one from each seed."""

    def __init__(
        self,
        questions: Sequence[TrainingQuestion],
        processes: int = 2,
        miner: Reader | None = None,
        cut_out: float = 0.12,
    ) -> None:
        """Find the sentences of all contexts, and index the contexts with BM25.

        Args:
            questions: to make examples of.
            processes: that find sentences.
            miner: chooses, of several passages without the answer, the one that it takes most for
                an answer: hard negatives (Xiong et al. 2021, ANCE).
            cut_out: share of the questions with an answer that come with their context without it
                as well, 0 to 0.7; what is left to 0.7 comes with a passage from elsewhere.
        """
        self._questions, self._miner, self._cut_out = questions, miner, cut_out
        places: dict[str, TrainingQuestion] = {}
        for question in questions:
            places.setdefault(question.context, question)
        self._contexts = list(places.values())
        texts = [question.context for question in self._contexts]
        with Pool(processes) as pool:
            spans = pool.map(sentence_spans, texts, chunksize=64)
        self._sentences = dict(zip(texts, spans, strict=True))
        self._documents: dict[str, list[TrainingQuestion]] = defaultdict(list)
        for question in sorted(self._contexts, key=lambda question: question.place):
            self._documents[question.document].append(question)
        self._changer = QuestionPerturber(questions)
        self._folder = tempfile.TemporaryDirectory(prefix="newsbot-train-")
        self._sparse = SparseIndex.create(Path(self._folder.name))
        self._sparse.update([], (_indexed(i, q) for i, q in enumerate(self._contexts)))
        self._near: dict[str, list[TrainingQuestion]] = {}

    def epoch(self, seed: int) -> Iterator[tuple[Example, ...]]:
        """Give the questions in random order, each as one passage or as one with and one without.

        Args:
            seed: of everything that is random here; the same seed gives the same examples.
        """
        chance = random.Random(seed)
        order = list(self._questions)
        chance.shuffle(order)
        asked: dict[str, int] = defaultdict(int)
        for question in order:
            asked[question.context] += 1
            if asked[question.context] <= _MOST_OF_ONE_CONTEXT:
                yield from self._groups(_as_typed(question, chance), chance)

    def _groups(
        self, question: TrainingQuestion, chance: random.Random
    ) -> Iterator[tuple[Example, ...]]:
        passage, spans = self._passage(question, chance)
        title = question.title if chance.random() < 0.75 else ""
        example = Example(question.text, title, passage, spans)
        draw = chance.random()
        if not spans or draw > _WITHOUT_ANSWER + _CHANGED:
            yield (example,)
        elif draw < _CHANGED:
            yield (example,)
            changed = self._changer.change(question, passage, chance)
            if changed is not None:
                yield (Example(changed, title, passage, ()),)
        else:
            cut_out = draw < _CHANGED + self._cut_out
            other = self._without_answer(question, chance) if cut_out else None
            if other is None:
                other, title = self._misleading(question, chance)
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
            start, end = chance.choice(sentences)
        first = max((i for i, (s, _) in enumerate(sentences) if s <= start), default=0)
        last = min((i for i, (_, e) in enumerate(sentences) if e >= end), default=first)
        first, last = self._widen(context, sentences, first, max(first, last), chance)
        low, high = sentences[first][0], sentences[last][1]
        passage = context[low:high]
        if not question.answers:
            return passage, ()
        return passage, _occurrences(passage, text, start - low)

    def _widen(
        self,
        context: str,
        sentences: Sequence[Span],
        first: int,
        last: int,
        chance: random.Random,
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

    def _without_answer(self, question: TrainingQuestion, chance: random.Random) -> str | None:
        """Give the context without each sentence that holds an answer; None if nothing is left."""
        context = question.context
        kept = [
            (start, end)
            for start, end in self._sentences[context]
            if not _holds(context[start:end], question)
            and not any(start < s + len(t) and s < end for s, t in question.answers)
        ]
        if not kept:
            return None
        first = last = chance.randrange(len(kept))
        first, last = self._widen(context, kept, first, last, chance)
        return " ".join(context[start:end] for start, end in kept[first : last + 1])

    def _misleading(
        self, question: TrainingQuestion, chance: random.Random
    ) -> tuple[str | None, str]:
        """Give a passage from elsewhere; with a miner, of several the one that misleads it most.

        One whose best span shares words with an answer is passed over: it may well be right.
        """
        if self._miner is None:
            return self._found_elsewhere(question, chance)
        found = {self._found_elsewhere(question, chance) for _ in range(_MINED_OF)}
        pairs = sorted((text, title) for text, title in found if text)
        passages = [_whole(str(number), text) for number, (text, _) in enumerate(pairs)]
        accepted = {word for _, answer in question.answers for word in folded_words(answer)}
        best: dict[str, AnswerSpan] = {}
        for span in self._miner.read(question.text, passages, [title for _, title in pairs]):
            best.setdefault(span.passage.article_id, span)
        for span in sorted(best.values(), key=lambda span: -span.passage_margin):
            if not accepted & set(folded_words(span.text)):
                return pairs[int(span.passage.article_id)]
        return None, ""

    def _found_elsewhere(
        self, question: TrainingQuestion, chance: random.Random
    ) -> tuple[str | None, str]:
        """Cut a passage from another context; None where there is none without an answer."""
        found = list(self._documents[question.document])
        if len(found) > 1 and chance.random() < _SAME_DOCUMENT:
            chance.shuffle(found)
        else:
            found = [self._contexts[n] for n, _ in self._sparse.search(question.text, 8)]
            if chance.random() < 0.5:
                found[1:] = chance.sample(found[1:], len(found[1:]))
        for other in found[:8]:
            if other.context == question.context or _holds(other.context, question):
                continue
            sentences = self._sentences[other.context]
            if len(sentences) < 2:
                passage, _ = self._among_neighbours(other, chance)
            else:
                first = last = chance.randrange(len(sentences))
                first, last = self._widen(other.context, sentences, first, last, chance)
                passage = other.context[sentences[first][0] : sentences[last][1]]
            if not _holds(passage, question) and question.context not in passage:
                own = question.title and chance.random() < _OWN_TITLE
                return passage, question.title if own else other.title
        return None, ""


def _indexed(number: int, question: TrainingQuestion) -> tuple[Article, None, int, Passage]:
    text = question.context
    article = Article(str(number), question.title, text)
    return article, None, number, _whole(article.id, text)


def _whole(name: str, text: str) -> Passage:
    """Make one passage of a text."""
    return Passage(name, 0, 0, len(text), text, ())


def _as_typed(question: TrainingQuestion, chance: random.Random) -> TrainingQuestion:
    """Put or leave out the question mark: which data a question is from must not show by it."""
    text = question.text.rstrip("? ")
    marked = text != question.text
    if text and chance.random() < (_MARK_LEFT_OUT if marked else _MARK_PUT):
        return replace(question, text=text if marked else text + "?")
    return question


def _holds(text: str, question: TrainingQuestion) -> bool:
    lower = text.lower()
    return any(answer.lower() in lower for _, answer in question.answers)


def _occurrences(passage: str, answer: str, start: int) -> tuple[Span, ...]:
    """Give every whole-word place of the answer, since data may mark another than the right one."""
    pattern = re.compile(rf"(?<!\w){re.escape(answer)}(?!\w)")
    spans = {match.span() for match in pattern.finditer(passage)}
    return tuple(sorted(spans | {(start, start + len(answer))}))
