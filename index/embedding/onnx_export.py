"""PyTorch modules to ONNX, ONNX to 8 bits, and such a file run by onnxruntime on processors."""

from __future__ import annotations

import ctypes
import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    import numpy as np
    import onnx
    import torch

__all__ = ["NARROW", "expand", "export_onnx", "open_session", "quantise"]

NARROW = 8
"""Columns of a product; those of fewer stay float32."""

_LONGEST = 512  # positions that BERT has


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


def open_session(file: Path) -> Any:
    """Open a model in onnxruntime; several threads may run it at once.

    Each run computes in the thread that asks for it: threads that share a run wait for each other.
    A sum and the layer's normalisation after it stay apart: onnxruntime's one operation for both
    (SkipLayerNormalization, of 1.32) takes twice the time of the two on the processors tried.

    Raises:
        Exception: of onnxruntime's own classes, where the file is no model.
    """
    import onnxruntime  # 0.2 s, and not needed to search for words

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(file),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],
    )


def expand(file: Path, expanded: Path) -> None:
    """Write a model with all computed that does not depend on its inputs.

    Weights of 4 bits become 8 bits, as they are computed with. A session does it as well each time,
    but takes seconds and a gigabyte for a model of a hundred million weights.

    Args:
        file: to read.
        expanded: to write; it computes the same.

    Raises:
        Exception: of onnxruntime's own classes, where the file is no model.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(expanded)
    onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    with suppress(OSError, AttributeError):  # glibc alone keeps what is freed unless told
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def quantise(float_file: Path, file: Path, exact: int = 0, *, rows: bool = False) -> None:
    """Write a model of ``export_onnx`` with 8-bit weights.

    Matrix products get a scale for each column, the word vectors 8 bits as well; activations are
    quantised as they come (onnxruntime's dynamic quantisation). Products with only a few columns
    stay float32: they take no time, and what is lost in them is lost in the outcome.

    Args:
        float_file: to read.
        file: to write.
        exact: how many of the first products with more rows than columns, one in each layer of a
            Transformer, stay float32 as well. What goes into them has the widest range.
        rows: give each word's vector a scale of its own, not all of them one. The embedder does
            without: the vectors of indexes that are there were made so.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        float_file,
        file,
        op_types_to_quantize=["MatMul"] if rows else ["MatMul", "Gather"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=_left_exact(float_file, exact),
        extra_options={"MatMulConstBOnly": True},
    )
    if rows:
        _quantise_rows(file)


def _quantise_rows(file: Path) -> None:
    """Quantise the tables that rows are taken from, with a scale for each row."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(file)
    graph = model.graph
    tables = {one.name: one for one in graph.initializer if _is_table(one)}
    nodes, taken = [], set()
    for node in graph.node:
        if node.op_type != "Gather" or node.input[0] not in tables:
            nodes.append(node)
            continue
        (table, at), (out,) = node.input, node.output
        taken.add(table)
        steps, cast, scale = (f"{out}_{part}" for part in ("steps", "cast", "scale"))
        nodes += [
            helper.make_node("Gather", [f"{table}_quantized", at], [steps], axis=0),
            helper.make_node("Cast", [steps], [cast], to=onnx.TensorProto.FLOAT),
            helper.make_node("Gather", [f"{table}_scale", at], [scale], axis=0),
            helper.make_node("Mul", [cast, scale], [out]),
        ]
    del graph.node[:]
    graph.node.extend(nodes)
    for name in sorted(taken):
        exact = numpy_helper.to_array(tables[name])
        scales = np.maximum(np.abs(exact).max(1, keepdims=True) / 127, np.float32(1e-30))
        whole = np.round(exact / scales).astype(np.int8)
        graph.initializer.remove(tables[name])
        graph.initializer.append(numpy_helper.from_array(whole, f"{name}_quantized"))
        graph.initializer.append(numpy_helper.from_array(scales, f"{name}_scale"))
    onnx.checker.check_model(model)
    onnx.save(model, file)


def _is_table(weights: onnx.TensorProto) -> bool:
    from onnx import TensorProto

    return (
        weights.data_type == TensorProto.FLOAT
        and len(weights.dims) == 2
        and weights.dims[0] >= NARROW
    )


def _left_exact(file: Path, count: int) -> list[str]:
    """Name the products of few columns, and the first ``count`` of more rows than columns."""
    import onnx

    graph = onnx.load(file).graph
    shapes = {weight.name: tuple(weight.dims) for weight in graph.initializer}
    products = {
        node.name: shapes[node.input[1]]
        for node in graph.node
        if node.op_type == "MatMul" and len(shapes.get(node.input[1], ())) == 2
    }
    few = [name for name, (_, columns) in products.items() if columns < NARROW]
    tall = [name for name, (rows, columns) in products.items() if rows > columns >= NARROW]
    return few + tall[:count]
