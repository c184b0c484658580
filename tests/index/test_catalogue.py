"""Rows in SQLite: what goes in comes out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.splitter import SplitterSettings, split_article
from index.catalogue import Catalogue, epoch_seconds
from index.errors import IndexCorrupt
from index.sparse import Filters

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DATE = st.none() | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
ARTICLES = st.builds(
    Article,
    TEXT.filter(bool),
    TEXT,
    TEXT,
    TEXT | st.none(),
    TEXT | st.none(),
    TEXT | st.none(),
    DATE,
    st.none() | st.just("en"),
)


@given(ARTICLES)
def test_an_article_and_its_passages_make_the_round_trip(article: Article) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        passages = split_article(article, SplitterSettings(words=5))
        written = Catalogue.create(path)
        written.put(article, "/somewhere", passages)
        written.close()
        read = Catalogue.open(path)
        assert read.article(article.id) == article
        stored = read.passages_of(article)
        assert [passage for _, passage in stored] == passages
        assert read.resolve([number for number, _ in stored]) == {
            number: (passage, article) for number, passage in stored
        }
        assert read.hashes() == {article.id: article.content_hash}
        assert read.origins() == {article.id: "/somewhere"}
        read.close()


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    made = Catalogue.create(tmp_path / "catalogue.sqlite")
    for number, (published, source) in enumerate(
        [
            ("2024-01-01T00:00:00+00:00", "Post"),
            ("2025-01-01T00:00:00+01:00", "GAZETTE"),
            (None, None),
        ]
    ):
        article = Article(f"a{number}", "", f"Text {number}.", published=published, source=source)
        made.put(article, "/f", split_article(article))
    return made


def test_filters_leave_the_passages_of_the_articles_that_pass(catalogue: Catalogue) -> None:
    first, second, undated = catalogue.all_passage_ids()
    assert catalogue.allowed(Filters()) == [first, second, undated]
    assert catalogue.allowed(Filters(since=epoch_seconds("2024-06-01T00:00:00+00:00"))) == [second]
    assert catalogue.allowed(Filters(until=epoch_seconds("2024-06-01T00:00:00+00:00"))) == [first]
    assert catalogue.allowed(Filters(source="gazette")) == [second]
    assert catalogue.undated() == 1


def test_a_passage_id_is_never_used_again(catalogue: Catalogue) -> None:
    before = catalogue.all_passage_ids()
    article = Article("a2", "", "Another text.")
    catalogue.delete(["a2"])
    catalogue.put(article, "/f", split_article(article))
    assert max(catalogue.all_passage_ids()) > max(before)
    assert catalogue.counts() == (3, 3)


def test_deleting_an_article_deletes_its_passages(catalogue: Catalogue) -> None:
    catalogue.delete(["a0", "not there"])
    assert catalogue.counts() == (2, 2)
    assert catalogue.ids() == ["a1", "a2"]


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(2000), b"something else"])
def test_a_file_that_is_no_catalogue_is_corrupt(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_bytes(content)
    with pytest.raises(IndexCorrupt, match="c.sqlite"):
        Catalogue.open(tmp_path / "c.sqlite")


def test_epoch_seconds_count_in_utc() -> None:
    assert epoch_seconds("1970-01-01T01:00:10+01:00") == 10
    assert epoch_seconds(None) is None
