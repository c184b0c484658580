"""The mean of networks: of each weight; a misfit is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bot.errors import ReaderError
from bot.training.average import average_networks
from bot.training.network import load_network
from tests.fakes.tiny_reader import shake, write_encoder


@pytest.fixture(params=["bert", "mpnet"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    one = write_encoder(tmp_path / "one", request.param, head=True)
    other = write_encoder(tmp_path / "other", request.param, head=True)
    shake(load_network(other, seed=0)).save_pretrained(other)
    return one, other


def test_every_weight_is_the_mean(pair: tuple[Path, Path], tmp_path: Path) -> None:
    average_networks([*pair, pair[0]], tmp_path / "mean")
    one, other, mean = (
        load_network(folder, seed=0).state_dict() for folder in (*pair, tmp_path / "mean")
    )
    for name, weight in mean.items():
        if weight.is_floating_point():
            assert not torch.equal(one[name], other[name])
            torch.testing.assert_close(weight, (2 * one[name] + other[name]) / 3)
    assert (tmp_path / "mean" / "tokenizer.json").read_bytes() == (
        pair[0] / "tokenizer.json"
    ).read_bytes()


def test_networks_that_do_not_fit_are_named(pair: tuple[Path, Path], tmp_path: Path) -> None:
    deeper = write_encoder(tmp_path / "deeper", "bert", head=True, layers=2)
    with pytest.raises(ReaderError, match="deeper: not of the same shape"):
        average_networks([pair[0], deeper], tmp_path / "mean")
    (pair[1] / "tokenizer.json").write_text("{}")
    with pytest.raises(ReaderError, match="other: not with the same tokenizer"):
        average_networks(pair, tmp_path / "mean")
    with pytest.raises(ReaderError, match="none: no network of a reader: it has no config.json"):
        average_networks([tmp_path / "none"], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
