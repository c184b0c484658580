"""The reader on onnxruntime and tokenizers, without torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import ReaderError
from bot.reader.reader import AnswerSpan, passage_spans
from bot.reader.tokenization import (
    LONGEST_INPUT,
    LONGEST_SECOND_INPUT,
    PassageTokenizer,
    TokenizedPassage,
)
from corpus.article import Passage
from index.embedding.model_cache import cached_onnx
from index.embedding.onnx_export import expand, open_session

__all__ = ["MODEL_FILE", "SECOND_FOLDER", "OnnxReader"]

MODEL_FILE = "reader.onnx"
"""Name of the weights in a reader's folder, beside ``tokenizer.json`` and ``calibration.json``."""

SECOND_FOLDER = "second"
"""Folder in a reader's folder with the weights and the tokenizer of its second reader."""


class OnnxReader:
    """A reader that ``bot.training`` exported. Safe for several threads."""

    def __init__(
        self,
        folder: Path,
        threads: int | None = None,
        weights: str = MODEL_FILE,
        *,
        is_second: bool = False,
    ) -> None:
        """Load a folder with ``reader.onnx`` and ``tokenizer.json``, and its second reader.

        Args:
            folder: the folder.
            threads: how many passages to read at once; as many as there are cores where None.
            weights: name of the model file in the folder.
            is_second: read longer inputs; weights of 4 bits are expanded, once on a machine.

        Raises:
            ReaderError: a file is missing or is not what it should be.
        """
        self._folder = folder
        try:
            file = folder / weights
            self._session = open_session(_expanded(file) if is_second else file)
            self._inputs = {one.name for one in self._session.get_inputs()}
            longest = LONGEST_SECOND_INPUT if is_second else LONGEST_INPUT
            self._encoder = PassageTokenizer(folder / "tokenizer.json", longest)
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own
            cause = " ".join(str(error).split())[:200]
            raise ReaderError(f"{folder}: not a reader that can be loaded: {cause}") from error
        self._threads = threads or os.cpu_count() or 1
        # Shared by all questions, so that no more passages than that are read at once.
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="reader")
        second = folder / SECOND_FOLDER
        self._second = (
            OnnxReader(second, self._threads, is_second=True) if second.is_dir() else self
        )

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._folder)

    @property
    def folder(self) -> Path:
        """The folder."""
        return self._folder

    @property
    def second(self) -> OnnxReader:
        """The reader in the folder ``second``; itself where there is none."""
        return self._second

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        """Read passages for a question; see ``Reader.read``."""
        titles = titles or [""] * len(passages)
        pairs = [(title, passage.text) for title, passage in zip(titles, passages, strict=True)]
        encoded = self._encoder.encode(question, pairs)

        def spans_at(at: int) -> list[AnswerSpan]:
            item = encoded[at]
            starts, ends = self._logits(item)
            body = slice(item.first, item.first + len(item.offsets))
            nothing = float(starts[0] + ends[0])
            return list(
                passage_spans(passages[at], item.offsets, starts[body], ends[body], nothing)
            )

        # One passage a run: nothing is padded, a core's caches hold it, and the 8-bit scales, which
        # are of a run, do not depend on other passages. The longest first, for the threads to end
        # together.
        order = sorted(range(len(encoded)), key=lambda at: -len(encoded[at].ids))
        found = dict(zip(order, self._pool.map(spans_at, order), strict=True))
        spans = chain.from_iterable(found[at] for at in range(len(encoded)))
        return sorted(spans, key=lambda span: -span.margin)

    def _logits(self, item: TokenizedPassage) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return each token's logits of being the first and the last of the answer."""
        ids = np.array([item.ids], np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([item.types], np.int64),
        }
        read = {name: one for name, one in given.items() if name in self._inputs}
        starts, ends = self._session.run(["start_logits", "end_logits"], read)
        return starts[0], ends[0]


def _expanded(file: Path) -> Path:
    """Return the model with the 8-bit weights that its 4-bit ones stand for, kept in the cache."""
    with file.open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    return cached_onnx(f"reader-{digest[:12]}", lambda expanded: expand(file, expanded))
