"""What training makes small: how unlikely it is, as the reader says, that the right is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

    from bot.training.batches import Batch

__all__ = ["batch_loss", "shared_loss"]


def batch_loss(
    network: BertForQuestionAnswering, batch: Batch, *, half: bool = False
) -> torch.Tensor:
    """Give the mean loss of a batch's passages, each alone, and of its questions, shared.

    Args:
        network: to read with.
        batch: to read.
        half: compute the encoder in bfloat16; logits and loss are float32 all the same.
    """
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        hidden = network.bert(
            input_ids=torch.from_numpy(batch.ids),
            attention_mask=torch.from_numpy(batch.attended.astype("int64")),
            token_type_ids=torch.from_numpy(batch.types),
        ).last_hidden_state
    start_logits, end_logits = network.qa_outputs(hidden.float()).unbind(-1)
    allowed = torch.from_numpy(batch.allowed)
    group = torch.from_numpy(batch.group)
    total = torch.zeros(())
    for logits, gold in ((start_logits, batch.starts), (end_logits, batch.ends)):
        right = torch.from_numpy(gold)
        odds = (logits - logits[:, :1]).masked_fill(~allowed, -torch.inf)
        odds[:, 0] = 0.0
        alone = odds.logsumexp(1) - odds.masked_fill(~right, -torch.inf).logsumexp(1)
        total = total + alone.mean() + shared_loss(odds, right, group) / len(alone)
    return total / 2


def shared_loss(odds: torch.Tensor, right: torch.Tensor, group: torch.Tensor) -> torch.Tensor:
    """Add up, over the questions with several passages, the loss of their passages together.

    Args:
        odds: (B, L) log-odds of each token against no answer in its passage, 0 at the first.
        right: (B, L) where the answer is; at the first token where the passage has none.
        group: (B,) number of the question.
    """
    total = torch.zeros(())
    passages = odds[:, 1:].logsumexp(1)
    for number in group.unique():
        rows = (group == number).nonzero()[:, 0]
        if len(rows) > 1:
            answered = rows[~right[rows, 0]]
            answers = odds[answered].masked_fill(~right[answered], -torch.inf).flatten()
            total = total + torch.cat([passages[rows], torch.zeros(1)]).logsumexp(0)
            total = total - answers.logsumexp(0)
    return total
