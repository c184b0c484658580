"""What puts hits in the reader's order? ``python -m tests.bench.order --data DIR --most 700``.

Of NewsQA's questions with even numbers, asked of all its articles, the passages found are read.
What the reader says of each and its search score are weighed so that a passage that holds the
answer comes first (conditional logistic regression, McFadden 1974), five times on four fifths of
the questions; recall is of the fifth that was left out. The weights are of all. What
``bot.answering.candidates`` has is the second weight by the first. ``tests.bench.recall --half
odd`` reports the other questions.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.answering.pipeline import PASSAGES_READ, read_hits
from bot.newsbot import NewsBot
from bot.reader.reader import LEAST_MARGIN, bounded_margin
from tests.bench.datasets import (
    ARTICLES,
    data_argument,
    index_of,
    newsqa_questions,
    print_result,
    sample,
)
from tests.bench.ranking import found_in, recall

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
CUTS = (1, 5)
RIDGE = 1e-3
WEIGHED = {
    "log-odds that the passage answers, search score": (0, 2),
    "log-odds of its best span, search score": (1, 2),
}


@dataclass(frozen=True)
class Read:
    """A question's hits as found: features, shape (hits, 3), and which of them hold the answer."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--index", type=Path, help="index of NewsQA; made there if absent")
    parser.add_argument("--most", type=int, default=700, help="questions, drawn at random")
    given = parser.parse_args()
    asked = sample(newsqa_questions(given.data)[::2], given.most)
    with index_of(given.data / "news_dev" / ARTICLES["newsqa"], given.index) as folder:
        bot = NewsBot(folder)
        read = []
        for number, question in enumerate(asked, 1):
            read.append(features(bot, question))
            if number % 100 == 0:
                print(f"{number} questions", file=sys.stderr, flush=True)
    result: dict[str, Any] = {"as found": recalls([rank(one.right) for one in read])}
    for name, columns in WEIGHED.items():
        weights = fit(read, columns)
        result[name] = {
            "weights": ", ".join(f"{weight:.2f}" for weight in weights),
            "second by first": weights[1] / weights[0],
            **recalls(crossed(read, columns)),
        }
    print_result(result, given.json)


def recalls(ranks: Sequence[float]) -> dict[str, float]:
    return {f"recall@{cut}": recall(ranks, cut) for cut in CUTS}


def features(bot: NewsBot, question: Any) -> Read:
    """Search and read, as ``NewsBot.search`` does."""
    found = bot.find(question.text, PASSAGES_READ, rerank=False)
    margins: dict[Any, list[float]] = {}
    for span in read_hits(bot.reader(), found):
        place = (span.passage.article_id, span.passage.start)
        best = margins.setdefault(place, [LEAST_MARGIN, LEAST_MARGIN])
        best[0] = max(best[0], bounded_margin(span.passage_margin))
        best[1] = max(best[1], bounded_margin(span.margin))
    none = [LEAST_MARGIN, LEAST_MARGIN]
    rows = [
        [*margins.get((hit.article.id, hit.passage.start), none), hit.score] for hit in found.hits
    ]
    right = [question.is_hit(*place) for place in found_in(found.hits)]
    return Read(np.array(rows, float).reshape(-1, 3), np.array(right, bool))


def fit(read: Sequence[Read], columns: Sequence[int]) -> NDArray[np.float64]:
    """Return the weights under which what holds the answer is most probably first."""
    from scipy.optimize import minimize

    useful = [(one.features[:, columns], one.right) for one in read if one.right.any()]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = 0.0, np.zeros(len(columns))
        for rows, right in useful:
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            held = shares[right].sum()
            value -= np.log(held + 1e-12)
            slope -= (rows[right] * (shares[right] / (held + 1e-12))[:, None]).sum(0)
            slope += shares @ rows
        count = len(useful)
        return value / count + RIDGE * weights @ weights, slope / count + 2 * RIDGE * weights

    begin = np.zeros(len(columns))
    found: NDArray[np.float64] = minimize(loss, begin, jac=True, method="L-BFGS-B").x
    return found


def crossed(read: Sequence[Read], columns: Sequence[int]) -> list[float]:
    """Return the rank of each question's first hit, under the weights of the other fifths."""
    ranks: list[float] = []
    for fold in range(FOLDS):
        weights = np.zeros(3)
        others = [one for at, one in enumerate(read) if at % FOLDS != fold]
        weights[list(columns)] = fit(others, columns)
        ranks += [
            rank(one.right[np.argsort(-one.features @ weights, kind="stable")])
            for one in read[fold::FOLDS]
        ]
    return ranks


def rank(right: NDArray[np.bool_]) -> float:
    """Return the rank of the first that holds the answer, 1 for the best; infinite for none."""
    return float(right.argmax()) + 1 if right.any() else float("inf")


if __name__ == "__main__":
    main()
