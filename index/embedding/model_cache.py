"""The default model's 8-bit weights, made once of the published ones and kept in the user's cache.

They are exported and quantised at first use, which takes torch and some seconds; whoever comes
afterwards loads that file, in a tenth of a second.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.default_model import DEFAULT_MODEL, DEFAULT_SHA256, default_weights_folder
from index.embedding.onnx_session import open_session
from index.errors import EmbedderFailure

__all__ = ["DEFAULT_FINGERPRINT", "FORMER_FINGERPRINT", "INPUTS", "OUTPUT", "cached_model"]

DEFAULT_FINGERPRINT = hashlib.sha256(f"int8 2 {DEFAULT_SHA256}".encode()).hexdigest()
"""Of the default model's 8-bit weights: of the weights they are made of, and of the way."""

FORMER_FINGERPRINT = hashlib.sha256(f"int8 1 {DEFAULT_SHA256}".encode()).hexdigest()
"""Of the way before, with all products in 8 bits.

Its vectors have a mean cosine of 0.993 with those of float32, those of today 0.996: an index of
before is asked, and goes on, with today's.
"""

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""Names of the model's inputs, int64 of shape (B, L)."""

OUTPUT = "vectors"
"""Name of its output, float32 of shape (B, 384), rows of length 1."""

_MODEL_FILE = "model.onnx"
_CHECKSUM_FILE = "model.onnx.sha256"
_EXACT_PRODUCTS = 3
"""Products of 1,536 rows left in float32, of six.

On NewsQA dev, 3,450 questions, dense search alone (``python -m tests.bench.embedding``), recall@5
is 0.510 in float32, 0.503 with all in 8 bits, 0.509 with the first three left out, 0.508 with all
six; a passage takes about 4 % longer for each.
"""

_LEAST_COSINE = 0.97  # of 8-bit vectors with those of float32, at the export
_LOCK_SECONDS = 300.0


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
    import torch
    from transformers import BertModel
    from transformers.utils import logging

    from index.embedding.onnx_export import export_onnx, quantise

    untyped: Any = BertModel
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
            vectors: torch.Tensor = mean / mean.norm(dim=1, keepdim=True)
            return vectors

    chance = np.random.default_rng(3)
    words = chance.integers(1996, 9000, (4, 32))
    example = dict(zip(INPUTS, (words, np.ones_like(words), np.zeros_like(words)), strict=True))
    module = Vectors().eval()
    with tempfile.TemporaryDirectory(dir=folder) as scratch, torch.no_grad():
        exact, small = Path(scratch) / "fp32.onnx", Path(scratch) / "int8.onnx"
        export_onnx(module, example, [OUTPUT], exact)
        quantise(exact, small, _EXACT_PRODUCTS)
        expected = module(*map(torch.from_numpy, example.values())).numpy()
        given = open_session(small).run([OUTPUT], example)[0]
        cosine = float((given * expected).sum(1).min())
        if not cosine >= _LEAST_COSINE:
            raise EmbedderFailure(f"the 8-bit model is off: cosine {cosine:.3f} with its weights")
        digest = hashlib.sha256(small.read_bytes()).hexdigest()
        (folder / _CHECKSUM_FILE).unlink(missing_ok=True)
        small.replace(folder / _MODEL_FILE)
        part = Path(scratch) / _CHECKSUM_FILE
        part.write_text(digest, encoding="ascii")
        part.replace(folder / _CHECKSUM_FILE)
