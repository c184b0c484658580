"""The loss: the negative log-likelihood of the right answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from bot.training.network import network_inputs

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from bot.training.batches import Batch

__all__ = ["batch_logits", "batch_loss", "shared_loss"]


def batch_loss(network: PreTrainedModel, batch: Batch) -> torch.Tensor:
    """Return the mean loss of a batch's passages, each alone, and of its questions, shared.

    Args:
        network: to read with; the batch is taken to its device. Its encoder may compute in
            bfloat16; logits and loss are float32 all the same.
        batch: to read.
    """
    device = network.device
    allowed = torch.from_numpy(batch.allowed).to(device)
    group = torch.from_numpy(batch.group).to(device)
    total = torch.zeros((), device=device)
    golds = (batch.starts, batch.ends)
    for logits, gold in zip(batch_logits(network, batch), golds, strict=True):
        right = torch.from_numpy(gold).to(device)
        odds = (logits - logits[:, :1]).masked_fill(~allowed, -torch.inf)
        odds[:, 0] = 0.0
        alone = odds.logsumexp(1) - odds.masked_fill(~right, -torch.inf).logsumexp(1)
        total = total + alone.mean() + shared_loss(odds, right, group) / len(alone)
    return total / 2


def batch_logits(network: PreTrainedModel, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the (B, L) logits of each token's being the first and the last of the answer.

    Takes what ``batch_loss`` takes.
    """
    hidden = network.base_model(**network_inputs(network, batch)).last_hidden_state
    answer_layer: Any = network.qa_outputs
    starts, ends = answer_layer(hidden.float()).unbind(-1)
    return starts, ends


def shared_loss(odds: torch.Tensor, right: torch.Tensor, group: torch.Tensor) -> torch.Tensor:
    """Sum, over the questions with several passages, the loss of their passages together.

    Args:
        odds: (B, L) log-odds of each token against no answer in its passage, 0 at the first.
        right: (B, L) where the answer is; at the first token where the passage has none.
        group: (B,) number of the question.
    """
    total = odds.new_zeros(())
    passages = odds[:, 1:].logsumexp(1)
    for number in group.unique():
        rows = (group == number).nonzero()[:, 0]
        if len(rows) > 1:
            answered = rows[~right[rows, 0]]
            answers = odds[answered].masked_fill(~right[answered], -torch.inf).flatten()
            total = total + torch.cat([passages[rows], odds.new_zeros(1)]).logsumexp(0)
            total = total - answers.logsumexp(0)
    return total
