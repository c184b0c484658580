"""Recall of dense, BM25, both fused, and reranked, on NewsQA dev over all its articles.

    python -m tests.bench.fusion --data DIR --read 300

A hit is a passage of the gold article that overlaps a gold answer. The weight of the weighted sum
and the constant of reciprocal rank fusion are chosen on the even questions; the table reports the
odd ones. Of so many of the odd ones as ``--read`` says, the passages found are also read and put in
the reader's order, as ``NewsBot.search`` gives them.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from index.fusion import fuse, fuse_ranks
from index.generation import DENSE, SPARSE, current_generation
from tests.bench.datasets import Question, build_from_records, data_argument, newsqa, table

Ranking = list[tuple[str, int, int]]
Sides = tuple[dict[int, float], dict[int, float]]
DEPTH = 100
CUTS = (1, 5, 20)


def main() -> None:
    """Build, search, and print the table."""
    parser = data_argument(__doc__ or "")
    parser.add_argument(
        "--read", type=int, default=300, help="questions whose passages are read (default: 300)"
    )
    options = parser.parse_args()
    articles, questions = newsqa(options.data)
    with tempfile.TemporaryDirectory() as folder:
        index = build_from_records(articles, Path(folder))
        places, sides = search_all(index, questions)
        some = random.Random(0).sample(questions[1::2], min(options.read, len(questions) // 2))
        reread = read_all(index, some)

    def rankings(
        combine: Callable[[Mapping[int, float], Mapping[int, float]], dict[int, float]],
    ) -> list[Ranking]:
        return [[places[number] for number in list(combine(*pair))[: max(CUTS)]] for pair in sides]

    def best_first(scores: Mapping[int, float]) -> dict[int, float]:
        return dict(sorted(scores.items(), key=lambda item: -item[1]))

    runs: dict[str, list[Ranking]] = {
        "dense": rankings(lambda dense, _: best_first(dense)),
        "BM25": rankings(lambda _, sparse: best_first(sparse)),
    }
    for weight in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        runs[f"weighted sum, dense {weight}"] = rankings(
            lambda dense, sparse, weight=weight: fuse(dense, sparse, weight)
        )
    for constant in (10, 60):
        runs[f"reciprocal rank, {constant}"] = rankings(
            lambda dense, sparse, constant=constant: fuse_ranks(dense, sparse, constant)
        )
    rows: list[tuple[str, ...]] = []
    for name, ranked in runs.items():
        for half, remainder in (("chosen on", 0), ("reported", 1)):
            half_of_them = [
                (question, ranking)
                for number, (question, ranking) in enumerate(zip(questions, ranked, strict=True))
                if number % 2 == remainder
            ]
            rows.append((name, half, *(f"{recall(half_of_them, cut):.3f}" for cut in CUTS)))
    for name, ranked in reread.items():
        pairs = list(zip(some, ranked, strict=True))
        rows.append(
            (name, f"{len(pairs)} reported", *(f"{recall(pairs, cut):.3f}" for cut in CUTS))
        )
    if options.json:
        print(json.dumps(rows))
    else:
        print(table(("search", "half", *(f"recall@{cut}" for cut in CUTS)), rows))


def search_all(
    index: Path, questions: Sequence[Question]
) -> tuple[dict[int, tuple[str, int, int]], list[Sides]]:
    """Search each side alone, filling in the dense score of what only BM25 found."""
    from index.catalogue import Catalogue
    from index.dense import DenseIndex
    from index.embedder import load_embedder
    from index.sparse import SparseIndex

    folder = current_generation(index)
    dense_index = DenseIndex.read(folder / DENSE)
    sparse_index = SparseIndex.open(folder / SPARSE)
    catalogue = Catalogue.open(folder)
    places = {
        number: (article.id.rpartition("#")[2], passage.start, passage.end)
        for article in catalogue.articles()
        for number, passage in catalogue.passages_of(article)
    }
    vectors = load_embedder().embed_passages([question.text for question in questions])
    sides: list[Sides] = []
    for question, vector in zip(questions, vectors, strict=True):
        sparse = dict(sparse_index.search(question.text, DEPTH))
        dense = dict(dense_index.search(vector, DEPTH))
        alone = [number for number in sparse if number not in dense]
        dense.update(zip(alone, dense_index.scores(vector, alone), strict=True))
        sides.append((dense, sparse))
    return places, sides


def read_all(index: Path, questions: Sequence[Question]) -> dict[str, list[Ranking]]:
    """Search as a user would, and put what is found in the reader's order."""
    from bot.candidates import rerank
    from bot.chain import PASSAGES_READ, read_hits
    from bot.reader.calibration import calibration_of
    from bot.reader.loading import load_reader
    from index.searcher import Searcher
    from index.sparse import query_terms

    searcher, reader = Searcher.open(index), load_reader()
    calibration = calibration_of(reader)
    rankings: dict[str, list[Ranking]] = {"as searched": [], "in the reader's order": []}
    for question in questions:
        found = searcher.search(question.text, PASSAGES_READ)
        rarity = searcher.rarity(query_terms(found.question))
        spans = read_hits(reader, found)
        read = rerank(found.question, found.hits, spans, rarity, calibration)
        for ranking, hits in zip(rankings.values(), (found.hits, read), strict=True):
            ranking.append(
                [
                    (hit.article.id.rpartition("#")[2], hit.passage.start, hit.passage.end)
                    for hit in hits
                ]
            )
    return rankings


def recall(pairs: Sequence[tuple[Question, Ranking]], cut: int) -> float:
    """Share of the questions with a hit among the first ``cut`` passages."""
    return sum(
        any(is_hit(question, place) for place in ranking[:cut]) for question, ranking in pairs
    ) / len(pairs)


def is_hit(question: Question, place: tuple[str, int, int]) -> bool:
    """Tell whether a passage is of the gold article and overlaps a gold answer."""
    article_id, start, end = place
    return article_id == question.article_id and any(
        at < end and at + len(text) > start for at, text in question.answers
    )


if __name__ == "__main__":
    main()
