"""Where passages stand, and whole articles beside them: an answer far from what it is asked by."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.article import Article
from index.builder import build_index, remove_articles
from index.filters import filters_of
from index.searcher import Searcher
from index.store.catalogue import Catalogue
from index.store.layout import MANIFEST, SPARSE_ARTICLES, Manifest, current_generation
from index.store.passage_locations import PassageLocation, article_number, as_one, passage_locations
from tests.fakes.hashed import HashedEmbedder

SUBJECTS = {"Arden": "paint", "Belmont": "cable", "Corfe": "railing", "Dunmore": "asphalt"}
TOLL = "The toll is 4 crowns for each car and the money pays for the paint."


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Four articles that say the same of a toll, each about another bridge."""
    articles = tmp_path / "articles"
    articles.mkdir()
    for name, subject in SUBJECTS.items():
        filler = " ".join(
            f"The {subject} of day {day} was {day * len(subject)} years old and {subject} again."
            for day in range(14)
        )
        (articles / f"{name}.txt").write_text(
            f"Report\n\nThe old bridge of {name} opens again. {filler}\n\n{TOLL} {filler}"
        )
    build_index([articles], tmp_path / "index", embedder=HashedEmbedder())
    return tmp_path / "index"


def tolls(index: Path, question: str, **filters: str) -> list[str]:
    """Give the articles whose passage about the toll is found, the best first."""
    hits = Searcher.open(index, HashedEmbedder()).search(question, 50, filters_of(**filters)).hits
    return list(dict.fromkeys(hit.article.id for hit in hits if TOLL in hit.passage.text))


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_passage_is_found_by_what_another_one_of_its_article_names(
    index: Path, name: str
) -> None:
    found = tolls(index, f"What is the toll for each car on the bridge of {name}?")
    assert found[0] == f"{name}.txt"
    assert len(found) == 4


def test_articles_that_are_filtered_out_lend_nothing(index: Path) -> None:
    question = "What is the toll for each car on the bridge of Corfe?"
    assert tolls(index, question, articles="Arden.txt") == ["Arden.txt"]


def test_a_changed_article_is_known_by_what_it_says_now(index: Path, tmp_path: Path) -> None:
    file = tmp_path / "articles" / "Arden.txt"
    file.write_text(file.read_text().replace("Arden", "Elgin"))
    build_index([tmp_path / "articles"], index, embedder=HashedEmbedder())
    assert tolls(index, "What is the toll for each car on the bridge of Elgin?")[0] == "Arden.txt"
    remove_articles(["Arden.txt"], index)
    found = tolls(index, "What is the toll for each car on the bridge of Elgin?")
    assert sorted(found) == ["Belmont.txt", "Corfe.txt", "Dunmore.txt"]


def test_an_index_of_before_the_articles_is_searched_and_then_gets_them(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "What is the toll for each car on the bridge of Corfe?"
    expected = tolls(index, question)
    folder = current_generation(index)
    manifest = Manifest.read(folder)
    shutil.rmtree(folder / SPARSE_ARTICLES)
    (folder / MANIFEST).unlink()
    model = (manifest.embedder, manifest.fingerprint, manifest.dimension)
    with monkeypatch.context() as former:
        former.setattr("index.store.layout.FORMAT_VERSION", 3)
        Manifest.describe(folder, model, manifest.splitter, (manifest.articles, manifest.passages))
    assert not Manifest.read(folder).has_articles
    assert sorted(tolls(index, question)) == sorted(expected)
    (tmp_path / "more.txt").write_text("An orchard was planted.")
    build_index([tmp_path / "more.txt"], index, embedder=HashedEmbedder())
    assert Manifest.read(current_generation(index)).has_articles
    assert tolls(index, question) == expected


def test_places_tell_the_article_and_its_lead(index: Path) -> None:
    catalogue = Catalogue.open(current_generation(index))
    number = article_number(catalogue, "Corfe.txt")
    article = catalogue.article("Corfe.txt")
    assert article is not None
    passages = [number for number, _ in catalogue.passages_of(article)]
    places = passage_locations(catalogue, [*passages, 10**9])
    assert list(places) == passages and len(passages) > 1
    assert set(places.values()) == {
        PassageLocation(number, True),
        PassageLocation(number, False),
    }
    assert places[passages[0]].leads
    assert passage_locations(catalogue, []) == {}
    catalogue.close()


def test_an_article_as_one_passage_begins_with_its_headline() -> None:
    untitled, passage = as_one(Article("a", "A headline", "Its text."))
    assert untitled.title == ""
    assert passage.text == "A headline\n\nIts text."
    assert (passage.article_id, passage.start, passage.end) == ("a", 0, len(passage.text))
