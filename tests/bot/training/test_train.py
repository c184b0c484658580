"""The training command on a tiny encoder and invented questions: killed, resumed, and refused."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bot.reader.huggingface import HuggingFaceReader
from bot.reader.onnx_reader import OnnxReader
from bot.reader.registry import load_reader
from bot.training.batches import BatchFile
from bot.training.train import Recipe, main
from tests.fakes.tiny_reader import passages_of, town_rows, write_bert, write_lines

RECIPE = Recipe(
    tokens=50_000, batch_tokens=150, rate=3e-3, seed=7, processes=2, held_layers=1, held_after=0.6
)
TEXT = "The ferry to Corran was late. Nobody in old Belwick said so. At Lorne there was rain."

# The processes that train import the program anew, and with it the shorter time.
PROGRAM = """
    import sys
    from bot.training import train
    train._CHECKPOINT_SECONDS = 0
    if __name__ == "__main__":
        sys.exit(train.main())
"""


def arguments(data: Path, start: Path, out: Path, recipe: Recipe = RECIPE) -> list[str]:
    given = [str(data), "--start", str(start), "--out", str(out)]
    for name, value in vars(recipe).items():
        given += ["--" + name.replace("_", "-"), str(value)]
    return given


@dataclass(frozen=True)
class Run:
    """A run that was killed and started again.

    Attributes:
        given: its arguments.
        out: its folder.
        killed_at: step of the checkpoint when it was killed.
        before: what it printed until then.
        after: what it printed when it went on.
    """

    given: Sequence[str]
    out: Path
    killed_at: int
    before: str
    after: str

    def steps(self, printed: str) -> list[tuple[int, float]]:
        found = re.findall(r"step (\d+)/\d+  loss (\S+) ", printed)
        return [(int(step), float(loss)) for step, loss in found]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("train")
    data = write_lines(folder / "towns.jsonl", town_rows(12))
    start = write_bert(folder / "start", head=False, layers=2)
    program = folder / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    out = folder / "out"
    given = arguments(data, start, out)
    command = [sys.executable, str(program), *given]
    variables = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=variables
    ) as process:
        assert process.stdout is not None
        before = ""
        for line in process.stdout:
            before += line
            if "step 50/" in line:
                break
        os.killpg(process.pid, signal.SIGKILL)  # it and the processes that it started
        process.wait()
    killed_at = checkpoint(out)["step"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=variables, timeout=240)
    assert done.returncode == 0
    return Run(given, out, killed_at, before, done.stdout)


def checkpoint(out: Path) -> dict[str, int]:
    state: dict[str, int] = torch.load(out / "checkpoint.pt", weights_only=True)
    return state


def test_a_run_that_was_killed_goes_on_from_its_checkpoint(run: Run) -> None:
    last = checkpoint(run.out)["step"]
    assert 49 <= run.killed_at < last - 25
    before, after = (
        [step for step, _ in run.steps(printed)] for printed in (run.before, run.after)
    )
    assert before == [25, 50]
    assert after[0] == 25 * (run.killed_at // 25 + 1)
    assert after == list(range(after[0], last + 1, 25))
    assert "prepared" in run.before and "prepared" not in run.after
    assert "bot.training.calibrate" in run.after.splitlines()[-1]


def test_the_loss_falls(run: Run) -> None:
    losses = [loss for _, loss in run.steps(run.before) + run.steps(run.after)[1:]]
    assert all(map(math.isfinite, losses))
    assert losses[-1] < losses[0] - 0.3


def test_it_trains_on_as_many_tokens_as_were_asked_for(run: Run) -> None:
    batches = BatchFile(run.out / "batches.npz")
    steps = checkpoint(run.out)["step"]
    seen = sum(batches.tokens(number) for number in range(RECIPE.processes * steps))
    assert abs(seen - RECIPE.tokens) <= RECIPE.processes * RECIPE.batch_tokens
    with np.load(run.out / "batches.npz", allow_pickle=False) as data:
        assert all(data[name].dtype != object for name in data.files)


def test_what_comes_out_is_a_reader_with_the_float32_weights_beside_it(run: Run) -> None:
    reader = load_reader(str(run.out / "reader"))
    assert isinstance(reader, OnnxReader)
    other = HuggingFaceReader(str(run.out / "reader" / "torch"))
    assert (run.out / "reader" / "reader.fp32.onnx").is_file()
    for each in (reader, other):
        spans = each.read("Where did the ferry go?", passages_of(TEXT))
        assert spans
        assert all(TEXT[span.start : span.end] == span.text for span in spans)
    assert not list(run.out.glob("*.part*"))


def command(given: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["train", *given])
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # which it sets: back it goes
    return main()


@pytest.mark.parametrize("change", [{"seed": 8}, {"tokens": 60_000}, {"processes": 1}])
def test_another_recipe_in_the_folder_of_a_run_is_refused_in_one_line(
    run: Run,
    change: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {file: file.stat().st_mtime_ns for file in run.out.rglob("*")}
    other = arguments(Path(run.given[0]), Path(run.given[2]), run.out, replace(RECIPE, **change))
    assert command(other, monkeypatch) == 1
    assert refusal(capsys).startswith(f"train: {run.out}: ")
    assert files == {file: file.stat().st_mtime_ns for file in run.out.rglob("*")}


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_other_data_in_the_folder_of_a_run_is_refused(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = write_lines(tmp_path / "other.jsonl", town_rows(3))
    assert command([str(data), *run.given[1:]], monkeypatch) == 1
    assert str(run.out) in refusal(capsys)


def test_a_miner_that_is_no_reader_is_named_before_anything_is_trained(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mined = replace(RECIPE, miner=str(tmp_path / "none"))
    given = arguments(Path(run.given[0]), Path(run.given[2]), tmp_path / "out", mined)
    assert command(given, monkeypatch) == 1
    assert str(tmp_path / "none") in refusal(capsys)
    assert not list((tmp_path / "out").glob("*.npz"))


def test_data_that_cannot_be_read_is_one_line_and_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text(json.dumps(town_rows(1)[0]) + "\n{\n")
    given = arguments(file, tmp_path / "start", tmp_path / "out")
    assert command(given, monkeypatch) == 1
    assert f"{tmp_path / 'start'}: no model to begin with" in refusal(capsys)
    (tmp_path / "start").mkdir()
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / "start" / name).write_text("{}")
    for data, told in ((file, "question 2"), (tmp_path / "none.json", "no such file")):
        given = arguments(data, tmp_path / "start", tmp_path / "out")
        assert command(given, monkeypatch) == 1
        line = refusal(capsys)
        assert line.startswith("train: ") and str(data) in line and told in line


def test_too_few_questions_to_make_a_step_of_are_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start = write_bert(tmp_path / "start", head=False)
    data = write_lines(tmp_path / "towns.jsonl", town_rows(2))
    few = replace(RECIPE, tokens=10, batch_tokens=2_000)
    assert command(arguments(data, start, tmp_path / "out", few), monkeypatch) == 1
    assert "batches" in refusal(capsys)
