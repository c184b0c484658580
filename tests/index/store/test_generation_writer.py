"""An index with a base answers like one that was built in one go, however it came to be."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.builder import build_index, remove_articles
from index.searcher import Searcher
from index.store.layout import (
    BASE_CATALOGUE,
    BASE_DENSE,
    SPARSE,
    SPARSE_ARTICLES,
    Manifest,
    current_generation,
    verify_generation,
)
from index.store.sparse import SparseIndex
from tests.fakes.embedder import HashedEmbedder

SUBJECTS = ("harbour", "railway", "orchard", "theatre", "glacier", "library", "vaccine", "bridge")
PLACES = ("Arden", "Belmont", "Corfe", "Dunmore", "Elgin", "Fowey")

# What is done to an index: files to write (name, version), and files to delete, before each build.
STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 9), st.integers(0, 5), max_size=4),
        st.sets(st.integers(0, 9), max_size=2),
    ),
    min_size=1,
    max_size=6,
)


def text_of(name: int, version: int) -> str:
    subject, place = SUBJECTS[name % len(SUBJECTS)], PLACES[version]
    return "\n\n".join(
        f"The {subject} of {place} was the talk of the council for day {day}. "
        f"Number {name} of the {day * 7} plans about the {subject} was chosen in {place}."
        for day in range(1, 2 + name % 3)
    )


def write(folder: Path, name: int, version: int) -> None:
    (folder / f"{name}.txt").write_text(text_of(name, version))


def found(index: Path) -> dict[str, list[tuple[str, str]]]:
    searcher = Searcher.open(index, HashedEmbedder())
    return {
        question: sorted(
            (hit.article.id, hit.passage.text) for hit in searcher.search(question, 100).hits
        )
        for question in (f"the {subject} of Arden" for subject in SUBJECTS)
    }


def in_sparse(index: Path, name: str) -> int:
    return len(SparseIndex.open(current_generation(index) / name))


@settings(deadline=None)
@given(STEPS)
def test_grown_index_finds_what_one_built_whole_finds(
    steps: Sequence[tuple[dict[int, int], set[int]]],
) -> None:
    with tempfile.TemporaryDirectory() as name, patch("index.store.dense.MOST_RECENT", 4):
        root = Path(name)
        articles = root / "articles"
        articles.mkdir()
        for written, deleted in steps:
            for number, version in written.items():
                write(articles, number, version)
            for number in deleted:
                (articles / f"{number}.txt").unlink(missing_ok=True)
            build_index(
                [articles],
                root / "index",
                embedder=HashedEmbedder(),
                prune=True,
                even_if_empty=True,
            )
        if not list(articles.iterdir()):
            return
        report = build_index([articles], root / "index", embedder=HashedEmbedder())
        whole = build_index([articles], root / "whole", embedder=HashedEmbedder())
        assert (report.articles, report.passages) == (whole.articles, whole.passages)
        assert found(root / "index") == found(root / "whole")
        for name in (SPARSE, SPARSE_ARTICLES):
            assert in_sparse(root / "index", name) == in_sparse(root / "whole", name)
        folder = current_generation(root / "index")
        verify_generation(folder, Manifest.read(folder))


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("index.store.dense.MOST_RECENT", 8)
    articles = tmp_path / "articles"
    articles.mkdir()
    for number in range(10):
        write(articles, number, 0)
    build_index([articles], tmp_path / "index", embedder=HashedEmbedder())
    return tmp_path / "index"


def test_large_files_are_linked_when_an_article_is_added(large: Path, tmp_path: Path) -> None:
    before = current_generation(large)
    (tmp_path / "more.txt").write_text("The observatory of Elgin opened its roof to the public.")
    build_index([tmp_path / "more.txt"], large, embedder=HashedEmbedder())
    after = current_generation(large)
    stores = [
        f"{folder}/{file.name}"
        for folder in (SPARSE, SPARSE_ARTICLES)
        for file in (before / folder).iterdir()
        if file.suffix == ".store"
    ]
    for name in (BASE_CATALOGUE, BASE_DENSE, *stores):
        assert (before / name).samefile(after / name)
    assert len(stores) >= 2
    assert (after / BASE_DENSE).stat().st_nlink == 2, "the two generations that are kept share it"
    remove_articles(["3.txt"], large)
    searcher = Searcher.open(large, HashedEmbedder())
    assert searcher.search("observatory roof", 1).hits[0].article.id == "more.txt"
    assert searcher.article("3.txt") is None
    hits = searcher.search("the theatre of Arden", 50).hits
    assert "3.txt" not in {hit.article.id for hit in hits}


def test_previous_generation_stays_whole_when_files_are_linked(large: Path, tmp_path: Path) -> None:
    before = current_generation(large)
    manifest = Manifest.read(before)
    searcher = Searcher.open(large, HashedEmbedder())
    expected = searcher.search("the theatre of Arden", 50).hits
    (tmp_path / "more.txt").write_text("The observatory of Elgin opened its roof to the public.")
    build_index([tmp_path / "more.txt"], large, embedder=HashedEmbedder())
    verify_generation(before, manifest)
    assert searcher.search("the theatre of Arden", 50).hits == expected


def test_files_are_copied_where_links_are_impossible(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(source: Path, target: Path) -> None:
        raise OSError("not on this file system")

    monkeypatch.setattr("os.link", no_links)
    before = current_generation(large)
    remove_articles(["3.txt"], large)
    after = current_generation(large)
    assert not (before / BASE_DENSE).samefile(after / BASE_DENSE)
    verify_generation(after, Manifest.read(after))
    assert Searcher.open(large, HashedEmbedder()).article("4.txt") is not None


def test_open_base_is_not_read_again(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = Searcher.open(large, HashedEmbedder())
    remove_articles(["3.txt"], large)

    def unread(path: Path) -> None:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr("index.store.frozen_vectors.FrozenVectors.read", unread)
    later = Searcher.open(large, HashedEmbedder(), searcher)
    assert later.generation != searcher.generation
    assert later.article("3.txt") is None
    assert "3.txt" not in {hit.article.id for hit in later.search("the theatre of Arden", 50).hits}
    assert searcher.article("3.txt") is not None
