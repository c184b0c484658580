"""How well the reader reads: ``python -m tests.bench.reader --data DIR``.

- ``gold``: NewsQA dev, the article given: all its passages are read, the best again, and the span
  with the highest margin is the answer. ``--float`` reads with the float32 weights as well.
- ``all``: NewsQA dev asked of all 520 articles at once, as a user would, nothing refused; with the
  calibration of the confidence (right is an F1 of 0.5 or more).
- ``written``: invented news, its 135 articles indexed together with NewsQA's: of the questions that
  an article answers, how many are answered right at each level; of those that none answers, how
  many are refused; AUROC of the confidence between the two.
- ``sentences``: why, how and what happened, asked of the same articles: how often one of the
  sentences that are cited is one that answers, at each level.
- ``clapnq``: questions with one passage, half of which do not answer them: AUROC of the
  confidence, and accuracy at each level.
- ``second``: a whole answer over all 520 articles, with the second reader and without, turn about.
- ``speed``: passages a second, int8 ONNX beside torch float32, turn about in one run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bot.answering.confidence import calibration_of
from bot.answering.pipeline import PASSAGES_READ, answer_hits, reread_best
from bot.answering.question_type import QuestionType, question_type
from bot.evaluation import exact_match, token_f1
from bot.reader.onnx_reader import OnnxReader
from bot.reader.registry import load_reader
from bot.settings import Level
from bot.training.export import FLOAT_FILE
from corpus.article import Article, Passage
from corpus.splitter import split_article
from index.embedding.batching import embedded_text
from index.embedding.embedder import load_embedder
from index.results import Hit, SearchResult
from index.searcher import Searcher
from tests.bench.datasets import (
    Question,
    build_from_records,
    data_argument,
    newsqa,
    print_result,
    read_jsonl,
    sample,
)

PARTS = ("gold", "all", "written", "sentences", "clapnq", "second", "speed")
RIGHT = 0.5
BINS = 10


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; repeatable")
    parser.add_argument(
        "--most", type=int, default=3_450, help="questions of NewsQA, drawn at random"
    )
    parser.add_argument("--reader", help="folder or name of another reader")
    parser.add_argument("--float", type=Path, help="folder with the same reader in float32")
    parser.add_argument("--index", type=Path, help="keep the index of NewsQA here, and reuse it")
    given = parser.parse_args()
    parts = given.part or PARTS
    reader = load_reader(given.reader)
    result: dict[str, Any] = {}
    if "gold" in parts:
        result["gold"] = gold(given.data, reader, given.most)
        if given.float:
            result["gold, float32"] = gold(
                given.data, OnnxReader(given.float, weights=FLOAT_FILE), given.most
            )
    if "all" in parts:
        result["all"] = everything(given.data, reader, given.most, given.index)
    if "written" in parts:
        result["written"] = written(given.data, reader, given.most, given.index)
    if "sentences" in parts:
        result["sentences"] = sentences(given.data, reader, given.index)
    if "clapnq" in parts:
        result["clapnq"] = clapnq(given.data, reader)
    if "second" in parts:
        result["second"] = second(given.data, reader, given.most, given.index)
    if "speed" in parts and given.float:
        result["speed"] = speed(given.data, reader, given.float)
    print_result(result, given.json)


def scores(given: Iterable[tuple[str, Question]]) -> dict[str, float]:
    pairs = [(text, [answer for _, answer in q.answers]) for text, q in given]
    return {
        "questions": len(pairs),
        "EM": float(np.mean([exact_match(text, accepted) for text, accepted in pairs])),
        "F1": float(np.mean([token_f1(text, accepted) for text, accepted in pairs])),
    }


def gold(data: Path, reader: Any, most: int) -> dict[str, float]:
    records, questions = newsqa(data)
    articles = {one["id"]: Article(one["id"], "", one["text"]) for one in records}
    answered = []
    for number, question in enumerate(sample(questions, most), 1):
        article = articles[question.article_id]
        passages = passages_of(article.id, article.text)
        spans = reader.read(question.text, passages)
        hits = [Hit(passage, article, 0.0, 0.0, 0.0) for passage in passages]
        found = SearchResult(tuple(hits), question.text, np.zeros(0, np.float32))
        best = reread_best(reader, found, spans)
        answered.append((best[0].text if best else "", question))
        progress(number, "gold")
    return scores(answered)


def everything(data: Path, reader: Any, most: int, kept: Path | None) -> dict[str, Any]:
    _, questions = newsqa(data)
    answered, confidence, right, times, asked = [], [], [], [], []
    with all_news(data, kept) as searcher:
        for number, question in enumerate(sample(questions, most), 1):
            began = time.perf_counter()
            found = searcher.search(question.text, PASSAGES_READ)
            answer = answer_hits(found, reader, searcher.embedder, threshold=0.0)
            times.append(1000 * (time.perf_counter() - began))
            text = answer.short_answer or " ".join(c.quote for c in answer.citations)
            answered.append((text, question))
            confidence.append(answer.confidence)
            asked.append(question.text)
            right.append(token_f1(text, [answer for _, answer in question.answers]) >= RIGHT)
            progress(number, "all")
    return {
        **scores(answered),
        "median ms": median(times),
        **levels(np.array(confidence), np.array(right), asked, reader),
        **reliability(np.array(confidence), np.array(right)),
    }


@contextmanager
def all_news(data: Path, kept: Path | None) -> Iterator[Searcher]:
    """Index NewsQA's articles."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch)
        if not (folder / "index").is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            build_from_records(newsqa(data)[0], folder)
        yield Searcher.open(folder / "index")


class FirstAlone:
    """A reader without its second."""

    def __init__(self, reader: Any) -> None:
        self.name, self.folder, self.read = reader.name, reader.folder, reader.read

    @property
    def second(self) -> FirstAlone:
        return self


def second(data: Path, reader: Any, most: int, kept: Path | None) -> dict[str, float]:
    times: dict[str, list[float]] = {"both": [], "first alone": []}
    with all_news(data, kept) as searcher:
        for question in sample(newsqa(data)[1], most):
            for name, one in (("both", reader), ("first alone", FirstAlone(reader))):
                began = time.perf_counter()
                found = searcher.search(question.text, PASSAGES_READ)
                answer_hits(found, one, searcher.embedder)
                times[name].append(1000 * (time.perf_counter() - began))
    ratios = [a / b for a, b in zip(*times.values(), strict=True)]
    return {
        **{f"{name}, median ms": median(found) for name, found in times.items()},
        "ratio": median(ratios),
    }


def written(data: Path, reader: Any, most: int, kept: Path | None) -> dict[str, Any]:
    questions = list(read_jsonl(data / "news_dev" / "written_dev.questions.jsonl.gz"))
    confidence, right, asked, answerable = [], [], [], []
    with written_news(data, kept) as searcher:
        for number, row in enumerate(sample(questions, most), 1):
            found = searcher.search(row["question"], PASSAGES_READ)
            answer = answer_hits(found, reader, searcher.embedder, threshold=0.0)
            text = answer.short_answer or " ".join(c.quote for c in answer.citations)
            accepted = [answer["text"] for answer in row["answers"]]
            confidence.append(answer.confidence)
            right.append(token_f1(text, accepted) >= RIGHT)
            asked.append(row["question"])
            answerable.append(bool(accepted))
            progress(number, "written")
    return {
        "questions": len(asked),
        **kept_and_refused(
            np.array(confidence), np.array(right), np.array(answerable), asked, reader
        ),
    }


def sentences(data: Path, reader: Any, kept: Path | None) -> dict[str, Any]:
    confidence, right, asked = [], [], []
    with written_news(data, kept) as searcher:
        for row in read_jsonl(data / "news_dev" / "sentences_dev.jsonl.gz"):
            found = searcher.search(row["question"], PASSAGES_READ)
            answer = answer_hits(found, reader, searcher.embedder, threshold=0.0)
            told = [" ".join(one["text"].split()) for one in row["sentences"]]
            quotes = [" ".join(cited.quote.split()) for cited in answer.citations]
            right.append(any(q in one or one in q for q in quotes for one in told))
            confidence.append(answer.confidence)
            asked.append(row["question"])
    by_sentences = np.array([question_type(one) is not QuestionType.SPAN for one in asked])
    found_right = np.array(right)
    return {
        "questions": len(asked),
        "right, nothing refused": float(found_right.mean()),
        "answered by sentences": int(by_sentences.sum()),
        "right of these, nothing refused": float(found_right[by_sentences].mean()),
        **levels(np.array(confidence), found_right, asked, reader),
    }


@contextmanager
def written_news(data: Path, kept: Path | None) -> Iterator[Searcher]:
    """Index the articles of written_dev with NewsQA's."""
    records, _ = newsqa(data)
    for one in read_jsonl(data / "news_dev" / "written_dev.articles.jsonl.gz"):
        records.append({name: one[name] for name in ("id", "title", "source", "date", "text")})
    with tempfile.TemporaryDirectory() as scratch:
        own = kept / "written" if kept else Path(scratch)
        if not (own / "index").is_dir():
            own.mkdir(parents=True, exist_ok=True)
            build_from_records(records, own)
        yield Searcher.open(own / "index")


def kept_and_refused(
    confidence: Any, right: Any, answerable: Any, asked: Sequence[str], reader: Any
) -> dict[str, float]:
    told = {
        "AUROC": auroc(confidence, answerable),
        "right of the answerable, nothing refused": float(right[answerable].mean()),
    }
    for level in Level:
        given = confidence >= thresholds(asked, reader, level)
        told[f"{level}: right of the answerable"] = float((given & right)[answerable].mean())
        told[f"{level}: refused of the others"] = float((~given)[~answerable].mean())
        told[f"{level}: right of those answered"] = float(right[given].mean())
    return told


def thresholds(asked: Sequence[str], reader: Any, level: Level) -> Any:
    """Return the least confidence at which each question is answered."""
    calibration = calibration_of(reader)
    kinds = [question_type(question) for question in asked]
    return np.array(
        [calibration.threshold(level, sentences=kind is not QuestionType.SPAN) for kind in kinds]
    )


def levels(confidence: Any, right: Any, asked: Sequence[str], reader: Any) -> dict[str, float]:
    told = {}
    for level in Level:
        given = confidence >= thresholds(asked, reader, level)
        told[f"{level}: answered"] = float(given.mean())
        told[f"{level}: right of those"] = float(right[given].mean()) if given.any() else 1.0
    return told


def reliability(confidence: Any, right: Any) -> dict[str, Any]:
    """Expected calibration error (Naeini et al. 2015) over ten bins of equal width."""
    error, bins = 0.0, []
    for low in np.arange(BINS) / BINS:
        inside = (confidence >= low) & (confidence < low + 1 / BINS + 1e-9 * (low >= 0.9))
        if inside.any():
            said, was = float(confidence[inside].mean()), float(right[inside].mean())
            error += inside.mean() * abs(said - was)
            bins.append(f"{said:.2f} said, {was:.2f} right, {int(inside.sum())} questions")
    return {"ECE": float(error), "reliability": bins}


def clapnq(data: Path, reader: Any) -> dict[str, float]:
    rows = [
        (row, answerable)
        for name, answerable in (("answerable", True), ("unanswerable", False))
        for row in read_jsonl(data / "news_dev" / f"clapnq_dev_{name}.jsonl.gz")
    ]
    records = [
        {"id": f"{at}", "title": row["passages"][0]["title"], "text": row["passages"][0]["text"]}
        for at, (row, _) in enumerate(rows)
    ]
    confidence = []
    with tempfile.TemporaryDirectory() as scratch:
        searcher = Searcher.open(build_from_records(records, Path(scratch)))
        for at, (row, _) in enumerate(rows):
            article = searcher.article(f"articles.jsonl#{at}")
            assert article is not None
            vector = searcher.embedder.embed_query(row["input"])
            hits, idf = hits_of(article, searcher, vector), searcher.idf(row["input"])
            found = SearchResult(hits, row["input"], vector, idf)
            confidence.append(
                answer_hits(found, reader, searcher.embedder, threshold=0.0).confidence
            )
            progress(at + 1, "clapnq")
    answers = np.array([answerable for _, answerable in rows])
    scored = np.array(confidence)
    told = {"questions": len(rows), "AUROC": auroc(scored, answers)}
    asked = [row["input"] for row, _ in rows]
    for level in Level:
        given = scored >= thresholds(asked, reader, level)
        told[f"{level}: accuracy"] = float((given == answers).mean())
    return told


def hits_of(article: Article, searcher: Searcher, vector: Any) -> tuple[Hit, ...]:
    passages = split_article(article, token_count=searcher.embedder.token_count)
    texts = [embedded_text(article.title, passage.text) for passage in passages]
    near = searcher.embedder.embed_passages(texts) @ vector
    return tuple(
        Hit(passage, article, float(similarity), float(similarity), 0.0)
        for passage, similarity in zip(passages, near, strict=True)
    )


def passages_of(name: str, text: str) -> list[Passage]:
    """Split a text as an article of the index is split."""
    return split_article(Article(name, "", text), token_count=load_embedder().token_count)


def auroc(scored: Any, positive: Any) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, scored))


def speed(data: Path, reader: Any, folder: Path) -> dict[str, float]:
    """Read the same passages with both, in turns; torch as a user of transformers would."""
    from bot.reader.huggingface import HuggingFaceReader

    torch_reader = HuggingFaceReader(str(folder / "torch"))
    records, questions = newsqa(data)
    passages: list[Passage] = []
    for record in records[:12]:
        passages += passages_of(record["id"], record["text"])
    rates: dict[str, list[float]] = {"int8 ONNX": [], "torch float32": []}
    for question in questions[:5]:
        for name, one in (("int8 ONNX", reader), ("torch float32", torch_reader)):
            began = time.perf_counter()
            one.read(question.text, passages)
            rates[name].append(len(passages) / (time.perf_counter() - began))
    ratios = [a / b for a, b in zip(*rates.values(), strict=True)]
    return {
        **{f"{name}, passages/s": median(found) for name, found in rates.items()},
        "ratio": median(ratios),
    }


def progress(done: int, part: str) -> None:
    if done % 100 == 0:
        print(f"{part}: {done}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
