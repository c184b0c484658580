"""An extractive question-answering model of Hugging Face as a reader, on transformers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from bot.errors import ReaderError
from bot.reader.reader import AnswerSpan, passage_spans
from corpus.article import Passage

__all__ = ["HuggingFaceReader"]

_BATCH = 8
_LONGEST_INPUT = 384


class HuggingFaceReader:
    """A model with a start and an end logit for each token; ``[CLS]`` stands for no answer."""

    def __init__(self, name: str) -> None:
        """Load a model from a folder, or by its name from the files on this machine.

        Raises:
            ReaderError: it is not here, or does not answer questions. Nothing is fetched.
        """
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer, logging

        logging.set_verbosity_error()
        self._name = name
        self._lock = threading.Lock()  # a fast tokenizer cannot be used by two threads at once
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(
                name, local_files_only=True, use_fast=True
            )
            self._network, told = AutoModelForQuestionAnswering.from_pretrained(
                name, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
        except Exception as error:  # safetensors and tokenizers raise classes of their own
            cause = " ".join(str(error).split())[:200]
            raise ReaderError(
                f"no reader {name!r} on this machine, and none is fetched: {cause}"
            ) from error
        missing = sorted(map(str, told["missing_keys"]))
        if missing:
            raise ReaderError(f"{name}: not a question-answering model: has no {missing[0]}")
        if not self._tokenizer.is_fast:
            raise ReaderError(f"{name}: its tokenizer does not tell offsets")
        self._network.eval()

    @property
    def name(self) -> str:
        """The folder or name it was loaded by."""
        return self._name

    @property
    def folder(self) -> Path | None:
        """Its folder, where it was loaded from one."""
        folder = Path(self._name).expanduser()
        return folder if folder.is_dir() else None

    @property
    def second(self) -> HuggingFaceReader:
        """Itself."""
        return self

    def read(
        self, question: str, passages: Sequence[Passage], titles: Sequence[str] | None = None
    ) -> list[AnswerSpan]:
        """Read passages for a question; titles are not used. See ``Reader.read``."""
        spans: list[AnswerSpan] = []
        for low in range(0, len(passages), _BATCH):
            spans += self._read_batch(question, passages[low : low + _BATCH])
        return sorted(spans, key=lambda span: -span.margin)

    def _read_batch(self, question: str, passages: Sequence[Passage]) -> list[AnswerSpan]:
        import torch

        with self._lock:
            inputs = self._tokenizer(
                [question] * len(passages),
                [passage.text for passage in passages],
                truncation="longest_first",  # the passage, but for a question that is longer
                max_length=min(_LONGEST_INPUT, self._tokenizer.model_max_length),
                padding=True,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
        offsets = inputs.pop("offset_mapping")
        with torch.inference_mode():
            output = self._network(**inputs)
        spans: list[AnswerSpan] = []
        for row, passage in enumerate(passages):
            own = [at for at, part in enumerate(inputs.sequence_ids(row)) if part == 1]
            starts, ends = output.start_logits[row].numpy(), output.end_logits[row].numpy()
            first = int((inputs["input_ids"][row] == self._tokenizer.cls_token_id).int().argmax())
            spans += passage_spans(
                passage,
                [(int(offsets[row, at, 0]), int(offsets[row, at, 1])) for at in own],
                starts[own],
                ends[own],
                float(starts[first] + ends[first]),
            )
        return spans
