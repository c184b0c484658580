"""Training on a tiny encoder and invented questions: prepared, killed, resumed, cooled down."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from bot.errors import ReaderError
from bot.training.prepare import batch_file, prepare
from bot.training.recipe import Preparation, Recipe
from bot.training.train import Trainer, train
from tests.fakes.tiny_reader import town_rows, write_encoder, write_lines

HOW = Preparation(files=2, questions=150, batch_tokens=150, longest=128)
RECIPE = Recipe(rate=3e-3, warm_up=2_000, threads=1, precision="float32")

PROGRAM = """
    import sys
    from bot.training import __main__, train
    train._CHECKPOINT_SECONDS = train._LINE_SECONDS = 0
    sys.exit(__main__.main())
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_lines(folder / "towns.jsonl", town_rows(12))
    (folder / "mixture.json").write_text('{"towns": 1}')
    return folder


@pytest.fixture(scope="module")
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind = getattr(request, "param", "bert")
    return write_encoder(tmp_path_factory.mktemp("encoder"), kind, head=False, layers=2)


@pytest.fixture(scope="module")
def prepared(data: Path, encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("run")
    prepare(data, encoder, run, HOW)
    return run


@pytest.fixture
def run(prepared: Path, tmp_path: Path) -> Path:
    for number in range(HOW.files):
        os.link(batch_file(prepared, number), batch_file(tmp_path, number))
    return tmp_path


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    return {name: one.clone() for name, one in trainer.network.state_dict().items()}


def steps(trainer: Trainer, count: int) -> list[float]:
    return [trainer.step() for _ in range(count)]


def test_missing_files_of_batches_are_made_and_others_stay(
    prepared: Path, data: Path, encoder: Path
) -> None:
    first, second = (batch_file(prepared, number) for number in range(2))
    was, bytes_were = first.stat().st_mtime_ns, second.read_bytes()
    second.unlink()
    prepare(data, encoder, prepared, HOW)
    assert first.stat().st_mtime_ns == was and second.exists()
    assert second.read_bytes() != first.read_bytes() and len(bytes_were) > 1_000
    with pytest.raises(ReaderError, match=r"prepare\.json: .* made with other settings"):
        prepare(data, encoder, prepared, Preparation(files=3, questions=9))


@pytest.mark.parametrize("encoder", ["bert", "mpnet"], indirect=True)
def test_loss_falls(run: Path, encoder: Path) -> None:
    losses = steps(Trainer(encoder, run, RECIPE), 60)
    assert all(map(math.isfinite, losses))
    assert sum(losses[-10:]) < sum(losses[:10]) - 3


def test_killed_run_goes_on_to_the_same_weights(run: Path, encoder: Path) -> None:
    program = run / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    command = [sys.executable, str(program), "train", "--encoder", str(encoder), "--out", str(run)]
    for name in ("rate", "warm_up", "threads", "precision"):
        command += [f"--{name.replace('_', '-')}", str(getattr(RECIPE, name))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "step 3 " in line:
                break
        os.kill(process.pid, signal.SIGKILL)
    resumed = Trainer(encoder, run, RECIPE)
    assert resumed.steps >= 2
    steps(resumed, 2)
    (run / "checkpoint.pt").unlink()
    whole = Trainer(encoder, run, RECIPE)
    steps(whole, resumed.steps)
    assert whole.tokens == resumed.tokens
    for name, one in weights(whole).items():
        torch.testing.assert_close(weights(resumed)[name], one, atol=0, rtol=0, msg=name)


def test_signal_ends_training_with_a_checkpoint(run: Path, encoder: Path) -> None:
    class Stopped(Trainer):
        def step(self) -> float:
            if self.steps == 2:
                signal.raise_signal(signal.SIGTERM)
            return super().step()

    handler = signal.getsignal(signal.SIGTERM)
    assert not train(Stopped(encoder, run, RECIPE))
    assert signal.getsignal(signal.SIGTERM) is handler
    assert Trainer(encoder, run, RECIPE).steps == 3
    assert not list(run.glob("*.part"))


def test_cool_down_ends_at_rate_0_and_leaves_the_checkpoint(run: Path, encoder: Path) -> None:
    warm = Trainer(encoder, run, RECIPE)
    steps(warm, 3)
    assert 0 < warm.rate < RECIPE.rate
    warm.save()
    before = (run / "checkpoint.pt").read_bytes()
    cooled = Trainer(encoder, run, RECIPE, cool_down=1_000)
    assert cooled.tokens == warm.tokens and cooled.target == warm.tokens + 1_000
    assert train(cooled)
    assert torch.tensor(1e-40) * 0.5 > 0, "denormal numbers are flushed only while it trains"
    assert cooled.rate == 0
    assert (run / "checkpoint.pt").read_bytes() == before
    assert (run / "cooled.pt").exists()
    folder = cooled.write_network()
    assert {"config.json", "tokenizer.json"} <= {file.name for file in folder.iterdir()}


def test_threads_and_bfloat16_train_alike(run: Path, encoder: Path) -> None:
    recipe = Recipe(rate=3e-3, warm_up=2_000, threads=2, precision="bfloat16", dropout=0)
    losses = steps(Trainer(encoder, run, recipe), 20)
    exact = Recipe(rate=3e-3, warm_up=2_000, threads=2, precision="float32", dropout=0)
    assert losses == pytest.approx(steps(Trainer(encoder, run, exact), 20), abs=0.1)
