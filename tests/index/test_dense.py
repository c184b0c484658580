"""The FAISS side: exact, filtered, round trip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import dense_base
from index.dense import DenseIndex
from index.dense_base import DenseBase, all_but, only
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
    found = index.search(vectors(30)[4], 10, allowed=np.array([100, 111]))
    assert {number for number, _ in found} == {100, 111}
    assert index.search(vectors(30)[4], 10, allowed=np.array([], int)) == []


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
    assert len(again) == 30
    assert again.search(vectors(30)[2], 5) == index.search(vectors(30)[2], 5)


@pytest.mark.parametrize("content", [b"", b"not an index", b"IxMp" + bytes(40)])
def test_a_file_that_is_no_index_is_corrupt(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "dense.faiss").write_bytes(content)
    with pytest.raises(IndexCorrupt, match="dense.faiss"):
        DenseIndex.read(tmp_path / "dense.faiss")


def test_a_base_finds_what_an_exact_search_finds() -> None:
    made = DenseIndex.empty(64)
    made.add(range(1000, 3000), vectors(2000, 64))
    based = made.with_base()
    assert (len(based), len(made)) == (2000, 2000)
    for query in vectors(2000, 64)[:50]:
        exact = dict(made.search(query, 20))
        near = dict(based.search(query, 20))
        assert len(exact.keys() & near.keys()) >= 18
        for number in exact.keys() & near.keys():
            assert near[number] == pytest.approx(exact[number], abs=0.02)
        assert based.scores(query, list(near)) == pytest.approx(list(near.values()), abs=1e-4)


def test_a_base_is_never_changed_by_what_is_removed_or_added(index: DenseIndex) -> None:
    based = index.with_base()
    base = based.base
    assert base is not None
    based.remove([104, 105, 5000])
    based.add([200], vectors(31)[30:])
    assert len(base) == 30 and 104 in base and 5000 not in base
    assert len(based) == 29
    query = vectors(31)[4]
    assert {number for number, _ in based.search(query, 99)} == {*range(100, 130), 200} - {104, 105}
    assert [number for number, _ in based.search(query, 9, np.array([103, 200]))] in (
        [103, 200],
        [200, 103],
    )
    again = based.with_base()
    assert len(again) == 29 and 104 in base
    assert {n for n, _ in again.search(query, 99)} == {n for n, _ in based.search(query, 99)}


def test_an_index_wants_a_base_when_it_is_large_or_its_base_is_full_of_holes(
    index: DenseIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not index.wants_base
    monkeypatch.setattr("index.dense.MOST_RECENT", 29)
    assert index.wants_base
    based = index.with_base()
    assert not based.wants_base
    based.remove(range(100, 106))
    assert not based.wants_base
    based.remove([106])
    assert based.wants_base


@pytest.mark.parametrize("content", [b"", b"not an index", b"IxMp" + bytes(40)])
def test_a_file_that_is_no_base_is_corrupt(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "base.faiss").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=r"base\.faiss"):
        DenseBase.read(tmp_path / "base.faiss")


@pytest.mark.parametrize("threads", [2, 3, 4])
def test_several_threads_find_what_one_finds(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    base = DenseBase.of(np.arange(5, 4005, 2), vectors(2000, 32))
    queries = [query[None] for query in vectors(2000, 32)[:20]]
    selections = [
        None,
        only(np.arange(5, 905)),
        all_but(np.arange(5, 3005)),
        only(np.array([4003])),
    ]
    alone = [base.search(query, 50, chosen) for query in queries for chosen in selections]
    monkeypatch.setattr(dense_base, "EACH_THREAD", 2000 // threads)
    monkeypatch.setattr(dense_base.os, "cpu_count", lambda: threads)
    together = [base.search(query, 50, chosen) for query in queries for chosen in selections]
    assert together == alone
    assert {len(found) for found in together} == {50, 1}
