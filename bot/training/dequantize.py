"""An exported reader back to a network that can be trained further.

Its 8-bit or 4-bit weights are multiplied out to the float32 that they stand for; quantised again
they are nearly the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForQuestionAnswering

from bot.errors import ReaderError
from bot.reader.onnx_reader import MODEL_FILE
from bot.training.network import save_network
from bot.training.packing import MULTIPLES, QUANTISED, SCALE, STEPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["dequantize_reader"]

_NETWORK = "network."  # before the names of all weights, as bot.training.export writes them
_BIAS, _WEIGHT = ".bias", ".weight"
_INVERSE = ".inverse"  # after a layer's name: what quantization multiplies its inputs by


def dequantize_reader(reader: Path, config: Path, out: Path) -> None:
    """Write the network of a reader as transformers keeps it.

    Args:
        reader: folder with ``reader.onnx`` and ``tokenizer.json``.
        config: ``config.json`` of the encoder that the reader was trained from.
        out: folder to write, made where it is missing: ``config.json``, float32 weights and
            ``tokenizer.json``.

    Raises:
        ReaderError: a file is missing or cannot be read, or is of another network.
    """
    for name in (MODEL_FILE, "tokenizer.json"):
        if not (reader / name).is_file():
            raise ReaderError(f"{reader}: no reader of newsbot's: it has no {name}")
    try:
        settings = AutoConfig.for_model(**json.loads(config.read_text()))
        network = AutoModelForQuestionAnswering.from_config(settings)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ReaderError(f"{config}: no config.json of an encoder: {error}") from error
    weights = {name: torch.tensor(one) for name, one in _weights(reader / MODEL_FILE).items()}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        (_, cause, *_) = [*str(error).splitlines(), "unknown"]
        raise ReaderError(
            f"{reader / MODEL_FILE}: does not fit {config}: {cause.strip()}"
        ) from None
    save_network(network, reader / "tokenizer.json", out)


def _weights(file: Path) -> dict[str, NDArray[np.float32]]:
    """Read all weights of an exported reader, by their names in torch."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        graph = onnx.load(file).graph
    except (DecodeError, OSError) as error:
        raise ReaderError(f"{file}: cannot be read: {error}") from error
    stored = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    try:
        return _by_name(graph, stored)
    except (KeyError, ValueError) as error:
        raise ReaderError(f"{file}: not as newsbot exports a reader: {error!r}") from error


def _by_name(graph: Any, stored: dict[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    floats = {
        name: array
        for name, array in stored.items()
        if array.dtype == np.float32 and array.ndim and not name.endswith(SCALE)
    }
    for name, array in stored.items():
        if name.endswith(QUANTISED):
            whole = name.removesuffix(QUANTISED)
            zero = stored.get(f"{whole}_zero_point", np.zeros(1)).astype(np.float32)
            floats[whole] = (array - zero) * stored[whole + SCALE]
        elif name.endswith(STEPS):
            whole = name.removesuffix(STEPS)
            multiples = stored[whole + MULTIPLES].astype(np.float32)
            floats[whole] = _unpacked(array, multiples) * stored[whole + SCALE]
    found = {
        name.removeprefix(_NETWORK): array
        for name, array in floats.items()
        if name.startswith(_NETWORK) and not name.endswith(_INVERSE)
    }
    for bias, product in _products(graph):
        layer = bias.removeprefix(_NETWORK).removesuffix(_BIAS)
        weights = floats[product.matrix].T
        if product.inverse:  # of the inputs: here the weights take it on
            weights = weights * floats[product.inverse]
        found[layer + _WEIGHT] = np.ascontiguousarray(weights)
    return found


def _unpacked(steps: NDArray[Any], multiples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply out blocks of 4-bit steps: (words, blocks, width) or (blocks, width, outputs)."""
    weights = steps.astype(np.float32) * multiples
    words = multiples.shape[2] == 1
    return weights.reshape(len(steps), -1) if words else weights.reshape(-1, steps.shape[2])


class _Product(NamedTuple):
    """A matrix product of the graph: what it multiplies by, and its inputs before that, if so."""

    matrix: str
    inverse: str | None


def _products(graph: Any) -> list[tuple[str, _Product]]:
    """Pair the bias that is added to a matrix product with the product, which has lost its name."""
    made_by = {output: node for node in graph.node for output in node.output}
    pairs = []
    for node in graph.node:
        if node.op_type == "Add":
            for bias in node.input:
                if bias.startswith(_NETWORK) and bias.endswith(_BIAS):
                    (product,) = set(node.input) - {bias}
                    pairs.append((bias, _product(made_by, product)))
    return pairs


def _product(made_by: dict[str, Any], name: str) -> _Product:
    """Follow a product back over its scale and its cast to the matrix, and to its inputs."""
    node = made_by[name]
    while node.op_type in ("Mul", "Cast"):
        node = made_by[node.input[0]]
    if node.op_type not in ("MatMul", "MatMulInteger"):
        raise ValueError(f"{name} comes from a {node.op_type}")
    before = made_by.get(node.input[0])
    if before is not None and before.op_type == "DynamicQuantizeLinear":
        before = made_by.get(before.input[0])
    factors = before.input if before is not None and before.op_type == "Mul" else ()
    inverse = next((one for one in factors if one.endswith(_INVERSE)), None)
    return _Product(str(node.input[1]).removesuffix(QUANTISED), inverse)
