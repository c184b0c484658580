"""A small embedder for tests that need vectors and not what they mean: no model is loaded."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["WordEmbedder"]


class WordEmbedder:
    """Counts words in 32 bins; the same words give the same vector, on every machine."""

    name, fingerprint, dimension, max_tokens = "words", "words-1", 32, 256

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        made = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(made, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.encode()) % self.dimension] += 1
            row /= max(float(np.linalg.norm(row)), 1.0)
        if on_batch is not None:
            on_batch(len(texts))
        return made

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self.embed_passages([text])[0]

    def token_count(self, text: str) -> int:
        return len(text.split())
