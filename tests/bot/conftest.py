"""Tiny readers, made once for all tests of the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.tiny_reader import TOWNS, write_encoder, write_onnx_reader, write_tokenizer


@pytest.fixture(scope="session")
def tokenizer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture(scope="session")
def town_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a reader that takes every invented town for the answer, some more than others."""
    logits = {town.lower(): 1.0 + number / 2 for number, town in enumerate(TOWNS)}
    return write_onnx_reader(tmp_path_factory.mktemp("towns"), starts=logits, no_answer=6.0)


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny question-answering model of transformers; untrained."""
    return write_encoder(tmp_path_factory.mktemp("bert"), "bert", head=True)
