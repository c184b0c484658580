"""Sentences of American and British news, beside pySBD: ``python -m tests.bench.sentences``.

A paragraph counts where all of its sentences are found, and no others. ``--pairs FILE`` measures
other paragraphs, a line each: a JSON list of sentences, or an object that has it as "sentences".
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from corpus.sentences import sentence_spans
from tests.bench.datasets import table

OWN = Path(__file__).parents[1] / "corpus" / "news_sentences.jsonl"


def newsbot(text: str) -> list[str]:
    """Cut a text with newsbot."""
    return [text[start:end] for start, end in sentence_spans(text)]


def pysbd() -> Callable[[str], list[str]]:
    """Make a pySBD that cuts a text."""
    from pysbd import Segmenter

    segmenter = Segmenter(language="en", clean=False)
    return lambda text: [found.strip() for found in segmenter.segment(text)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=Path, default=OWN, help="paragraphs (default: %(default)s)")
    rows = [json.loads(line) for line in parser.parse_args().pairs.read_text("utf-8").splitlines()]
    paragraphs = [row if isinstance(row, list) else row["sentences"] for row in rows]
    cutters: dict[str, Callable[[str], list[str]]] = {"newsbot": newsbot}
    try:
        cutters["pySBD"] = pysbd()
    except ImportError:
        print("pySBD is left out: pip install pysbd")
    counts = [
        [name, sum(cut(" ".join(one)) == one for one in paragraphs), len(paragraphs)]
        for name, cut in cutters.items()
    ]
    print(table(["", "right", "of"], counts))


if __name__ == "__main__":
    main()
