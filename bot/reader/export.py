"""Trained weights to what is shipped: ONNX, quantised to 8 bits, and checked against torch."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import ReaderError
from bot.reader.onnx_reader import MODEL_FILE

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["FLOAT_FILE", "export_reader"]

FLOAT_FILE = "reader.fp32.onnx"
"""Name of the float32 weights beside the int8 ones."""

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = ("start_logits", "end_logits")
_FLOAT_TOLERANCE = 1e-3


def export_reader(network: PreTrainedModel, tokenizer: Path, folder: Path) -> dict[str, float]:
    """Write ``reader.onnx`` (int8), ``reader.fp32.onnx`` and ``tokenizer.json`` to a folder.

    Matrix products get 8-bit weights, a scale for each column, and the word vectors 8 bits as
    well; activations are quantised as they come (onnxruntime's dynamic quantisation).

    Args:
        network: a question-answering model of transformers.
        tokenizer: its ``tokenizer.json``.
        folder: made where it is missing.

    Returns:
        Largest difference of a logit from torch's, for ``fp32`` and ``int8``.

    Raises:
        ReaderError: the float32 export does not compute what torch does.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

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

    folder.mkdir(parents=True, exist_ok=True)
    network.eval()
    example = _example(3, 24)
    batch, length = torch.export.Dim("batch", min=1), torch.export.Dim("length", min=2, max=512)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad():
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(
            Logits().eval(),
            tuple(torch.from_numpy(array) for array in example),
            plain,
            input_names=_INPUTS,
            output_names=_OUTPUTS,
            dynamic_shapes=tuple({0: batch, 1: length} for _ in _INPUTS),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        quant_pre_process(plain, folder / FLOAT_FILE, skip_symbolic_shape=True)
        quantize_dynamic(
            folder / FLOAT_FILE,
            folder / MODEL_FILE,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    return _compare(network, folder)


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
