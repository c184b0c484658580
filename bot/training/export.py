"""Trained weights to what is shipped: ONNX, quantised, and compared with torch."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from bot.errors import ReaderError
from bot.reader.onnx_reader import MODEL_FILE
from bot.training.network import input_names
from bot.training.packing import pack_to_4_bits
from bot.training.quantization import EIGHT_BITS, FOUR_BITS, quantize_weights
from index.embedding.onnx_export import export_onnx, open_session, quantise

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedModel

    from bot.training.batches import Batch

__all__ = ["FLOAT_FILE", "export_reader"]

FLOAT_FILE = "reader.fp32.onnx"
"""Name of the float32 weights beside the quantised ones."""

_OUTPUTS = ("start_logits", "end_logits")
_FLOAT_TOLERANCE = 1e-3


def export_reader(
    network: PreTrainedModel,
    tokenizer: Path,
    folder: Path,
    batches: Sequence[Batch] = (),
    bits: int = 8,
) -> dict[str, float]:
    """Write ``reader.onnx`` (quantised), ``reader.fp32.onnx`` and ``tokenizer.json`` to a folder.

    Args:
        network: a question-answering model of transformers.
        tokenizer: its ``tokenizer.json``.
        folder: made where it is missing.
        batches: of what it was trained on, by which the weights are rounded (``quantize_weights``);
            without any, each is rounded to the nearest step.
        bits: of the weights, 8 or 4. Word vectors have as many.

    Returns:
        Largest difference of a logit from torch's, for ``float32`` and ``quantised``.

    Raises:
        ReaderError: the float32 export does not compute what torch does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    to_quantise = folder / FLOAT_FILE
    _export(network, to_quantise)
    with tempfile.TemporaryDirectory() as scratch:
        if batches:
            rounded = copy.deepcopy(network)
            quantize_weights(rounded, batches, EIGHT_BITS if bits == 8 else FOUR_BITS)
            to_quantise = Path(scratch) / FLOAT_FILE
            _export(rounded, to_quantise)
        quantise(to_quantise, folder / MODEL_FILE, rows=True)
        if bits == 4:
            pack_to_4_bits(folder / MODEL_FILE, to_quantise)
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    return _compare(network, folder)


def _export(network: PreTrainedModel, file: Path) -> None:
    class Logits(torch.nn.Module):
        """Returns the two logits of each token as a tuple."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(
            self, ids: torch.Tensor, attended: torch.Tensor, types: torch.Tensor | None = None
        ) -> tuple[torch.Tensor, torch.Tensor]:
            given = zip(input_names(network), (ids, attended, types), strict=False)
            output = self.network(**dict(given))
            return output.start_logits, output.end_logits

    network.eval()
    export_onnx(Logits(), _example(network, 3, 24), _OUTPUTS, file)


def _compare(network: PreTrainedModel, folder: Path) -> dict[str, float]:
    example = _example(network, 4, 64)
    with torch.no_grad():
        output = network(**{name: torch.from_numpy(one) for name, one in example.items()})
    expected = [output.start_logits.numpy(), output.end_logits.numpy()]
    away: dict[str, float] = {}
    for name, file in (("float32", FLOAT_FILE), ("quantised", MODEL_FILE)):
        given = open_session(folder / file).run(list(_OUTPUTS), example)
        away[name] = max(
            float(np.abs(one - other).max()) for one, other in zip(given, expected, strict=True)
        )
    if away["float32"] > _FLOAT_TOLERANCE:
        raise ReaderError(f"{folder}: the export is {away['float32']:.4f} away from torch")
    return away


def _example(network: PreTrainedModel, batch: int, length: int) -> dict[str, NDArray[np.int64]]:
    chance = np.random.default_rng(3)
    ids = chance.integers(5, 200, (batch, length))
    types = np.broadcast_to(np.arange(length) > length // 4, ids.shape).astype(np.int64)
    return dict(zip(input_names(network), (ids, np.ones_like(ids), types), strict=False))
