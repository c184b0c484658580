"""The reader on onnxruntime and tokenizers alone: torch is not needed to answer."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import ReaderError
from bot.reader.encoding import EncodedPassage, PassageEncoder
from bot.reader.reader import AnswerSpan, passage_spans
from corpus.article import Passage
from index.onnx_session import open_session

__all__ = ["MODEL_FILE", "OnnxReader"]

MODEL_FILE = "reader.onnx"
"""Name of the weights in a reader's folder, beside ``tokenizer.json`` and ``calibration.json``."""

_BATCH = 8  # passages of one run of the model at the most: more does not fit its caches


class OnnxReader:
    """The reader that ``bot.reader.train`` makes, on onnxruntime; torch is not needed."""

    def __init__(self, folder: Path, threads: int | None = None, weights: str = MODEL_FILE) -> None:
        """Load a folder with ``reader.onnx`` and ``tokenizer.json``.

        Args:
            folder: the folder.
            threads: to compute with; all of the processor's cores where None.
            weights: name of their file in the folder.

        Raises:
            ReaderError: a file is missing or is not what it should be.
        """
        self._folder = folder
        try:
            self._session = open_session(folder / weights)
            self._encoder = PassageEncoder(folder / "tokenizer.json")
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own
            cause = " ".join(str(error).split())[:200]
            raise ReaderError(f"{folder}: not a reader that can be loaded: {cause}") from error
        self._threads = threads or os.cpu_count() or 1
        # Shared by all who ask: no more runs than cores at once, however many questions wait.
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="reader")

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
        spans: list[list[AnswerSpan]] = [[] for _ in passages]
        batches = self._batches(encoded)
        logits = self._pool.map(lambda batch: self._logits([encoded[at] for at in batch]), batches)
        for batch, (starts, ends) in zip(batches, logits, strict=True):
            for row, at in enumerate(batch):
                item = encoded[at]
                body = slice(item.first, item.first + len(item.offsets))
                spans[at] += passage_spans(
                    passages[at],
                    item.offsets,
                    starts[row, body],
                    ends[row, body],
                    float(starts[row, 0] + ends[row, 0]),
                )
        return sorted(chain.from_iterable(spans), key=lambda span: -span.margin)

    def _batches(self, encoded: Sequence[EncodedPassage]) -> list[list[int]]:
        """Share passages out in batches of like length, as many to each thread, the longest first.

        Returns:
            Places in ``encoded``.
        """
        rounds = math.ceil(len(encoded) / (self._threads * _BATCH))
        size = math.ceil(len(encoded) / max(1, rounds * self._threads))
        order = sorted(range(len(encoded)), key=lambda at: -len(encoded[at].ids))
        return [order[low : low + size] for low in range(0, len(order), max(1, size))]

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
