"""The mean of networks' weights, at no cost in size or time.

Where one run began from what another had learned, the mean of their weights reads better than
either (model soups, Wortsman et al. 2022; stochastic weight averaging, Izmailov et al. 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.errors import ReaderError
from bot.training.network import check_network, load_network, save_network

__all__ = ["average_networks"]


def average_networks(folders: Sequence[Path], out: Path) -> None:
    """Write the network whose weights are the mean of those of others.

    Args:
        folders: of networks as transformers keeps them, each with its ``tokenizer.json``.
        out: folder of the new network, made where it is missing.

    Raises:
        ReaderError: a folder holds no network, or they differ in shape or tokenizer.
    """
    first, *others = folders
    for folder in folders:
        check_network(folder, "no network of a reader")
    network = load_network(first, seed=0)
    total = {name: weights.clone() for name, weights in network.state_dict().items()}
    shapes = {name: weights.shape for name, weights in total.items()}
    for folder in others:
        other = load_network(folder, seed=0).state_dict()
        if {name: weights.shape for name, weights in other.items()} != shapes:
            raise ReaderError(f"{folder}: not of the same shape as {first}")
        if (folder / "tokenizer.json").read_bytes() != (first / "tokenizer.json").read_bytes():
            raise ReaderError(f"{folder}: not with the same tokenizer as {first}")
        for name, weights in other.items():
            if weights.is_floating_point():  # others are positions and the like: not learned
                total[name] += weights
    for weights in total.values():
        if weights.is_floating_point():
            weights /= len(folders)
    network.load_state_dict(total)
    save_network(network, first / "tokenizer.json", out)
