"""Copies among scraped news pages: ``python -m tests.bench.duplicates --data DIR --most 300``.

Counts the groups in the first records of realtimeqa_2022_2024, tells what an article costs, and
gives the Jaccard of a few pairs of copies and of the nearest pairs that are none. No text is shown.
"""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.near_duplicates import DuplicateFinder
from corpus.shingles import Shingle
from corpus.text import normalise
from index.store.catalogue import Catalogue
from index.store.duplicates import DuplicateTable
from tests.bench.datasets import data_argument, print_result, read_jsonl

SAMPLED = 8


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--most", type=int, default=300, help="records, from the first on")
    given = parser.parse_args()
    path = given.data / "news_dev" / "realtimeqa_2022_2024.articles.jsonl.gz"
    articles = [
        Article(f"{number:06d}", record["title"] or "", normalise(record["text"] or ""))
        for number, record in enumerate(itertools.islice(read_jsonl(path), given.most))
    ]
    print_result({"copies": measure(articles)}, given.json)


def measure(articles: list[Article]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue.create(Path(folder))
        for article in articles:
            catalogue.put(article, "", [])
        copies = DuplicateTable.create(catalogue)
        wall, cpu = time.perf_counter(), time.process_time()
        copies.update()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        groups = {copies.group(article.id) for article in articles} - {()}
        count = copies.count()
        catalogue.close()
    wordings = {article.id: Shingle([article.text]) for article in articles}
    together = [(group[0], other) for group in groups for other in group[1:]]
    random.Random(1).shuffle(together)
    return {
        "articles": len(articles),
        "groups": len(groups),
        "copies of another": count,
        "sizes of groups": str(dict(sorted(Counter(map(len, groups)).items()))),
        "ms an article, CPU": 1000 * cpu / len(articles),
        "ms an article, wall": 1000 * wall / len(articles),
        "a pair of copies": [described(wordings, *pair) for pair in together[:SAMPLED]],
        "a near pair that is none": [described(wordings, *pair) for pair in near(wordings)],
    }


def near(wordings: dict[str, Shingle]) -> list[tuple[str, str]]:
    """Give the pairs that share a band, look alike and are no copies, the nearest first."""
    finder = DuplicateFinder()
    bands = {
        name: set(enumerate(finder.bands(finder.signature(wording))))
        for name, wording in wordings.items()
    }
    found = [
        (-jaccard(wordings[left], wordings[right]), left, right)
        for left, right in itertools.combinations(sorted(wordings), 2)
        if bands[left] & bands[right] and not finder.are_copies(wordings[left], wordings[right])
    ]
    return [(left, right) for _, left, right in sorted(found)[:SAMPLED]]


def described(wordings: dict[str, Shingle], left: str, right: str) -> str:
    one, other = wordings[left], wordings[right]
    return (
        f"{left} {right}: Jaccard {jaccard(one, other):.2f}, {len(one.words)} and "
        f"{len(other.words)} words"
    )


def jaccard(left: Shingle, right: Shingle) -> float:
    """Share of the runs of two texts that both have, 0 to 1."""
    return len(left.runs & right.runs) / max(1, len(left.runs | right.runs))


if __name__ == "__main__":
    main()
