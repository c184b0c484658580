"""The network that is trained to read: an encoder with two logits for each token."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from transformers import BertForQuestionAnswering, logging

from bot.errors import ReaderError

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

__all__ = [
    "ANSWER_LAYER",
    "average_gradients",
    "bfloat16_is_quicker",
    "check_network",
    "hold_still",
    "load_network",
    "trained_weights",
]

ANSWER_LAYER = "qa_outputs"
"""What the names of the layer begin with that gives the answer's ends; all else is encoder."""


def check_network(folder: Path, missing: str) -> None:
    """Check that a folder holds a network and its tokenizer.

    Args:
        folder: as transformers keeps it.
        missing: what to say that it is not.

    Raises:
        ReaderError: a file is missing.
    """
    for name in ("config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise ReaderError(f"{folder}: {missing}: it has no {name}")


def load_network(start: Path, seed: int, dropout: float = 0.0) -> BertForQuestionAnswering:
    """Load an encoder, with a new layer for the answer's ends unless it has one, to be trained.

    Args:
        start: folder of a BERT of transformers.
        seed: of the new layer.
        dropout: share of the hidden units that training leaves out, from 0 to below 1.
    """
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(seed)
    network: BertForQuestionAnswering = BertForQuestionAnswering.from_pretrained(
        start,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
        local_files_only=True,
    )
    network.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    network.bert.embeddings.position_embeddings.weight.requires_grad_(False)
    network.train()
    return network


def trained_weights(network: torch.nn.Module) -> list[torch.nn.Parameter]:
    """Give the weights that training changes."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def bfloat16_is_quicker() -> bool:
    """Tell, by trying, whether this processor multiplies bfloat16 quicker than float32.

    One without instructions for it computes the same many times slower.
    """
    took = {}
    for kind in (torch.float32, torch.bfloat16):
        left, right = torch.ones(512, 384, dtype=kind), torch.ones(384, 384, dtype=kind)
        times = []
        for _ in range(4):
            began = time.perf_counter()
            left @ right
            times.append(time.perf_counter() - began)
        took[kind] = min(times)
    return took[torch.bfloat16] < took[torch.float32]


def hold_still(network: BertForQuestionAnswering, layers: int) -> list[torch.nn.Parameter]:
    """Stop training the embeddings and the lowest layers; give the weights that are left."""
    for module in (network.bert.embeddings, *network.bert.encoder.layer[:layers]):
        module.requires_grad_(False)
        for weight in module.parameters():
            weight.grad = None
    return trained_weights(network)


def average_gradients(
    weights: list[torch.nn.Parameter], rank: int, barrier: Barrier, shared: torch.Tensor
) -> None:
    """Give the weights of each process the mean of all processes' gradients.

    Args:
        weights: of this process, in the same order in each.
        rank: of this process.
        barrier: where all processes meet.
        shared: (processes, at least as many numbers as the weights have), memory of them all.
    """
    if len(shared) == 1:
        return
    size = sum(weight.numel() for weight in weights)
    gradients = [weight.grad.reshape(-1) for weight in weights if weight.grad is not None]
    torch.cat(gradients, out=shared[rank, :size])
    barrier.wait()
    mean = shared[:, :size].mean(0)
    barrier.wait()
    at = 0
    for weight in weights:
        weight.grad = mean[at : at + weight.numel()].view_as(weight)
        at += weight.numel()
