"""The FAISS side: exact, filtered, round trip."""

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
from index.store.frozen_vectors import FrozenVectors
from index.store.selection import all_but, only


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
    monkeypatch.setattr("index.store.dense.MOST_RECENT", 29)
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
        FrozenVectors.read(tmp_path / "base.faiss")


@pytest.mark.parametrize("threads", [2, 3, 4])
def test_several_threads_find_what_one_finds(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    base = FrozenVectors.of(np.arange(5, 4005, 2), vectors(2000, 32))
    queries = [query[None] for query in vectors(2000, 32)[:20]]
    selections = [
        None,
        only(np.arange(5, 905)),
        all_but(np.arange(5, 3005)),
        only(np.array([4003])),
    ]
    alone = [base.search(query, 50, chosen) for query in queries for chosen in selections]
    monkeypatch.setattr(frozen_vectors, "EACH_THREAD", 2000 // threads)
    monkeypatch.setattr(frozen_vectors.os, "cpu_count", lambda: threads)
    together = [base.search(query, 50, chosen) for query in queries for chosen in selections]
    assert together == alone
    assert {len(found) for found in together} == {50, 1}


def made_earlier(
    ids: np.ndarray[tuple[int], np.dtype[np.int64]],
    rows: np.ndarray[tuple[int, int], np.dtype[np.float32]],
) -> FrozenVectors:
    """A base as newsbot made it when it kept no short codes."""
    codes = faiss.IndexScalarQuantizer(
        rows.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    codes.train(rows)
    index = faiss.IndexIDMap2(codes)
    index.add_with_ids(rows, ids)
    return FrozenVectors(index)


def test_short_codes_find_what_all_codes_find() -> None:
    ids, rows = np.arange(7, 12007, 3), vectors(4000, 64)
    quick, slow = FrozenVectors.of(ids, rows), made_earlier(ids, rows)
    assert slow.lacks_short_codes and not quick.lacks_short_codes
    shared = 0
    for query in vectors(4000, 64)[:100]:
        found, scanned = (dict(base.search(query[None], 50, None)) for base in (quick, slow))
        assert len(found) == 50
        shared += len(found.keys() & scanned.keys())
        for number in found.keys() & scanned.keys():
            assert found[number] == pytest.approx(scanned[number], abs=1e-5)
    assert shared >= 0.97 * 100 * 50
    assert len(quick.search(rows[:1], 9000, None)) == 4000


def test_what_is_gone_from_a_quick_base_leaves_room_for_what_is_there() -> None:
    ids, rows = np.arange(4000), vectors(4000, 64)
    base = FrozenVectors.of(ids, rows)
    near = [number for number, _ in base.search(rows[:1], 700, None)]
    left = base.search(rows[:1], 20, all_but(np.array(near[:600])))
    assert len(left) == 20 and not {number for number, _ in left} & set(near[:600])
    assert len({number for number, _ in left} & set(near[600:640])) >= 18
    few = base.search(rows[:1], 20, all_but(np.array(sorted(set(range(4000)) - {5, 9}))))
    assert {number for number, _ in few} == {5, 9}


def test_an_index_of_before_the_short_codes_is_searched_and_then_gets_them(tmp_path: Path) -> None:
    ids, rows = np.arange(2500), vectors(2600, 32)
    made_earlier(ids, rows[:2500]).write(tmp_path / "base.faiss")
    index = DenseIndex.empty(32)
    index.base = FrozenVectors.read(tmp_path / "base.faiss")
    index.add(range(2500, 2600), rows[2500:])
    index.remove([3])
    assert index.wants_base
    again = index.with_base()
    assert not again.wants_base and again.base is not None
    again.base.write(tmp_path / "base.faiss")
    read = FrozenVectors.read(tmp_path / "base.faiss")
    assert len(read) == 2599 and 3 not in read and not read.lacks_short_codes
    for query in rows[:50]:
        before, after = (dict(one.search(query, 10)) for one in (index, again))
        assert len(before.keys() & after.keys()) >= 9
        assert read.search(query[None], 10, None) == list(after.items())


@settings(max_examples=20, deadline=None)
@given(gone=st.sets(st.integers(0, 2499), max_size=60), more=st.integers(0, 40))
def test_vectors_stay_as_they_are_whatever_goes_and_comes(gone: set[int], more: int) -> None:
    rows = vectors(2500 + more, 16)
    base = FrozenVectors.of(np.arange(2500), rows[:2500])
    changed = base.changed(gone, np.arange(2500, 2500 + more), rows[2500:])
    assert len(base) == 2500 and len(changed) == 2500 - len(gone) + more
    kept = sorted(set(range(2500)) - gone)
    assert not any(number in changed for number in gone)
    for number in kept[::50]:
        assert np.array_equal(changed.vector(number), base.vector(number))
    for number in range(2500, 2500 + more):
        assert changed.vector(number) @ rows[number] > 0.9
    (nearest, _), *_ = changed.search(rows[kept[:1]], 5, only(np.array(kept)))
    assert nearest == kept[0]


def test_a_base_whose_parts_do_not_go_together_is_refused(tmp_path: Path) -> None:
    base, path = FrozenVectors.of(np.arange(2500), vectors(2500, 16)), tmp_path / "base.faiss"
    base._codes.add(vectors(1, 16))
    base.write(path)
    with pytest.raises(IndexCorrupt, match=r"base\.faiss: its parts"):
        FrozenVectors.read(path)


def test_a_base_of_another_kind_is_refused(tmp_path: Path) -> None:
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(8))
    index.add_with_ids(vectors(20), np.arange(20))
    faiss.write_index(index, str(tmp_path / "base.faiss"))
    with pytest.raises(IndexCorrupt, match=r"base\.faiss: not 8 bits"):
        FrozenVectors.read(tmp_path / "base.faiss")
