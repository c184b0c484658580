"""A reader finds the answer to a question in passages, and says how sure it is that it is there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.errors import ReaderError
from bot.reader.encoding import EncodedPassage, PassageEncoder
from bot.reader.spans import best_spans
from corpus.article import Passage, Span

__all__ = [
    "MODEL_FILE",
    "SHIPPED_READER",
    "SPANS_EACH",
    "AnswerSpan",
    "OnnxReader",
    "Reader",
    "load_reader",
    "passage_spans",
]

MODEL_FILE = "reader.onnx"
"""Name of the weights in a reader's folder, beside ``tokenizer.json`` and ``calibration.json``."""

SHIPPED_READER = Path(__file__).with_name("model")
"""Folder of the reader that is used where none is named."""

SPANS_EACH = 3
"""Spans that a reader gives of each passage at the most."""

_BATCH = 8


@dataclass(frozen=True)
class AnswerSpan:
    """Characters of a passage that may answer: ``article.text[start:end] == text``, always.

    Attributes:
        passage: that was read.
        start: first code point in the article's text.
        end: one past the last.
        text: the characters.
        sentence: span of the sentence that holds them, in the article's text.
        score: logit of the span, the sum of its two ends'.
        no_answer: logit, on the same scale, of the passage's not holding an answer.
    """

    passage: Passage
    start: int
    end: int
    text: str
    sentence: Span
    score: float
    no_answer: float

    @property
    def margin(self) -> float:
        """Log-odds of the span against no answer; compares across passages of a question."""
        return self.score - self.no_answer


class Reader(Protocol):
    """Finds answer spans. Safe for several threads."""

    @property
    def name(self) -> str:
        """The folder or the name it was loaded by."""
        ...

    @property
    def folder(self) -> Path | None:
        """Folder of its files, where its ``calibration.json`` may be; None where it has none."""
        ...

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        """Read passages for a question.

        Args:
            question: plain words.
            passages: any number of them.
            titles: of the passages' articles, one each; none where None.

        Returns:
            Of each passage its best spans, at most ``SPANS_EACH``, that do not overlap; of all of
            them the one with the highest margin first.
        """
        ...


class OnnxReader:
    """The reader that ``bot.reader.train`` makes, on onnxruntime; torch is not needed."""

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        """Load a folder with ``reader.onnx`` and ``tokenizer.json``.

        Args:
            folder: the folder.
            threads: to compute with; all of the processor's cores where None.

        Raises:
            ReaderError: a file is missing or is not what it should be.
        """
        import onnxruntime  # 0.2 s, and not needed to search

        self._folder = folder
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or os.cpu_count() or 1
        options.inter_op_num_threads = 1
        # Threads that spin while they wait take the processor from everything else on it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
            )
            self._encoder = PassageEncoder(folder / "tokenizer.json")
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own
            cause = " ".join(str(error).split())[:200]
            raise ReaderError(f"{folder}: not a reader that can be loaded: {cause}") from error

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._folder)

    @property
    def folder(self) -> Path:
        """The folder."""
        return self._folder

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        """Read passages for a question; see ``Reader.read``."""
        titles = titles or [""] * len(passages)
        pairs = [(title, passage.text) for title, passage in zip(titles, passages, strict=True)]
        encoded = self._encoder.encode(question, pairs)
        spans: list[AnswerSpan] = []
        order = sorted(range(len(passages)), key=lambda at: len(encoded[at].ids))
        for low in range(0, len(order), _BATCH):
            numbers = order[low : low + _BATCH]
            starts, ends = self._logits([encoded[at] for at in numbers])
            for row, at in enumerate(numbers):
                item = encoded[at]
                body = slice(item.first, item.first + len(item.offsets))
                spans += passage_spans(
                    passages[at],
                    item.offsets,
                    starts[row, body],
                    ends[row, body],
                    float(starts[row, 0] + ends[row, 0]),
                )
        return sorted(spans, key=lambda span: -span.margin)

    def _logits(
        self, batch: Sequence[EncodedPassage]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        longest = max(len(item.ids) for item in batch)
        ids = np.zeros((len(batch), longest), np.int64)
        types, attended = np.zeros_like(ids), np.zeros_like(ids)
        for row, item in enumerate(batch):
            ids[row, : len(item.ids)] = item.ids
            types[row, : len(item.ids)] = item.types
            attended[row, : len(item.ids)] = 1
        starts, ends = self._session.run(
            ["start_logits", "end_logits"],
            {"input_ids": ids, "attention_mask": attended, "token_type_ids": types},
        )
        return starts, ends


def passage_spans(
    passage: Passage,
    offsets: Sequence[Span],
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    no_answer: float,
) -> Iterator[AnswerSpan]:
    """Give the best spans of one passage.

    Args:
        passage: that was read.
        offsets: of its T tokens, in code points of the passage.
        starts: (T,) logits of a token's being the first of the answer.
        ends: (T,) logits of its being the last.
        no_answer: logit of there being no answer, comparable to a start's and an end's together.
    """
    base = passage.start
    sentences = [(start - base, end - base) for start, end in passage.sentences]
    sentences = sentences or [(0, len(passage.text))]
    found = best_spans(passage.text, sentences, offsets, starts, ends, SPANS_EACH)
    for start, end, sentence, score in found:
        yield AnswerSpan(
            passage,
            base + start,
            base + end,
            passage.text[start:end],
            (base + sentence[0], base + sentence[1]),
            score,
            no_answer,
        )


@lru_cache(maxsize=2)
def load_reader(name: str | None = None) -> Reader:
    """Load a reader, once for each name.

    Args:
        name: folder of a reader that ``bot.reader.train`` made; else the folder, or the name on
            this machine, of a Hugging Face model for question answering; the shipped reader where
            None.

    Raises:
        ReaderError: there is no such reader on this machine. Nothing is ever fetched.
    """
    folder = SHIPPED_READER if name is None else Path(name).expanduser()
    if (folder / MODEL_FILE).is_file() or name is None:
        return OnnxReader(folder)
    from bot.reader.huggingface import HuggingFaceReader  # transformers: only where asked for

    return HuggingFaceReader(name)
