"""Vectors in FAISS: exact while they are few, 8 bits a number in a base when they are many."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexCorrupt
from index.store import frozen_vectors
from index.store.dense import DenseIndex
from index.store.frozen_vectors import FrozenVectors, id_selector


def vectors(count: int, dimension: int = 8) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    made = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def index() -> DenseIndex:
    made = DenseIndex.empty(8)
    made.add(range(100, 130), vectors(30))
    return made


def test_nearest_vector_is_found_with_its_similarity(index: DenseIndex) -> None:
    (number, score), *_ = index.search(vectors(30)[4], 3)
    assert number == 104
    assert score == pytest.approx(1.0, abs=1e-5)


def test_only_allowed_passages_are_found(index: DenseIndex) -> None:
    found = index.search(vectors(30)[4], 10, allowed=np.array([100, 111]))
    assert {number for number, _ in found} == {100, 111}
    assert index.search(vectors(30)[4], 10, allowed=np.array([], int)) == []


def test_removed_vector_is_not_found_again(index: DenseIndex) -> None:
    index.remove([104, 5000])
    assert len(index) == 29
    assert 104 not in {number for number, _ in index.search(vectors(30)[4], 30)}


def test_scores_are_those_of_the_search(index: DenseIndex) -> None:
    found = dict(index.search(vectors(30)[9], 30))
    looked_up = index.scores(vectors(30)[9], list(found))
    assert looked_up == pytest.approx(list(found.values()), abs=1e-5)


def test_written_vectors_are_read_again(index: DenseIndex, tmp_path: Path) -> None:
    index.write(tmp_path / "dense.faiss")
    again = DenseIndex.read(tmp_path / "dense.faiss")
    assert len(again) == 30
    assert again.search(vectors(30)[2], 5) == index.search(vectors(30)[2], 5)


@pytest.mark.parametrize("kind", [DenseIndex, FrozenVectors])
@pytest.mark.parametrize("content", [b"", b"not an index", b"IxMp" + bytes(40)])
def test_file_that_is_no_index_is_corrupt(
    kind: type[DenseIndex | FrozenVectors], content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "dense.faiss").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=r"dense\.faiss"):
        kind.read(tmp_path / "dense.faiss")


@pytest.mark.parametrize("damage", ["other kind", "parts that differ"])
def test_base_that_newsbot_did_not_write_is_corrupt(damage: str, tmp_path: Path) -> None:
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(8))
    if damage == "parts that differ":
        index = FrozenVectors.of(np.arange(20), vectors(20))._index
        faiss.downcast_index(index.index).add(vectors(1))
    faiss.write_index(index, str(tmp_path / "base.faiss"))
    with pytest.raises(IndexCorrupt, match=r"base\.faiss: (not 8 bits|FAISS cannot read it)"):
        FrozenVectors.read(tmp_path / "base.faiss")


def test_base_finds_what_an_exact_search_finds() -> None:
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


def test_base_is_unchanged_by_what_is_removed_or_added(index: DenseIndex) -> None:
    based = index.with_base()
    base = based.base
    assert base is not None
    based.remove([104, 105, 5000])
    based.add([200], vectors(31)[30:])
    assert len(base) == 30 and 104 in base and 5000 not in base
    assert len(based) == 29
    query = vectors(31)[4]
    left = {*range(100, 130), 200} - {104, 105}
    assert {number for number, _ in based.search(query, 99)} == left
    assert {number for number, _ in based.search(query, 9, np.array([103, 200]))} == {103, 200}
    again = based.with_base()
    assert len(again) == 29 and 104 in base
    assert {number for number, _ in again.search(query, 99)} == left


def test_base_is_wanted_when_large_or_full_of_holes(
    index: DenseIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not index.wants_base
    monkeypatch.setattr("index.store.dense.MOST_RECENT", 29)
    assert index.wants_base
    based = index.with_base()
    assert not based.wants_base
    based.remove(range(100, 106))
    assert not based.wants_base
    based.remove([106])
    assert based.wants_base


@pytest.mark.parametrize("threads", [2, 3, 4])
def test_several_threads_find_what_one_finds(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    base = FrozenVectors.of(np.arange(5, 4005, 2), vectors(2000, 32))
    queries = [query[None] for query in vectors(2000, 32)[:20]]
    selectors = [
        None,
        id_selector(np.arange(5, 905)),
        id_selector(np.arange(5, 3005), but=True),
        id_selector(np.array([4003])),
    ]
    alone = [base.search(query, 50, chosen) for query in queries for chosen in selectors]
    monkeypatch.setattr(frozen_vectors, "EACH_THREAD", 2000 // threads)
    monkeypatch.setattr(frozen_vectors.os, "cpu_count", lambda: threads)
    together = [base.search(query, 50, chosen) for query in queries for chosen in selectors]
    assert together == alone
    assert {len(found) for found in together} == {50, 1}


@settings(max_examples=20, deadline=None)
@given(deleted=st.sets(st.integers(0, 2499), max_size=60), more=st.integers(0, 40))
def test_kept_vectors_stay_as_they_are(deleted: set[int], more: int) -> None:
    rows = vectors(2500 + more, 16)
    base = FrozenVectors.of(np.arange(2500), rows[:2500])
    changed = base.changed(deleted, np.arange(2500, 2500 + more), rows[2500:])
    assert len(base) == 2500 and len(changed) == 2500 - len(deleted) + more
    kept = sorted(set(range(2500)) - deleted)
    assert not any(number in changed for number in deleted)
    for number in kept[::50]:
        assert np.array_equal(changed.vector(number), base.vector(number))
    for number in range(2500, 2500 + more):
        assert changed.vector(number) @ rows[number] > 0.9
    (nearest, _), *_ = changed.search(rows[kept[:1]], 5, id_selector(np.array(kept)))
    assert nearest == kept[0]
