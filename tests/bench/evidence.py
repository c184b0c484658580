"""Fit the weights of ``bot.evidence``, and measure when it refuses.

    python -m tests.bench.evidence fit --data DIR       weights, from openly licensed questions
    python -m tests.bench.evidence refuse --data DIR    refusals on clapnq and on NewsQA

``fit`` asks questions of SQuAD 2.0 dev of all its paragraphs at once: a sentence is right when it
is of the gold paragraph and overlaps an answer; nothing is right for an unanswerable question. A
quarter of the titles is held out. ``refuse`` chooses the threshold on the even questions of clapnq
and reports the odd ones; NewsQA is asked of half of its articles, so that half of the questions
have no article there.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.evidence import FEATURES, PASSAGES_READ, REFUSAL_THRESHOLD, find_evidence, weigh
from index.embedder import SentenceTransformerEmbedder, load_embedder
from index.searcher import Searcher
from tests.bench.datasets import build_from_records, data_argument, newsqa, read_jsonl, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20261123


class RememberingEmbedder:
    """The default embedder, which computes each text once: sentences come up again and again."""

    def __init__(self, inner: SentenceTransformerEmbedder) -> None:
        self._inner = inner
        self._known: dict[str, NDArray[np.float32]] = {}
        self.name, self.fingerprint = inner.name, inner.fingerprint
        self.dimension, self.max_tokens = inner.dimension, inner.max_tokens
        self.token_count, self.embed_query = inner.token_count, inner.embed_query

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._inner.embed_passages(new, on_batch), strict=True))
        return np.stack([self._known[text] for text in texts])


def fit(data: Path, most: int) -> None:
    """Fit a logistic regression and print its weights and what it does on held-out titles."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    rows = list(read_jsonl(data / "reader_train" / "squad_v2.0_dev.jsonl.gz"))
    contexts = {row["context"]: row["title"] for row in rows}
    records = [
        {"id": str(number), "title": title.replace("_", " "), "text": context}
        for number, (context, title) in enumerate(contexts.items())
    ]
    number_of = {context: str(number) for number, context in enumerate(contexts)}
    chosen = random.Random(SEED).sample(rows, min(most, len(rows)))
    features: list[tuple[float, ...]] = []
    labels: list[int] = []
    asked: list[tuple[int, bool, bool]] = []  # question of each sentence, held out, answerable
    with tempfile.TemporaryDirectory() as folder:
        searcher = Searcher.open(
            build_from_records(records, Path(folder)), RememberingEmbedder(load_embedder())
        )
        titles = sorted(set(contexts.values()))
        held_out = set(random.Random(SEED).sample(titles, len(titles) // 4))
        for which, row in enumerate(show(chosen)):
            answers = [(a["answer_start"], a["text"]) for a in row["answers"]]
            result = searcher.search(row["question"], PASSAGES_READ)
            for hit, start, end, values in weigh(result, searcher):
                features.append(values)
                right = hit.article.id.rpartition("#")[2] == number_of[row["context"]] and any(
                    at < end and at + len(text) > start for at, text in answers
                )
                labels.append(int(right))
                asked.append((which, row["title"] in held_out, not row["is_impossible"]))
    x, y = np.array(features), np.array(labels)
    train = np.array([not held for _, held, _ in asked])
    model = LogisticRegression(C=100.0, max_iter=1000).fit(x[train], y[train])
    print("_WEIGHTS =", tuple(round(float(w), 3) for w in model.coef_[0]))
    print("_BIAS =", round(float(model.intercept_[0]), 3))
    probability = model.predict_proba(x)[:, 1]
    best: dict[int, tuple[float, int, bool]] = {}
    for (which, held, answerable), p, label in zip(asked, probability, y, strict=True):
        if held and p > best.get(which, (-1.0, 0, False))[0]:
            best[which] = (float(p), int(label), answerable)
    tops = list(best.values())
    print(f"sentences {len(y)}, right {y.sum()}; held-out questions {len(tops)}")
    print("AUROC of sentences", round(roc_auc_score(y[~train], probability[~train]), 3))
    answerable = roc_auc_score([a for *_, a in tops], [p for p, *_ in tops])
    print("AUROC of answerable", round(answerable, 3))
    print("best sentence right", round(float(np.mean([r for _, r, a in tops if a])), 3))
    for low, high in ((0, 0.05), (0.05, 0.1), (0.1, 0.2), (0.2, 0.4), (0.4, 0.7), (0.7, 1.01)):
        some = [(p, r) for p, r, _ in tops if low <= p < high]
        if some:
            mean = np.mean(some, axis=0)
            print(f"  probability {mean[0]:.3f}: right {mean[1]:.3f} of {len(some)}")
    print(table(FEATURES, [[f"{value:.2f}" for value in x[y == 1].mean(axis=0)]]))


def refuse(data: Path, most: int) -> list[tuple[Any, ...]]:
    """Measure refusals; returns the table's rows."""
    from sklearn.metrics import roc_auc_score

    folder = data / "news_dev"
    records: list[dict[str, Any]] = []
    clapnq: list[tuple[str, bool]] = []
    for name, answerable in (("answerable", True), ("unanswerable", False)):
        for row in read_jsonl(folder / f"clapnq_dev_{name}.jsonl.gz"):
            clapnq.append((row["input"], answerable))
            passage = row["passages"][0]
            records.append({"id": row["id"], "title": passage["title"], "text": passage["text"]})
    scores = ask(records, [question for question, _ in clapnq])
    there = [answerable for _, answerable in clapnq]
    cuts = np.unique(np.round(scores[::2], 3))
    accuracy = [balanced(scores[::2], there[::2], cut) for cut in cuts]
    threshold = float(cuts[int(np.argmax(accuracy))])
    print(f"threshold chosen on the even questions of clapnq: {threshold:.3f}", file=sys.stderr)
    articles, questions = newsqa(data)
    half = {article["id"] for article in articles[::2]}
    some = random.Random(SEED).sample(questions, min(most, len(questions)))
    news = ask([a for a in articles if a["id"] in half], [question.text for question in some])
    known = [question.article_id in half for question in some]
    rows: list[tuple[Any, ...]] = []
    for name, values, present in (
        ("clapnq, odd questions", scores[1::2], there[1::2]),
        ("NewsQA, half of its articles", news, known),
    ):
        for cut in (threshold, REFUSAL_THRESHOLD):
            answered = values >= cut
            right = np.array(present)
            rows.append(
                (
                    name,
                    round(cut, 3),
                    f"{roc_auc_score(right, values):.3f}",
                    f"{np.mean(answered[right]):.3f}",
                    f"{np.mean(~answered[~right]):.3f}",
                    f"{balanced(values, present, cut):.3f}",
                )
            )
    return rows


def ask(records: Sequence[dict[str, Any]], questions: Sequence[str]) -> NDArray[np.float64]:
    """Give the best sentence's probability for each question, asked of these records."""
    with tempfile.TemporaryDirectory() as folder:
        index = build_from_records(records, Path(folder))
        searcher = Searcher.open(index, RememberingEmbedder(load_embedder()))
        best = []
        for question in show(questions):
            evidence = find_evidence(searcher.search(question, PASSAGES_READ), searcher)
            best.append(evidence[0].probability if evidence else 0.0)
    return np.array(best)


def balanced(scores: NDArray[np.float64], present: Sequence[bool], cut: float) -> float:
    """Mean of the share answered of the answerable and the share refused of the others."""
    right = np.array(present)
    answered = scores >= cut
    return float((np.mean(answered[right]) + np.mean(~answered[~right])) / 2)


def show(items: Sequence[Any]) -> Iterator[Any]:
    """Go through the items with a progress bar."""
    from rich.progress import track

    yield from track(items, description="asking", console=None)


def main() -> None:
    """Fit or measure, as the command line says."""
    parser = data_argument(__doc__ or "")
    parser.add_argument("step", choices=("fit", "refuse"))
    parser.add_argument("--most", type=int, default=2000, help="questions at the most")
    options = parser.parse_args()
    if options.step == "fit":
        fit(options.data, options.most)
        return
    rows = refuse(options.data, options.most)
    head = ("questions", "threshold", "AUROC", "answered", "refused", "balanced accuracy")
    if options.json:
        print(json.dumps([dict(zip(head, row, strict=True)) for row in rows]))
    else:
        print(table(head, rows))


if __name__ == "__main__":
    main()
