"""Trained weights to what is shipped: ONNX, quantised to 8 bits, and checked against torch."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import ReaderError
from bot.reader.onnx_reader import MODEL_FILE
from bot.training.command import Say, silent
from index.embedding.onnx_export import export_onnx, quantise

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from bot.training.batches import Batch

__all__ = ["FLOAT_FILE", "export_reader", "write_reader"]

FLOAT_FILE = "reader.fp32.onnx"
"""Name of the float32 weights beside the int8 ones."""

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = ("start_logits", "end_logits")
_FLOAT_TOLERANCE = 1e-3


def write_reader(
    network: PreTrainedModel,
    tokenizer: Path,
    folder: Path,
    batches: Sequence[Batch] = (),
    say: Say = silent,
) -> dict[str, float]:
    """Write a reader as ``export_reader`` does, and in ``torch`` what transformers loads.

    Takes, gives and raises what that does.
    """
    away = export_reader(network, tokenizer, folder, batches, say)
    network.save_pretrained(folder / "torch")
    shutil.copyfile(tokenizer, folder / "torch" / "tokenizer.json")
    return away


def export_reader(
    network: PreTrainedModel,
    tokenizer: Path,
    folder: Path,
    batches: Sequence[Batch] = (),
    say: Say = silent,
) -> dict[str, float]:
    """Write ``reader.onnx`` (int8), ``reader.fp32.onnx`` and ``tokenizer.json`` to a folder.

    Args:
        network: a question-answering model of transformers.
        tokenizer: its ``tokenizer.json``.
        folder: made where it is missing.
        batches: of what it was trained on, by which the weights are rounded to 8 bits
            (``quantize_weights``); without any, each is rounded to the nearest step.
        say: told the progress, line by line.

    Returns:
        Largest difference of a logit from torch's, for ``fp32`` and ``int8``.

    Raises:
        ReaderError: the float32 export does not compute what torch does.
    """
    from bot.training.quantization import quantize_weights

    folder.mkdir(parents=True, exist_ok=True)
    to_quantise = folder / FLOAT_FILE
    _export(network, to_quantise)
    with tempfile.TemporaryDirectory() as scratch:
        if batches:
            rounded = copy.deepcopy(network)
            quantize_weights(rounded, batches, say)
            to_quantise = Path(scratch) / FLOAT_FILE
            _export(rounded, to_quantise)
        quantise(to_quantise, folder / MODEL_FILE, rows=True)
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    return _compare(network, folder)


def _export(network: PreTrainedModel, file: Path) -> None:
    import torch

    class Logits(torch.nn.Module):
        """Gives the two logits of each token as a tuple."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(
            self, ids: torch.Tensor, attended: torch.Tensor, types: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            output = self.network(input_ids=ids, attention_mask=attended, token_type_ids=types)
            return output.start_logits, output.end_logits

    network.eval()
    example = dict(zip(_INPUTS, _example(3, 24), strict=True))
    export_onnx(Logits(), example, _OUTPUTS, file)


def _compare(network: PreTrainedModel, folder: Path) -> dict[str, float]:
    import onnxruntime
    import torch

    inputs = _example(4, 64)
    with torch.no_grad():
        output = network(**dict(zip(_INPUTS, map(torch.from_numpy, inputs), strict=True)))
    expected = [output.start_logits.numpy(), output.end_logits.numpy()]
    away: dict[str, float] = {}
    for name, file in (("fp32", FLOAT_FILE), ("int8", MODEL_FILE)):
        session = onnxruntime.InferenceSession(
            str(folder / file), providers=["CPUExecutionProvider"]
        )
        given = session.run(list(_OUTPUTS), dict(zip(_INPUTS, inputs, strict=True)))
        away[name] = max(
            float(np.abs(one - other).max()) for one, other in zip(given, expected, strict=True)
        )
    if away["fp32"] > _FLOAT_TOLERANCE:
        raise ReaderError(f"{folder}: the export is {away['fp32']:.4f} away from torch")
    return away


def _example(batch: int, length: int) -> Sequence[np.ndarray]:
    chance = np.random.default_rng(3)
    ids = chance.integers(5, 200, (batch, length))
    types = np.broadcast_to(np.arange(length) > length // 4, ids.shape).astype(np.int64)
    return ids, np.ones_like(ids), types
