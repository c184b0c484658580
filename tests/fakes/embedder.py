"""An embedder that needs no model: words hashed into a short vector (Weinberger et al. 2009)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class HashedEmbedder:
    """Texts that share words are near; made in microseconds, so that builds can be many."""

    name = "hashed"
    fingerprint = hashlib.sha256(b"hashed").hexdigest()
    dimension = 32

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.seen += texts
        vectors = np.array([self.embed_query(text) for text in texts], np.float32)
        if on_batch is not None and texts:
            on_batch(len(texts))
        return vectors.reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 1e-3, np.float32)
        for word in text.lower().split():
            digest = hashlib.sha256(word.encode()).digest()
            vector[digest[0] % self.dimension] += 1 if digest[1] % 2 else -1
        unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return unit

    def token_count(self, text: str) -> int:
        return len(text.split())
