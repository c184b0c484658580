"""Speed of the whole ``newsbot index``: ``python -m tests.bench.indexing --data DIR``.

The command, from its start to its end, on articles of NewsQA dev, beside
``SentenceTransformer.encode`` (float32, batches of 32) of the same passages with the model loaded
already, turn about in one run. The ratio of processor time depends less on other work beside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from corpus.article import Article
from corpus.splitter import split_article
from index.embedding.batching import embedded_text
from index.embedding.default_model import default_weights_folder
from index.embedding.onnx_embedder import OnnxEmbedder
from tests.bench.datasets import data_argument, newsqa, print_result, sample

_RUN = "import sys; from bot.cli.main import main; sys.exit(main())"


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--articles", type=int, default=250, help="drawn at random (default: 250)")
    parser.add_argument("--turns", type=int, default=3, help="of each (default: 3)")
    given = parser.parse_args()
    records = sample(newsqa(given.data)[0], given.articles)
    token_count = OnnxEmbedder.default().token_count
    texts = [
        embedded_text("", passage.text)
        for record in records
        for passage in split_article(
            Article(record["id"], "", record["text"]), token_count=token_count
        )
    ]
    print_result({"indexing": speed(records, texts, given.turns)}, given.json)


def speed(records: list[dict[str, Any]], texts: list[str], turns: int) -> dict[str, float]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(default_weights_folder()), local_files_only=True, device="cpu")
    model.encode(texts[:64], batch_size=32, show_progress_bar=False)
    clock: dict[str, list[float]] = {"ours": [], "plain": []}
    processor: dict[str, list[float]] = {"ours": [], "plain": []}
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "articles.jsonl")
        source.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        for turn in range(turns):
            arguments = ["index", str(source), "--index", str(Path(scratch, f"index{turn}"))]
            command = [sys.executable, "-c", _RUN, *arguments]
            for way in clock:
                began, used = time.perf_counter(), _processor_time()
                if way == "ours":
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                else:
                    model.encode(texts, batch_size=32, show_progress_bar=False)
                clock[way].append(time.perf_counter() - began)
                processor[way].append(_processor_time() - used)
    return {
        "passages": len(texts),
        "newsbot index, passages/s": len(texts) / median(clock["ours"]),
        "SentenceTransformer.encode, passages/s": len(texts) / median(clock["plain"]),
        "ratio": _ratio(clock),
        "ratio of processor time": _ratio(processor),
    }


def _ratio(seconds: dict[str, list[float]]) -> float:
    return median(b / a for a, b in zip(seconds["ours"], seconds["plain"], strict=True))


def _processor_time() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main()
