"""The mean of readers: of each weight, exported like a trained one; a misfit is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import pytest
import torch

from bot.errors import ReaderError
from bot.reader.registry import load_reader
from bot.reader.tokenization import PassageTokenizer
from bot.training.average import average_readers, main
from bot.training.batches import write_batches
from bot.training.examples import ExampleMaker
from bot.training.network import load_network
from bot.training.questions import load_questions
from tests.fakes.tiny_reader import passages_of, town_rows, write_bert, write_lines

TEXT = "The ferry to Corran was late. Nobody in old Belwick said so."


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_network(folder, seed=0).state_dict()


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    one = write_bert(tmp_path / "one", head=True, layers=1)
    other = write_bert(tmp_path / "other", head=True, layers=1)
    network = load_network(other, seed=0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += torch.randn_like(parameter) / 10
    network.save_pretrained(other)
    return one, other


def test_every_weight_is_the_mean_and_the_reader_reads(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "mean"
    monkeypatch.setattr(sys, "argv", ["average", *map(str, pair), "--out", str(out)])
    assert main() == 0
    one, other, mean = weights(pair[0]), weights(pair[1]), weights(out / "torch")
    assert any(not torch.equal(one[name], other[name]) for name in one)
    for name, weight in mean.items():
        if weight.is_floating_point():
            torch.testing.assert_close(weight, (one[name] + other[name]) / 2)
    passages = passages_of(TEXT)
    spans = load_reader(str(out)).read("Where did the ferry go?", passages, ["" for _ in passages])
    assert all(TEXT[span.start : span.end] == span.text for span in spans)


def test_a_share_of_the_encoder_is_taken_back_but_none_of_the_answer_s_layer(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, out = write_bert(tmp_path / "base", head=False, layers=1), tmp_path / "mean"
    network = load_network(base, seed=0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += torch.randn_like(parameter) / 10
    network.bert.save_pretrained(base)
    given = [*map(str, pair), "--out", str(out), "--base", str(base), "--base-share", "0.25"]
    monkeypatch.setattr(sys, "argv", ["average", *given])
    assert main() == 0
    one, other, mean = weights(pair[0]), weights(pair[1]), weights(out / "torch")
    encoder = weights(base)
    for name, weight in mean.items():
        middle = (one[name] + other[name]) / 2 if weight.is_floating_point() else one[name]
        if weight.is_floating_point() and not name.startswith("qa_outputs"):
            assert not torch.equal(encoder[name], one[name])
            middle = 0.75 * middle + 0.25 * encoder[name]
        torch.testing.assert_close(weight, middle)


def test_the_mean_is_rounded_by_the_batches_of_a_run(
    pair: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "batches.npz"
    write_batches(
        ExampleMaker(load_questions([write_lines(tmp_path / "towns.jsonl", town_rows(12))])),
        PassageTokenizer(pair[0] / "tokenizer.json"),
        file,
        tokens=2_000,
        batch_tokens=500,
        seed=1,
        report=lambda made: None,
    )
    given = ["average", *map(str, pair), "--out", str(tmp_path / "mean"), "--batches"]
    monkeypatch.setattr(sys, "argv", [*given, str(file)])
    assert main() == 0
    assert "0 of 4 layers rounded" in capsys.readouterr().out
    names = [one.name for one in onnx.load(tmp_path / "mean" / "reader.onnx").graph.initializer]
    assert any(name.endswith(".inverse") for name in names)
    monkeypatch.setattr(sys, "argv", [*given, str(tmp_path / "none.npz")])
    assert main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"average: {tmp_path / 'none.npz'}: no batches")


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_share_of_the_encoder_that_is_none_is_refused(
    pair: tuple[Path, Path], tmp_path: Path, share: float
) -> None:
    with pytest.raises(ReaderError, match=f"not {share}"):
        average_readers(pair, tmp_path / "mean", tmp_path, share)


def test_readers_of_two_shapes_are_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    deeper = write_bert(tmp_path / "deeper", head=True, layers=2)
    with pytest.raises(ReaderError, match="deeper: not of the same shape"):
        average_readers([pair[0], deeper], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_a_folder_without_a_network_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["average", str(tmp_path / "none"), "--out", str(tmp_path / "mean")]
    monkeypatch.setattr(sys, "argv", given)
    assert main() == 1
    assert capsys.readouterr().err.startswith(f"average: {tmp_path / 'none'}: no network")
