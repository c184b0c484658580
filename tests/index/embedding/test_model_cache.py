"""The 8-bit weights of the default model: made once, checked, and made again where damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from index.embedding.default_model import cached_model
from index.embedding.model_cache import cached_onnx
from index.embedding.onnx_embedder import OnnxEmbedder
from index.errors import EmbedderFailure


@pytest.fixture
def cache(tmp_path: Path, embedder: OnnxEmbedder) -> Path:
    """A cache of its own that holds a copy of the model."""
    made = cached_model()
    folder = tmp_path / "cache" / made.parent.name
    folder.mkdir(parents=True)
    for file in (made, made.with_name("model.onnx.sha256")):
        (folder / file.name).write_bytes(file.read_bytes())
    return tmp_path / "cache"


def test_cached_model_is_not_made_again(cache: Path) -> None:
    (file,) = cache.rglob("model.onnx")
    before = file.stat().st_mtime_ns
    assert cached_model(cache) == file
    assert file.stat().st_mtime_ns == before


def test_damaged_model_is_made_again(cache: Path) -> None:
    (file,) = cache.rglob("model.onnx")
    whole = file.read_bytes()
    made: list[Path] = []

    def make(path: Path) -> None:
        made.append(path)
        path.write_bytes(whole)

    name = file.parent.name
    file.write_bytes(whole[:1_000_000] + b"\0\1\2\3" + whole[1_000_004:])
    assert cached_onnx(name, make, cache) == cached_onnx(name, make, cache) == file
    assert len(made) == 1 and file.read_bytes() == whole


def test_model_that_cannot_be_made_leaves_the_old(cache: Path) -> None:
    (file,) = cache.rglob("model.onnx")
    file.write_bytes(b"damaged")

    def make(path: Path) -> None:
        path.write_bytes(b"half")
        raise EmbedderFailure("the weights are missing")

    with pytest.raises(EmbedderFailure, match="the weights are missing"):
        cached_onnx(file.parent.name, make, cache)
    assert file.read_bytes() == b"damaged"
    assert {path.name for path in file.parent.iterdir()} <= {
        *(file.name, "model.onnx.sha256", "write.lock")
    }


def test_made_model_is_beside_its_checksum_alone(embedder: OnnxEmbedder) -> None:
    file = cached_model()
    checksum = file.with_name("model.onnx.sha256")
    assert checksum.read_text() == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {path.name for path in file.parent.iterdir()} <= {
        *(file.name, checksum.name, "write.lock")
    }


def test_unwritable_cache_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(EmbedderFailure, match="XDG_CACHE_HOME") as failure:
        cached_model(tmp_path / "cache")
    assert "\n" not in str(failure.value)
