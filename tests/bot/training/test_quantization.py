"""Weights on the steps of 8 bits: on the grid, and nearer in what comes out than each alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bot.reader.onnx_reader import OnnxReader
from bot.training.batches import Batch
from bot.training.dequantize import dequantize_network
from bot.training.export import export_reader
from bot.training.network import load_network
from bot.training.quantization import _rounded, quantize_weights
from tests.fakes.tiny_reader import bert_config, passages_of

TEXT = "The ferry to Corran was late. Nobody in old Belwick said so! At Lorne there was rain."


def batches(count: int, rows: int = 6, length: int = 20) -> list[Batch]:
    chance = np.random.default_rng(3)
    made = []
    for _ in range(count):
        ids = chance.integers(5, 200, (rows, length))
        attended = np.ones(ids.shape, bool)
        attended[0, length // 2 :] = False
        none = np.zeros(ids.shape, bool)
        group = np.zeros(rows, np.int64)
        made.append(Batch(ids, np.zeros_like(ids), attended, none, none, none, group))
    return made


def shaken(folder: Path) -> Any:
    network = load_network(folder, 1).eval()
    torch.manual_seed(4)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += torch.randn_like(parameter) / 5
    return network


def logits(network: Any, given: Sequence[Batch]) -> torch.Tensor:
    with torch.inference_mode():
        outputs = [
            network(
                input_ids=torch.from_numpy(batch.ids),
                attention_mask=torch.from_numpy(batch.attended),
            )
            for batch in given
        ]
    return torch.cat([output.start_logits[1:] for output in outputs])


def nearest(weights: torch.Tensor) -> torch.Tensor:
    step = weights.abs().amax(1, keepdim=True) / 127
    return (weights / step).round() * step


def wide(network: Any) -> dict[str, Any]:
    return {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Linear) and module.out_features >= 8
    }


def test_all_weights_are_on_their_output_s_steps_and_the_largest_is_kept(tiny_bert: Path) -> None:
    was, now = shaken(tiny_bert), shaken(tiny_bert)
    told: list[str] = []
    quantize_weights(now, batches(2), told.append)
    assert told == ["weights: 0 of 4 layers rounded to 8 bits"]
    layers = wide(was)
    assert len(layers) == 6
    for name, layer in wide(now).items():
        exact, rounded = layers[name].weight / layer.inverse, layer.weight
        step = exact.abs().amax(1, keepdim=True) / 127
        torch.testing.assert_close(rounded.abs().amax(1), exact.abs().amax(1))
        torch.testing.assert_close((rounded / step).round() * step, rounded)
        assert (rounded != nearest(exact)).any(), name  # not each by itself
        assert ((rounded - exact).abs() <= 20 * step).all(), name
    left = [name for name in was.state_dict() if name.removesuffix(".weight") not in layers]
    assert "qa_outputs.weight" in left and len(left) > 10
    assert all(torch.equal(now.state_dict()[name], was.state_dict()[name]) for name in left)


def test_inputs_are_made_smaller_the_larger_they_become(tiny_bert: Path) -> None:
    network = shaken(tiny_bert)
    layer = network.bert.encoder.layer[0]
    with torch.no_grad():
        layer.attention.output.LayerNorm.weight[5] = 200.0
        layer.attention.output.LayerNorm.weight[6] = 0.001
        layer.attention.output.LayerNorm.bias[6] = 0.0
    given = batches(2)
    exact = logits(network, given)
    quantize_weights(network, given, lambda line: None)
    inverse = layer.intermediate.dense.inverse
    assert inverse.argmin() == 5 and inverse[5] < 0.1
    assert inverse[6] == inverse.max() == 10
    attention = layer.attention.self
    assert attention.query.inverse is attention.key.inverse is attention.value.inverse
    assert (logits(network, given) - exact).abs().max() < 0.05 * exact.abs().max()


def test_a_layer_computes_more_nearly_the_same_than_with_nearest_weights() -> None:
    torch.manual_seed(2)
    weights = torch.randn(24, 160)
    mixed = torch.randn(12, 160)  # inputs go together: only twelve things vary
    seen, other = (torch.randn(400, 12) @ mixed + torch.randn(400, 160) / 10 for _ in range(2))
    rounded = _rounded(weights, seen.T @ seen)

    def off(instead: torch.Tensor) -> float:
        return (other @ (instead - weights).T).square().mean().sqrt().item()

    assert off(rounded) < 0.4 * off(nearest(weights))


def test_inputs_that_never_come_and_outputs_without_weights_are_no_matter() -> None:
    weights = torch.randn(9, 5)
    weights[3] = 0
    seen = torch.zeros(5, 5)
    seen[0, 0] = 2.0
    for products in (seen, torch.zeros(5, 5)):
        rounded = _rounded(weights, products)
        assert rounded.isfinite().all()
        assert not rounded[3].any()
        step = weights.abs().amax(1, keepdim=True) / 127
        assert ((rounded - weights).abs() <= 0.51 * step + 1e-9).all()


def test_the_8_bit_file_holds_the_rounded_weights_and_a_scale_for_each_word(
    tiny_bert: Path, tmp_path: Path
) -> None:
    network, given = shaken(tiny_bert), batches(3)
    words = network.bert.embeddings.word_embeddings.weight
    with torch.no_grad():
        words[7] *= 100  # one word's numbers do not make the others' coarse
    was = {name: weight.clone() for name, weight in network.state_dict().items()}
    export_reader(network, tiny_bert / "tokenizer.json", tmp_path / "reader", given)
    assert all(torch.equal(weight, was[name]) for name, weight in network.state_dict().items())
    config = tmp_path / "config.json"
    bert_config().to_json_file(config)
    back = load_network(dequantize_network(tmp_path / "reader", config, tmp_path / "back"), 0)
    quantize_weights(network, given, lambda line: None)
    for name, layer in wide(network).items():
        torch.testing.assert_close(back.get_submodule(name).weight, layer.weight * layer.inverse)
    found = back.state_dict()["bert.embeddings.word_embeddings.weight"]
    torch.testing.assert_close(found, nearest(was["bert.embeddings.word_embeddings.weight"]))
    spans = OnnxReader(tmp_path / "reader").read("Where did the ferry go?", passages_of(TEXT))
    assert all(TEXT[span.start : span.end] == span.text for span in spans)
