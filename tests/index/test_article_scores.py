"""Whole articles beside their passages: an answer far from what it is asked by."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.builder import build_index, remove_articles
from index.filters import filters_of
from index.searcher import Searcher
from tests.fakes.embedder import HashedEmbedder

SUBJECTS = {"Arden": "paint", "Belmont": "cable", "Corfe": "railing", "Dunmore": "asphalt"}
TOLL = "The toll is 4 crowns for each car and the money pays for the paint."


Address = Path | str


@pytest.fixture
def bridges(tmp_path: Path, index: Address) -> Address:
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
    build_index([articles], index, embedder=HashedEmbedder())
    return index


def tolls(index: Address, question: str, **filters: str) -> list[str]:
    """Return the articles whose passage about the toll is found, the best first."""
    hits = Searcher.open(index, HashedEmbedder()).search(question, 50, filters_of(**filters)).hits
    return list(dict.fromkeys(hit.article.id for hit in hits if TOLL in hit.passage.text))


@pytest.mark.parametrize("name", SUBJECTS)
def test_passage_is_found_by_names_elsewhere_in_its_article(bridges: Address, name: str) -> None:
    found = tolls(bridges, f"What is the toll for each car on the bridge of {name}?")
    assert found[0] == f"{name}.txt"
    assert len(found) == 4


def test_filtered_out_articles_lend_nothing(bridges: Address) -> None:
    question = "What is the toll for each car on the bridge of Corfe?"
    assert tolls(bridges, question, articles="Arden.txt") == ["Arden.txt"]


def test_changed_article_is_known_by_its_new_text(bridges: Address, tmp_path: Path) -> None:
    file = tmp_path / "articles" / "Arden.txt"
    file.write_text(file.read_text().replace("Arden", "Elgin"))
    build_index([tmp_path / "articles"], bridges, embedder=HashedEmbedder())
    assert tolls(bridges, "What is the toll for each car on the bridge of Elgin?")[0] == "Arden.txt"
    remove_articles(["Arden.txt"], bridges)
    found = tolls(bridges, "What is the toll for each car on the bridge of Elgin?")
    assert sorted(found) == ["Belmont.txt", "Corfe.txt", "Dunmore.txt"]
