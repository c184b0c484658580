"""ONNX models of 8 bits whose products and word vectors are stored in 4.

onnxruntime multiplies the steps of each block by their multiple once, when it loads the file, and
computes in 8 bits as ever. Its own products of 4 bits (MatMulNBits) take four times as long.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from bot.training.quantization import FOUR_BITS, block_multiples

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

__all__ = ["MULTIPLES", "QUANTISED", "SCALE", "STEPS", "pack_to_4_bits"]

QUANTISED, SCALE = "_quantized", "_scale"
"""What onnxruntime's quantisation appends to the name of weights."""

STEPS, MULTIPLES = "_steps", "_multiples"
"""What is appended instead of ``QUANTISED``: 4-bit integers, and what a block of them is times."""

_OPSET = 21  # the first with 4-bit integers


def pack_to_4_bits(file: Path, float_file: Path) -> None:
    """Rewrite a model of ``onnx_export.quantise``, made with a scale for each row.

    Weights whose inputs are no whole number of blocks keep 8 bits, and so do position vectors.

    Args:
        file: to read, and to write.
        float_file: what it was made of.
    """
    import onnx
    from onnx import numpy_helper

    model, graph = onnx.load(file), onnx.load(float_file).graph
    exact = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    products = {node.input[1] for node in model.graph.node if node.op_type == "MatMulInteger"}
    (words,) = {
        node.input[0]
        for node in model.graph.node
        if node.op_type == "Gather"
        and node.input[1] == "input_ids"
        and node.input[0].endswith(QUANTISED)
    }
    nodes, arrays = [], {}
    for name in (*sorted(products), words):
        weights = exact[name.removesuffix(QUANTISED)]
        by_output = weights.T if name in products else weights
        if by_output.shape[1] % FOUR_BITS.block == 0:
            nodes += _unpacking(name, weights.shape)
            arrays.update(_packed(name, by_output, transposed=name in products))
    kept = [one for one in model.graph.initializer if one.name not in arrays]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    model.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in arrays.items() if array is not None
    )
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *rest])
    for opset in model.opset_import:
        opset.version = opset.version if opset.domain else max(opset.version, _OPSET)
    onnx.checker.check_model(model)
    onnx.save(model, file)


def _packed(
    name: str, weights: NDArray[np.float32], *, transposed: bool
) -> dict[str, NDArray[Any] | None]:
    """Return what is stored instead of the 8-bit weights of a name, which is None.

    Weights are (outputs, inputs); those that are ``transposed`` are stored the other way round.
    """
    from onnx import TensorProto, helper

    exact = torch.from_numpy(np.array(weights, np.float64))
    unit, multiples = block_multiples(exact)
    step = (unit * multiples).repeat_interleave(FOUR_BITS.block, 1)
    steps = (exact / step).round().clamp(FOUR_BITS.lowest, FOUR_BITS.highest)
    blocks = steps.unflatten(1, (-1, FOUR_BITS.block))
    times = multiples[:, :, None]
    scale = unit.float().numpy()
    if transposed:
        blocks, times, scale = blocks.permute(1, 2, 0), times.permute(1, 2, 0), scale[:, 0]
    whole = name.removesuffix(QUANTISED)
    return {
        name: None,
        whole + STEPS: blocks.numpy().astype(helper.tensor_dtype_to_np_dtype(TensorProto.INT4)),
        whole + MULTIPLES: times.numpy().astype(np.int8),
        whole + SCALE: scale,
    }


def _unpacking(name: str, shape: tuple[int, ...]) -> list[onnx.NodeProto]:
    """Return the nodes that make the 8-bit weights of a name out of what is stored."""
    from onnx import TensorProto, helper

    whole = name.removesuffix(QUANTISED)
    steps, times, product, blocks, sizes = (f"{name}_{part}" for part in range(5))
    return [
        helper.make_node("Cast", [whole + STEPS], [steps], to=TensorProto.FLOAT),
        helper.make_node("Cast", [whole + MULTIPLES], [times], to=TensorProto.FLOAT),
        helper.make_node("Mul", [steps, times], [product]),
        helper.make_node("Cast", [product], [blocks], to=TensorProto.INT8),
        helper.make_node("Constant", [], [sizes], value_ints=shape),
        helper.make_node("Reshape", [blocks, sizes], [name]),
    ]
