"""Training: from files of batches to a network, resumable at any step.

AdamW on float32 weights, while the encoder computes in bfloat16 where the processor is faster at
it; dropout between the layers (Srivastava et al. 2014); word and position vectors stay as they are;
the new layer learns ten times as fast as the encoder. The rate goes up, stays, and goes down to
zero in a cool-down (warm-up, stable, decay: Hu et al. 2024, MiniCPM). A cool-down begins from the
checkpoint as it is and leaves it alone, so that training may go on from there afterwards.
"""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from bot.training.batches import Batch, BatchFile
from bot.training.losses import batch_loss
from bot.training.network import (
    HalfCopy,
    bfloat16_is_quicker,
    load_network,
    save_network,
    trained_weights,
)
from bot.training.prepare import batch_file
from bot.training.progress import say
from bot.training.recipe import Recipe

__all__ = ["BatchStream", "Trainer", "train"]

_CHECKPOINT_SECONDS = 300
_LINE_SECONDS = 90
_NEW_LAYER_RATE = 10  # times the encoder's


class BatchStream:
    """The batches of a run's files one after another; waits for a file that is still missing."""

    def __init__(self, run: Path, file: int = 0, number: int = 0) -> None:
        """Begin at a batch of a file."""
        self._run, self.file, self.number = run, file, number
        self._batches: BatchFile | None = None

    def next(self) -> tuple[Batch, int]:
        """Return the next batch and its tokens, padding included."""
        if self._batches is None or self.number >= len(self._batches):
            if self._batches is not None:
                self.file, self.number = self.file + 1, 0
            self._batches = self._open(batch_file(self._run, self.file))
        batch, tokens = self._batches[self.number], self._batches.tokens(self.number)
        self.number += 1
        return batch, tokens

    @staticmethod
    def _open(file: Path) -> BatchFile:
        if not file.exists():
            say(f"waits for {file}")
        while not file.exists():
            time.sleep(5)
        return BatchFile(file)


class Trainer:
    """A network, its optimizer, and how far they are."""

    def __init__(self, encoder: Path, run: Path, recipe: Recipe, cool_down: int = 0) -> None:
        """Load the last checkpoint, or the encoder where there is none.

        Args:
            encoder: folder of the encoder to begin with, as transformers keeps it.
            run: folder of the run.
            recipe: of the run.
            cool_down: tokens in which the rate goes down to zero; 0 holds it.
        """
        if recipe.device == "cpu":
            torch.set_num_threads(1)  # each of the recipe's threads computes by itself
        self._recipe, self._run, self._encoder = recipe, run, encoder
        self.network = load_network(encoder, recipe.seed, recipe.dropout)
        self.network.to(torch.device(recipe.device))  # type: ignore[arg-type]
        self._weights = trained_weights(self.network)
        answer_layer: Any = self.network.qa_outputs
        new = list(answer_layer.parameters())
        old = [weight for weight in self._weights if all(weight is not one for one in new)]
        groups = [{"params": old, "times": 1.0}, {"params": new, "times": _NEW_LAYER_RATE}]
        self._optimizer = torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=0.01, fused=True)
        self.tokens = self.steps = self._cooled_from = 0
        self._cool_down = cool_down
        self.batches = BatchStream(run)
        self._file = run / ("cooled.pt" if cool_down else "checkpoint.pt")
        self._resume()
        quicker = recipe.device != "cpu" or bfloat16_is_quicker()
        half = quicker if recipe.precision == "auto" else recipe.precision == "bfloat16"
        self._half = HalfCopy(self.network) if half else None
        self._threads = ThreadPoolExecutor(recipe.threads)

    @property
    def target(self) -> int:
        """Tokens at which training ends."""
        return self._cooled_from + self._cool_down if self._cool_down else self._recipe.tokens

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        rising = (self.tokens + 1) / self._recipe.warm_up
        falling = (self.target - self.tokens) / self._cool_down if self._cool_down else 1.0
        return self._recipe.rate * max(0.0, min(rising, falling, 1.0))

    def step(self) -> float:
        """Train on one batch a thread; return the mean loss."""
        torch.manual_seed(self._recipe.seed + self.steps)  # the same units whether resumed or not
        taken = [self.batches.next() for _ in range(self._recipe.threads)]
        losses = list(self._threads.map(self._add_gradients, [batch for batch, _ in taken]))
        if self._half:
            self._half.hand_over_gradients()
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate * group["times"]
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        if self._half:
            self._half.refresh()
        self.steps += 1
        self.tokens += sum(tokens for _, tokens in taken)
        return sum(losses)

    def _add_gradients(self, batch: Batch) -> float:
        network = self._half.network if self._half else self.network
        loss = batch_loss(network, batch) / self._recipe.threads
        loss.backward()
        return float(loss.item())

    def save(self) -> None:
        """Write the checkpoint, all of it or nothing."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "tokens": self.tokens,
            "steps": self.steps,
            "file": self.batches.file,
            "number": self.batches.number,
            "cooled_from": self._cooled_from,
            "recipe": asdict(self._recipe),
        }
        part = self._file.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._file)

    def _resume(self) -> None:
        file = self._file if self._file.exists() else self._run / "checkpoint.pt"
        if not file.exists():
            return
        state = torch.load(file, map_location=self._recipe.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.tokens, self.steps = state["tokens"], state["steps"]
        self.batches = BatchStream(self._run, state["file"], state["number"])
        begun = file.name == "cooled.pt"
        self._cooled_from = state["cooled_from"] if begun else self.tokens
        say(f"goes on from {file}: {self.tokens} tokens, {self.steps} steps")

    def write_network(self) -> Path:
        """Write the network and its tokenizer to ``RUN/network``."""
        folder = self._run / "network"
        save_network(self.network, self._encoder / "tokenizer.json", folder)
        return folder


class _Progress:
    """Prints a line now and then."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._losses: list[float] = []
        self._since, self._tokens = time.monotonic(), trainer.tokens

    def add(self, loss: float) -> None:
        self._losses.append(loss)
        took = time.monotonic() - self._since
        if took < _LINE_SECONDS:
            return
        trainer = self._trainer
        speed = (trainer.tokens - self._tokens) / took
        left = (trainer.target - trainer.tokens) / speed / 60
        say(
            f"step {trainer.steps}  {trainer.tokens} tokens of {trainer.target}  "
            f"loss {sum(self._losses) / len(self._losses):.3f}  rate {trainer.rate:.2e}  "
            f"{speed:.0f} tokens/s  {left:.0f} min left"
        )
        self._losses = []
        self._since, self._tokens = time.monotonic(), trainer.tokens


def train(trainer: Trainer) -> bool:
    """Train until the target, or until a signal says to stop; return whether it is reached."""
    stopped: list[int] = []
    former = {
        number: signal.signal(number, lambda got, _: stopped.append(got))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    progress, saved = _Progress(trainer), time.monotonic()
    torch.set_flush_denormal(True)  # of this thread, and of those that it starts
    try:
        while trainer.tokens < trainer.target and not stopped:
            progress.add(trainer.step())
            if time.monotonic() - saved > _CHECKPOINT_SECONDS:
                trainer.save()
                saved = time.monotonic()
        trainer.save()
    finally:
        torch.set_flush_denormal(False)
        for number, handler in former.items():
            signal.signal(number, handler)
    return not stopped
