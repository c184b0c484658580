"""Recall of dense, BM25, both fused, and reranked, on NewsQA dev over all its articles.

    python -m tests.bench.fusion --data DIR --read 300

A hit is a passage of the gold article that holds a gold answer. The weight of the weighted sum
and the constant of reciprocal rank fusion are chosen on the even questions; the table reports the
odd ones. Of so many of the odd ones as ``--read`` says, the passages found are also read and put in
the reader's order, as ``NewsBot.search`` gives them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.newsbot import NewsBot
from index.fusion import fuse, fuse_ranks
from tests.bench.datasets import (
    ARTICLES,
    data_argument,
    index_of,
    newsqa_questions,
    sample,
    table,
)
from tests.bench.ranking import CUTS, Sides, first_hit, found_in, recall


def main() -> None:
    """Build, search, and print the table."""
    parser = data_argument(__doc__ or "")
    parser.add_argument(
        "--read", type=int, default=300, help="questions whose passages are read (default: 300)"
    )
    parser.add_argument("--index", type=Path, help="index of NewsQA; made there if absent")
    options = parser.parse_args()
    questions = newsqa_questions(options.data)
    some = sample(questions[1::2], options.read)
    with index_of(options.data / "news_dev" / ARTICLES["newsqa"], options.index) as folder:
        bot = NewsBot(folder)
        sides = Sides(bot.searcher())
        found = [sides.search(question.text) for question in questions]
        places = sides.passages({number for pair in found for side in pair for number in side})
        reread = {
            name: [
                first_hit(question, found_in(bot.search(question.text, max(CUTS), rerank=rerank)))
                for question in some
            ]
            for name, rerank in (("as searched", False), ("in the reader's order", True))
        }

    def ranks(
        combine: Callable[[Mapping[int, float], Mapping[int, float]], dict[int, float]],
    ) -> list[float]:
        return [
            first_hit(question, [places[number] for number in list(combine(*pair))[: max(CUTS)]])
            for question, pair in zip(questions, found, strict=True)
        ]

    def best_first(scores: Mapping[int, float]) -> dict[int, float]:
        return dict(sorted(scores.items(), key=lambda item: -item[1]))

    runs: dict[str, list[float]] = {
        "dense": ranks(lambda dense, _: best_first(dense)),
        "BM25": ranks(lambda _, sparse: best_first(sparse)),
    }
    for weight in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        runs[f"weighted sum, dense {weight}"] = ranks(
            lambda dense, sparse, weight=weight: fuse(dense, sparse, weight)
        )
    for constant in (10, 60):
        runs[f"reciprocal rank, {constant}"] = ranks(
            lambda dense, sparse, constant=constant: fuse_ranks(dense, sparse, constant)
        )
    rows: list[tuple[str, ...]] = []
    for name, ranked in runs.items():
        for half, first in (("chosen on", 0), ("reported", 1)):
            rows.append((name, half, *(f"{recall(ranked[first::2], cut):.3f}" for cut in CUTS)))
    for name, ranked in reread.items():
        row = (f"{recall(ranked, cut):.3f}" for cut in CUTS)
        rows.append((name, f"{len(ranked)} reported", *row))
    if options.json:
        print(json.dumps(rows))
    else:
        print(table(("search", "half", *(f"recall@{cut}" for cut in CUTS)), rows))


if __name__ == "__main__":
    main()
