"""The default model in 8 bits on onnxruntime: torch is needed once, to make the file.

The weights of sentence-transformers are exported and quantised at first use, and kept in the user's
cache folder; whoever asks afterwards loads that file, in a tenth of a second.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.default_model import (
    DEFAULT_MODEL,
    DEFAULT_SHA256,
    default_model_folder,
    default_weights_folder,
)
from index.errors import EmbedderFailure

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

__all__ = ["DEFAULT_FINGERPRINT", "OnnxEmbedder", "cached_model"]

DEFAULT_FINGERPRINT = hashlib.sha256(f"int8 1 {DEFAULT_SHA256}".encode()).hexdigest()
"""Of the default model's 8-bit weights: of the weights they are made of, and of the way."""

_MODEL_FILE = "model.onnx"
_CHECKSUM_FILE = "model.onnx.sha256"
_MAX_TOKENS = 256  # as sentence-transformers has it for this model
_DIMENSION = 384
_BATCH_TOKENS = 2_048  # of one run of the model: more does not fit its caches
_TOKENISED_TOGETHER = 1_024
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUT = "vectors"
_LEAST_COSINE = 0.97  # of 8-bit vectors with those of float32, at the export
_LOCK_SECONDS = 300.0


class OnnxEmbedder:
    """The default model, all-MiniLM-L6-v2 (Reimers and Gurevych 2019), with 8-bit weights.

    Safe to use from several threads: each computes by itself, so that questions wait for nobody.
    """

    def __init__(self, model: Path, tokenizer: Path, threads: int | None = None) -> None:
        """Load what ``cached_model`` gives.

        Args:
            model: an ONNX file.
            tokenizer: a ``tokenizer.json``.
            threads: to embed passages with; one for each of the processor's cores where None.

        Raises:
            EmbedderFailure: a file is not what it should be.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # One thread a run and several runs at once: threads that share one run wait for each other.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own
            cause = " ".join(str(error).split())[:200]
            raise EmbedderFailure(f"cannot load the embedding model {model}: {cause}") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._threads = threads or os.cpu_count() or 1

    @classmethod
    def default(cls, cache: Path | None = None) -> OnnxEmbedder:
        """Load the default model, made first where the cache folder does not have it yet.

        Args:
            cache: folder for it; ``newsbot`` in the platform's folder for caches where None.

        Raises:
            EmbedderFailure: the weights are missing or not the published ones, or the cache
                cannot be written.
        """
        return cls(cached_model(cache), default_model_folder() / "tokenizer.json")

    @property
    def name(self) -> str:
        """What ``load_embedder`` takes to load it again."""
        return DEFAULT_MODEL

    @property
    def fingerprint(self) -> str:
        """``DEFAULT_FINGERPRINT``."""
        return DEFAULT_FINGERPRINT

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return _DIMENSION

    @property
    def max_tokens(self) -> int:
        """Tokens of one text that the model reads, special ones among them."""
        return _MAX_TOKENS

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed passages, texts of like length together, several batches at once.

        Args:
            texts: any number of texts, none included.
            on_batch: called with the number of texts that are done after each batch.

        Returns:
            float32 of shape (len(texts), dimension), in the order of the texts, rows of length 1.
        """
        vectors = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
        done = 0
        with ThreadPoolExecutor(self._threads) as pool:
            for begin in range(0, len(texts), _TOKENISED_TOGETHER):
                ids = self._tokenise(texts[begin : begin + _TOKENISED_TOGETHER])
                batches = _batches([len(one) for one in ids])
                running = {
                    pool.submit(self._run, [ids[at] for at in batch]): batch for batch in batches
                }
                for future in as_completed(running):
                    batch = running[future]
                    vectors[[begin + at for at in batch]] = future.result()
                    done += len(batch)
                    if on_batch is not None:
                        on_batch(done)
        return vectors

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed one question: float32 of shape (dimension,), of length 1."""
        vector: NDArray[np.float32] = self._run(self._tokenise([text]))[0]
        return vector

    def token_count(self, text: str) -> int:
        """Count the model's tokens of a text, special tokens left out."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        encoded: list[Encoding] = self._tokenizer.encode_batch_fast(list(texts))
        return [_cut(one.ids) for one in encoded]

    def _run(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
        attended = np.zeros_like(ids)
        for row, numbers in enumerate(batch):
            ids[row, : len(numbers)] = numbers
            attended[row, : len(numbers)] = 1
        inputs = dict(zip(_INPUTS, (ids, attended, np.zeros_like(ids)), strict=True))
        vectors: NDArray[np.float32] = self._session.run([_OUTPUT], inputs)[0]
        return vectors


def cached_model(cache: Path | None = None) -> Path:
    """Give the default model's 8-bit ONNX file, made first where it is missing or damaged.

    Args:
        cache: folder for it; ``newsbot`` in the platform's folder for caches where None.

    Raises:
        EmbedderFailure: the weights are missing or not the published ones, the cache cannot be
            written, or the export does not compute what the weights do.
    """
    if cache is None:
        import platformdirs

        cache = Path(platformdirs.user_cache_dir("newsbot", appauthor=False))
    folder = cache / f"{DEFAULT_MODEL}-{DEFAULT_FINGERPRINT[:12]}"
    file = folder / _MODEL_FILE
    if _is_whole(folder):
        return file
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "write.lock", timeout=_LOCK_SECONDS):
            if not _is_whole(folder):  # somebody else may have made it meanwhile
                _make(folder)
    except Timeout as error:
        raise EmbedderFailure(f"{folder}: another process is making the model there") from error
    except OSError as error:
        raise EmbedderFailure(
            f"cannot keep the embedding model in {folder}: {error.strerror or error}; "
            "set XDG_CACHE_HOME to a folder that can be written"
        ) from error
    return file


_whole: set[Path] = set()
_whole_lock = threading.Lock()


def _is_whole(folder: Path) -> bool:
    """Tell whether the file is there and is what was written; a second look is not needed."""
    with _whole_lock:
        if folder in _whole and (folder / _MODEL_FILE).is_file():
            return True
        try:
            expected = (folder / _CHECKSUM_FILE).read_text(encoding="ascii").strip()
            with (folder / _MODEL_FILE).open("rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == expected
        except (OSError, ValueError):
            return False
        if whole:
            _whole.add(folder)
        return whole


def _make(folder: Path) -> None:
    """Export, quantise, compare, and put the files into place: the checksum last."""
    import onnxruntime
    import torch
    from transformers import BertModel
    from transformers.utils import logging

    from index.onnx_export import export_onnx, quantise

    untyped: type[BertModel] = BertModel
    logging.disable_progress_bar()
    level = logging.get_verbosity()
    logging.set_verbosity_error()  # the weights hold a layer that sentence vectors do without
    try:
        encoder = untyped.from_pretrained(
            default_weights_folder(),
            add_pooling_layer=False,
            attn_implementation="eager",
            local_files_only=True,
        )
    finally:
        logging.set_verbosity(level)

    class Vectors(torch.nn.Module):
        """The mean of the tokens' vectors, made as long as 1."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(
            self, ids: torch.Tensor, attended: torch.Tensor, types: torch.Tensor
        ) -> torch.Tensor:
            hidden = self.encoder(
                input_ids=ids, attention_mask=attended, token_type_ids=types
            ).last_hidden_state
            weights = attended.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * weights).sum(1) / weights.sum(1)
            return mean / mean.norm(dim=1, keepdim=True)

    chance = np.random.default_rng(3)
    words = chance.integers(1996, 9000, (4, 32))
    example = dict(zip(_INPUTS, (words, np.ones_like(words), np.zeros_like(words)), strict=True))
    module = Vectors().eval()
    with tempfile.TemporaryDirectory(dir=folder) as scratch, torch.no_grad():
        exact, small = Path(scratch) / "fp32.onnx", Path(scratch) / "int8.onnx"
        export_onnx(module, example, [_OUTPUT], exact)
        quantise(exact, small)
        expected = module(*map(torch.from_numpy, example.values())).numpy()
        session = onnxruntime.InferenceSession(str(small), providers=["CPUExecutionProvider"])
        cosine = float((session.run([_OUTPUT], example)[0] * expected).sum(1).min())
        if not cosine >= _LEAST_COSINE:
            raise EmbedderFailure(f"the 8-bit model is off: cosine {cosine:.3f} with its weights")
        digest = hashlib.sha256(small.read_bytes()).hexdigest()
        (folder / _CHECKSUM_FILE).unlink(missing_ok=True)
        small.replace(folder / _MODEL_FILE)
        part = Path(scratch) / _CHECKSUM_FILE
        part.write_text(digest, encoding="ascii")
        part.replace(folder / _CHECKSUM_FILE)


def _cut(ids: list[int]) -> list[int]:
    """Cut a text to what the model reads, the last special token kept."""
    return ids if len(ids) <= _MAX_TOKENS else [*ids[: _MAX_TOKENS - 1], ids[-1]]


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Put texts of like length together, the longest first: at the end small ones fill the gaps."""
    batches: list[list[int]] = []
    for at in sorted(range(len(lengths)), key=lambda at: -lengths[at]):
        if not batches or (len(batches[-1]) + 1) * lengths[batches[-1][0]] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(at)
    return batches
