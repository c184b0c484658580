"""The network that is trained to read: an encoder with two logits for each token."""

from __future__ import annotations

import copy
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoModelForQuestionAnswering, PreTrainedModel, logging

from bot.errors import ReaderError

if TYPE_CHECKING:
    from bot.training.batches import Batch

__all__ = [
    "HalfCopy",
    "bfloat16_is_quicker",
    "check_network",
    "input_names",
    "load_network",
    "network_inputs",
    "save_network",
    "trained_weights",
]


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


def load_network(start: Path, seed: int, dropout: float = 0.0) -> PreTrainedModel:
    """Load an encoder, with a new layer for the answer's ends unless it has one, to be trained.

    Args:
        start: folder of a BERT or an MPNet of transformers.
        seed: of the new layer.
        dropout: share of the hidden units that training leaves out, from 0 to below 1.
    """
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(seed)
    network: PreTrainedModel = AutoModelForQuestionAnswering.from_pretrained(
        start,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
        local_files_only=True,
    )
    embeddings: Any = network.base_model.embeddings
    embeddings.word_embeddings.weight.requires_grad_(False)
    embeddings.position_embeddings.weight.requires_grad_(False)
    network.train()
    return network


def trained_weights(network: torch.nn.Module) -> list[torch.nn.Parameter]:
    """Return the weights that training changes."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def input_names(network: PreTrainedModel) -> tuple[str, ...]:
    """Return the names of what a network reads, each of shape (B, L); MPNet has no segments."""
    segments = "type_vocab_size" in network.config.to_dict()
    return ("input_ids", "attention_mask", *(["token_type_ids"] if segments else []))


def network_inputs(network: PreTrainedModel, batch: Batch) -> dict[str, torch.Tensor]:
    """Return what a network reads of a batch, on the network's device."""
    given = (batch.ids, batch.attended.astype("int64"), batch.types)
    return {
        name: torch.from_numpy(one).to(network.device)
        for name, one in zip(input_names(network), given, strict=False)
    }


def save_network(network: PreTrainedModel, tokenizer: Path, folder: Path) -> None:
    """Write a network as transformers keeps it, with its ``tokenizer.json``."""
    network.save_pretrained(folder)
    shutil.copyfile(tokenizer, folder / "tokenizer.json")


def bfloat16_is_quicker() -> bool:
    """Whether this processor multiplies bfloat16 faster than float32, by trying.

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


class HalfCopy:
    """A copy of a network whose encoder computes in bfloat16, while the weights stay float32.

    Rounding all of a step's weights once is quicker than autocast, which rounds the input of each
    layer too. The layer for the answer's ends stays float32.
    """

    def __init__(self, network: PreTrainedModel) -> None:
        """Copy a network; ``network`` goes on being the one that is trained."""
        self.network = copy.deepcopy(network)
        self.network.base_model.to(torch.bfloat16)
        own, copied = trained_weights(network), trained_weights(self.network)
        self._pairs = list(zip(own, copied, strict=True))
        self.refresh()

    def hand_over_gradients(self) -> None:
        """Move the copy's gradients to the network's weights, as float32."""
        for own, copied in self._pairs:
            own.grad = None if copied.grad is None else copied.grad.float()
            copied.grad = None

    def refresh(self) -> None:
        """Round the network's weights anew."""
        with torch.no_grad():
            for own, copied in self._pairs:
                copied.copy_(own)
