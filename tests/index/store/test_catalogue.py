"""Rows in SQLite: what goes in comes out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.dates import epoch_seconds
from corpus.splitter import SplitterSettings, split_article
from index.errors import IndexCorrupt
from index.filters import Filters, filters_of
from index.store.catalogue import Catalogue, PassageLocation
from index.store.catalogue_files import move_into_base
from index.store.layout import BASE_CATALOGUE, CATALOGUE

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
    pages=st.lists(st.integers(0, 9)).map(sorted).map(tuple),
)


@given(ARTICLES)
def test_article_and_passages_make_the_round_trip(article: Article) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
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
        assert dict(read.source_paths()) == {article.id: "/somewhere"}
        read.close()


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    made = Catalogue.create(tmp_path)
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


def test_filters_leave_the_passages_of_articles_that_pass(catalogue: Catalogue) -> None:
    first, second, undated = catalogue.allowed(Filters())
    assert catalogue.allowed(Filters()) == [first, second, undated]
    assert catalogue.allowed(Filters(since=epoch_seconds("2024-06-01T00:00:00+00:00"))) == [second]
    assert catalogue.allowed(Filters(until=epoch_seconds("2024-06-01T00:00:00+00:00"))) == [first]
    assert catalogue.allowed(filters_of(source="gazette")) == [second]
    assert catalogue.allowed(filters_of(source=["Gazette", "post", "other"])) == [first, second]
    assert catalogue.allowed(filters_of(articles=["a2", "a0", "none"])) == [first, undated]
    assert catalogue.allowed(filters_of(articles="a1", source="Post")) == []
    assert catalogue.allowed(filters_of(articles=[])) == []
    assert catalogue.undated() == 1


def test_passage_id_is_never_used_again(catalogue: Catalogue) -> None:
    before = catalogue.allowed(Filters())
    article = Article("a2", "", "Another text.")
    catalogue.delete(["a2"])
    catalogue.put(article, "/f", split_article(article))
    assert max(catalogue.allowed(Filters())) > max(before)
    assert catalogue.counts() == (3, 3)


def test_locations_have_the_article_and_its_lead(tmp_path: Path) -> None:
    catalogue = Catalogue.create(tmp_path)
    article = Article("a", "", "One sentence here. Another sentence there. A third one.")
    catalogue.put(article, "/f", split_article(article, SplitterSettings(words=5)))
    passages = [number for number, _ in catalogue.passages_of(article)]
    found = catalogue.locations([*passages, 10**9])
    assert list(found) == passages and len(passages) > 1
    number = catalogue.article_number("a")
    assert [found[one] for one in passages] == [
        PassageLocation(number, place == 0) for place in range(len(passages))
    ]
    assert catalogue.locations([]) == {}


def test_deleting_an_article_deletes_its_passages(catalogue: Catalogue) -> None:
    catalogue.delete(["a0", "not there"])
    assert catalogue.counts() == (2, 2)
    assert catalogue.ids() == ["a1", "a2"]


@pytest.mark.parametrize("name", [CATALOGUE, BASE_CATALOGUE])
@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(2000), b"something else"])
def test_file_that_is_no_catalogue_is_corrupt(name: str, content: bytes, tmp_path: Path) -> None:
    made = Catalogue.create(tmp_path)
    made.close()
    Catalogue.open(tmp_path).close()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IndexCorrupt, match=r"catalogue\.sqlite"):
        Catalogue.open(tmp_path)


def rows(catalogue: Catalogue) -> dict[str, tuple[str, list[int]]]:
    return {
        article.id: (article.text, [number for number, _ in catalogue.passages_of(article)])
        for article in catalogue.articles()
    }


def test_rows_moved_into_the_base_stay_as_they_were(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.run("COMMIT")
    before = rows(catalogue)
    for change in ("none", "more"):
        catalogue.close()
        move_into_base(tmp_path)
        catalogue = Catalogue.create(tmp_path)
        assert rows(catalogue) == before
        assert catalogue.run("SELECT count(*) FROM main.articles") == [(0,)]
        if change == "none":
            catalogue.delete(["a0"])
            article = Article("a1", "", "Changed since.")
            catalogue.put(article, "/f", split_article(article))
            catalogue.move("a2", "/elsewhere")
            before = rows(catalogue)
            assert before.keys() == {"a1", "a2"}
            assert before["a1"] == ("Changed since.", [4]), "no number is used twice"
            assert before["a2"][1] == [3], "what only moved keeps its numbers"
            assert catalogue.deleted_from_base() == [1, 2]
    assert dict(catalogue.source_paths()) == {"a1": "/f", "a2": "/elsewhere"}
    assert catalogue.counts() == (2, 2)
    assert catalogue.last_passage_id() == 4
    catalogue.close()


def test_filters_reach_into_the_base(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.close()
    move_into_base(tmp_path)
    catalogue = Catalogue.create(tmp_path)
    catalogue.delete(["a0"])
    later = Article("a3", "", "Later.", published="2025-01-02T00:00:00+00:00", source="post")
    catalogue.put(later, "/f", split_article(later))
    assert catalogue.allowed(Filters()) == [2, 3, 4]
    assert catalogue.allowed(Filters(since=epoch_seconds("2024-06-01T00:00:00+00:00"))) == [2, 4]
    assert catalogue.allowed(filters_of(source="Post")) == [4]
    assert catalogue.allowed(filters_of(articles=["a0", "a1", "a3"])) == [2, 4]
    assert catalogue.undated() == 1
    catalogue.close()


@pytest.mark.parametrize("with_base", [False, True])
def test_article_altered_on_disk_is_refused(
    with_base: bool, catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.close()
    if with_base:
        move_into_base(tmp_path)
    file = tmp_path / (BASE_CATALOGUE if with_base else CATALOGUE)
    content = file.read_bytes()
    assert content.count(b"Text 1.") == 1
    file.write_bytes(content.replace(b"Text 1.", b"Text 9."))
    opened = Catalogue.open(tmp_path)
    assert opened.article("a0") is not None
    with pytest.raises(IndexCorrupt, match=r"'a1' was altered"):
        opened.article("a1")
    with pytest.raises(IndexCorrupt, match=r"'a1' was altered"):
        opened.resolve([1, 2, 3])
    opened.close()
