"""Vectors in FAISS: exact while they are few, 8 bits a number in a base when they are many."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexCorrupt
from index.store.dense import DenseIndex
from index.store.frozen_vectors import FrozenVectors


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


@pytest.mark.parametrize("damage", ["not 8 bits", "its parts"])
def test_base_that_newsbot_did_not_write_is_corrupt(damage: str, tmp_path: Path) -> None:
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(16))
    index.add_with_ids(vectors(20, 16), np.arange(20))
    if damage == "its parts":
        base = FrozenVectors.of(np.arange(2500), vectors(2500, 16))
        base._codes.add(vectors(1, 16))
        index = base._index
    faiss.write_index(index, str(tmp_path / "base.faiss"))
    with pytest.raises(IndexCorrupt, match=rf"base\.faiss: {damage}"):
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


def test_pq_codes_find_what_a_scan_finds() -> None:
    ids, rows = np.arange(7, 12007, 3), vectors(4000, 64)
    base = FrozenVectors.of(ids, rows)
    shared = 0
    for query in vectors(4000, 64)[:100]:
        found, scanned = (dict(base.search(query[None], 50, allowed)) for allowed in (None, ids))
        assert len(found) == 50
        shared += len(found.keys() & scanned.keys())
        for number in found.keys() & scanned.keys():
            assert found[number] == pytest.approx(scanned[number], abs=1e-5)
    assert shared >= 0.97 * 100 * 50
    assert len(base.search(rows[:1], 9000)) == 4000


@pytest.mark.parametrize("count", [300, 4000])
def test_deleted_vectors_leave_room_for_the_others(count: int) -> None:
    rows = vectors(count, 64)
    base = FrozenVectors.of(np.arange(count), rows)
    near = [number for number, _ in base.search(rows[:1], 170)]
    left = {number for number, _ in base.search(rows[:1], 20, deleted=set(near[:130]))}
    assert len(left) == 20 and not left & set(near[:130])
    assert len(left & set(near[130:])) >= 18
    few = base.search(rows[:1], 20, deleted=set(range(count)) - {5, 9})
    assert {number for number, _ in few} == {5, 9}


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
    (nearest, _), *_ = changed.search(rows[kept[:1]], 5, np.array(kept))
    assert nearest == kept[0]
