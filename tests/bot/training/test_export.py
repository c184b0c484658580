"""Weights to ONNX and to 8 bits; the model is tiny and untrained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ReaderError
from bot.reader.onnx_reader import OnnxReader
from bot.reader.registry import load_reader
from bot.training import export
from bot.training.export import export_reader
from bot.training.network import load_network
from tests.fakes.tiny_reader import one_line, passages_of

TEXT = "The ferry to Corran was late. 😀 Nobody in old Belwick said so! At Lorne there was rain."


@pytest.fixture(scope="module")
def exported(
    tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, float]]:
    folder = tmp_path_factory.mktemp("exported") / "reader"
    away = export_reader(load_network(tiny_bert, 1), tiny_bert / "tokenizer.json", folder)
    return folder, away


def test_the_export_computes_what_torch_does(exported: tuple[Path, dict[str, float]]) -> None:
    _, away = exported
    assert set(away) == {"fp32", "int8"}
    assert away["fp32"] < 1e-3
    assert 0 < away["int8"] < 0.5


def test_the_8_bit_weights_are_the_smaller_ones_and_nothing_else_is_left(
    exported: tuple[Path, dict[str, float]],
) -> None:
    folder, _ = exported
    names = {file.name for file in folder.iterdir()}
    assert names == {"reader.onnx", "reader.fp32.onnx", "tokenizer.json"}
    sizes = {name: (folder / name).stat().st_size for name in names}
    assert sizes["reader.onnx"] < sizes["reader.fp32.onnx"]
    assert json.loads((folder / "tokenizer.json").read_text())["model"]["type"] == "WordPiece"


def test_inputs_of_any_number_and_length_are_read(
    exported: tuple[Path, dict[str, float]],
) -> None:
    reader = load_reader(str(exported[0]))
    assert isinstance(reader, OnnxReader)
    for times in (1, 3, 20):
        text = " ".join([TEXT] * times)
        spans = reader.read("Where did the ferry go?", passages_of(text))
        assert spans
        assert all(text[span.start : span.end] == span.text for span in spans)


def test_the_float32_export_is_a_reader_that_agrees_with_transformers(
    exported: tuple[Path, dict[str, float]], tiny_bert: Path
) -> None:
    import onnxruntime
    import torch

    from bot.reader.tokenization import PassageTokenizer

    (item,) = PassageTokenizer(tiny_bert / "tokenizer.json").encode("Where?", [("Paper", TEXT)])
    session = onnxruntime.InferenceSession(str(exported[0] / "reader.fp32.onnx"))
    given: dict[str, Any] = {
        "input_ids": [item.ids],
        "attention_mask": [[1] * len(item.ids)],
        "token_type_ids": [item.types],
    }
    starts, ends = session.run(["start_logits", "end_logits"], given)
    network = load_network(tiny_bert, 1).eval()
    with torch.inference_mode():
        output = network(**{name: torch.tensor(value) for name, value in given.items()})
    assert starts == pytest.approx(output.start_logits.numpy(), abs=1e-4)
    assert ends == pytest.approx(output.end_logits.numpy(), abs=1e-4)


def test_an_export_that_does_not_compute_what_torch_does_is_an_error(
    exported: tuple[Path, dict[str, float]], tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = exported
    monkeypatch.setattr(export, "_FLOAT_TOLERANCE", -1.0)
    with pytest.raises(ReaderError) as caught:  # the comparison alone: an export takes seconds
        export._compare(load_network(tiny_bert, 1).eval(), folder)
    assert str(folder) in one_line(caught.value)
    monkeypatch.undo()
    with pytest.raises(ReaderError):
        export._compare(load_network(tiny_bert, 1).eval().float().apply(_shift), folder)


def _shift(module: Any) -> None:
    if getattr(module, "out_features", None) == 2:
        module.bias.data += 1
