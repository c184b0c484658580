"""The default model in 8 bits on onnxruntime: ``default_model`` alone needs torch, once."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.default_model import (
    DEFAULT_FINGERPRINT,
    DEFAULT_MODEL,
    INPUTS,
    OUTPUT,
    cached_model,
    default_model_folder,
)
from index.embedding.onnx_export import open_session
from index.errors import EmbedderFailure, one_line

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

__all__ = ["OnnxEmbedder"]

_MAX_TOKENS = 256  # as sentence-transformers has it for this model
_TOKENISED_TOGETHER = 256
_TOLD_EVERY = 32  # passages


class OnnxEmbedder:
    """The default model, all-MiniLM-L6-v2 (Reimers and Gurevych 2019), with 8-bit weights.

    Safe to use from several threads: each computes by itself, so that questions wait for nobody.

    Attributes:
        threads: how many embed passages together; one for each core.
    """

    name = DEFAULT_MODEL
    fingerprint = DEFAULT_FINGERPRINT
    dimension = 384

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """Load what ``cached_model`` gives.

        Args:
            model: an ONNX file.
            tokenizer: a ``tokenizer.json``.

        Raises:
            EmbedderFailure: a file is not what it should be.
        """
        from tokenizers import Tokenizer

        try:
            self._session = open_session(model)
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own
            raise EmbedderFailure(
                f"cannot load the embedding model {model}: {one_line(error)}"
            ) from error
        self.threads = os.cpu_count()
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @classmethod
    def default(cls) -> OnnxEmbedder:
        """Load the default model, made first where the cache folder does not have it yet.

        Raises:
            EmbedderFailure: the weights are missing or not the published ones, or the cache
                cannot be written.
        """
        tokenizer = default_model_folder() / "tokenizer.json"
        return cls(cached_model(), tokenizer)

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed passages, each in a run of its own and several runs at once.

        Runs of one are quicker than batches, whose values do not fit a core's caches, and need no
        padding; a passage's vector does not depend on what is embedded with it.

        Args:
            texts: any number of texts, none included.
            on_batch: called with the number of texts that are done now and then, and at the end.

        Returns:
            float32 of shape (len(texts), dimension), in the order of the texts, rows of length 1.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        with ThreadPoolExecutor(self.threads) as pool:
            for begin in range(0, len(texts), _TOKENISED_TOGETHER):
                ids = self._tokenise(texts[begin : begin + _TOKENISED_TOGETHER])
                for at, vector in enumerate(pool.map(self._run, ids), begin):
                    vectors[at] = vector
                    done = at + 1
                    if on_batch is not None and (done % _TOLD_EVERY == 0 or done == len(texts)):
                        on_batch(done)
        return vectors

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed one question: float32 of shape (dimension,), of length 1."""
        return self._run(self._tokenise([text])[0])

    def token_count(self, text: str) -> int:
        """Count the model's tokens of a text, special tokens left out."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        encoded: list[Encoding] = self._tokenizer.encode_batch_fast(list(texts))
        return [_cut(one.ids) for one in encoded]

    def _run(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        ids = np.array([numbers], np.int64)
        inputs = dict(zip(INPUTS, (ids, np.ones_like(ids), np.zeros_like(ids)), strict=True))
        vector: NDArray[np.float32] = self._session.run([OUTPUT], inputs)[0][0]
        return vector


def _cut(ids: list[int]) -> list[int]:
    """Cut a text to what the model reads, the last special token kept."""
    return ids if len(ids) <= _MAX_TOKENS else [*ids[: _MAX_TOKENS - 1], ids[-1]]
