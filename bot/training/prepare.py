"""Preparation: from questions to files of batches, an endless stream in pieces.

The questions are drawn by the shares of their sources (``bot.training.examples``). Training begins
when the first file is there and waits for the next, so both may run at once. A file that is there
already is left as it is; the same command makes those that are missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from bot.errors import ReaderError
from bot.reader.tokenization import PassageTokenizer
from bot.training.batches import write_batches
from bot.training.contrast_sets import contrast_questions
from bot.training.examples import ExampleMaker
from bot.training.progress import say
from bot.training.questions import (
    asks_for_part,
    is_held_out,
    load_articles,
    load_questions,
    source_shares,
)
from bot.training.recipe import CONTRAST_SETS, Preparation

__all__ = ["batch_file", "prepare"]


def prepare(data: Path, encoder: Path, out: Path, how: Preparation) -> None:
    """Write the files of batches that are missing.

    Args:
        data: folder of questions, and of articles (``*.articles.jsonl.gz``) to find more passages
            without an answer in.
        encoder: folder with the ``tokenizer.json`` of the network that is trained.
        out: folder of the run, made where it is missing.
        how: the rest.

    Raises:
        ReaderError: the data cannot be read, or ``out`` holds batches that were made otherwise.
    """
    shares = source_shares(data)
    _keep_settings(out, how, shares)
    maker = _example_maker(data, how, contrasts=bool(shares.get(CONTRAST_SETS)))
    tokenizer = PassageTokenizer(encoder / "tokenizer.json", how.longest)
    missing = [number for number in range(how.files) if not batch_file(out, number).exists()]
    examples = maker.draw(shares, how.seed + min(missing, default=0))
    for number in missing:
        write_batches(
            islice(examples, how.questions),
            tokenizer,
            batch_file(out, number),
            batch_tokens=how.batch_tokens,
            seed=how.seed + number,
        )
        say(f"written: {batch_file(out, number)}")


def batch_file(run: Path, number: int) -> Path:
    """Return where a run has its batches of a number."""
    return run / f"batches-{number:04}.npz"


def _keep_settings(out: Path, how: Preparation, shares: Mapping[str, float]) -> None:
    settings = {**asdict(how), "mixture": dict(shares)}
    del settings["files"]
    out.mkdir(parents=True, exist_ok=True)
    file = out / "prepare.json"
    if file.exists() and json.loads(file.read_text()) != settings:
        raise ReaderError(f"{file}: the batches there were made with other settings")
    file.write_text(json.dumps(settings, indent=1))


def _example_maker(data: Path, how: Preparation, *, contrasts: bool) -> ExampleMaker:
    questions = [question for question in load_questions([data]) if not is_held_out(question)]
    questions = [question for question in questions if not asks_for_part(question)]
    articles = load_articles(sorted(data.glob("*.articles.jsonl.gz")))
    articles = [article for article in articles if not is_held_out(article)]
    if contrasts:
        questions += contrast_questions(articles, how.contrast_pairs, how.seed)
    say(f"{len(questions)} questions, {len(articles)} articles")
    return ExampleMaker(questions, articles, os.cpu_count() or 1)
