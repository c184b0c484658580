"""The reader on onnxruntime and tokenizers alone: torch is not needed to answer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import ReaderError
from bot.reader.encoding import EncodedPassage, PassageEncoder
from bot.reader.reader import AnswerSpan, passage_spans
from corpus.article import Passage

__all__ = ["MODEL_FILE", "OnnxReader"]

MODEL_FILE = "reader.onnx"
"""Name of the weights in a reader's folder, beside ``tokenizer.json`` and ``calibration.json``."""

_BATCH = 8


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
                str(folder / weights), options, providers=["CPUExecutionProvider"]
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
