"""The tantivy side: BM25 over any text, with filters."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Passage
from corpus.dates import epoch_seconds
from index.errors import IndexCorrupt
from index.filters import Filters, filters_of
from index.store.sparse import SparseIndex

ARTICLES = (
    Article(
        "a",
        "Ferry delayed",
        "The captain denied the attacks.",
        source="Harbour Post",
        published="2024-03-01T08:00:00+00:00",
    ),
    Article(
        "b",
        "Council meets",
        "Château repairs were discussed by the mayor.",
        source="Gazette",
        published="2025-03-01T08:00:00+00:00",
    ),
    Article("c", "Undated note", "The captain was seen again."),
)


def rows(articles: tuple[Article, ...]) -> list[tuple[Article, int | None, int, Passage]]:
    return [
        (a, epoch_seconds(a.published), n, Passage(a.id, 0, 0, len(a.text), a.text, ()))
        for n, a in enumerate(articles, start=1)
    ]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SparseIndex:
    made = SparseIndex.create(tmp_path_factory.mktemp("sparse"))
    made.update([], rows(ARTICLES))
    return made


def found(index: SparseIndex, question: str, filters: Filters | None = None) -> list[int]:
    return [number for number, _ in index.search(question, 10, filters)]


def test_other_forms_of_a_word_are_found(index: SparseIndex) -> None:
    assert found(index, "attack denial denying") == [1]


def test_accents_and_case_do_not_matter(index: SparseIndex) -> None:
    assert found(index, "CHATEAU") == [2]


def test_title_is_searched_too(index: SparseIndex) -> None:
    assert found(index, "ferries") == [1]


def test_date_filter_leaves_out_older_newer_and_undated(index: SparseIndex) -> None:
    since = epoch_seconds("2024-01-01T00:00:00+00:00")
    until = epoch_seconds("2024-12-31T00:00:00+00:00")
    assert found(index, "captain") == [3, 1] or found(index, "captain") == [1, 3]
    assert found(index, "captain", Filters(since=since)) == [1]
    assert found(index, "captain mayor", Filters(since=since, until=until)) == [1]
    assert found(index, "captain", Filters(since=until)) == []


def test_source_filter_takes_any_case(index: SparseIndex) -> None:
    assert found(index, "captain mayor", filters_of(source="GAZETTE")) == [2]


def test_several_sources_are_searched_together(index: SparseIndex) -> None:
    both = filters_of(source=["Gazette", "HARBOUR POST", "No Such Paper"])
    assert sorted(found(index, "captain mayor", both)) == [1, 2]
    assert found(index, "captain mayor", filters_of(source=[])) == []


def test_filter_does_not_change_the_scores(index: SparseIndex) -> None:
    assert dict(index.search("captain denied", 5))[1] == pytest.approx(
        dict(index.search("captain denied", 5, filters_of(source="harbour post")))[1]
    )


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(['"', "AND", "NEAR", "(", ")", "captain", "😀", "-", "title:", "*", "~"])
    ).map(" ".join)
)
def test_any_text_is_a_valid_query(index: SparseIndex, question: str) -> None:
    assert all(score > 0 for _, score in index.search(question, 5))


def test_operators_are_words_like_any_other(index: SparseIndex) -> None:
    assert found(index, 'captain AND "mayor" NOT ferry') == found(index, "mayor captain ferry not")


def test_rarer_words_weigh_more(index: SparseIndex) -> None:
    weights = index.idf("Which captains attacked the zebra?")
    assert 0 <= weights["captain"] < weights["attack"] < weights["zebra"]


def test_updated_article_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    index = SparseIndex.create(tmp_path / "sparse")
    index.update([], rows(ARTICLES))
    changed = Article("a", "Ferry on time", "All went well.")
    index.update(["a"], [(changed, None, 9, Passage("a", 0, 0, 14, "All went well.", ()))])
    again = SparseIndex.open(tmp_path / "sparse")
    assert found(again, "attack") == []
    assert found(again, "well") == [9]
    assert len(again) == 3


def test_folder_without_tantivy_files_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(IndexCorrupt, match="tantivy"):
        SparseIndex.open(tmp_path)
