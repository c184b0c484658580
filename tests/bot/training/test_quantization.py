"""Weights on the steps of 8 or 4 bits: nearer in what comes out than each rounded alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bot.training.batches import Batch
from bot.training.network import load_network, network_inputs
from bot.training.quantization import (
    EIGHT_BITS,
    FOUR_BITS,
    WeightGrid,
    _rounded,
    _steps,
    block_multiples,
    quantize_weights,
)
from tests.fakes.tiny_reader import shake

GRIDS = pytest.mark.parametrize("grid", [EIGHT_BITS, FOUR_BITS], ids=["8 bits", "4 bits"])


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
    return shake(load_network(folder, 1).eval(), 0.2)


def logits(network: Any, given: Sequence[Batch]) -> torch.Tensor:
    with torch.inference_mode():
        outputs = [network(**network_inputs(network, batch)) for batch in given]
    return torch.cat([output.start_logits[1:] for output in outputs])


def nearest(weights: torch.Tensor, grid: WeightGrid) -> torch.Tensor:
    step, _ = _steps(weights.double(), grid)
    return ((weights / step).round().clamp(grid.lowest, grid.highest) * step).float()


def wide(network: Any) -> dict[str, Any]:
    return {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Linear) and module.out_features >= 8
    }


@GRIDS
def test_wide_layers_alone_are_rounded_and_their_largest_kept(
    tiny_bert: Path, grid: WeightGrid
) -> None:
    was, now = shaken(tiny_bert), shaken(tiny_bert)
    quantize_weights(now, batches(2), grid)
    layers = wide(was)
    assert len(layers) == 6
    for name, layer in wide(now).items():
        exact, rounded = layers[name].weight / layer.inverse, layer.weight
        torch.testing.assert_close(rounded.abs().amax(1), exact.abs().amax(1))
        torch.testing.assert_close(nearest(rounded, grid), rounded)  # on its own grid
        assert (rounded != nearest(exact, grid)).any(), name  # not each by itself
    rounded_too = [*layers, *(["bert.embeddings.word_embeddings"] if grid.block else [])]
    left = [name for name in was.state_dict() if name.removesuffix(".weight") not in rounded_too]
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
    quantize_weights(network, given, EIGHT_BITS)
    inverse = layer.intermediate.dense.inverse
    assert inverse.argmin() == 5 and inverse[5] < 0.1
    assert inverse[6] == inverse.max() == 10
    attention = layer.attention.self
    assert attention.query.inverse is attention.key.inverse is attention.value.inverse
    assert (logits(network, given) - exact).abs().max() < 0.05 * exact.abs().max()


@GRIDS
def test_layer_is_less_off_than_with_nearest_weights(grid: WeightGrid) -> None:
    torch.manual_seed(2)
    weights = torch.randn(24, 160)
    mixed = torch.randn(12, 160)  # inputs go together: only twelve things vary
    seen, other = (torch.randn(400, 12) @ mixed + torch.randn(400, 160) / 10 for _ in range(2))
    rounded = _rounded(weights, seen.T @ seen, grid)

    def off(instead: torch.Tensor) -> float:
        return (other @ (instead - weights).T).square().mean().sqrt().item()

    assert off(rounded) < 0.5 * off(nearest(weights, grid))


@GRIDS
def test_unseen_inputs_and_weightless_outputs_do_no_harm(grid: WeightGrid) -> None:
    weights = torch.randn(9, 5)
    weights[3] = 0
    seen = torch.zeros(5, 5)
    seen[0, 0] = 2.0
    for products in (seen, torch.zeros(5, 5)):
        rounded = _rounded(weights, products, grid)
        assert rounded.isfinite().all()
        assert rounded[3].abs().max() < 1e-25
        assert ((rounded - weights).abs() <= weights.abs().amax(1, keepdim=True) / 7).all()


def test_steps_of_blocks_are_multiples_found_again() -> None:
    torch.manual_seed(7)
    sizes = torch.tensor([1.0, 0.03, 0.4]).repeat_interleave(32)
    rounded = nearest(torch.randn(50, 96) * sizes, FOUR_BITS)
    unit, multiples = block_multiples(rounded.double())
    assert multiples.shape == (50, 3)
    assert set(multiples.abs().amax(1).tolist()) == {15.0}
    assert multiples[:, 1].abs().max() <= 2 < multiples[:, 2].abs().min()
    torch.testing.assert_close(nearest(rounded, FOUR_BITS), rounded)
    products = rounded / unit
    torch.testing.assert_close(products, products.round(), atol=1e-3, rtol=0)
    assert products.abs().max() <= 120.01
