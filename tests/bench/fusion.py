"""Recall of dense, BM25, both fused, with their articles and reranked: choosing the weights.

    python -m tests.bench.fusion --data DIR --read 300

A hit is judged as ``tests.bench.recall`` does, for the same two parts. The weights are chosen on
the questions with even numbers; the table reports the odd ones beside them. Of so many of the odd
ones as ``--read`` says, the passages found are also read and put in the reader's order, as
``NewsBot.search`` gives them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from bot.newsbot import NewsBot
from index.fusion import DENSE_WEIGHT, Shares, fuse, fuse_with_articles
from tests.bench.datasets import ARTICLES, data_argument, index_of, questions_of, sample, table
from tests.bench.ranking import CUTS, Sides, first_hit, found_in, recall

DENSE = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
CONSTANTS = (10, 60)
SHARES = (
    Shares(0.9, 0.0, 0.1),
    Shares(0.6, 0.4, 0.0),
    Shares(0.7, 0.2, 0.1),
    Shares(0.6, 0.3, 0.1),
    Shares(0.5, 0.4, 0.1),
    Shares(0.4, 0.5, 0.1),
    Shares(0.4, 0.4, 0.2),
)


def main() -> None:
    """Build, search, and print the table."""
    parser = data_argument(__doc__ or "")
    parser.add_argument("--part", choices=list(ARTICLES), default="newsqa", help="questions")
    parser.add_argument("--most", type=int, default=10_000, help="of each half, drawn at random")
    parser.add_argument(
        "--read", type=int, default=300, help="questions whose passages are read (default: 300)"
    )
    parser.add_argument("--index", type=Path, help="index of the articles; made there if absent")
    options = parser.parse_args()
    halves = [
        sample(questions_of(options.data, options.part)[first::2], options.most) for first in (0, 1)
    ]
    ranks: list[dict[str, list[float]]] = []
    with index_of(options.data / "news_dev" / ARTICLES[options.part], options.index) as folder:
        bot = NewsBot(folder)
        sides = Sides(bot.searcher())
        for half in halves:
            found: dict[str, list[float]] = {}
            for question in half:
                dense, sparse = sides.search(question.text)
                places = sides.passages(dense)
                for way, scores in rankings(sides, question.text, dense, sparse).items():
                    ranking = [places[number] for number in list(scores)[: max(CUTS)]]
                    found.setdefault(way, []).append(first_hit(question, ranking))
            ranks.append(found)
        read = halves[1][: options.read]
        for name, rerank in (("as searched", False), ("in the reader's order", True)):
            if not read:
                break
            ranks[1][f"{name}, {len(read)} of these"] = [
                first_hit(question, found_in(bot.search(question.text, max(CUTS), rerank=rerank)))
                for question in read
            ]
    rows: list[tuple[str, ...]] = []
    for name in ranks[1]:
        for side, of_side in zip(("chosen on", "reported"), ranks, strict=True):
            if name in of_side:
                rows.append((name, side, *(f"{recall(of_side[name], cut):.3f}" for cut in CUTS)))
    if options.json:
        print(json.dumps(rows))
    else:
        print(table(("search", "half", *(f"recall@{cut}" for cut in CUTS)), rows))


def rankings(
    sides: Sides, question: str, dense: Mapping[int, float], sparse: Mapping[int, float]
) -> dict[str, dict[int, float]]:
    """Return the scores of each way to search, the best first."""
    locations, articles = sides.locations(dense), sides.articles(question)
    ways = {
        "dense": dict(sorted(dense.items(), key=lambda item: -item[1])),
        "BM25": dict(sorted(sparse.items(), key=lambda item: -item[1])),
    }
    for weight in DENSE:
        ways[f"weighted sum, dense {weight}"] = fuse(dense, sparse, weight)
    for constant in CONSTANTS:
        ways[f"reciprocal rank, {constant}"] = fuse_ranks(dense, sparse, constant)
    for shares in SHARES:
        for weight in (DENSE_WEIGHT, 0.6):
            passages = fuse(dense, sparse, weight)
            ways[f"dense {weight}; passage, article, lead {'/'.join(map(str, shares))}"] = (
                fuse_with_articles(passages, locations, articles, shares)
            )
    return ways


def fuse_ranks(
    dense: Mapping[int, float], sparse: Mapping[int, float], constant: int
) -> dict[int, float]:
    """Add reciprocal ranks (Cormack, Clarke and Buettcher 2009): 1 / (constant + rank) a side."""
    total: dict[int, float] = {}
    for side in (dense, sparse):
        for rank, number in enumerate(sorted(side, key=lambda one: -side[one]), start=1):
            total[number] = total.get(number, 0.0) + 1 / (constant + rank)
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


if __name__ == "__main__":
    main()
