"""Weights and inputs of linear layers on the steps of 8 or 4 bits, so that little is lost.

A layer's inputs get 256 steps together when they are computed, and a few inputs are ten times as
large as the others, for which few steps are left. So each is first made smaller the larger it
becomes on text that the network was trained on, and the weights that it meets as much larger
(SmoothQuant, Xiao et al. 2023). Weights of 4 bits have a step for each block, itself one of 15
multiples of the output's (double quantisation: QLoRA, Dettmers et al. 2023).

Rounded each to its nearest step, weights change what a layer computes more than they need to, for
the errors of those that see the same things add up. Here the weights of an input are rounded one
after another, and what is lost is taken on by those that are not rounded yet, as far as their
inputs go together (GPTQ, Frantar et al. 2023). The layers are done in the order in which they
compute, each on what the rounded ones before it give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import torch
from transformers import PreTrainedModel

from bot.training.batches import Batch
from bot.training.network import network_inputs
from bot.training.progress import say
from index.embedding.onnx_export import NARROW

__all__ = ["EIGHT_BITS", "FOUR_BITS", "WeightGrid", "block_multiples", "quantize_weights"]


@dataclass(frozen=True)
class WeightGrid:
    """The steps that the weights of an output are rounded to, or the numbers of a word's vector.

    Attributes:
        lowest: number of steps.
        highest: likewise.
        largest: steps of the largest weight, which keeps its value.
        block: weights that share a step; 0 for all of an output.
        multiples: the step of a block is 1 to so many times that of the output.
    """

    lowest: int
    highest: int
    largest: int
    block: int = 0
    multiples: int = 1


EIGHT_BITS = WeightGrid(-127, 127, 127)
"""As ``onnx_export.quantise`` finds them again."""

FOUR_BITS = WeightGrid(-8, 7, -8, block=32, multiples=15)
"""Products of a step and its multiple fit into 8 bits, which onnxruntime computes with."""

_POWERS = (0.5, 0.75, 1.0)  # of an input's size to divide it by: what is least off is taken
_INPUT_STEPS = 255
_SIZES = (0.1, 100.0)  # that an input is divided by at the least and at the most
_DAMPING = 0.01  # of the mean square of the inputs
_BLOCK = 128  # inputs whose losses are passed on to the rest together


class _Enough(Exception):
    """What a layer is given has been seen, and nothing after it is needed."""


class _EvenedLinear(torch.nn.Linear):
    """A linear layer that multiplies its inputs first; ``dequantize`` knows the name."""

    inverse: torch.nn.Parameter

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.linear(given * self.inverse, self.weight, self.bias)


def quantize_weights(network: PreTrainedModel, batches: Sequence[Batch], grid: WeightGrid) -> None:
    """Even out the inputs of a network's linear layers and round their weights, in place.

    The largest weight of each output stays, so that the export finds the same steps again and
    loses nothing more.

    Args:
        network: a question-answering model of transformers, on the processor.
        batches: what it was trained on, or like it; ``ROUNDING_TOKENS`` are enough.
        grid: to round to.
    """
    network.eval()
    if grid.block:
        embeddings: Any = network.base_model.embeddings
        vectors = embeddings.word_embeddings.weight.data
        step, _ = _steps(vectors, grid)
        vectors.copy_((vectors / step).round().clamp(grid.lowest, grid.highest) * step)
    encoder: Any = network.base_model.encoder
    blocks = encoder.layer
    calls = [_first_call(network, blocks[0], batch) for batch in batches]
    for done, block in enumerate(blocks):
        say(f"weights: {done} of {len(blocks)} layers rounded")
        for group in _in_order(block, calls[0]):
            _round_group(group, [_given(block, group[0], call) for call in calls], grid)
        calls = [call.after(block) for call in calls]


def _round_group(
    group: Sequence[torch.nn.Linear], given: Sequence[torch.Tensor], grid: WeightGrid
) -> None:
    """Round the weights of linear layers that are given the same, in place."""
    weights = torch.cat([layer.weight.data for layer in group])
    size = torch.stack([one.abs().amax(0) for one in given]).amax(0)
    seen = sum((one.T @ one for one in given), torch.zeros(()))
    smaller, rounded = min(
        (_evened(weights, size, seen, power, grid) for power in _POWERS),
        key=lambda one: _off(weights, given, *one),
    )
    inverse = torch.nn.Parameter(1 / smaller, requires_grad=False)
    sizes = [layer.out_features for layer in group]
    for layer, own in zip(group, rounded.split(sizes), strict=True):
        layer.weight.data = own.contiguous()
        layer.__class__ = _EvenedLinear
        layer.register_parameter("inverse", inverse)


@dataclass(frozen=True)
class _Call:
    """What a layer of the encoder is called with for a batch; ``given[0]`` are the vectors."""

    attended: torch.Tensor
    given: tuple[Any, ...]
    named: dict[str, Any]

    def run(self, block: torch.nn.Module) -> Any:
        with torch.no_grad():
            return block(*self.given, **self.named)

    def after(self, block: torch.nn.Module) -> _Call:
        """Return the call of the next layer."""
        found = self.run(block)
        vectors = found[0] if isinstance(found, tuple) else found
        return replace(self, given=(vectors, *self.given[1:]))


def _first_call(network: PreTrainedModel, block: torch.nn.Module, batch: Batch) -> _Call:
    calls: list[_Call] = []

    def see(_: torch.nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        calls.append(_Call(torch.from_numpy(batch.attended), given, named))
        raise _Enough

    hook = block.register_forward_pre_hook(see, with_kwargs=True)
    with suppress(_Enough), torch.no_grad():
        network(**network_inputs(network, batch))
    hook.remove()
    return calls[0]


def _in_order(block: torch.nn.Module, call: _Call) -> list[list[torch.nn.Linear]]:
    """Return the linear layers in the order in which they compute; those of one input together."""
    groups: list[tuple[torch.Tensor, list[torch.nn.Linear]]] = []

    def see(layer: torch.nn.Module, given: tuple[Any, ...]) -> None:
        if not groups or groups[-1][0] is not given[0]:
            groups.append((given[0], []))
        assert isinstance(layer, torch.nn.Linear)
        groups[-1][1].append(layer)

    layers = [module for module in block.modules() if isinstance(module, torch.nn.Linear)]
    with _watched([layer for layer in layers if layer.out_features >= NARROW], see):
        call.run(block)
    return [group for _, group in groups]


def _given(block: torch.nn.Module, layer: torch.nn.Linear, call: _Call) -> torch.Tensor:
    """Return what a linear layer is given for the tokens of a batch, shape (tokens, inputs)."""
    found: list[torch.Tensor] = []

    def see(_: torch.nn.Module, given: tuple[Any, ...]) -> None:
        found.append(given[0][call.attended])
        raise _Enough

    with _watched([layer], see), suppress(_Enough):
        call.run(block)
    return found[0]


@contextmanager
def _watched(
    layers: Sequence[torch.nn.Linear], see: Callable[[torch.nn.Module, tuple[Any, ...]], None]
) -> Iterator[None]:
    """Show what each of the layers is given, before it computes."""
    hooks = [layer.register_forward_pre_hook(see) for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _evened(
    weights: torch.Tensor, size: torch.Tensor, seen: torch.Tensor, power: float, grid: WeightGrid
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what to divide inputs by, a ``power`` of each one's largest size, and the weights.

    These are for inputs so divided, and rounded; the shapes are those of ``_rounded``.
    """
    smaller = (size / size.median().clamp_min(1e-30)).pow(power).clamp(*_SIZES)
    return smaller, _rounded(weights * smaller, seen / smaller / smaller[:, None], grid)


def _off(
    weights: torch.Tensor,
    given: Sequence[torch.Tensor],
    smaller: torch.Tensor,
    rounded: torch.Tensor,
) -> float:
    """Return the sum of squares by which a layer's outputs are off, its inputs in 8 bits."""
    total = 0.0
    for one in given:
        evened = one / smaller
        low, high = min(0.0, evened.min().item()), max(0.0, evened.max().item())
        step = max(high - low, 1e-30) / _INPUT_STEPS
        evened = (evened / step).round() * step
        total += (evened @ rounded.T - one @ weights.T).square().sum().item()
    return total


def _rounded(weights: torch.Tensor, seen: torch.Tensor, grid: WeightGrid) -> torch.Tensor:
    """Round (outputs, inputs) weights by the (inputs, inputs) sums of the products of inputs."""
    exact, products = weights.double(), seen.double()
    count = exact.shape[1]
    step, largest = _steps(exact, grid)
    products.diagonal().add_(_DAMPING * products.diagonal().mean().clamp_min(1e-30))
    order = products.diagonal().argsort(descending=True)  # those that tell most are rounded first
    left, step, largest = exact[:, order], step[:, order], largest[:, order]
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(products[order][:, order]))
    passed_on = torch.linalg.cholesky(inverse, upper=True)
    rounded = torch.zeros_like(left)
    for low in range(0, count, _BLOCK):
        high = min(low + _BLOCK, count)
        lost = torch.zeros(len(left), high - low, dtype=left.dtype)
        for at in range(low, high):
            steps = (left[:, at] / step[:, at]).round().clamp(grid.lowest, grid.highest)
            steps = steps.masked_fill(largest[:, at], grid.largest)
            rounded[:, at] = step[:, at] * steps
            lost[:, at - low] = (left[:, at] - rounded[:, at]) / passed_on[at, at]
            left[:, at + 1 : high] -= lost[:, [at - low]] * passed_on[at, at + 1 : high]
        left[:, high:] -= lost @ passed_on[low:high, high:]
    return rounded[:, order.argsort()].float()


def _steps(weights: torch.Tensor, grid: WeightGrid) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the step of each weight, and which are the largest of their outputs."""
    at = weights.abs().argmax(1, keepdim=True)
    extreme = weights.gather(1, at)
    largest = torch.zeros_like(weights, dtype=torch.bool).scatter_(1, at, extreme != 0)
    if not grid.block:
        step = (extreme / grid.largest).expand_as(weights)
        return step.masked_fill(step == 0, 1e-30), largest
    unit, multiples = block_multiples(weights, grid)
    return (unit * multiples).repeat_interleave(grid.block, 1)[:, : weights.shape[1]], largest


def block_multiples(
    weights: torch.Tensor, grid: WeightGrid = FOUR_BITS
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the steps of blocks: those that the weights are least off by.

    Args:
        weights: (outputs, inputs).
        grid: with blocks.

    Returns:
        The step of each output, (outputs, 1), and the multiples of it, (outputs, blocks), below 0
        where the largest weight of a block is above.
    """
    padded = torch.nn.functional.pad(weights, (0, -weights.shape[1] % grid.block))
    blocks = padded.unflatten(1, (-1, grid.block))
    extreme = blocks.gather(2, blocks.abs().argmax(2, keepdim=True))[:, :, 0]
    size = extreme.abs()
    widest = size.amax(1, keepdim=True)
    unit = (widest / abs(grid.largest * grid.multiples)).clamp_min(1e-30)
    sign = torch.where(extreme * grid.largest < 0, -1.0, 1.0).to(weights.dtype)
    best, least = torch.ones_like(size), torch.full_like(size, torch.inf)
    for multiple in range(1, grid.multiples + 1):
        step = (unit * sign * multiple)[:, :, None]
        rounded = (blocks / step).round().clamp(grid.lowest, grid.highest) * step
        off = (rounded - blocks).square().sum(2)
        best, least = torch.where(off < least, multiple, best), torch.minimum(off, least)
    return unit, sign * torch.where(size == widest, grid.multiples, best)
