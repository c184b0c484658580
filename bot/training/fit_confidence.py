"""Regressions and thresholds, fitted to findings of which it is known whether they are right.

To refuse where the articles are silent, a regression has to know more than right from wrong: a
wrong answer from a passage that holds the right one is not what it is in an article that does not
say. So two regressions are fitted to all findings, one to a finding's being right and one to its
passage's holding an answer, be it another, and the logit is seven parts of the one and three of the
other.

What a user is told is the confidence of the best finding of a question, and the best of many looks
better than it is: so the logits are scaled to be as sure of the best findings as these are right
(Platt 1999). Users' questions are of no kind that was trained on: so all are made less sure for the
kind of which the best findings are most too sure, as group distributionally robust optimisation
takes the worst group (Sagawa et al. 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.answering.confidence import Regression
from bot.errors import ReaderError
from bot.settings import Level
from bot.training.progress import say

__all__ = ["NEWS_FAMILY", "LabelledCandidate", "choose_thresholds", "fit_regression"]

NEWS_FAMILY = "news"
"""The kind of data that is most like what users have."""

_SHARES = (0.7, 0.3)  # of being right, and of the passage's holding an answer
_CAUTIOUS_PRECISION, _EAGER_KEPT = 0.9, 0.95
_STEPS_DOWN = np.linspace(0, 2, 201)  # of a logit
_LEAST_OF_KIND = 100  # questions of a kind of data from which its share of right ones tells much


@dataclass(frozen=True)
class LabelledCandidate:
    """An answer or a sentence that was found.

    Attributes:
        asked: number of the question.
        family: kind of data that the question is from.
        features: as ``ANSWER_FEATURES`` or ``SENTENCE_FEATURES`` name them.
        right: whether it answers.
        held: whether its passage holds an answer, this one or another.
    """

    asked: int
    family: str
    features: tuple[float, ...]
    right: bool
    held: bool


def fit_regression(rows: Sequence[LabelledCandidate], names: tuple[str, ...]) -> Regression:
    """Fit a regression, as sure of the best finding of a question as it is right to be.

    Args:
        rows: findings, of several kinds of data if may be.
        names: of the features.

    Raises:
        ReaderError: all findings are right, or none is; or the same of what their passages hold.
    """
    if len({row.right for row in rows}) < 2 or len({row.held for row in rows}) < 2:
        raise ReaderError("too few questions: not some answers right and some wrong")
    features = np.array([row.features for row in rows])
    right = np.array([row.right for row in rows])
    fits = [_logistic(features, one) for one in (right, np.array([row.held for row in rows]))]
    weights = np.average([fitted for fitted, _ in fits], axis=0, weights=_SHARES)
    bias = np.average([fitted for _, fitted in fits], weights=_SHARES)
    logits = features @ weights + bias
    best = _best(rows, logits)
    if len(np.unique(right[best])) == 2:
        family = np.array([row.family for row in rows])
        slope, offset = _sureness(logits[best], right[best], family[best])
        weights, bias = slope * weights, slope * bias + offset
    return Regression(names, tuple(weights.round(5).tolist()), round(float(bias), 5))


def _best(rows: Sequence[LabelledCandidate], sure: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the number of the finding of each question that is surest; of equal ones the first."""
    best: dict[int, int] = {}
    for number in np.argsort(-sure, kind="stable"):
        best.setdefault(rows[number].asked, int(number))
    return np.array(sorted(best.values()))


def _sureness(
    logits: NDArray[np.float64], right: NDArray[np.bool_], family: NDArray[np.str_]
) -> tuple[float, float]:
    """Return slope and offset with which no kind of a hundred is on average surer than right."""
    (slope,), offset = _logistic(logits[:, None], right)
    scaled = slope * logits + offset - _STEPS_DOWN[:, None]
    said = 1 / (1 + np.exp(-scaled))
    sober = np.ones(len(_STEPS_DOWN), bool)
    for kind in np.unique(family):
        own = family == kind
        if own.sum() >= _LEAST_OF_KIND:
            sober &= said[:, own].mean(1) <= right[own].mean()
    return float(slope), float(offset - _STEPS_DOWN[sober.argmax() if sober.any() else -1])


def _logistic(
    features: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    """Return weights, shape (features,), and the bias."""
    from sklearn.linear_model import LogisticRegression

    spread = features.std(0) + 1e-9
    model = LogisticRegression(max_iter=2_000).fit(features / spread, right)
    return model.coef_[0] / spread, float(model.intercept_[0])


def choose_thresholds(
    rows: Sequence[LabelledCandidate], regression: Regression
) -> dict[Level, float]:
    """Choose the levels by the best finding of each question, on news where there is enough of it.

    A logistic curve through all questions says how often answers of a confidence are right, for few
    are as sure as the highest level asks. Balanced is where an answer is as likely right as those
    of all questions are on average: no other threshold tells right ones better from the others,
    both counted alike (Youden 1950). Cautious is the least from which nine of ten answers given are
    right. Eager is the highest that gives 95 % of the right answers.

    Args:
        rows: findings.
        regression: gives each its probability.
    """
    news = [row for row in rows if row.family == NEWS_FAMILY]
    rows = news if len({row.asked for row in news}) >= _LEAST_OF_KIND else rows
    confidence = np.array([regression.probability(row.features) for row in rows])
    best = _best(rows, confidence)
    confidence, right = confidence[best], np.array([row.right for row in rows])[best]
    chosen = _levels(confidence, right)
    say(f"{len(best)} questions, {right.mean():.3f} answered right with no refusals")
    for level, least in chosen.items():
        given = confidence >= least
        say(
            f"{level}: from {least:.2f}, answers {given.mean():.3f} of the questions, "
            f"{right[given].sum() / max(given.sum(), 1):.3f} of them right"
        )
    return {level: round(least, 2) for level, least in chosen.items()}


def _levels(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> dict[Level, float]:
    steps: NDArray[np.float64] = np.arange(0.01, 0.99, 0.01)
    expected = curve = np.full(len(right), right.mean())
    if len(np.unique(right)) == 2:
        logits = np.log(confidence / (1 - confidence))
        (slope,), offset = _logistic(logits[:, None], right)
        expected = 1 / (1 + np.exp(-(slope * logits + offset)))
        curve = 1 / (1 + np.exp(-(slope * np.log(steps / (1 - steps)) + offset)))
    precise = np.array(
        [expected[confidence >= s].mean() if (confidence >= s).any() else 1.0 for s in steps]
    )
    kept = np.array([(confidence[right] >= step).mean() if right.any() else 0 for step in steps])
    balanced = float(steps[(curve >= right.mean()).argmax()])
    cautious = max(balanced, float(steps[(precise >= _CAUTIOUS_PRECISION).argmax()]))
    eager = min(balanced, float(steps[np.nonzero(kept >= _EAGER_KEPT)[0].max(initial=0)]))
    return {Level.CAUTIOUS: cautious, Level.BALANCED: balanced, Level.EAGER: eager}
