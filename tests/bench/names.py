"""Names in news, right ones and their cost: ``python -m tests.bench.names --data DIR``.

- mentions drawn at random from articles of NewsQA dev and of a news quiz, with kind and name as
  the index has them, for a person to judge: it is right where those words name that person,
  organisation or place, in full and of that kind;
- processor time to find an article's names, beside that to split it and embed its passages.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from statistics import median

from corpus.article import Article
from corpus.splitter import split_article
from index.embedding.onnx_embedder import OnnxEmbedder
from index.names.article_names import find_names
from tests.bench.datasets import data_argument, data_file, print_result, read_jsonl

FILES = ("newsqa_dev.articles.jsonl.gz", "realtimeqa_2022_2024.articles.jsonl.gz")
AROUND = 60  # characters of the text that are shown before and after a mention


def articles(data: Path, most: int, seed: int) -> list[Article]:
    """Draw articles from all files together."""
    records = [
        record for name in FILES for record in read_jsonl(data_file(data / "news_dev" / name))
    ]
    drawn = random.Random(seed).sample(records, most)
    return [Article(str(at), one.get("title") or "", one["text"]) for at, one in enumerate(drawn)]


def mentions(some: list[Article]) -> list[str]:
    """Return every mention as a line: kind, name, and the words around it."""
    lines = []
    for article in some:
        text = article.text
        for name in find_names(article):
            for start, end in name.spans:
                before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
                line = f"{name.kind:12} {name.name} | {before}[{text[start:end]}]{after}"
                lines.append(" ".join(line.split()))
    return lines


def speed(some: list[Article]) -> dict[str, float]:
    """Return milliseconds of processor time an article, medians; the model reads on one thread."""
    embedder = OnnxEmbedder.default()
    embedder.threads = 1
    names, rest = [], []
    for article in some:
        began = time.process_time()
        find_names(article)
        found = time.process_time()
        passages = split_article(article, token_count=embedder.token_count)
        embedder.embed_passages([passage.text for passage in passages])
        names.append(1000 * (found - began))
        rest.append(1000 * (time.process_time() - found))
    return {
        "names": median(names),
        "split and embed": median(rest),
        "ratio": sum(names) / sum(rest),
    }


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--articles", type=int, default=120, help="drawn (default: 120)")
    parser.add_argument("--mentions", type=int, default=150, help="drawn from them (default: 150)")
    parser.add_argument("--seed", type=int, default=0, help="of both (default: 0)")
    parser.add_argument("--speed", action="store_true", help="measure the time alone")
    given = parser.parse_args()
    some = articles(given.data, given.articles, given.seed)
    if given.speed:
        print_result({"ms an article": speed(some)}, given.json)
        return
    found = mentions(some)
    print(f"{len(found):,} mentions in {len(some)} articles; to be judged:")
    print("\n".join(random.Random(given.seed).sample(found, given.mentions)))


if __name__ == "__main__":
    main()
