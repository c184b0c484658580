"""Is the passage found that holds the answer? ``python -m tests.bench.recall --data DIR``.

Recall@1/5/20 of dense search alone, BM25 alone, both (``NewsBot.search`` as found), and both in the
reader's order, each with its 95 % bootstrap interval.

- ``--part newsqa``: the questions of NewsQA dev over all its 520 articles; a hit is a passage of
  the gold article that holds a gold answer, by its offsets.
- ``--part realtimeqa``: the questions of a news quiz that list articles with the gold string, over
  all 19,163; a hit is a passage of a listed one that holds the string, in any case. Where a copy of
  an article is folded into a hit, the hit is of both.

``--half odd`` asks only the questions that ``tests.bench.fusion`` did not choose the weight on.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.newsbot import NewsBot
from tests.bench.datasets import (
    ARTICLES,
    Question,
    QuizQuestion,
    data_argument,
    index_of,
    print_result,
    questions_of,
    sample,
    table,
)
from tests.bench.ranking import CUTS, Sides, first_hit, found_in, interval, recall

HALVES = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--part", choices=list(ARTICLES), default="newsqa", help="questions")
    parser.add_argument("--index", type=Path, help="index of the articles; made there if absent")
    parser.add_argument("--half", choices=list(HALVES), default="all", help="of the questions")
    parser.add_argument("--most", type=int, default=10_000, help="questions, drawn at random")
    given = parser.parse_args()
    asked = sample(questions_of(given.data, given.part)[HALVES[given.half]], given.most)
    with index_of(given.data / "news_dev" / ARTICLES[given.part], given.index) as folder:
        bot = NewsBot(folder)
        status = bot.status()
        ranks = measure(bot, asked)
    result: dict[str, Any] = {
        "questions": len(asked),
        "articles": status.articles,
        "passages": status.passages,
    }
    for name, found in ranks.items():
        result[name] = {
            f"recall@{cut}": [recall(found, cut), *interval(found, cut)] for cut in CUTS
        }
    if given.json:
        print_result({given.part: result}, True)
        return
    print(f"{len(asked)} questions, {status.articles} articles, {status.passages} passages\n")
    rows = [(name, *(told(found, cut) for cut in CUTS)) for name, found in ranks.items()]
    print(table((given.part, *(f"recall@{cut}" for cut in CUTS)), rows))


def measure(
    bot: NewsBot, questions: Sequence[Question | QuizQuestion]
) -> Mapping[str, Sequence[float]]:
    """Return the rank of each question's first hit, for each way to search."""
    sides = Sides(bot.searcher())
    deepest = max(CUTS)
    ranks: dict[str, list[float]] = {
        name: [] for name in ("dense", "BM25", "hybrid", "hybrid and reader")
    }
    began = time.monotonic()
    for number, question in enumerate(questions, 1):
        alone = [list(scores)[:deepest] for scores in sides.search(question.text)]
        places = sides.passages({number for numbers in alone for number in numbers})
        rankings = [
            *([places[number] for number in numbers] for numbers in alone),
            *(found_in(bot.search(question.text, deepest, rerank)) for rerank in (False, True)),
        ]
        for name, ranking in zip(ranks, rankings, strict=True):
            ranks[name].append(first_hit(question, ranking))
        if number % 100 == 0:
            print(f"{number} questions, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return ranks


def told(ranks: Sequence[float], cut: int) -> str:
    low, high = interval(ranks, cut)
    return f"{recall(ranks, cut):.3f} ({low:.3f}-{high:.3f})"


if __name__ == "__main__":
    main()
