"""PyTorch modules to ONNX, and ONNX to 8 bits, for onnxruntime on processors."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import NDArray

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["export_onnx", "quantise"]

_LONGEST = 512  # positions that BERT has
_NARROW = 8  # columns


def export_onnx(
    module: torch.nn.Module,
    example: Mapping[str, NDArray[np.int64]],
    outputs: Sequence[str],
    file: Path,
) -> None:
    """Export a module that reads token ids, with any batch size and any length.

    Args:
        module: takes the example's arrays as tensors, in their order.
        example: inputs by name, each of shape (B, L); B and L of at least 2.
        outputs: names of what it gives.
        file: to write, float32, prepared for ``quantise``.
    """
    import torch
    from onnxruntime.quantization.shape_inference import quant_pre_process

    module.eval()
    batch = torch.export.Dim("batch", min=1)
    length = torch.export.Dim("length", min=2, max=_LONGEST)
    exporter = logging.getLogger("torch.onnx")
    level = exporter.level
    exporter.setLevel(logging.ERROR)  # it remarks on torchvision and the like
    try:
        with tempfile.TemporaryDirectory() as scratch, torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own exporter uses what torch deprecates
            plain = Path(scratch) / "plain.onnx"
            torch.onnx.export(
                module,
                tuple(torch.from_numpy(array) for array in example.values()),
                plain,
                input_names=tuple(example),
                output_names=tuple(outputs),
                dynamic_shapes=tuple({0: batch, 1: length} for _ in example),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
            quant_pre_process(plain, file, skip_symbolic_shape=True)
    finally:
        exporter.setLevel(level)


def quantise(float_file: Path, file: Path) -> None:
    """Write a model of ``export_onnx`` with 8-bit weights.

    Matrix products get a scale for each column, the word vectors 8 bits as well; activations are
    quantised as they come (onnxruntime's dynamic quantisation). Products with only a few columns
    stay float32: they take no time, and what is lost in them is lost in the outcome.

    Args:
        float_file: to read.
        file: to write.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        float_file,
        file,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=_narrow_products(float_file),
        extra_options={"MatMulConstBOnly": True},
    )


def _narrow_products(file: Path) -> list[str]:
    import onnx

    graph = onnx.load(file).graph
    columns = {weight.name: weight.dims[-1] for weight in graph.initializer if weight.dims}
    return [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and columns.get(node.input[1], _NARROW) < _NARROW
    ]
