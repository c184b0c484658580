"""What 8 bits gain and cost: ``python -m tests.bench.embedding --data DIR``.

- passages a second, ``OnnxEmbedder`` beside ``SentenceTransformer.encode`` (float32, batches of
  32): the same passages of NewsQA dev, the same number of threads, turn about in one run;
- recall@1/5/20 of dense search alone on NewsQA dev over all its articles, with either's vectors.
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import Any

import numpy as np

from corpus.article import Article
from corpus.splitter import split_article
from index.embedding.batching import embedded_text
from index.embedding.embedder import SentenceTransformerEmbedder
from index.embedding.onnx_embedder import OnnxEmbedder
from tests.bench.datasets import data_argument, newsqa, print_result
from tests.bench.ranking import CUTS, first_hit, recall

TURNS = 5


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument(
        "--passages", type=int, default=384, help="embedded in each of the turns (default: 384)"
    )
    parser.add_argument("--speed", action="store_true", help="measure the speed alone")
    given = parser.parse_args()
    small, exact = OnnxEmbedder.default(), SentenceTransformerEmbedder.default()
    records, questions = newsqa(given.data)
    passages = [
        passage
        for record in records
        for passage in split_article(
            Article(record["id"], "", record["text"]), token_count=small.token_count
        )
    ]
    texts = [embedded_text("", passage.text) for passage in passages]
    result: dict[str, Any] = {"speed": speed(small, texts[: given.passages])}
    if not given.speed:
        for name, embedder in (("8 bits", small), ("float32", exact)):
            print(f"embedding with {name}", file=sys.stderr, flush=True)
            near = embedder.embed_passages([question.text for question in questions])
            near = near @ embedder.embed_passages(texts).T
            best = np.argsort(-near, axis=1)[:, : max(CUTS)]
            ranks = [
                first_hit(question, [(passages[at], ()) for at in row])
                for question, row in zip(questions, best, strict=True)
            ]
            result[name] = {f"recall@{cut}": recall(ranks, cut) for cut in CUTS}
    print_result(result, given.json)


def speed(small: OnnxEmbedder, texts: list[str]) -> dict[str, float]:
    """Embed the same texts with both, in turns; sentence-transformers as its users call it."""
    import torch
    from sentence_transformers import SentenceTransformer

    from index.embedding.default_model import default_weights_folder

    model = SentenceTransformer(str(default_weights_folder()), local_files_only=True, device="cpu")
    rates: dict[str, list[float]] = {"OnnxEmbedder": [], "SentenceTransformer.encode": []}
    for turn in range(TURNS + 1):
        for name in rates:
            began = time.perf_counter()
            if name == "OnnxEmbedder":
                small.embed_passages(texts)
            else:
                model.encode(texts, batch_size=32, show_progress_bar=False)
            if turn:  # the first turn warms both up
                rates[name].append(len(texts) / (time.perf_counter() - began))
    ratios = [a / b for a, b in zip(*rates.values(), strict=True)]
    return {
        "passages": len(texts),
        "torch threads": torch.get_num_threads(),
        **{f"{name}, passages/s": median(found) for name, found in rates.items()},
        "ratio": median(ratios),
    }


if __name__ == "__main__":
    main()
