"""The research data that benchmarks read; it is never part of the project, nor of its tests."""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from corpus.address import canonical_address, clean_address
from corpus.article import Passage

__all__ = [
    "ARTICLES",
    "Question",
    "QuizQuestion",
    "build_from_records",
    "data_argument",
    "data_file",
    "index_of",
    "newsqa",
    "newsqa_questions",
    "print_result",
    "questions_of",
    "quiz_questions",
    "read_jsonl",
    "sample",
    "table",
]

ARTICLES = {
    "newsqa": "newsqa_dev.articles.jsonl.gz",
    "realtimeqa": "realtimeqa_2022_2024.articles.jsonl.gz",
}
"""The file of articles of each set of questions, in the folder news_dev."""

_TOLD_EVERY = 30.0  # seconds
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Question:
    """A question with the article that answers it and where: (start, text) pairs, or none."""

    text: str
    article_id: str
    answers: tuple[tuple[int, str], ...]

    def is_hit(self, passage: Passage, articles: Collection[str]) -> bool:
        """Return whether a passage is of the gold article and holds a gold answer whole.

        Where else the passage ran (``articles``) does not count: the offsets are this article's.
        """
        return passage.article_id.rpartition("#")[2] == self.article_id and any(
            passage.start <= start and start + len(text) <= passage.end
            for start, text in self.answers
        )


@dataclass(frozen=True)
class QuizQuestion:
    """A question of a news quiz, its answer, and the ids of the articles that hold the answer."""

    text: str
    gold: str
    article_ids: frozenset[str]

    def is_hit(self, passage: Passage, articles: Collection[str]) -> bool:
        """Return whether a passage that ran in these articles is of a listed one and has the gold.

        Case does not count: it did not for those who made the lists.
        """
        listed = not self.article_ids.isdisjoint(articles)
        return listed and self.gold.casefold() in passage.text.casefold()


def data_argument(description: str) -> argparse.ArgumentParser:
    """Make the parser that every benchmark begins with."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with reader_train/ and news_dev/"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Read records; ends the process with one line where the file is not there."""
    with gzip.open(data_file(path), "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def newsqa(data: Path) -> tuple[list[dict[str, Any]], list[Question]]:
    """Return the 520 articles of NewsQA dev as records, and the questions."""
    return list(read_jsonl(data / "news_dev" / ARTICLES["newsqa"])), newsqa_questions(data)


def newsqa_questions(data: Path) -> list[Question]:
    """Return the 3,450 questions of NewsQA dev."""
    return [
        Question(
            row["question"],
            row["article_id"],
            tuple((answer["start"], answer["text"]) for answer in row["answers"]),
        )
        for row in read_jsonl(data / "news_dev" / "newsqa_dev.questions.jsonl.gz")
    ]


def questions_of(data: Path, part: str) -> Sequence[Question | QuizQuestion]:
    """Return the questions of NewsQA dev, or those of realtimeqa that list an article."""
    if part == "newsqa":
        return newsqa_questions(data)
    return [question for question in quiz_questions(data) if question.article_ids]


def quiz_questions(data: Path) -> list[QuizQuestion]:
    """Return the 3,708 questions of realtimeqa, those without a listed article among them."""
    return [
        QuizQuestion(
            row["question"],
            row["gold"],
            frozenset(_article_id(address) for address in row["urls_with_gold_string"]),
        )
        for row in read_jsonl(data / "news_dev" / "realtimeqa_2022_2024.questions.jsonl.gz")
    ]


def sample(items: Sequence[_Item], most: int) -> list[_Item]:
    """Draw at random, always the same; all of them, as they are, where there are no more."""
    if most >= len(items):
        return list(items)
    return random.Random(0).sample(items, most)


def data_file(path: Path) -> Path:
    """Return the path back; ends the process with one line where there is no such file."""
    if not path.is_file():
        sys.exit(f"{path} is missing: this benchmark needs the research data")
    return path


@contextmanager
def index_of(source: Path, kept: Path | None) -> Iterator[Path]:
    """Return the folder of an index of a file's articles.

    Args:
        source: the file; read only where there is no index yet.
        kept: a folder that has the index, or an ``index`` that has it; else it is made there, and
            a run that is stopped is taken up by the next. Where None, one is made that is removed
            in the end.
    """
    from index.builder import build_index
    from index.errors import IndexMissing
    from index.store.layout import current_generation

    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch) / "index"
        if (folder / "index").is_dir():
            folder = folder / "index"
        try:
            current_generation(folder)
        except IndexMissing:
            report = build_index([data_file(source)], folder, progress=_Lines())
            print(
                f"{report.articles} articles, {report.passages} passages, "
                f"{len(report.failures)} failures, {report.seconds:.0f} s",
                file=sys.stderr,
            )
        yield folder


def build_from_records(records: Sequence[dict[str, Any]], folder: Path) -> Path:
    """Index records (id, title, text) in a folder, and give the index's folder."""
    from index.builder import build_index

    source = folder / "articles.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    report = build_index([source], folder / "index")
    print(
        f"{report.articles} articles, {report.passages} passages, "
        f"{len(report.failures)} failures, {report.seconds:.0f} s",
        file=sys.stderr,
    )
    return folder / "index"


def print_result(result: Mapping[str, Mapping[str, Any]], as_json: bool) -> None:
    """Print the figures of each part, as JSON or as Markdown tables of a name and a value."""
    if as_json:
        print(json.dumps(result, indent=1))
        return
    for part, figures in result.items():
        rows: list[tuple[str, str]] = []
        for name, value in figures.items():
            for one in value if isinstance(value, list) else [value]:
                rows.append((name, f"{one:.3f}" if isinstance(one, float) else str(one)))
        print(table([part, ""], rows), end="\n\n")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *[[str(cell) for cell in row] for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _article_id(address: str) -> str:
    """Return the id under which an article of this address is indexed."""
    clean = clean_address(address)
    return (canonical_address(clean) if clean else None) or address


class _Lines:
    """Tells on standard error how far a build is, in a line every half minute."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def files(self, done: int, total: int, name: str) -> None:
        self._tell(f"{done} of {total} files read")

    def passages(self, done: int, total: int) -> None:
        self._tell(f"{done} of {total} passages embedded")

    def articles(self, done: int, total: int) -> None:
        self._tell(f"{done} of {total} articles compared")

    def _tell(self, line: str) -> None:
        if time.monotonic() - self._told >= _TOLD_EVERY:
            self._told = time.monotonic()
            print(line, file=sys.stderr, flush=True)
