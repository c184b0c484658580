"""The FAISS side: exact, filtered, round trip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.dense import DenseIndex
from index.errors import IndexCorrupt


def vectors(count: int, dimension: int = 8) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    made = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def index() -> DenseIndex:
    made = DenseIndex.empty(8)
    made.add(range(100, 130), vectors(30))
    return made


def test_the_nearest_vector_is_found_with_its_similarity(index: DenseIndex) -> None:
    (number, score), *_ = index.search(vectors(30)[4], 3)
    assert number == 104
    assert score == pytest.approx(1.0, abs=1e-5)


def test_only_allowed_passages_are_found(index: DenseIndex) -> None:
    found = index.search(vectors(30)[4], 10, allowed=[100, 111, 999])
    assert {number for number, _ in found} == {100, 111}
    assert index.search(vectors(30)[4], 10, allowed=[]) == []


def test_a_removed_vector_is_not_found_again(index: DenseIndex) -> None:
    index.remove([104, 5000])
    assert len(index) == 29
    assert 104 not in {number for number, _ in index.search(vectors(30)[4], 30)}


def test_scores_are_those_of_the_search(index: DenseIndex) -> None:
    found = dict(index.search(vectors(30)[9], 30))
    looked_up = index.scores(vectors(30)[9], list(found))
    assert looked_up == pytest.approx(list(found.values()), abs=1e-5)


def test_what_was_written_is_read_again(index: DenseIndex, tmp_path: Path) -> None:
    index.write(tmp_path / "dense.faiss")
    again = DenseIndex.read(tmp_path / "dense.faiss")
    assert sorted(again.ids()) == list(range(100, 130))
    assert again.search(vectors(30)[2], 5) == index.search(vectors(30)[2], 5)


@pytest.mark.parametrize("content", [b"", b"not an index", b"IxMp" + bytes(40)])
def test_a_file_that_is_no_index_is_corrupt(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "dense.faiss").write_bytes(content)
    with pytest.raises(IndexCorrupt, match="dense.faiss"):
        DenseIndex.read(tmp_path / "dense.faiss")
