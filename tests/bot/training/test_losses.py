"""The loss, worked out by hand on a few tokens."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from transformers import BertConfig

from bot.training.batches import Batch
from bot.training.losses import batch_loss, shared_loss


class Given(torch.nn.Module):
    """A network that returns the logits that it holds, whatever it is shown."""

    def __init__(self, starts: list[list[float]], ends: list[list[float]]) -> None:
        super().__init__()
        self.starts = torch.nn.Parameter(torch.tensor(starts))
        self.ends = torch.nn.Parameter(torch.tensor(ends))

    device = torch.device("cpu")
    config = BertConfig()

    def base_model(self, **inputs: torch.Tensor) -> Any:
        assert set(inputs) == {"input_ids", "attention_mask", "token_type_ids"}
        assert all(value.dtype == torch.int64 for value in inputs.values())
        return SimpleNamespace(last_hidden_state=torch.stack([self.starts, self.ends], -1))

    def qa_outputs(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden


def batch(starts: list[list[int]], ends: list[list[int]], group: list[int]) -> Batch:
    """Make a batch of passages of five tokens: [CLS], one of the question, three of the passage."""
    shape = (len(starts), 5)
    gold_starts, gold_ends = np.zeros(shape, bool), np.zeros(shape, bool)
    for row, (first, last) in enumerate(zip(starts, ends, strict=True)):
        gold_starts[row, first] = True
        gold_ends[row, last] = True
    allowed = np.zeros(shape, bool)
    allowed[:, 2:] = True
    ids = np.zeros(shape, np.int64)
    return Batch(ids, ids, ids == 0, allowed, gold_starts, gold_ends, np.array(group))


def loss_of(network: Given, of: Batch) -> torch.Tensor:
    return batch_loss(cast(Any, network), of)


STARTS, ENDS = [0.5, 9.0, 1.0, -1.0, 2.0], [0.0, -9.0, 0.3, 0.6, 1.5]


def minus_log(logits: list[float], right: list[int]) -> float:
    """Work out -log of the probability of the right tokens among those that may be an answer."""
    odds = {at: math.exp(logits[at]) for at in (0, 2, 3, 4)}
    return -math.log(sum(odds[at] for at in right) / sum(odds.values()))


@pytest.mark.parametrize(
    ("starts", "ends"), [([2], [3]), ([2, 4], [3, 4]), ([0], [0]), ([2, 3, 4], [4])]
)
def test_passage_loss_is_minus_log_of_the_odds_of_all_answers(
    starts: list[int], ends: list[int]
) -> None:
    expected = (minus_log(STARTS, starts) + minus_log(ENDS, ends)) / 2
    loss = loss_of(Given([STARTS], [ENDS]), batch([starts], [ends], [0]))
    assert loss.item() == pytest.approx(expected, abs=1e-5)


def test_passages_of_different_questions_share_nothing() -> None:
    odds = torch.tensor([[0.0, 1.0, 2.0], [0.0, -1.0, 3.0]])
    right = torch.tensor([[False, True, False], [True, False, False]])
    assert shared_loss(odds, right, torch.tensor([0, 1])).item() == 0
    two = loss_of(Given([STARTS, ENDS], [ENDS, STARTS]), batch([[2], [0]], [[3], [0]], [0, 1]))
    each = [
        loss_of(Given([STARTS], [ENDS]), batch([[2]], [[3]], [0])).item(),
        loss_of(Given([ENDS], [STARTS]), batch([[0]], [[0]], [0])).item(),
    ]
    assert two.item() == pytest.approx(sum(each) / 2, abs=1e-5)


def test_passages_of_one_question_share_one_choice() -> None:
    odds = torch.tensor([[0.0, 1.0, 2.0], [0.0, -1.0, 3.0], [0.0, 5.0, 5.0]])
    right = torch.tensor([[False, False, True], [True, False, False], [False, True, False]])
    loss = shared_loss(odds, right, torch.tensor([0, 0, 1]))
    every = 1 + sum(map(math.exp, (1, 2, -1, 3)))
    assert loss.item() == pytest.approx(-math.log(math.exp(2) / every), abs=1e-5)


def test_batch_loss_is_the_mean_of_what_is_alone_and_shared() -> None:
    both = batch([[2], [0]], [[3], [0]], [0, 0])
    network = Given([STARTS, ENDS], [ENDS, STARTS])
    alone = loss_of(network, batch([[2], [0]], [[3], [0]], [0, 1])).item()
    shared = 0.0
    for mine, other, at in ((STARTS, ENDS, 2), (ENDS, STARTS, 3)):
        odds = [[math.exp(x - row[0]) for x in row[2:]] for row in (mine, other)]
        shared -= math.log(math.exp(mine[at] - mine[0]) / (1 + sum(map(sum, odds))))
    assert loss_of(network, both).item() == pytest.approx(alone + shared / 2 / 2, abs=1e-5)


@pytest.mark.parametrize("group", [[0, 0], [0, 1]])
@pytest.mark.parametrize("size", [1.0, 100.0])
def test_gradients_are_finite_where_a_passage_has_no_answer(group: list[int], size: float) -> None:
    network = Given([[size * x for x in STARTS]] * 2, [[size * x for x in ENDS]] * 2)
    loss = loss_of(network, batch([[3], [0]], [[3], [0]], group))
    loss.backward()  # type: ignore[no-untyped-call]
    assert math.isfinite(loss.item())
    for weight in network.parameters():
        assert weight.grad is not None
        assert weight.grad.isfinite().all()
        assert (weight.grad[:, 1] == 0).all()  # a token of the question can be no answer
