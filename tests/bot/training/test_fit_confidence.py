"""Regressions and thresholds, fitted to invented findings."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.answering.confidence import ANSWER_FEATURES, SENTENCE_FEATURES, Regression
from bot.errors import ReaderError
from bot.settings import Level
from bot.training.fit_confidence import (
    NEWS_FAMILY,
    LabelledCandidate,
    choose_thresholds,
    fit_regression,
)
from tests.fakes.tiny_reader import one_line


def rows(size: int, seed: int = 0) -> list[LabelledCandidate]:
    """Make rows of which those with a high first feature are mostly right."""
    chance = random.Random(seed)
    made = []
    for number in range(size):
        margin = chance.gauss(0, 1)
        features = (margin, chance.gauss(0, 1), *[0.0] * (len(ANSWER_FEATURES) - 2))
        right = margin + chance.gauss(0, 0.5) > 0
        made.append(LabelledCandidate(number // 2, "ab"[number % 2], features, right, right))
    return made


def test_feature_that_never_varies_does_not_count() -> None:
    fitted = fit_regression(rows(400), ANSWER_FEATURES)
    assert fitted.names == ANSWER_FEATURES
    assert fitted.weights[0] > 5 * abs(fitted.weights[1])
    assert fitted.weights[2:] == (0.0,) * (len(ANSWER_FEATURES) - 2)
    assert abs(fitted.bias) < 0.5


def best_said(given: list[LabelledCandidate], fitted: Regression) -> dict[int, tuple[float, bool]]:
    """Return probability and rightness of the best finding of each question."""
    best: dict[int, tuple[float, bool]] = {}
    for row in given:
        found = (fitted.probability(row.features), row.right)
        best[row.asked] = max(best.get(row.asked, (0.0, False)), found)
    return best


@pytest.mark.parametrize("seed", range(3))
def test_best_of_many_findings_is_as_sure_as_it_is_right(seed: int) -> None:
    chance = random.Random(seed)
    made = []
    for number in range(5_000):
        right = chance.random() < 0.3
        margin = chance.gauss(0.5 if right else 0.0, 1.0)
        features = (margin, *[0.0] * (len(ANSWER_FEATURES) - 1))
        made.append(LabelledCandidate(number // 5, "abc"[number // 5 % 3], features, right, right))
    best = best_said(made, fit_regression(made, ANSWER_FEATURES)).values()
    said = sum(probability for probability, _ in best) / len(best)
    was = sum(right for _, right in best) / len(best)
    assert was - 0.08 < said < was + 0.01


@pytest.mark.parametrize("hard", ["a", "b", "c"])
def test_no_kind_of_data_is_surer_than_it_is_right(hard: str) -> None:
    chance = random.Random(3)
    made, kinds = [], {}
    for number in range(1_500):
        family, margin = "abc"[number % 3], chance.gauss(0, 2)
        right = margin - (1.5 if family == hard else 0.0) + chance.gauss(0, 1) > 0
        features = (margin, *[0.0] * (len(ANSWER_FEATURES) - 1))
        made.append(LabelledCandidate(number, family, features, right, right))
        kinds[number] = family
    best = best_said(made, fit_regression(made, ANSWER_FEATURES))
    for kind in "abc":
        own = [said for number, said in best.items() if kinds[number] == kind]
        assert sum(probability - right for probability, right in own) / len(own) < 0.01


def test_passage_that_holds_another_answer_raises_confidence() -> None:
    chance = random.Random(5)
    made = []
    for number in range(3_000):
        margin, passage = chance.gauss(0, 1), chance.gauss(0, 1)
        right = margin + chance.gauss(0, 0.5) > 0.5
        held = right or passage + chance.gauss(0, 0.5) > 0.5
        features = (margin, passage, *[0.0] * (len(ANSWER_FEATURES) - 2))
        made.append(LabelledCandidate(number, "abc"[number % 3], features, right, held))
    told = fit_regression(made, ANSWER_FEATURES)
    untold = fit_regression([replace(row, held=row.right) for row in made], ANSWER_FEATURES)
    assert untold.weights[1] < 0.1 < 0.2 < told.weights[1] < told.weights[0]


@pytest.mark.parametrize("right", [True, False])
def test_nothing_is_fitted_where_all_is_right_or_nothing_is(right: bool) -> None:
    same = [replace(row, right=right, held=right) for row in rows(20)]
    for given in (same, []):
        with pytest.raises(ReaderError) as caught:
            fit_regression(given, SENTENCE_FEATURES)
        assert "too few questions" in one_line(caught.value)


@pytest.mark.parametrize("seed", range(3))
def test_levels_are_in_order_and_keep_their_promises(seed: int) -> None:
    made = rows(300, seed)
    answer = Regression(ANSWER_FEATURES, (2.0, *[0.0] * (len(ANSWER_FEATURES) - 1)), -1.0)
    levels = choose_thresholds(made, answer)
    assert levels[Level.CAUTIOUS] >= levels[Level.BALANCED] >= levels[Level.EAGER]
    best = best_said(made, answer)

    def given(level: Level) -> list[bool]:
        return [right for probability, right in best.values() if probability >= levels[level]]

    cautious = given(Level.CAUTIOUS)
    assert sum(cautious) >= 0.8 * len(cautious)
    assert sum(given(Level.EAGER)) >= 0.95 * sum(right for _, right in best.values())


def test_levels_are_chosen_on_news_where_there_is_enough_of_it() -> None:
    answer = Regression(ANSWER_FEATURES, (2.0, *[0.0] * (len(ANSWER_FEATURES) - 1)), -1.0)
    others = rows(300)
    news = [
        replace(row, asked=row.asked + 1_000, family=NEWS_FAMILY, right=row.features[0] > 1.0)
        for row in rows(300, seed=1)
    ]
    alone = choose_thresholds(news, answer)
    assert choose_thresholds([*others, *news], answer) == alone
    assert choose_thresholds([*others, *news[:100]], answer) != alone
    assert alone[Level.BALANCED] > choose_thresholds(others, answer)[Level.BALANCED]
