"""Two lists of scores made one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.fusion import Shares, fuse, fuse_with_articles
from index.store.protocols import PassageLocation

SCORES = st.dictionaries(st.integers(0, 50), st.floats(-1, 30, allow_nan=False))


@given(SCORES, SCORES)
def test_passages_of_either_side_are_there_once_best_first(
    dense: dict[int, float], sparse: dict[int, float]
) -> None:
    fused = fuse(dense, sparse)
    assert fused.keys() == dense.keys() | sparse.keys()
    assert list(fused.values()) == sorted(fused.values(), reverse=True)


def test_passage_that_leads_both_sides_leads_the_fusion() -> None:
    dense, sparse = {1: 0.9, 2: 0.8, 3: 0.1}, {1: 12.0, 3: 11.0}
    assert next(iter(fuse(dense, sparse))) == 1


def test_weight_decides_between_the_sides() -> None:
    dense, sparse = {1: 0.9, 2: 0.1}, {2: 9.0, 1: 0.5}
    assert next(iter(fuse(dense, sparse, dense_weight=0.9))) == 1
    assert next(iter(fuse(dense, sparse, dense_weight=0.1))) == 2


@given(
    st.dictionaries(st.integers(0, 50), st.floats(0, 1)),
    st.dictionaries(
        st.integers(0, 50), st.builds(PassageLocation, st.integers(1, 9), st.booleans())
    ),
    st.dictionaries(st.integers(1, 9), st.floats(0.01, 90)),
)
def test_scores_with_articles_are_from_0_to_1_best_first(
    passages: dict[int, float], places: dict[int, PassageLocation], articles: dict[int, float]
) -> None:
    fused = fuse_with_articles(passages, places, articles)
    assert fused.keys() == passages.keys() & places.keys()
    assert list(fused.values()) == sorted(fused.values(), reverse=True)
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())


def test_passage_of_the_better_article_comes_first() -> None:
    passages = {1: 0.5, 2: 0.5, 3: 0.5}
    places = {
        1: PassageLocation(7, False),
        2: PassageLocation(8, False),
        3: PassageLocation(9, False),
    }
    assert list(fuse_with_articles(passages, places, {8: 12.0, 7: 3.0})) == [2, 1, 3]


def test_lead_of_an_article_comes_first() -> None:
    places = {1: PassageLocation(7, False), 2: PassageLocation(7, True)}
    assert next(iter(fuse_with_articles({1: 0.5, 2: 0.5}, places, {7: 1.0}))) == 2
    assert next(iter(fuse_with_articles({1: 0.9, 2: 0.1}, places, {7: 1.0}))) == 1


def test_shares_decide_what_counts() -> None:
    places = {1: PassageLocation(7, False), 2: PassageLocation(8, True)}
    own = fuse_with_articles({1: 1.0, 2: 0.0}, places, {8: 5.0}, Shares(1.0, 0.0, 0.0))
    assert own == {1: 1.0, 2: 0.0}
    others = fuse_with_articles({1: 1.0, 2: 0.0}, places, {8: 5.0}, Shares(0.0, 0.5, 0.5))
    assert others == {2: 1.0, 1: 0.0}
