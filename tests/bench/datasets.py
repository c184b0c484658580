"""The research data that benchmarks read; it is never part of the project, nor of its tests."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "Question",
    "build_from_records",
    "data_argument",
    "newsqa",
    "print_result",
    "read_jsonl",
    "table",
]


@dataclass(frozen=True)
class Question:
    """A question with the article that answers it and where: (start, text) pairs, or none."""

    text: str
    article_id: str
    answers: tuple[tuple[int, str], ...]


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
    if not path.is_file():
        sys.exit(f"{path} is missing: this benchmark needs the research data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def newsqa(data: Path) -> tuple[list[dict[str, Any]], list[Question]]:
    """Give the 520 articles of NewsQA dev as records, and the questions."""
    folder = data / "news_dev"
    articles = list(read_jsonl(folder / "newsqa_dev.articles.jsonl.gz"))
    questions = [
        Question(
            row["question"],
            row["article_id"],
            tuple((answer["start"], answer["text"]) for answer in row["answers"]),
        )
        for row in read_jsonl(folder / "newsqa_dev.questions.jsonl.gz")
    ]
    return articles, questions


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
