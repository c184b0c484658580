"""The network before training: what is new in it, and which of its weights change."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bot.training.network import (
    bfloat16_is_quicker,
    hold_still,
    load_network,
    trained_weights,
)
from tests.fakes.tiny_reader import write_bert


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("encoder"), head=False, layers=2)


def test_the_new_layer_comes_from_the_seed_and_the_encoder_does_not(encoder: Path) -> None:
    one, same, other = (load_network(encoder, seed) for seed in (1, 1, 2))
    assert torch.equal(one.qa_outputs.weight, same.qa_outputs.weight)
    assert not torch.equal(one.qa_outputs.weight, other.qa_outputs.weight)
    for (name, weight), again in zip(
        one.bert.named_parameters(), other.bert.parameters(), strict=True
    ):
        assert torch.equal(weight, again), name


def test_a_layer_that_answers_already_is_kept(tiny_bert: Path) -> None:
    one, other = load_network(tiny_bert, 1), load_network(tiny_bert, 2)
    assert torch.equal(one.qa_outputs.weight, other.qa_outputs.weight)


def test_word_and_position_vectors_are_not_trained_and_nothing_is_dropped(encoder: Path) -> None:
    network = load_network(encoder, 1)
    still = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    assert still == {
        "bert.embeddings.word_embeddings.weight",
        "bert.embeddings.position_embeddings.weight",
    }
    assert network.training
    ids = torch.randint(5, 200, (2, 9))
    first, second = (network(input_ids=ids).start_logits for _ in range(2))
    assert torch.equal(first, second)


def test_units_are_left_out_where_it_is_asked_for(encoder: Path) -> None:
    network = load_network(encoder, 1, dropout=0.5)
    ids = torch.randint(5, 200, (2, 9))
    first, second = (network(input_ids=ids).start_logits for _ in range(2))
    assert not torch.equal(first, second)
    network.eval()
    first, second = (network(input_ids=ids).start_logits for _ in range(2))
    assert torch.equal(first, second)


def test_the_quicker_of_two_precisions_is_found_by_trying() -> None:
    assert bfloat16_is_quicker() in (True, False)


def test_layers_that_are_held_still_have_no_gradients_any_more(encoder: Path) -> None:
    network = load_network(encoder, 1)
    before = trained_weights(network)
    network(input_ids=torch.randint(5, 200, (2, 9))).start_logits.sum().backward()
    left = hold_still(network, 1)
    assert {id(weight) for weight in left} < {id(weight) for weight in before}
    names = {name for name, weight in network.named_parameters() if weight.requires_grad}
    assert {name.split(".layer.")[-1][:2] for name in names} == {"1.", "qa"}
    for name, weight in network.named_parameters():
        if not weight.requires_grad:
            assert weight.grad is None, name
