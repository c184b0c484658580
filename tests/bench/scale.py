"""The index at the size of a newsroom: ``python -m tests.bench.scale --data DIR --index DIR``.

Over the 19,163 pages of realtimeqa (about 250,000 passages), with questions of its file:

- ``serving``: ``Searcher.search`` (dense and BM25) and ``NewsBot.answer``, one question at a time
  in a process of its own, after a few that are not counted; then the memory of that process.
- ``changes``: one article added and removed, by a fresh ``newsbot`` process, and by ``build_index``
  and ``remove_articles`` in a process that has the model open; the ``NewsBot`` of that process is
  asked after each, and has to see it. On a copy of the index, which itself is never written to.
- ``growth``: the same questions on an index of every tenth article and on all, turn about.

``--index`` takes an index that exists, else it is made there: 40 minutes on two cores, and a run
that is stopped is taken up by the next. ``--tenth`` likewise; without it, it is made each time.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np

from bot.answering.pipeline import PASSAGES_READ
from bot.newsbot import NewsBot
from index.builder import build_index, remove_articles
from index.searcher import Searcher
from tests.bench.datasets import (
    ARTICLES,
    data_argument,
    index_of,
    newsqa,
    print_result,
    quiz_questions,
    sample,
)

PARTS = ("serving", "changes", "growth")
WARMING = 20
MEMORY = ("VmRSS", "RssAnon", "VmHWM")
_Result = TypeVar("_Result")


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--index", type=Path, help="index of the pages; made there if absent")
    parser.add_argument("--tenth", type=Path, help="index of a tenth of them; made there if absent")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; repeatable")
    parser.add_argument("--most", type=int, default=300, help="questions, drawn at random")
    parser.add_argument("--repeats", type=int, default=5, help="of each change (default: 5)")
    parser.add_argument("--scratch", type=Path, help="where the copy of the index may lie")
    given = parser.parse_args()
    parts = given.part or PARTS
    questions = [question.text for question in sample(quiz_questions(given.data), given.most)]
    source = given.data / "news_dev" / ARTICLES["realtimeqa"]
    with (
        index_of(source, given.index) as folder,
        tempfile.TemporaryDirectory(dir=given.scratch) as scratch,
    ):
        result: dict[str, Any] = {"index": described(folder)}
        if "serving" in parts:
            result["serving"] = alone(serving, folder, questions)
        if "changes" in parts:
            articles, _ = newsqa(given.data)
            texts = [record["text"] for record in sample(articles, 2 * given.repeats)]
            result["changes"] = alone(changes, folder, Path(scratch), texts, questions)
        if "growth" in parts:
            with index_of(tenth(folder, Path(scratch)), given.tenth) as small:
                result["growth"] = alone(growth, small, folder, questions)
    print_result(result, given.json)


def alone(work: Callable[..., _Result], *given: object) -> _Result:
    """Do something in a process of its own, so that its memory is that of nothing else."""
    print(work.__name__, file=sys.stderr, flush=True)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def described(folder: Path) -> dict[str, Any]:
    status = Searcher.open(folder).status()
    return {
        "articles": status.articles,
        "passages": status.passages,
        "MB on disk": status.bytes / 1e6,
        "cores": os.cpu_count(),
        "load before": os.getloadavg()[0],
    }


def serving(folder: Path, questions: Sequence[str]) -> dict[str, float]:
    bot = NewsBot(folder)
    searcher = bot.searcher()
    for question in questions[:WARMING]:
        bot.answer(question)
    searches = [timed(searcher.search, question, PASSAGES_READ) for question in questions]
    answers = [timed(bot.answer, question) for question in questions]
    memory = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        "questions": len(questions),
        **spread("search", searches),
        **spread("answer", answers),
        **{f"{name}, MB": int(memory[name].split()[0]) * 1024 / 1e6 for name in MEMORY},
    }


def changes(
    folder: Path, scratch: Path, texts: Sequence[str], questions: Sequence[str]
) -> dict[str, float]:
    """Add and remove articles, each text once, and ask after each; see that the server saw it."""
    index = scratch / "index"
    shutil.copytree(folder, index)
    server = NewsBot(index)
    server.answer(questions[0])
    command = [sys.executable, "-m", "bot.cli.main"]
    ways: dict[str, tuple[Callable[..., object], Callable[..., object]]] = {
        "a fresh process": (
            lambda file: run([*command, "index", str(file), "--index", str(index)]),
            lambda name: run([*command, "remove", name, "--index", str(index)]),
        ),
        "the same process": (
            lambda file: build_index([file], index),
            lambda name: remove_articles([name], index),
        ),
    }
    took: dict[str, list[float]] = {}
    for number, text in enumerate(texts):
        way, (add, remove) = list(ways.items())[number % len(ways)]
        file = scratch / f"newsbot-bench-{number}.txt"
        file.write_text(text, encoding="utf-8")
        for verb, change, what in (("add", add, file), ("remove", remove, file.name)):
            seconds = timed(change, what) / 1000
            after = timed(server.answer, questions[number % len(questions)]) / 1000
            there = server.searcher().article(file.name) is not None
            if there != (verb == "add"):
                sys.exit(f"{verb} {file.name} in {way}: the server did not see it")
            took.setdefault(f"{verb} in {way}, s", []).append(seconds)
            took.setdefault(f"{verb} in {way}, the server's next answer, s", []).append(after)
        print(f"{number + 1} of {len(texts)} articles", file=sys.stderr, flush=True)
    return {
        "of each": len(texts) // len(ways),
        **{name: median(all_) for name, all_ in took.items()},
    }


def growth(small: Path, large: Path, questions: Sequence[str]) -> dict[str, float]:
    searchers = {"a tenth": Searcher.open(small), "all": Searcher.open(large)}
    took: dict[str, list[float]] = {name: [] for name in searchers}
    for question in questions[:WARMING]:
        for searcher in searchers.values():
            searcher.search(question, PASSAGES_READ)
    for number, question in enumerate(questions):
        for name, searcher in sorted(searchers.items(), reverse=number % 2 == 1):
            took[name].append(timed(searcher.search, question, PASSAGES_READ))
    passages = {name: searcher.status().passages for name, searcher in searchers.items()}
    return {
        **{f"{name}, passages": count for name, count in passages.items()},
        **spread("search of a tenth", took["a tenth"]),
        **spread("search of all", took["all"]),
        "ratio of the medians": median(took["all"]) / median(took["a tenth"]),
    }


def tenth(folder: Path, scratch: Path) -> Path:
    """Write every tenth article of an index to a file."""
    file = scratch / "tenth.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for article in itertools.islice(Searcher.open(folder).articles(), 0, None, 10):
            lines.write(json.dumps(asdict(article)) + "\n")
    return file


def run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")


def timed(work: Callable[..., object], *given: object) -> float:
    """Return the milliseconds of one call."""
    began = time.perf_counter()
    work(*given)
    return 1000 * (time.perf_counter() - began)


def spread(name: str, milliseconds: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}, median ms": median(milliseconds),
        f"{name}, p95 ms": float(np.percentile(milliseconds, 95)),
    }


if __name__ == "__main__":
    main()
