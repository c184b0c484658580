"""Does a cluster find what a folder does? ``python -m tests.bench.stores --data DIR``.

NewsQA dev's articles are indexed in a folder and copied to Milvus and PostgreSQL, which are started
here unless ``--address`` names an index (one that is there is brought up to date). Measured are:

- parity: what share of a folder's 100 nearest passages, and of its 20 hits, the cluster has; how
  often the first hit is the same; recall@5 of both, and the difference with its 95 % interval over
  questions drawn anew in pairs (Efron 1979);
- filters: hits that a filter should have left out;
- latency: of one search in each store, in turns;
- size: bytes a passage, by table and collection (those of Milvus Lite are its files);
- readers: three search while an index of 60 articles is rewritten ``--rebuilds`` times. A result
  that mixes two generations, or an article that is not what was indexed, is counted.

``--engine http://127.0.0.1:19530`` measures the readers alone, by dense search alone, on a Milvus
that has no BM25 (PyPI's ``milvus==2.3.5``).
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from index.builder import build_index
from index.copying import copy_index
from index.filters import EVERYTHING, Filters
from index.searcher import Searcher
from index.store.cluster.cluster_address import ClusterAddress
from tests.bench.datasets import (
    ARTICLES,
    Question,
    data_argument,
    index_of,
    newsqa_questions,
    print_result,
    sample,
)
from tests.bench.ranking import DEPTH, RESAMPLES, first_hit, found_in
from tests.fakes.dense_engine import without_words
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.servers import ClusterServers

PARTS = ("parity", "readers")
HITS = 20
READERS = 3
REWRITTEN = 60  # articles of the index that is rewritten under its readers
WARMING = 5


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--index", type=Path, help="index of the articles; made there if absent")
    parser.add_argument("--address", help="of the cluster's index; else servers are started")
    parser.add_argument("--most", type=int, default=500, help="questions, drawn at random")
    parser.add_argument("--rebuilds", type=int, default=20)
    parser.add_argument("--part", choices=PARTS, help="only this")
    parser.add_argument("--engine", help="a Milvus without BM25, for the readers")
    given = parser.parse_args()
    if given.engine:
        os.environ["TEST_MILVUS"] = given.engine.replace("http", "milvus", 1)
        with without_words(), _places(None) as (address, _, _):
            print_result({"readers": readers(address, given.rebuilds)}, given.json)
        return
    asked = sample(newsqa_questions(given.data), given.most)
    result: dict[str, Any] = {}
    with ExitStack() as stack:
        address, other, lite = stack.enter_context(_places(given.address))
        if given.part != "parity":
            result["readers"] = readers(other, given.rebuilds)
            print(result, file=sys.stderr, flush=True)
        if given.part == "readers":
            print_result(result, given.json)
            return
        folder = stack.enter_context(
            index_of(given.data / "news_dev" / ARTICLES["newsqa"], given.index)
        )
        report = copy_index(folder, address)
        print(f"copied in {report.seconds:.0f} s", file=sys.stderr)
        local, cluster = Searcher.open(folder), Searcher.open(address)
        result["bytes a passage"] = sizes(cluster, address, lite)
        result["parity"], result["latency in ms"] = compare(local, cluster, asked)
        result["filters"] = breaches(cluster, asked)
    print_result(result, given.json)


@contextmanager
def _places(address: str | None) -> Iterator[tuple[str, str, Path | None]]:
    """Yield the addresses of two indexes, and the folder of Milvus Lite where it was started."""
    if address is not None:
        yield address, address.replace("?", "_readers?", 1), None
        return
    servers = ClusterServers.start()
    try:
        with servers.address() as first, servers.address() as second:
            yield first, second, servers.milvus_folder
    finally:
        servers.stop()


def compare(
    local: Searcher, cluster: Searcher, asked: list[Question]
) -> tuple[dict[str, Any], dict[str, float]]:
    """Ask both stores the same, in turns."""
    for question in asked[:WARMING]:
        local.search(question.text), cluster.search(question.text)
    dense, fused, first, found = [], [], [], []
    times: dict[str, list[float]] = {"folder": [], "cluster": []}
    for number, question in enumerate(asked):
        if number % 20 == 0:
            print(f"{number} questions", file=sys.stderr, flush=True)
        vector = local.embedder.embed_query(question.text)
        nearest = [
            _passages(
                one, [number for number, _ in one.snapshot.nearest(vector, DEPTH, EVERYTHING)]
            )
            for one in (local, cluster)
        ]
        dense.append(len(nearest[0] & nearest[1]) / len(nearest[0]))
        hits = []
        for name, one in (("folder", local), ("cluster", cluster)):
            began = time.perf_counter()
            hits.append(one.search(question.text, HITS).hits)
            times[name].append(1000 * (time.perf_counter() - began))
        ours, theirs = ([(h.article.id, h.passage.number) for h in side] for side in hits)
        fused.append(len({*ours} & {*theirs}) / len(ours))
        first.append(ours[0] == theirs[0])
        found.append([first_hit(question, found_in(side)) <= 5 for side in hits])
    right = np.array(found, float)
    change = right[:, 1] - right[:, 0]
    drawn = np.random.default_rng(0).choice(change, (RESAMPLES, len(change))).mean(axis=1)
    parity = {
        "questions": len(asked),
        f"dense@{DEPTH}": float(np.mean(dense)),
        f"fused@{HITS}": float(np.mean(fused)),
        "same first hit": float(np.mean(first)),
        "recall@5 of the folder": float(right[:, 0].mean()),
        "recall@5 of the cluster": float(right[:, 1].mean()),
        "difference, and its interval": [
            float(change.mean()),
            *map(float, np.percentile(drawn, [2.5, 97.5])),
        ],
    }
    latency = {
        f"{name}, {what}": float(value)
        for name, taken in times.items()
        for what, value in (("median", median(taken)), ("95 %", np.percentile(taken, 95)))
    }
    return parity, latency


def _passages(searcher: Searcher, numbers: list[int]) -> set[tuple[str, int]]:
    found = searcher.snapshot.resolve(numbers).values()
    return {(article.id, passage.number) for passage, article in found}


def breaches(cluster: Searcher, asked: list[Question]) -> dict[str, int]:
    """Search a random half of the articles, and count hits of the other half."""
    ids = [article_id for article_id, _ in cluster.snapshot.indexed()]
    half = frozenset(sample(ids, len(ids) // 2))
    hits = [
        hit for question in asked[:50]
        for hit in cluster.search(question.text, HITS, Filters(articles=half)).hits
    ]  # fmt: skip
    return {
        "hits": len(hits),
        "left out by the filter": sum(h.article.id not in half for h in hits),
    }


def sizes(cluster: Searcher, address: str, lite: Path | None) -> dict[str, float]:
    """Return the bytes that each part keeps, for each passage."""
    import psycopg

    parts = ClusterAddress.parse(address)
    passages = cluster.status().passages
    with psycopg.connect(parts.catalogue) as connection:
        rows = connection.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
            "WHERE relnamespace = %s::regnamespace AND relkind = 'r' ORDER BY relname",
            (f"newsbot_{parts.name}",),
        ).fetchall()
    found = {f"PostgreSQL, {name}": size / passages for name, size in rows}
    found["PostgreSQL"] = sum(found.values())
    if lite is not None:
        size = sum(file.stat().st_size for file in lite.rglob("*") if file.is_file())
        found["Milvus Lite"] = size / passages
    return found | {"articles": cluster.status().articles, "passages": passages}


@dataclass
class _Seen:
    searches: int = 0
    mixed: int = 0
    failures: list[str] = field(default_factory=list)


def readers(address: str, rebuilds: int) -> dict[str, Any]:
    """Search while every article is rewritten again and again."""
    seen, stop = [_Seen() for _ in range(READERS)], threading.Event()

    def read(mine: _Seen) -> None:
        while not stop.is_set():
            try:
                searcher = Searcher.open(address, HashedEmbedder())
                for _ in range(3):
                    hits = searcher.search("which ferry was painted", HITS).hits
                    mine.mixed += len({hit.passage.text.split()[-2] for hit in hits}) != 1
                    mine.searches += 1
            except Exception as error:  # whatever it is, it is what a reader would have seen
                mine.failures.append(str(error))

    with tempfile.TemporaryDirectory() as scratch:
        _rewrite(Path(scratch), address, 0)
        threads = [threading.Thread(target=read, args=(one,)) for one in seen]
        for one in threads:
            one.start()
        began = time.monotonic()
        try:
            for turn in range(1, rebuilds + 1):
                _rewrite(Path(scratch), address, turn)
        finally:
            stop.set()
            for one in threads:
                one.join()
    failures = [cause for one in seen for cause in one.failures]
    print(*failures[:3], sep="\n", file=sys.stderr)
    return {
        "rebuilds": rebuilds,
        "seconds a rebuild": (time.monotonic() - began) / max(1, rebuilds),
        "searches": sum(one.searches for one in seen),
        "mixed generations": sum(one.mixed for one in seen),
        "failures": len(failures),
    }


def _rewrite(folder: Path, address: str, turn: int) -> None:
    for number in range(REWRITTEN):
        text = f"The ferry number {number} was painted {turn} times."
        (folder / f"{number}.txt").write_text(f"Ferry {number}\n\n{text}\n")
    build_index([folder], address, embedder=HashedEmbedder())


if __name__ == "__main__":
    main()
