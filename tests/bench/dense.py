"""Which FAISS index for how many vectors? ``python -m tests.bench.dense --data DIR --index DIR``.

Kinds of index over the vectors of an index, or of a file, at several sizes: what each finds of what
exact search finds, the median time of one query in one thread, bytes a vector, and seconds to
build. Queries are questions, embedded, and each asks for the 100 nearest, as ``Searcher`` does.
The vectors of an index are made anew from its passages, since a large one keeps 8 bits of each
number: ``--save`` writes them to a ``.npy`` file, which ``--vectors`` takes.

``RR`` is a random rotation, which RaBitQ needs; ``Refine`` scores the best again with finer
vectors, ``k_factor_rf`` times as many as are asked for.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from index.embedding.embedder import load_embedder
from index.searcher import Searcher
from tests.bench.datasets import (
    data_argument,
    newsqa_questions,
    print_result,
    quiz_questions,
    sample,
    table,
)
from tests.bench.ranking import vectors_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEPTH = 100
CUTS = (20, DEPTH)
WARMING = 10
HEAD = ("kind", "recall@20", "recall@100", "ms", "bytes", "build s")

# What is built, by faiss.index_factory ({lists} is the number of inverted lists), and the settings
# of a search that are tried on it.
KINDS: dict[str, tuple[dict[str, int], ...]] = {
    "Flat": ({},),
    "SQfp16": ({},),
    "SQ8": ({},),
    "IVF{lists},SQ8": tuple({"nprobe": n} for n in (8, 16, 32, 64, 128)),
    "HNSW32": tuple({"efSearch": n} for n in (100, 200, 400)),
    "HNSW32,SQ8": tuple({"efSearch": n} for n in (100, 200, 400)),
    "PQ96x4fs,Refine(SQfp16)": tuple({"k_factor_rf": n} for n in (2, 4, 8, 16)),
    "PQ192x4fs,Refine(SQ8)": tuple({"k_factor_rf": n} for n in (2, 4, 8)),
    "RR{dimension},RaBitQfs,Refine(SQ8)": tuple({"k_factor_rf": n} for n in (2, 4, 8, 16)),
    "RR{dimension},RaBitQfs4,Refine(SQ8)": tuple({"k_factor_rf": n} for n in (1, 2, 4)),
    "IVF{lists},RaBitQfs4,Refine(SQ8)": tuple({"nprobe": n, "k_factor_rf": 2} for n in (32, 128)),
}


def main() -> None:
    parser = data_argument(__doc__ or "")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--index", type=Path, help="index whose vectors are taken")
    source.add_argument("--vectors", type=Path, help="float32 vectors of length 1, as .npy")
    parser.add_argument("--save", type=Path, help="write the vectors to this .npy file")
    parser.add_argument("--questions", choices=("newsqa", "realtimeqa"), default="realtimeqa")
    parser.add_argument("--most", type=int, default=300, help="questions, drawn at random")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 25_000, 100_000])
    parser.add_argument("--kind", action="append", help="only kinds with this in their name")
    given = parser.parse_args()
    read = newsqa_questions if given.questions == "newsqa" else quiz_questions
    asked = [question.text for question in sample(list(read(given.data)), given.most)]
    if given.vectors:
        vectors = np.load(given.vectors, allow_pickle=False)
    else:
        vectors = vectors_of(Searcher.open(given.index))
    if given.save:
        np.save(given.save, vectors)
    queries = load_embedder().embed_passages(asked)
    faiss.omp_set_num_threads(1)
    result: dict[str, Any] = {}
    for size in [*(size for size in sorted(given.sizes) if size < len(vectors)), len(vectors)]:
        chosen = np.random.default_rng(0).permutation(len(vectors))[:size]
        rows = compare(np.ascontiguousarray(vectors[np.sort(chosen)]), queries, given.kind)
        result[f"{size:,} vectors"] = {
            row[0]: dict(zip(HEAD[1:], row[1:], strict=True)) for row in rows
        }
        if not given.json:
            print(f"{size:,} vectors, {len(queries)} queries\n\n{table(HEAD, told(rows))}\n")
    if given.json:
        print_result(result, True)


def compare(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], only: Sequence[str] | None
) -> list[tuple[Any, ...]]:
    """Build each kind, and search it with each of its settings."""
    count, dimension = vectors.shape
    lists = 2 ** round(math.log2(4 * math.sqrt(count)))
    exact = (-(queries @ vectors.T)).argsort(axis=1)[:, :DEPTH]
    rows: list[tuple[Any, ...]] = []
    for pattern, settings in KINDS.items():
        name = pattern.format(lists=lists, dimension=dimension)
        if only and not any(part in name for part in only):
            continue
        print(f"{count:,} vectors: {name}", file=sys.stderr, flush=True)
        began = time.perf_counter()
        index = faiss.index_factory(dimension, name, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors)
        index.add(vectors)
        seconds = time.perf_counter() - began
        size = len(faiss.serialize_index(index)) / count
        for setting in settings:
            space = faiss.ParameterSpace()
            for key, value in setting.items():
                space.set_index_parameter(index, key, value)
            found, milliseconds = search(index, queries)
            recalls = [overlap(found[:, :cut], exact[:, :cut]) for cut in CUTS]
            title = " ".join([name, *(f"{key} {value}" for key, value in setting.items())])
            rows.append((title, *recalls, milliseconds, size, seconds))
    return rows


def search(index: Any, queries: NDArray[np.float32]) -> tuple[NDArray[np.int64], float]:
    """Return what each query finds, and the median milliseconds of one."""
    for query in queries[:WARMING]:
        index.search(query[None], DEPTH)
    found, took = [], []
    for query in queries:
        began = time.perf_counter()
        found.append(index.search(query[None], DEPTH)[1][0])
        took.append(1000 * (time.perf_counter() - began))
    return np.array(found), median(took)


def overlap(found: NDArray[np.int64], exact: NDArray[np.int64]) -> float:
    """Mean share of the exact neighbours that were found."""
    pairs = zip(found.tolist(), exact.tolist(), strict=True)
    return float(np.mean([len(set(one) & set(other)) / len(other) for one, other in pairs]))


def told(rows: Sequence[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    return [
        (name, f"{few:.3f}", f"{many:.3f}", f"{ms:.2f}", f"{size:.0f}", f"{seconds:.1f}")
        for name, few, many, ms, size, seconds in rows
    ]


if __name__ == "__main__":
    main()
