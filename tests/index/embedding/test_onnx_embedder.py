"""The default model in 8 bits: made once, checked, near to its weights, and without torch."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedding.default_model import cached_model, default_model_folder
from index.embedding.embedder import SentenceTransformerEmbedder, load_embedder
from index.embedding.onnx_embedder import OnnxEmbedder
from index.errors import EmbedderFailure

SENTENCES = [
    "The ferry to Grelle was cancelled on Monday because of the storm.",
    "Two people were hurt when a bus left the road near Halvik.",
    "The council voted against the new theatre.",
    "Who denied the missile attack?",
]


def test_vectors_are_near_those_of_the_weights_in_float(embedder: OnnxEmbedder) -> None:
    exact = SentenceTransformerEmbedder.default().embed_passages(SENTENCES)
    small = embedder.embed_passages(SENTENCES)
    assert (exact * small).sum(1).min() > 0.97
    assert np.abs(exact @ exact.T - small @ small.T).max() < 0.05


def test_many_texts_are_embedded_as_each_alone_in_their_order(embedder: OnnxEmbedder) -> None:
    texts = [f"{'ferry ' * (n % 40)}number {n}" for n in range(1_100)]
    told: list[int] = []
    vectors = embedder.embed_passages(texts, told.append)
    assert told == sorted(told) and told[-1] == len(texts)
    for at in (0, 39, 500, 1_023, 1_024, 1_099):
        alone = embedder.embed_query(texts[at])
        assert vectors[at] @ alone > 0.98
        assert (vectors @ alone).argmax() == at or vectors[at] @ alone > 0.995


def test_concurrent_threads_get_what_one_gets(embedder: OnnxEmbedder) -> None:
    expected = [embedder.embed_query(text) for text in SENTENCES]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(embedder.embed_query, SENTENCES * 10))
    for at, vector in enumerate(found):
        assert vector == pytest.approx(expected[at % len(SENTENCES)], abs=1e-6)


def test_default_model_is_onnx_and_shared() -> None:
    assert isinstance(load_embedder(), OnnxEmbedder)
    assert load_embedder() is load_embedder("all-MiniLM-L6-v2")


def test_file_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(EmbedderFailure, match="cannot load the embedding model") as failure:
        OnnxEmbedder(tmp_path / "model.onnx", default_model_folder() / "tokenizer.json")
    assert "\n" not in str(failure.value)


def test_runtime_keeps_no_number_of_this_machine(embedder: OnnxEmbedder, tmp_path: Path) -> None:
    program = "import sys, index.embedding.onnx_export as o; o.open_session(sys.argv[1])"
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", program, cached_model()], env=environment, check=True)
    assert list(tmp_path.iterdir()) == [], "onnxruntime would report its use under it"


def test_asking_needs_neither_torch_nor_sentence_transformers(samples_index: Path) -> None:
    program = (
        "import sys\n"
        "from bot.cli.main import main\n"
        "status = main()\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio'} & set(sys.modules)\n"
        "sys.exit(status or ', '.join(sorted(heavy)) or 0)\n"
    )
    asked = [sys.executable, "-c", program, "ask", "who denied the missile attack?"]
    done = subprocess.run(
        [*asked, "--index", str(samples_index)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "[1]" in done.stdout
