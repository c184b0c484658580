"""Contrast sets: a question of one side has no answer in the other."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bot.errors import ReaderError
from bot.training.contrast_sets import contrast_questions
from bot.training.questions import TrainingQuestion

_HOSTS = [
    TrainingQuestion("", title, title, (0,), text, ())
    for title, text in (
        ("Dunes", "Sand is on the move. Nobody has fenced the dunes. Grass would hold them."),
        ("Bells", "The bells are cast anew. A foundry does it. They weigh more than before."),
    )
]


def test_answers_stand_where_they_are_said_to() -> None:
    questions = list(contrast_questions(_HOSTS, 300, seed=1))
    assert len(questions) > 1_000
    for question in questions:
        for start, text in question.answers:
            assert question.context[start : start + len(text)] == text
        assert "{" not in question.text + question.context


def test_premise_decides_whether_there_is_an_answer() -> None:
    answered: dict[str, set[bool]] = defaultdict(set)
    for question in contrast_questions(_HOSTS, 300, seed=2):
        answered[question.text].add(bool(question.answers))
    both = sum(len(outcomes) == 2 for outcomes in answered.values())
    assert both > len(answered) / 3


def test_reports_stand_among_sentences_of_articles() -> None:
    contexts = {q.context for q in contrast_questions(_HOSTS, 40, seed=3)}
    assert sum("dunes" in c or "bells" in c for c in contexts) > len(contexts) / 2


def test_seed_gives_the_same_questions_again() -> None:
    one, again, other = (list(contrast_questions(_HOSTS, 5, seed)) for seed in (4, 4, 5))
    assert one == again != other


def test_contrast_sets_want_articles() -> None:
    with pytest.raises(ReaderError, match="want articles"):
        list(contrast_questions([], 1, seed=1))
