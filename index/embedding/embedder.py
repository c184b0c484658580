"""Text to vectors: the Embedder protocol, sentence-transformers models, and how one is chosen.

The default model runs in 8 bits on onnxruntime, without torch, and more than twice as fast on a
processor. With an NVIDIA GPU, and for any other model, it is sentence-transformers itself. An
index remembers by the fingerprint which of the two made it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.embedding.default_model import DEFAULT_MODEL, DEFAULT_SHA256, default_weights_folder
from index.embedding.onnx_embedder import OnnxEmbedder
from index.errors import EmbedderFailure, EmbedderMismatch, one_line

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

__all__ = [
    "DEFAULT_MODEL",
    "Embedder",
    "SentenceTransformerEmbedder",
    "load_embedder",
    "reload_embedder",
]

_BATCH = 32


class Embedder(Protocol):
    """Anything that turns passages and questions into vectors of one space."""

    @property
    def name(self) -> str:
        """What ``load_embedder`` takes to load it again."""
        ...

    @property
    def fingerprint(self) -> str:
        """64 hex digits; two embedders with the same ones give the same vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed passages: float32 of shape (len(texts), dimension), each row of length 1."""
        ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed one question: float32 of shape (dimension,), of length 1."""
        ...

    def token_count(self, text: str) -> int:
        """Count the model's tokens of a text, special tokens left out."""
        ...


class SentenceTransformerEmbedder:
    """Any sentence-transformers model (Reimers and Gurevych 2019), loaded from this machine.

    Prompts that the model defines for queries and for documents are put before them. Safe to use
    from several threads; they take turns, since torch uses every core for one batch already. Its
    fingerprint is the SHA-256 of the weights.
    """

    def __init__(self, name: str, path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model.

        Args:
            name: what the manifest remembers it by.
            path: a folder, or the name of a model that is in the local Hugging Face cache.
            fingerprint: where it is known already; else computed from the weights.

        Raises:
            EmbedderFailure: no such model on this machine, or its files cannot be read.
        """
        # Imported here: it takes seconds, and only making vectors needs it.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        untyped: Any = logging
        untyped.disable_progress_bar()  # its bar for reading the weights is not ours

        try:
            self._model: SentenceTransformer = SentenceTransformer(str(path), local_files_only=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise EmbedderFailure(
                f"cannot load the embedding model {name!r} from this machine: {one_line(error)}"
            ) from error
        self._lock = threading.Lock()
        self.name = name
        self.dimension = int(self._model.encode_query("size", show_progress_bar=False).shape[-1])
        self.fingerprint = fingerprint or self._hash_weights()

    @classmethod
    def default(cls) -> SentenceTransformerEmbedder:
        """Load the MiniLM that ships as a package, after checking that it is the upstream file.

        Raises:
            EmbedderFailure: the package is missing or its weights are not the published ones.
        """
        return cls(DEFAULT_MODEL, default_weights_folder(), DEFAULT_SHA256)

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed passages, the longest first so that a batch holds texts of like length.

        Args:
            texts: any number of texts, none included.
            on_batch: called with the number of texts that are done after each batch.

        Returns:
            float32 of shape (len(texts), dimension), in the order of the texts, rows of length 1.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for begin in range(0, len(order), _BATCH):
            batch = order[begin : begin + _BATCH]
            with self._lock:
                vectors[batch] = self._model.encode_document(
                    [texts[i] for i in batch],
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            if on_batch is not None:
                on_batch(begin + len(batch))
        return vectors

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed one question: float32 of shape (dimension,), of length 1."""
        with self._lock:
            vector: Any = self._model.encode_query(
                text, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vector, dtype=np.float32)

    def token_count(self, text: str) -> int:
        """Count the model's tokens of a text, special tokens left out."""
        tokenizer: Any = self._model.tokenizer
        with self._lock:
            return len(tokenizer.encode(text, add_special_tokens=False, verbose=False))

    def _hash_weights(self) -> str:
        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().flatten().float().numpy().tobytes())
        digest.update(repr(sorted(self._model.prompts.items())).encode())
        digest.update(repr(self._model.max_seq_length).encode())
        return digest.hexdigest()


@lru_cache(maxsize=4)
def load_embedder(name: str | None = None) -> Embedder:
    """Load an embedding model by the name that a manifest remembers; a second time it is shared.

    Args:
        name: ``all-MiniLM-L6-v2`` or None for the default; else a folder, or the name of a
            sentence-transformers model in the local Hugging Face cache. Nothing is downloaded.

    Raises:
        EmbedderFailure: it is not on this machine.
    """
    if name is None:
        return load_embedder(DEFAULT_MODEL)
    if name == DEFAULT_MODEL:
        return _default_in_float() if _has_gpu() else _default_in_8_bits()
    path = Path(name).expanduser()
    if path.is_dir():
        return SentenceTransformerEmbedder(str(path.resolve()), path.resolve())
    return SentenceTransformerEmbedder(name, name)


def reload_embedder(name: str, fingerprint: str) -> Embedder:
    """Load the model that an index was built with.

    Args:
        name: as its manifest has it.
        fingerprint: of the weights it was built with.

    Raises:
        EmbedderFailure: the model is not on this machine.
        EmbedderMismatch: its weights have changed since.
    """
    if name == DEFAULT_MODEL:
        in_float = fingerprint == DEFAULT_SHA256
        embedder = _default_in_float() if in_float else _default_in_8_bits()
    else:
        embedder = load_embedder(name)
    if embedder.fingerprint != fingerprint:
        raise EmbedderMismatch(
            f"the index was built with other weights of {name!r} than are installed now: "
            "newsbot index --rebuild embeds its articles anew"
        )
    return embedder


@lru_cache(maxsize=1)
def _default_in_float() -> Embedder:
    return SentenceTransformerEmbedder.default()


@lru_cache(maxsize=1)
def _default_in_8_bits() -> Embedder:
    return OnnxEmbedder.default()


def _has_gpu() -> bool:
    """Whether torch can use an NVIDIA GPU; without a driver, torch is not even imported."""
    if not Path("/proc/driver/nvidia").exists() and os.name != "nt":
        return False
    import torch

    return torch.cuda.is_available()
