"""The network before training: what is new in it, and which of its weights change."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bot.training.network import HalfCopy, load_network, trained_weights
from tests.fakes.tiny_reader import write_encoder


@pytest.fixture(scope="module", params=["bert", "mpnet"])
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    return write_encoder(folder, request.param, head=False, layers=2)


def logits(network: torch.nn.Module) -> torch.Tensor:
    ids = torch.arange(5, 23).reshape(2, 9)
    found: torch.Tensor = network(input_ids=ids).start_logits
    return found


def test_new_layer_comes_from_the_seed_and_the_encoder_does_not(encoder: Path) -> None:
    one, same, other = (load_network(encoder, seed) for seed in (1, 1, 2))
    assert torch.equal(one.qa_outputs.weight, same.qa_outputs.weight)
    assert not torch.equal(one.qa_outputs.weight, other.qa_outputs.weight)
    pairs = zip(one.base_model.named_parameters(), other.base_model.parameters(), strict=True)
    for (name, weight), again in pairs:
        assert torch.equal(weight, again), name


def test_layer_that_answers_already_is_kept(tiny_bert: Path) -> None:
    one, other = load_network(tiny_bert, 1), load_network(tiny_bert, 2)
    assert torch.equal(one.qa_outputs.weight, other.qa_outputs.weight)


def test_word_and_position_vectors_are_not_trained(encoder: Path) -> None:
    network = load_network(encoder, 1)
    still = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    assert {name.split(".embeddings.")[1] for name in still} == {
        "word_embeddings.weight",
        "position_embeddings.weight",
    }


def test_units_are_left_out_in_training_where_asked_for(encoder: Path) -> None:
    whole = load_network(encoder, 1)
    assert whole.training and torch.equal(logits(whole), logits(whole))
    network = load_network(encoder, 1, dropout=0.5)
    assert not torch.equal(logits(network), logits(network))
    network.eval()
    assert torch.equal(logits(network), logits(network))


def test_half_copy_computes_nearly_the_same_for_float32_weights(encoder: Path) -> None:
    network = load_network(encoder, 1)
    half = HalfCopy(network)
    hidden = half.network.base_model(input_ids=torch.arange(5, 14)[None]).last_hidden_state
    exact = network.base_model(input_ids=torch.arange(5, 14)[None]).last_hidden_state
    assert hidden.dtype == torch.bfloat16
    torch.testing.assert_close(hidden.float(), exact, atol=0.1, rtol=0.05)
    hidden.float().square().sum().backward()
    half.hand_over_gradients()
    gradients = [weight.grad for weight in trained_weights(network) if weight.grad is not None]
    assert gradients and all(g.dtype == torch.float32 and g.isfinite().all() for g in gradients)
    assert all(weight.grad is None for weight in half.network.parameters())
    with torch.no_grad():
        trained_weights(network)[0].add_(1.0)
    half.refresh()
    torch.testing.assert_close(
        trained_weights(half.network)[0].float(), trained_weights(network)[0], rtol=0.01, atol=0.01
    )
